use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::own_keys;
use crate::accounts::Agent;
use crate::app::AppState;
use crate::bookings::desk::named;
use crate::bookings::{CallIn, CallRequest, IdempotencyKey, call, find};
use crate::clinics::ClinicId;
use crate::directory::{Near, Origin, Snapshot};
use crate::entities::call::Model;
use crate::error::{AppError, FieldErrors, StaffWriteProblems};
use crate::geo::Metres;
use crate::places::{PlaceKind, gazetteer};
use crate::web::{Json, Query};

/// A call that has ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallOut {
    id: i64,
    at: DateTime<Utc>,
    outcome: String,
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
    let outcome = body.outcome()?;
    let place = body.place.as_deref().map(label).transpose()?;
    let snapshot = state.directory.snapshot();
    let clinic = body.clinic.as_deref().map(|slug| named(&snapshot, slug, &actor.scope)).transpose()?;
    if let Some(id) = body.booking
        && find::find(&state.db, &actor.scope, id).await?.is_none()
    {
        let detail = "there is no booking with this id in the scope of this account";
        return Err(FieldErrors::one("booking", "booking_unknown", detail).into());
    }
    let clinic = clinic.map(|entry| entry.id);
    let request = CallRequest { outcome, place: place.as_deref(), clinic, booking: body.booking };
    let made = call(&state.bookings, &actor, &request, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(CallOut::new(made, &snapshot))).into_response())
}

impl CallOut {
    fn new(made: Model, snapshot: &Snapshot) -> Self {
        let clinic = made.clinic_id.and_then(|id| snapshot.by_id(ClinicId(id)));
        Self {
            id: made.id,
            at: made.at,
            outcome: made.outcome,
            place: made.place,
            clinic: clinic.map(|entry| entry.clinic.slug.to_string()),
            booking: made.booking_id,
        }
    }
}

/// How the gazetteer names the place, which may be kept; of exact coordinates the ZIP around them.
fn label(text: &str) -> Result<String, AppError> {
    const FARTHEST: Metres = Metres(200_000.0);
    let refused = || FieldErrors::one("place", "place_unknown", "must be a ZIP, a city or a state that exists");
    // What was typed does not come back in an error: it may be more than a place.
    let resolved = Origin::of(&Near::Text(text.to_owned())).map_err(|_| refused())?.resolved;
    if !resolved.alternatives.is_empty() {
        let others: Vec<&str> = resolved.alternatives.iter().map(|place| &*place.label).collect();
        let detail = format!("could be {} or {}: say which", resolved.label, others.join(", "));
        return Err(FieldErrors::one("place", "ambiguous", detail).into());
    }
    if resolved.kind != PlaceKind::Point {
        return Ok(resolved.label);
    }
    let zip = gazetteer().nearest_zip(resolved.point, FARTHEST).ok_or_else(refused)?;
    let around = gazetteer().resolve(&zip.code.to_string()).map_err(|_| refused())?;
    Ok(around.label)
}
