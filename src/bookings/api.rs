use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::BookingError;
use super::idempotency::RequestKey;
use super::idempotency_header::IdempotencyKey;
use super::out::{BookedOut, BookingOut, HoldOut, NearOut};
use super::own_api;
use super::problems::BookingProblems;
use super::requests::{BookingIn, HoldAsked, HoldIn, Wanted};
use super::state::BookingState;
use super::visitor::{self, Visitor};
use crate::directory::Origin;
use crate::error::AppError;
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
    let HoldAsked { wanted, visitor: token } = body.parse()?;
    let visitor = Visitor { client, token };
    let held = hold(&state, &visitor, wanted, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(held)).into_response())
}

/// Which of the two steps is meant, and how it is told.
async fn hold(
    state: &BookingState,
    visitor: &Visitor,
    wanted: Wanted,
    key: Option<&RequestKey>,
) -> Result<HoldOut, AppError> {
    match wanted {
        Wanted::This { clinic, starts_at } => {
            let held = visitor::hold(state, visitor, &clinic, starts_at, key).await?;
            Ok(HoldOut::new(&held, &state.secret))
        }
        Wanted::Best { near, within_days, radius } => {
            let origin = Origin::of(&near)?;
            let held = visitor::hold_near(state, visitor, &origin, (radius, within_days), key).await?;
            let near = Some(NearOut::new(&origin, &held.clinic));
            Ok(HoldOut { near, ..HoldOut::new(&held, &state.secret) })
        }
    }
}

/// Whose keys are compared: two visitors who both chose "1" must not get one hold. Without a token of theirs the address has
/// to tell them apart; it is not stored as such.
fn whose_hold(state: &BookingState, client: Option<ClientAddress>, body: &HoldIn) -> String {
    let address = || client.map_or_else(String::new, |client| client.ip.to_string());
    let whose = body.visitor_token.clone().unwrap_or_else(address);
    format!("POST /holds {}", state.secret.fingerprint(whose.as_bytes()))
}

/// As [`whose_hold`]: a hold is one visitor's.
fn whose_booking(state: &BookingState, body: &BookingIn) -> String {
    let hold = body.hold_token.as_deref().unwrap_or_default();
    format!("POST /bookings {}", state.secret.fingerprint(hold.as_bytes()))
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
    let hold = visitor::extend(&state, &token, key.as_ref()).await?;
    Ok(Json(HoldOut::new(&hold, &state.secret)))
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
    visitor::release(&state, &token).await?;
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
    let key = key.of(&state, whose_booking(&state, &body), &body)?;
    let (hold_token, guest) = body.parse()?;
    let visitor = Visitor { client: client.map(|client| client.0), token: None };
    let token = TokenHash::of_ours(&hold_token).ok_or(BookingError::UnknownHold)?;
    let visit = visitor::book(&state, &visitor, &token, &guest, key.as_ref()).await?;
    let booked = BookedOut { booking: BookingOut::new(&visit), manage_token: visit.manage_token(&state.secret) };
    Ok((StatusCode::CREATED, Json(booked)).into_response())
}
