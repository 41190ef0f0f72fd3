use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Agent;
use crate::app::AppState;
use crate::bookings::{RebookingPage, RebookingQuery, desk};
use crate::error::{AppError, StaffReadProblems, StaffWriteProblems};
use crate::web::{Json, Path, Query};

/// Visits that wait for another time, with why and with what they can have instead, the oldest first.
#[utoipa::path(
    get,
    path = "/staff/rebooking",
    tag = "staff",
    params(
        ("limit" = Option<u64>, Query, description = "Visits a page, 20 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page, the oldest visit first", body = RebookingPage), StaffReadProblems)
)]
pub async fn list_staff_rebooking(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Query(query): Query<RebookingQuery>,
) -> Result<Json<RebookingPage>, AppError> {
    Ok(Json(desk::rebooking(&state.bookings, &actor, &query).await?.into()))
}

/// A visit that nobody else calls about meanwhile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claimed {
    /// The booking's id.
    booking: i64,
    until: DateTime<Utc>,
}

/// Takes a waiting visit for a quarter of an hour, to call its visitor; again for another one. 409 `claimed` with `until`
/// while somebody else is calling.
#[utoipa::path(
    post,
    path = "/staff/rebooking/{id}/claim",
    tag = "staff",
    params(("id" = i64, Path, description = "The booking's id")),
    responses((status = 200, description = "It is this account's until then", body = Claimed), StaffWriteProblems)
)]
pub async fn claim_rebooking(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
) -> Result<Json<Claimed>, AppError> {
    let until = desk::claim(&state.bookings, &actor, id).await?;
    Ok(Json(Claimed { booking: id, until }))
}

/// Gives a claimed visit back to the list.
#[utoipa::path(
    delete,
    path = "/staff/rebooking/{id}/claim",
    tag = "staff",
    params(("id" = i64, Path, description = "The booking's id")),
    responses((status = 204, description = "Others may call"), StaffWriteProblems)
)]
pub async fn release_rebooking(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
) -> Result<StatusCode, AppError> {
    desk::unclaim(&state.bookings, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
