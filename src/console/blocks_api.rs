use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::own_keys;
use crate::accounts::ClinicStaff;
use crate::app::AppState;
use crate::bookings::{BlockIn, Blocked, IdempotencyKey, desk, lift_block};
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
    seats: String,
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
    let (Blocked { block, needs_rebooking }, entry) =
        desk::block(&state.bookings, &actor, &body.parse()?, key.as_ref()).await?;
    let out = BlockOut {
        id: block.id,
        clinic: entry.clinic.slug.to_string(),
        from: block.starts_at,
        to: block.ends_at,
        seats: block.seats,
        reason: block.reason,
        needs_rebooking,
    };
    Ok((StatusCode::CREATED, Json(out)).into_response())
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
    if lift_block(&state.bookings, &actor, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = "there is no block with this id in the scope of this account, or it was taken away";
    Err(AppError::NotFound { code: "block_unknown", detail: detail.to_owned() })
}
