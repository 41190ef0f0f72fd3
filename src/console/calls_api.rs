use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::own_keys;
use crate::accounts::Agent;
use crate::app::AppState;
use crate::bookings::desk::{self, Called};
use crate::bookings::{CallIn, IdempotencyKey};
use crate::error::{AppError, StaffWriteProblems};
use crate::web::{Json, Query};

/// A call that has ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallOut {
    id: i64,
    at: DateTime<Utc>,
    outcome: &'static str,
    /// The label of the place.
    place: Option<String>,
    /// The clinic's slug.
    clinic: Option<String>,
    booking: Option<i64>,
}

/// Records how a call ended. `not_reached` with a booking on the work list counts one more attempt there.
#[utoipa::path(
    post,
    path = "/staff/calls",
    tag = "staff",
    params(("Idempotency-Key" = Option<String>, Header, description = "A repetition with the same key and body has no second effect", min_length = 1, max_length = 255)),
    request_body = CallIn,
    responses((status = 201, description = "It is recorded", body = CallOut), StaffWriteProblems)
)]
pub async fn create_call(
    Agent(actor): Agent,
    State(state): State<AppState>,
    key: IdempotencyKey,
    Query(()): Query<()>,
    Json(body): Json<CallIn>,
) -> Result<Response, AppError> {
    let key = key.of(&state.bookings, own_keys("POST /staff/calls", &actor), &body)?;
    let called = desk::call(&state.bookings, &actor, &body.parse()?, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(CallOut::from(called))).into_response())
}

impl From<Called> for CallOut {
    fn from(Called { id, at, outcome, place, clinic, booking }: Called) -> Self {
        let clinic = clinic.map(|entry| entry.clinic.slug.to_string());
        Self { id, at, outcome: outcome.as_str(), place, clinic, booking }
    }
}
