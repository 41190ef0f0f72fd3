use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{named, own_keys};
use crate::accounts::{Actor, Agent};
use crate::app::AppState;
use crate::bookings::{
    BookRequest, BookingBriefOut, BookingError, By, IdempotencyKey, MoveRequest, RescheduleAsked, StaffBookingIn,
    StaffBookingOut, StaffRescheduleIn, book, cancel, find, rehold, reschedule, see, with_alternatives,
};
use crate::clinics::ClinicId;
use crate::entities::booking;
use crate::error::{AppError, Problem, StaffWriteProblems};
use crate::token::TokenHash;
use crate::web::{Json, Path, Query};

/// A visit that staff booked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffBooked)]
pub struct StaffBookedOut {
    booking: StaffBookingOut,
    /// Shows, moves and cancels the booking: for the visitor alone.
    manage_token: String,
    /// What to ask the caller about.
    warnings: Vec<BookingWarning>,
}

/// Something that may be wrong about a booking.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingWarning {
    /// `likely_duplicate`: the same phone number has another visit ahead.
    code: &'static str,
    booking: BookingBriefOut,
}

/// One visit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OneStaffBooking)]
pub struct OneStaffBookingOut {
    booking: StaffBookingOut,
}

/// Books a visit for somebody, with or without a hold before. When every seat is taken, `override_reason` takes one above the
/// capacity (rule B9).
#[utoipa::path(
    post,
    path = "/staff/bookings",
    tag = "staff",
    params(("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)),
    request_body = StaffBookingIn,
    responses(
        (status = 201, description = "The visit is booked", body = StaffBookedOut),
        (status = 410, description = "`hold_expired` (with `rehold` when the time is still free) or `hold_released`", body = Problem, content_type = "application/problem+json"),
        StaffWriteProblems
    )
)]
pub async fn create_staff_booking(
    Agent(actor): Agent,
    State(state): State<AppState>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<StaffBookingIn>,
) -> Result<Response, AppError> {
    let key = key.of(&state.bookings, own_keys("POST /staff/bookings", &actor), &body)?;
    let asked = body.parse()?;
    state.directory.catch_up().await?;
    let snapshot = state.directory.snapshot();
    let entry = named(&snapshot, &asked.clinic, &actor.scope)?;
    let hold = asked.hold_token.as_deref().map(|token| TokenHash::of_ours(token).ok_or(BookingError::UnknownHold));
    let hold = hold.transpose()?;
    let request = BookRequest {
        actor: &actor,
        clinic: entry.id,
        starts_at: asked.starts_at,
        hold: hold.as_ref(),
        guest: &asked.guest,
        override_reason: asked.override_reason.as_deref(),
    };
    match (book(&state.bookings, &request, key.as_ref()).await, &hold) {
        (Ok(booking), _) => {
            let manage_token = state.bookings.secret.manage_token(&booking.token_nonce);
            let warnings = warnings(&state, &actor, &booking).await?;
            let booked = StaffBookedOut { booking: StaffBookingOut::new(&booking, entry), manage_token, warnings };
            Ok((StatusCode::CREATED, Json(booked)).into_response())
        }
        (Err(BookingError::HoldExpired), Some(token)) => {
            let rehold = rehold(&state.bookings, token).await?;
            Err(BookingError::HoldExpired.told_with([("rehold".to_owned(), rehold)]))
        }
        (Err(error), _) => Err(with_alternatives(&state.bookings, entry, asked.starts_at, error)),
    }
}

/// Other visits ahead with the same phone number; that they were shown is recorded.
async fn warnings(state: &AppState, actor: &Actor, booking: &booking::Model) -> Result<Vec<BookingWarning>, AppError> {
    let Some(phone) = &booking.phone else { return Ok(Vec::new()) };
    let others = find::upcoming_of(&state.db, &actor.scope, phone, booking.id, state.bookings.now()).await?;
    see(&state.bookings, actor, &others.iter().collect::<Vec<_>>()).await?;
    let snapshot = state.directory.snapshot();
    let briefs = others.iter().filter_map(|other| BookingBriefOut::new(other, &snapshot));
    Ok(briefs.map(|booking| BookingWarning { code: "likely_duplicate", booking }).collect())
}

/// Cancels a visit to come, or one that waits for another time.
#[utoipa::path(
    post,
    path = "/staff/bookings/{id}/cancel",
    tag = "staff",
    params(
        ("id" = i64, Path, description = "The booking's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key has no second effect", min_length = 1, max_length = 255)
    ),
    responses((status = 200, description = "The visit is cancelled", body = OneStaffBookingOut), StaffWriteProblems)
)]
pub async fn cancel_staff_booking(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    key: IdempotencyKey,
    Query(()): Query<()>,
) -> Result<Json<OneStaffBookingOut>, AppError> {
    let key = key.of(&state.bookings, own_keys(&format!("POST /staff/bookings/{id}/cancel"), &actor), &())?;
    let booking = cancel(&state.bookings, By::Staff(&actor, id), key.as_ref()).await?;
    one(&state, &actor, &booking).await
}

/// Finds another time for a visit to come or one that waits, here or at another clinic; when the time is taken the visit
/// stands as it was.
#[utoipa::path(
    post,
    path = "/staff/bookings/{id}/reschedule",
    tag = "staff",
    params(
        ("id" = i64, Path, description = "The booking's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)
    ),
    request_body = StaffRescheduleIn,
    responses((status = 200, description = "The visit at its new time", body = OneStaffBookingOut), StaffWriteProblems)
)]
pub async fn reschedule_staff_booking(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<StaffRescheduleIn>,
) -> Result<Json<OneStaffBookingOut>, AppError> {
    let key = key.of(&state.bookings, own_keys(&format!("POST /staff/bookings/{id}/reschedule"), &actor), &body)?;
    let standing = find::find(&state.db, &actor.scope, id).await?.ok_or(BookingError::UnknownBooking)?;
    let RescheduleAsked { starts_at, clinic, override_reason } = body.parse()?;
    state.directory.catch_up().await?;
    let snapshot = state.directory.snapshot();
    let entry = match clinic {
        Some(slug) => named(&snapshot, &slug, &actor.scope)?,
        None => snapshot.by_id(ClinicId(standing.clinic_id)).ok_or(BookingError::UnknownClinic)?,
    };
    let to = MoveRequest { clinic: entry.id, starts_at, override_reason: override_reason.as_deref() };
    match reschedule(&state.bookings, By::Staff(&actor, id), &to, key.as_ref()).await {
        Ok(booking) => one(&state, &actor, &booking).await,
        Err(error) => Err(with_alternatives(&state.bookings, entry, starts_at, error)),
    }
}

/// One visit in full; that it was shown is recorded.
pub(super) async fn one(
    state: &AppState,
    actor: &Actor,
    booking: &booking::Model,
) -> Result<Json<OneStaffBookingOut>, AppError> {
    see(&state.bookings, actor, &[booking]).await?;
    let snapshot = state.directory.snapshot();
    let entry = snapshot.by_id(ClinicId(booking.clinic_id)).ok_or(BookingError::UnknownClinic)?;
    Ok(Json(OneStaffBookingOut { booking: StaffBookingOut::new(booking, entry) }))
}
