use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::closure_requests::{ClosureIn, ClosurePatch};
use super::closures_out::{AffectedBooking, ClosureCounts, ClosurePage, ClosureWithVisits};
use crate::accounts::Editor;
use crate::app::AppState;
use crate::bookings::desk::{self, ShownClosure};
use crate::bookings::{BookingBriefOut, IdempotencyKey, Refusal, Seen};
use crate::clinics::closures::Stage;
use crate::error::{AppError, FieldErrors, Problem, StaffReadProblems, StaffWriteProblems};
use crate::web::{FromParams, IfMatch, Json, Params, Path, Query, version_tag};

/// `?status=&limit=&cursor=`.
#[derive(Debug)]
pub struct ClosuresQuery {
    status: Option<Stage>,
    limit: usize,
    before: Option<i64>,
}

impl FromParams for ClosuresQuery {
    const NAMES: &'static [&'static str] = &["status", "limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        const DEFAULT_LIMIT: usize = 50;
        let mut errors = FieldErrors::default();
        let status = params.read("status", None, &mut errors, |text| {
            let known = Stage::ALL.into_iter().find(|stage| stage.as_str() == text);
            known.map(Some).ok_or("must be current, past or lifted".to_owned())
        });
        let limit = params.read("limit", DEFAULT_LIMIT, &mut errors, |text| {
            text.parse().ok().filter(|limit| (1..=100).contains(limit)).ok_or("a number from 1 to 100".to_owned())
        });
        let before = params.read("cursor", None, &mut errors, |text| {
            text.parse().map(Some).map_err(|_| "take the value of `next` as it is".to_owned())
        });
        errors.or(Self { status, limit, before })
    }
}

/// Closures of clinics in the account's scope, the newest first.
#[utoipa::path(
    get,
    path = "/admin/closures",
    tag = "admin",
    params(
        ("status" = Option<String>, Query, description = "`current` (in force or to come), `past` or `lifted`; all without it", pattern = "^(current|past|lifted)$"),
        ("limit" = Option<u64>, Query, description = "Closures a page, 50 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page, the newest first", body = ClosurePage), StaffReadProblems)
)]
pub async fn list_closures(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(query): Query<ClosuresQuery>,
) -> Result<Json<ClosurePage>, AppError> {
    let ClosuresQuery { status, limit, before } = query;
    let (found, has_more) = desk::closures(&state.bookings, &actor, status, before, limit).await?;
    let next = found.last().filter(|_| has_more).map(|last| last.record.id.to_string());
    Ok(Json(ClosurePage { data: found.iter().map(Into::into).collect(), next }))
}

/// One closure, with the visits that wait for another time because of it.
#[utoipa::path(
    get,
    path = "/admin/closures/{id}",
    tag = "admin",
    params(("id" = i64, Path, description = "The closure's id")),
    responses((status = 200, description = "The closure; its version is the ETag", body = ClosureWithVisits), StaffReadProblems)
)]
pub async fn get_closure(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    Ok(answer(StatusCode::OK, desk::closure(&state.bookings, &actor, id).await?))
}

/// Closes clinics: by code, region, state, all, or a circle around a place, all within the account's scope. When visits are in
/// the way: 409 `needs_confirm` with them, what they can have instead, and counts; with `confirm` they go onto the work list.
#[utoipa::path(
    post,
    path = "/admin/closures",
    tag = "admin",
    params(("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)),
    request_body = ClosureIn,
    responses((status = 201, description = "The closure is in force; its version is the ETag", body = ClosureWithVisits), StaffWriteProblems)
)]
pub async fn create_closure(
    Editor(actor): Editor,
    State(state): State<AppState>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<ClosureIn>,
) -> Result<Response, AppError> {
    let scope = format!("POST /admin/closures {}", actor.user.unwrap_or_default());
    let key = key.of(&state.bookings, scope, &body)?;
    let (closure, confirm) = body.parse()?;
    let laid = desk::close(&state.bookings, &actor, &closure, confirm, key.as_ref()).await.map_err(refused)?;
    Ok(answer(StatusCode::CREATED, laid))
}

/// Shortens, lengthens or moves a closure, or changes its notes. Times that it gives up are offered again at once; visits that
/// it newly hits are asked about as when a closure is laid.
#[utoipa::path(
    patch,
    path = "/admin/closures/{id}",
    tag = "admin",
    params(
        ("id" = i64, Path, description = "The closure's id"),
        ("If-Match" = String, Header, description = "The ETag of the version that is changed")
    ),
    request_body = ClosurePatch,
    responses(
        (status = 200, description = "The closure as it is now", body = ClosureWithVisits),
        (status = 412, description = "It was changed in the meantime; `version` is the present one", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "Send If-Match", body = Problem, content_type = "application/problem+json"),
        StaffWriteProblems
    )
)]
pub async fn update_closure(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    seen: IfMatch,
    Query(()): Query<()>,
    Json(body): Json<ClosurePatch>,
) -> Result<Response, AppError> {
    let (change, confirm) = body.parse()?;
    let seen = Seen { id, version: &seen, actor: &actor };
    let amended = desk::amend_closure(&state.bookings, seen, &change, confirm).await.map_err(refused)?;
    Ok(answer(StatusCode::OK, amended))
}

/// Lifts a closure: every time that it took is offered again at once. It stays as a record.
#[utoipa::path(
    delete,
    path = "/admin/closures/{id}",
    tag = "admin",
    params(
        ("id" = i64, Path, description = "The closure's id"),
        ("If-Match" = String, Header, description = "The ETag of the version that is lifted")
    ),
    responses(
        (status = 204, description = "It is lifted"),
        (status = 412, description = "It was changed in the meantime; `version` is the present one", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "Send If-Match", body = Problem, content_type = "application/problem+json"),
        StaffWriteProblems
    )
)]
pub async fn delete_closure(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    seen: IfMatch,
    Query(()): Query<()>,
) -> Result<StatusCode, AppError> {
    desk::lift_closure(&state.bookings, Seen { id, version: &seen, actor: &actor }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The version is the ETag.
fn answer(status: StatusCode, ShownClosure { closure, needs_rebooking }: ShownClosure) -> Response {
    let body = ClosureWithVisits { closure: (&closure).into(), needs_rebooking };
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::ETAG, version_tag(closure.record.version()));
    response
}

/// Rule B16: what is in the way, and what it can have instead.
fn refused(refusal: Refusal) -> AppError {
    let Refusal { error, in_the_way: Some(found), .. } = refusal else { return refusal.into() };
    let affected = found.visits.iter().map(|(visit, instead)| AffectedBooking {
        booking: BookingBriefOut::new(visit),
        replacements: instead.as_ref().map(Into::into),
    });
    let affected: Vec<AffectedBooking> = affected.collect();
    let counts = ClosureCounts { clinics: found.clinics, visitors: found.visitors };
    error.told_with([("bookings".to_owned(), json!(affected)), ("counts".to_owned(), json!(counts))])
}
