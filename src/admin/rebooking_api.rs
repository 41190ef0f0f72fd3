use axum::extract::State;

use crate::accounts::Editor;
use crate::app::AppState;
use crate::bookings::{RebookingPage, RebookingQuery, desk};
use crate::error::{AppError, StaffReadProblems};
use crate::web::{Json, Query};

/// Visits that wait for another time: the list that agents work on.
#[utoipa::path(
    get,
    path = "/admin/rebooking",
    tag = "admin",
    params(
        ("limit" = Option<u64>, Query, description = "Visits a page, 20 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page, the oldest visit first", body = RebookingPage), StaffReadProblems)
)]
pub async fn list_rebooking(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(query): Query<RebookingQuery>,
) -> Result<Json<RebookingPage>, AppError> {
    Ok(Json(desk::rebooking(&state.bookings, &actor, &query).await?.into()))
}
