use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::bookings_api::{OneStaffBookingOut, one};
use crate::accounts::{Agent, ClinicStaff};
use crate::app::AppState;
use crate::bookings::desk::{self, ClinicDays};
use crate::bookings::{Block, BookingPatch, SearchIn, StaffBookingOut};
use crate::error::{AppError, FieldErrors, StaffReadProblems, StaffWriteProblems};
use crate::web::{FromParams, Json, Params, Path, Query};

/// As many as the public list of free times has.
const MOST_DAYS: u64 = 62;

/// `?clinic=&from=&days=`.
#[derive(Debug)]
pub struct VisitsQuery {
    clinic: String,
    from: Option<NaiveDate>,
    days: u64,
}

impl FromParams for VisitsQuery {
    const NAMES: &'static [&'static str] = &["clinic", "from", "days"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let clinic = params.get("clinic").map(str::to_owned).unwrap_or_default();
        if clinic.is_empty() {
            errors.push("clinic", "required", "give clinic, the slug of a clinic");
        }
        let from = params.read("from", None, &mut errors, |text| {
            text.parse().map(Some).map_err(|_| "must be a date such as 2026-12-04".to_owned())
        });
        let days = params.read("days", 1, &mut errors, |text| {
            let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
            days.ok_or_else(|| format!("must be a whole number from 1 to {MOST_DAYS}"))
        });
        errors.or(Self { clinic, from, days })
    }
}

/// The visits and blocks of one clinic on some dates of its calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffBookingList {
    /// The clinic's slug.
    clinic: String,
    /// IANA name.
    time_zone: &'static str,
    from: NaiveDate,
    days: u64,
    /// By their time; cancelled ones included.
    data: Vec<StaffBookingOut>,
    blocks: Vec<ListedBlock>,
}

/// A time in which the clinic gives no consultations.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedBlock {
    id: i64,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// `all` or `one`.
    seats: &'static str,
    reason: String,
}

impl From<Block> for ListedBlock {
    fn from(Block { id, from, to, seats, reason }: Block) -> Self {
        Self { id, from, to, seats: seats.as_str(), reason }
    }
}

/// The visits of one clinic, today or on other dates. Each one that is shown is in the audit log.
#[utoipa::path(
    get,
    path = "/staff/bookings",
    tag = "staff",
    params(
        ("clinic" = String, Query, description = "The clinic's slug", min_length = 1),
        ("from" = Option<String>, Query, description = "The first date on the clinic's calendar; today without it", format = Date),
        ("days" = Option<u64>, Query, description = "How many dates, 1 without it", minimum = 1, maximum = 62),
    ),
    responses((status = 200, description = "The visits, by their time", body = StaffBookingList), StaffReadProblems)
)]
pub async fn list_staff_bookings(
    ClinicStaff(actor): ClinicStaff,
    State(state): State<AppState>,
    Query(query): Query<VisitsQuery>,
) -> Result<Json<StaffBookingList>, AppError> {
    let VisitsQuery { clinic, from, days } = query;
    let shown = desk::days(&state.bookings, &actor, &clinic, from, days).await?;
    Ok(Json(StaffBookingList::new(shown, days)))
}

impl StaffBookingList {
    fn new(shown: ClinicDays, days: u64) -> Self {
        Self {
            clinic: shown.clinic.clinic.slug.to_string(),
            time_zone: shown.clinic.zone.name(),
            from: shown.from,
            days,
            data: shown.visits.iter().map(StaffBookingOut::new).collect(),
            blocks: shown.blocks.into_iter().map(Into::into).collect(),
        }
    }
}

/// Marks a visit on its day or later (`arrived`, `completed`, `no_show`, or back to `confirmed`), or changes its note.
#[utoipa::path(
    patch,
    path = "/staff/bookings/{id}",
    tag = "staff",
    params(("id" = i64, Path, description = "The booking's id")),
    request_body = BookingPatch,
    responses((status = 200, description = "The visit as it is now", body = OneStaffBookingOut), StaffWriteProblems)
)]
pub async fn update_staff_booking(
    ClinicStaff(actor): ClinicStaff,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
    Json(body): Json<BookingPatch>,
) -> Result<Json<OneStaffBookingOut>, AppError> {
    Ok(one(&desk::mark(&state.bookings, &actor, id, &body.parse()?).await?))
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffBookingsFound {
    /// At most fifty, the latest visit first.
    data: Vec<StaffBookingOut>,
    /// There are more: search for something narrower.
    has_more: bool,
}

/// Finds visits by the phone number, e-mail, name or reference of whoever calls. Nothing of it is in an address.
#[utoipa::path(
    post,
    path = "/staff/bookings/search",
    tag = "staff",
    request_body = SearchIn,
    responses((status = 200, description = "What was found", body = StaffBookingsFound), StaffWriteProblems)
)]
pub async fn search_staff_bookings(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Query(()): Query<()>,
    Json(body): Json<SearchIn>,
) -> Result<Json<StaffBookingsFound>, AppError> {
    let (visits, has_more) = desk::search(&state.bookings, &actor, &body.parse()?).await?;
    Ok(Json(StaffBookingsFound { data: visits.iter().map(StaffBookingOut::new).collect(), has_more }))
}
