use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::api::Client;
use super::calendar::Event;
use super::error::BookingError;
use super::idempotency_header::IdempotencyKey;
use super::out::{BookingOut, OwnBookingOut};
use super::problems::BookingProblems;
use super::requests::RescheduleIn;
use super::state::BookingState;
use super::visit::Visit;
use super::visitor::{self, Visitor};
use crate::error::AppError;
use crate::token::TokenHash;
use crate::web::{Json, Path, Query};

/// One's own booking.
#[utoipa::path(
    get,
    path = "/bookings/{manage_token}",
    tag = "bookings",
    params(("manage_token" = String, Path, description = "As the booking was answered with")),
    responses((status = 200, description = "The booking", body = OwnBookingOut), BookingProblems)
)]
pub async fn get_booking(
    State(state): State<BookingState>,
    Path(token): Path<String>,
    Query(()): Query<()>,
) -> Result<Json<OwnBookingOut>, AppError> {
    let visit = visitor::see(&state, &own(&token)?).await?;
    Ok(told(&visit))
}

/// Cancels one's own visit.
#[utoipa::path(
    post,
    path = "/bookings/{manage_token}/cancel",
    tag = "bookings",
    params(
        ("manage_token" = String, Path, description = "As the booking was answered with"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key has no second effect", min_length = 1, max_length = 255)
    ),
    responses((status = 200, description = "The visit is cancelled", body = OwnBookingOut), BookingProblems)
)]
pub async fn cancel_booking(
    State(state): State<BookingState>,
    Path(token): Path<String>,
    key: IdempotencyKey,
    Query(()): Query<()>,
) -> Result<Json<OwnBookingOut>, AppError> {
    let token = own(&token)?;
    let key = key.of(&state, format!("POST /bookings/{}/cancel", token.0), &())?;
    Ok(told(&visitor::cancel(&state, &token, key.as_ref()).await?))
}

/// Moves one's own visit; when the new time is taken the visit stands where it was.
#[utoipa::path(
    post,
    path = "/bookings/{manage_token}/reschedule",
    tag = "bookings",
    params(
        ("manage_token" = String, Path, description = "As the booking was answered with"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)
    ),
    request_body = RescheduleIn,
    responses((status = 200, description = "The visit at its new time", body = OwnBookingOut), BookingProblems)
)]
pub async fn reschedule_booking(
    client: Client,
    State(state): State<BookingState>,
    Path(token): Path<String>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<RescheduleIn>,
) -> Result<Json<OwnBookingOut>, AppError> {
    let token = own(&token)?;
    let key = key.of(&state, format!("POST /bookings/{}/reschedule", token.0), &body)?;
    let (starts_at, clinic) = body.parse()?;
    let visitor = Visitor { client: client.map(|client| client.0), token: None };
    let to = (clinic.as_deref(), starts_at);
    Ok(told(&visitor::move_to(&state, &visitor, &token, to, key.as_ref()).await?))
}

/// One's own visit as a calendar file; a cancelled one takes itself out of the calendar.
#[utoipa::path(
    get,
    path = "/bookings/{manage_token}/calendar.ics",
    tag = "bookings",
    params(("manage_token" = String, Path, description = "As the booking was answered with")),
    responses((status = 200, description = "RFC 5545, one event", body = String, content_type = "text/calendar"), BookingProblems)
)]
pub async fn get_calendar(
    State(state): State<BookingState>,
    Path(token): Path<String>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    let visit = visitor::see(&state, &own(&token)?).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"appointment.ics\"")),
    ];
    Ok((headers, Event::of(&visit, &state.secret).to_ics()).into_response())
}

/// The token of an address; what cannot be one of ours is unknown.
fn own(token: &str) -> Result<TokenHash, BookingError> {
    TokenHash::of_ours(token).ok_or(BookingError::UnknownBooking)
}

fn told(visit: &Visit) -> Json<OwnBookingOut> {
    Json(OwnBookingOut { booking: BookingOut::new(visit) })
}
