use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Agent;
use crate::app::AppState;
use crate::bookings::desk::{self, Known};
use crate::bookings::{CallerIn, StaffBookingOut, Status, Visit};
use crate::error::{AppError, StaffWriteProblems};
use crate::places::{PhonePlace, gazetteer};
use crate::web::{Json, Query};

/// Who may be on the line, and where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Caller)]
pub struct CallerOut {
    /// Where the number was given out; null for toll-free and foreign ones.
    place: Option<CallerPlace>,
    /// Visits to come first, the next one first; then those before, the latest first.
    bookings: Vec<CallerBooking>,
    /// `has_upcoming`, `needs_rebooking`, `several_upcoming`, `missed_before`.
    flags: Vec<&'static str>,
}

/// A place that a number suggests.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerPlace {
    label: String,
    /// `city` or `state`.
    kind: &'static str,
    state: &'static str,
    lat: f64,
    lon: f64,
    /// Always true: numbers move with their owners, so ask.
    confirm: bool,
}

impl From<PhonePlace> for CallerPlace {
    fn from(place: PhonePlace) -> Self {
        let (lat, lon) = (place.point.lat(), place.point.lon());
        Self { label: place.label, kind: place.kind.as_str(), state: place.state.code, lat, lon, confirm: true }
    }
}

/// A visit of that number.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerBooking {
    /// `upcoming` (those that wait for another time too) or `recent`.
    when: &'static str,
    #[serde(flatten)]
    booking: StaffBookingOut,
}

/// What a phone number tells: a place to confirm (rule P9), and the visits made with it. The number is in no address and in no log.
#[utoipa::path(
    post,
    path = "/staff/caller",
    tag = "staff",
    request_body = CallerIn,
    responses((status = 200, description = "What is known", body = CallerOut), StaffWriteProblems)
)]
pub async fn find_caller(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Query(()): Query<()>,
    Json(body): Json<CallerIn>,
) -> Result<Json<CallerOut>, AppError> {
    let phone = body.parse()?;
    let place = gazetteer().place_of_phone(&phone).map(Into::into);
    let Known { upcoming, recent } = desk::caller(&state.bookings, &actor, phone).await?;
    let flags = flags(&upcoming, &recent);
    let told = |when| move |visit: &Visit| CallerBooking { when, booking: StaffBookingOut::new(visit) };
    let bookings = upcoming.iter().map(told("upcoming")).chain(recent.iter().map(told("recent"))).collect();
    Ok(Json(CallerOut { place, bookings, flags }))
}

fn flags(upcoming: &[Visit], recent: &[Visit]) -> Vec<&'static str> {
    let has = |visits: &[Visit], status: Status| visits.iter().any(|visit| visit.status() == status);
    let all = [
        (!upcoming.is_empty()).then_some("has_upcoming"),
        has(upcoming, Status::NeedsRebooking).then_some("needs_rebooking"),
        (upcoming.len() > 1).then_some("several_upcoming"),
        has(recent, Status::NoShow).then_some("missed_before"),
    ];
    all.into_iter().flatten().collect()
}
