use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Agent;
use crate::app::AppState;
use crate::bookings::{CallerIn, Sought, StaffBookingOut, Status, find, see};
use crate::clinics::ClinicId;
use crate::entities::booking;
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
    const MOST_RECENT: usize = 10;
    const MOST: u64 = 50;
    let phone = body.parse()?;
    let place = gazetteer().place_of_phone(&phone).map(Into::into);
    let found = find::matching(&state.db, &actor.scope, &Sought::Phone(phone), MOST).await?;
    let now = state.bookings.now();
    let is_upcoming = |booking: &booking::Model| match Status::of(booking) {
        Status::NeedsRebooking => true,
        Status::Confirmed => now < booking.ends_at,
        _ => false,
    };
    let (mut upcoming, mut recent): (Vec<_>, Vec<_>) = found.into_iter().partition(is_upcoming);
    upcoming.reverse();
    recent.truncate(MOST_RECENT);
    let flags = flags(&upcoming, &recent);
    let shown: Vec<&booking::Model> = upcoming.iter().chain(&recent).collect();
    see(&state.bookings, &actor, &shown).await?;
    let snapshot = state.directory.snapshot();
    let bookings = shown.iter().enumerate().filter_map(|(i, booking)| {
        let entry = snapshot.by_id(ClinicId(booking.clinic_id))?;
        let when = if i < upcoming.len() { "upcoming" } else { "recent" };
        Some(CallerBooking { when, booking: StaffBookingOut::new(booking, entry) })
    });
    Ok(Json(CallerOut { place, bookings: bookings.collect(), flags }))
}

fn flags(upcoming: &[booking::Model], recent: &[booking::Model]) -> Vec<&'static str> {
    let has = |bookings: &[booking::Model], status: Status| bookings.iter().any(|row| Status::of(row) == status);
    let all = [
        (!upcoming.is_empty()).then_some("has_upcoming"),
        has(upcoming, Status::NeedsRebooking).then_some("needs_rebooking"),
        (upcoming.len() > 1).then_some("several_upcoming"),
        has(recent, Status::NoShow).then_some("missed_before"),
    ];
    all.into_iter().flatten().collect()
}
