use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::alternatives::{AlternativesOut, alternatives};
use super::error::BookingError;
use super::hold::HoldRequest;
use super::idempotency_header::IdempotencyKey;
use super::out::{BookedOut, HoldOut, NearOut, time_of};
use super::own_api;
use super::problems::BookingProblems;
use super::requests::{BookingIn, HoldIn, Wanted};
use super::state::BookingState;
use super::{BestRequest, confirm, extend, hold, hold_best, release, store};
use crate::availability::Agenda;
use crate::clinics::ClinicId;
use crate::directory::{Entry, Origin, Snapshot};
use crate::entities::booking;
use crate::error::{AppError, FieldErrors};
use crate::token::TokenHash;
use crate::web::{ClientAddress, Json, Path, Query, keep_private};

/// Who asks, when the server loop could tell.
pub(super) type Client = Option<Extension<ClientAddress>>;

/// Holds and bookings under `/api/v1`: nothing here may be cached, shared across origins, or found by a search engine.
pub fn router() -> OpenApiRouter<BookingState> {
    OpenApiRouter::new()
        .routes(routes!(create_hold))
        .routes(routes!(release_hold))
        .routes(routes!(extend_hold))
        .routes(routes!(create_booking))
        .routes(routes!(own_api::get_booking))
        .routes(routes!(own_api::cancel_booking))
        .routes(routes!(own_api::reschedule_booking))
        .routes(routes!(own_api::get_calendar))
        .layer(axum::middleware::from_fn(keep_private))
}

/// Holds a time for some minutes: a certain one, or with `near` the best there is. A visitor who holds again gives the
/// hold before back.
#[utoipa::path(
    post,
    path = "/holds",
    tag = "bookings",
    params(("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)),
    request_body = HoldIn,
    responses((status = 201, description = "The time is held", body = HoldOut), BookingProblems)
)]
async fn create_hold(
    client: Client,
    State(state): State<BookingState>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<HoldIn>,
) -> Result<Response, AppError> {
    let client = client.map(|client| client.0);
    let key = key.of(&state, whose_hold(&state, client, &body), &body)?;
    let asked = body.parse()?;
    state.limits.hold(client, asked.visitor.as_ref())?;
    state.directory.catch_up().await?;
    let visitor = asked.visitor.as_ref();
    let snapshot = state.directory.snapshot();
    let mut near_place = None;
    let held = match asked.wanted {
        Wanted::This { clinic, starts_at } => {
            let entry = by_slug(&snapshot, &clinic)?;
            let request = HoldRequest { clinic: entry.id, starts_at, visitor, override_reason: None, staff: None };
            let held = hold(&state, &request, key.as_ref()).await;
            held.map_err(|error| with_alternatives(&state, entry, starts_at, error))?
        }
        Wanted::Best { near, within_days, radius } => {
            let origin = Origin::of(&near)?;
            let request = BestRequest { near: &origin, radius, within_days, visitor };
            let held = hold_best(&state, &request, key.as_ref()).await?;
            near_place = Some(origin);
            held
        }
    };
    let entry = by_id(&snapshot, held.clinic_id)?;
    let near = near_place.map(|origin| NearOut::new(&origin, entry));
    let answer = HoldOut { near, ..HoldOut::new(&held, entry, &state.secret) };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Whose keys are compared: two visitors who both chose "1" must not get one hold. Without a token of theirs the address has
/// to tell them apart; it is not stored as such.
fn whose_hold(state: &BookingState, client: Option<ClientAddress>, body: &HoldIn) -> String {
    let address = || client.map_or_else(String::new, |client| client.ip.to_string());
    let whose = body.visitor_token.clone().unwrap_or_else(address);
    format!("POST /holds {}", state.secret.fingerprint(whose.as_bytes()))
}

/// Gives a hold five more minutes, at most ten times.
#[utoipa::path(
    post,
    path = "/holds/{hold_token}/extend",
    tag = "bookings",
    params(
        ("hold_token" = String, Path, description = "As the hold was answered with"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key has no second effect", min_length = 1, max_length = 255)
    ),
    responses((status = 200, description = "The hold with its later end", body = HoldOut), BookingProblems)
)]
async fn extend_hold(
    State(state): State<BookingState>,
    Path(token): Path<String>,
    key: IdempotencyKey,
    Query(()): Query<()>,
) -> Result<Json<HoldOut>, AppError> {
    let token = TokenHash::of_ours(&token).ok_or(BookingError::UnknownHold)?;
    let key = key.of(&state, format!("POST /holds/{}/extend", token.0), &())?;
    let hold = extend(&state, &token, key.as_ref()).await?;
    let snapshot = state.directory.snapshot();
    Ok(Json(HoldOut::new(&hold, by_id(&snapshot, hold.clinic_id)?, &state.secret)))
}

/// Gives a hold back.
#[utoipa::path(
    delete,
    path = "/holds/{hold_token}",
    tag = "bookings",
    params(("hold_token" = String, Path, description = "As the hold was answered with")),
    responses((status = 204, description = "The time is free for others"), BookingProblems)
)]
async fn release_hold(
    State(state): State<BookingState>,
    Path(token): Path<String>,
    Query(()): Query<()>,
) -> Result<StatusCode, AppError> {
    let token = TokenHash::of_ours(&token).ok_or(BookingError::UnknownHold)?;
    release(&state, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a hold a booking.
#[utoipa::path(
    post,
    path = "/bookings",
    tag = "bookings",
    params(("Idempotency-Key" = String, Header, description = "Required: a random text of your own, at most 255 characters. A repetition within 48 hours has no second effect and is answered alike", min_length = 1, max_length = 255)),
    request_body = BookingIn,
    responses((status = 201, description = "The visit is booked", body = BookedOut), BookingProblems)
)]
async fn create_booking(
    client: Client,
    State(state): State<BookingState>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<BookingIn>,
) -> Result<Response, AppError> {
    key.required(&state)?;
    let key = key.of(&state, "POST /bookings", &body)?;
    let (hold_token, guest) = body.parse()?;
    state.limits.booking(client.map(|client| client.0))?;
    let token = TokenHash::of_ours(&hold_token).ok_or(BookingError::UnknownHold)?;
    match confirm(&state, &token, &guest, key.as_ref()).await {
        Ok(booking) => {
            let snapshot = state.directory.snapshot();
            let entry = by_id(&snapshot, booking.clinic_id)?;
            let manage_token = state.secret.manage_token(&booking.token_nonce);
            let booked = BookedOut { booking: super::out::BookingOut::new(&booking, entry), manage_token };
            Ok((StatusCode::CREATED, Json(booked)).into_response())
        }
        Err(BookingError::HoldExpired) => {
            let rehold = rehold(&state, &token).await?;
            Err(BookingError::HoldExpired.told_with([("rehold".to_owned(), rehold)]))
        }
        Err(error) => Err(error.into()),
    }
}

/// Rule B3: what to ask for to have the time again; null when it is gone.
///
/// # Errors
/// When the database cannot be read.
pub async fn rehold(state: &BookingState, token: &TokenHash) -> Result<Value, AppError> {
    let Some(hold) = store::by_hold_token(&state.db, token).await? else { return Ok(Value::Null) };
    let snapshot = state.directory.snapshot();
    let entry = by_id(&snapshot, hold.clinic_id)?;
    Ok(if is_free(entry, &hold, state.now()) {
        json!({ "clinic": entry.clinic.slug, "starts_at": time_of(&hold, entry).starts_at })
    } else {
        Value::Null
    })
}

/// Whether the time of a hold that is over can be had again.
#[must_use]
pub fn is_free(entry: &Entry, hold: &booking::Model, now: DateTime<Utc>) -> bool {
    let (schedule, claims) = (entry.schedule(), entry.diary.claims());
    let agenda = Agenda { schedule: &schedule, policy: &entry.policy, claims: &claims, now };
    entry.clinic.offers_consultations && agenda.explain(hold.starts_at).is_ok()
}

/// A taken time is told with the nearest others; they are looked up after the refusal, outside its transaction.
#[must_use]
pub fn with_alternatives(
    state: &BookingState,
    entry: &Arc<Entry>,
    wanted: DateTime<Utc>,
    error: BookingError,
) -> AppError {
    if !matches!(error, BookingError::SlotTaken { .. }) {
        return error.into();
    }
    let others = serde_json::to_value(AlternativesOut::from(alternatives(state, entry, wanted))).unwrap_or(Value::Null);
    error.told_with([("alternatives".to_owned(), others)])
}

/// The clinic that a body names.
pub(super) fn by_slug<'s>(snapshot: &'s Snapshot, slug: &str) -> Result<&'s Arc<Entry>, AppError> {
    let unknown = || FieldErrors::one("clinic", "clinic_unknown", "there is no clinic with this slug").into();
    snapshot.lookup(slug).ok_or_else(unknown)
}

/// The clinic of a booking.
pub(super) fn by_id(snapshot: &Snapshot, id: i64) -> Result<&Arc<Entry>, AppError> {
    snapshot.by_id(ClinicId(id)).ok_or_else(|| BookingError::UnknownClinic.into())
}
