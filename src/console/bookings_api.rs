use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::own_keys;
use crate::accounts::Agent;
use crate::app::AppState;
use crate::bookings::desk::{self, Booked};
use crate::bookings::{BookingBriefOut, IdempotencyKey, StaffBookingIn, StaffBookingOut, StaffRescheduleIn, Visit};
use crate::error::{AppError, Problem, StaffWriteProblems};
use crate::token::SecretKey;
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
    let booked = desk::book(&state.bookings, &actor, &body.parse()?, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(StaffBookedOut::new(&booked, &state.bookings.secret))).into_response())
}

impl StaffBookedOut {
    fn new(booked: &Booked, secret: &SecretKey) -> Self {
        let warning = |visit| BookingWarning { code: "likely_duplicate", booking: BookingBriefOut::new(visit) };
        Self {
            booking: StaffBookingOut::new(&booked.visit),
            manage_token: booked.visit.manage_token(secret),
            warnings: booked.duplicates.iter().map(warning).collect(),
        }
    }
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
    Ok(one(&desk::cancel(&state.bookings, &actor, id, key.as_ref()).await?))
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
    Ok(one(&desk::move_to(&state.bookings, &actor, id, &body.parse()?, key.as_ref()).await?))
}

/// One visit in full.
pub(super) fn one(visit: &Visit) -> Json<OneStaffBookingOut> {
    Json(OneStaffBookingOut { booking: StaffBookingOut::new(visit) })
}
