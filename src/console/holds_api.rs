use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::own_keys;
use crate::accounts::Agent;
use crate::app::AppState;
use crate::bookings::{HoldOut, IdempotencyKey, StaffHoldIn, desk};
use crate::error::{AppError, Problem, StaffWriteProblems};
use crate::web::{Json, Query};

/// Holds a time for a caller: at most five at once per account. `/holds/{hold_token}/extend` keeps it alive, for half an hour
/// in all; `DELETE /holds/{hold_token}` gives it back.
#[utoipa::path(
    post,
    path = "/staff/holds",
    tag = "staff",
    params(("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)),
    request_body = StaffHoldIn,
    responses(
        (status = 201, description = "The time is held", body = HoldOut),
        (status = 429, description = "Too many attempts; see Retry-After", body = Problem, content_type = "application/problem+json"),
        StaffWriteProblems
    )
)]
pub async fn create_staff_hold(
    Agent(actor): Agent,
    State(state): State<AppState>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<StaffHoldIn>,
) -> Result<Response, AppError> {
    let state = &state.bookings;
    let key = key.of(state, own_keys("POST /staff/holds", &actor), &body)?;
    let (clinic, starts_at, reason) = body.parse()?;
    let held = desk::hold(state, &actor, (&clinic, starts_at), reason.as_deref(), key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(HoldOut::new(&held, &state.secret))).into_response())
}
