use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::own_keys;
use crate::accounts::ClinicStaff;
use crate::app::AppState;
use crate::bookings::{Block, BlockIn, Blocked, IdempotencyKey, desk};
use crate::directory::Entry;
use crate::error::{AppError, StaffWriteProblems};
use crate::web::{Json, Path, Query};

/// A block that lies.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub struct BlockOut {
    id: i64,
    /// The clinic's slug.
    clinic: String,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// `all` or `one`.
    seats: &'static str,
    reason: String,
    /// The ids of the visits that need another time because of it.
    needs_rebooking: Vec<i64>,
}

/// Blocks a time ("dentist, 2 to 3 pm"). Over a booking only when `over` names it: else 409 `bookings_in_the_way` with the ids.
#[utoipa::path(
    post,
    path = "/staff/blocks",
    tag = "staff",
    params(("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)),
    request_body = BlockIn,
    responses((status = 201, description = "The time is blocked", body = BlockOut), StaffWriteProblems)
)]
pub async fn create_block(
    ClinicStaff(actor): ClinicStaff,
    State(state): State<AppState>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<BlockIn>,
) -> Result<Response, AppError> {
    let key = key.of(&state.bookings, own_keys("POST /staff/blocks", &actor), &body)?;
    let (blocked, clinic) = desk::block(&state.bookings, &actor, &body.parse()?, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(BlockOut::new(blocked, &clinic))).into_response())
}

impl BlockOut {
    fn new(Blocked { block, needs_rebooking }: Blocked, clinic: &Entry) -> Self {
        let Block { id, from, to, seats, reason } = block;
        let clinic = clinic.clinic.slug.to_string();
        Self { id, clinic, from, to, seats: seats.as_str(), reason, needs_rebooking }
    }
}

/// Takes a block away: its times are offered again.
#[utoipa::path(
    delete,
    path = "/staff/blocks/{id}",
    tag = "staff",
    params(("id" = i64, Path, description = "The block's id")),
    responses((status = 204, description = "The block is gone"), StaffWriteProblems)
)]
pub async fn delete_block(
    ClinicStaff(actor): ClinicStaff,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
) -> Result<StatusCode, AppError> {
    desk::lift_block(&state.bookings, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
