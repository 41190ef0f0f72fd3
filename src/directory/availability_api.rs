use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::clinic_api::{Addressed, addressed};
use super::nearest_query::whole;
use super::out::SlotOut;
use super::{Directory, Entry};
use crate::availability::{Agenda, Slot};
use crate::clinics::Policy;
use crate::clinics::hours::parse_date;
use crate::error::{AppError, FieldErrors, Problem, ReadProblems};
use crate::web::{FromParams, Json, Params, Path, Query};

const DEFAULT_DAYS: u16 = 14;
const MAX_DAYS: u16 = 62;
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The validated parameters of a clinic's availability.
#[derive(Debug)]
pub struct AvailabilityQuery {
    /// Today on the clinic's calendar when absent.
    from: Option<NaiveDate>,
    days: u16,
}

impl FromParams for AvailabilityQuery {
    const NAMES: &'static [&'static str] = &["from", "days"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let from = from(params, &mut errors);
        let days = days(params, &mut errors);
        errors.or(Self { from, days })
    }
}

/// `from`: a date on the clinic's own calendar.
pub fn from(params: &Params<'_>, errors: &mut FieldErrors) -> Option<NaiveDate> {
    params.read("from", None, errors, |text| {
        let is_iso = |text: &str| text.len() == "2026-12-04".len() && text.as_bytes()[4] == b'-';
        let date = Some(text).filter(|text| is_iso(text)).and_then(|text| parse_date(text).ok());
        date.map(Some).ok_or_else(|| "must be a date such as 2026-12-04".to_owned())
    })
}

/// `days`: 1 to 62, 14 by default.
pub fn days(params: &Params<'_>, errors: &mut FieldErrors) -> u16 {
    params.read("days", DEFAULT_DAYS, errors, |text| whole(text, 1, MAX_DAYS))
}

/// How consultations are offered at a clinic (rule A12).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
pub struct PolicyOut {
    pub duration_min: u16,
    pub step_min: u16,
    pub turnover_min: u16,
    pub capacity: u16,
    pub min_notice_min: u16,
    pub horizon_days: u16,
    pub hold_min: u16,
}

impl From<Policy> for PolicyOut {
    fn from(policy: Policy) -> Self {
        let Policy { duration_min, step_min, turnover_min, capacity, min_notice_min, horizon_days, hold_min } = policy;
        Self { duration_min, step_min, turnover_min, capacity, min_notice_min, horizon_days, hold_min }
    }
}

/// When consultations can be had at a clinic.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Availability)]
pub struct AvailabilityOut {
    /// The clinic's slug.
    pub clinic: String,
    /// IANA name.
    pub time_zone: &'static str,
    pub policy: PolicyOut,
    /// The first day of the list.
    pub from: NaiveDate,
    /// `from` was asked for in the past, and starts today instead.
    pub clipped: bool,
    pub days: Vec<DayOut>,
    /// The first time from `from` on, in this list or after it.
    pub next: Option<SlotOut>,
}

/// One date on the clinic's calendar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AvailableDay)]
pub struct DayOut {
    pub date: NaiveDate,
    pub slots: Vec<SlotOut>,
}

/// The times that can be booked at a clinic, day by day.
#[utoipa::path(
    get,
    path = "/clinics/{slug}/availability",
    tag = "bookings",
    params(
        ("slug" = String, Path, description = "The clinic's slug"),
        ("from" = Option<NaiveDate>, Query, description = "The first date, on the clinic's calendar; today by default"),
        ("days" = Option<u32>, Query, description = "1 to 62, 14 by default", minimum = 1, maximum = 62),
    ),
    responses(
        (status = 200, description = "The days, with and without times", body = AvailabilityOut),
        (status = 301, description = "The clinic has another slug, or moved: see Location"),
        (status = 410, description = "Closed for good; `nearest` has the nearest open ones", body = Problem, content_type = "application/problem+json"),
        ReadProblems
    )
)]
pub async fn get_clinic_availability(
    State(directory): State<Directory>,
    Path(slug): Path<String>,
    Query(query): Query<AvailabilityQuery>,
) -> Result<Response, AppError> {
    let snapshot = directory.snapshot();
    let entry = match addressed(&directory, &snapshot, &slug, "/availability")? {
        Addressed::Here(entry) => entry,
        Addressed::Elsewhere(response) => return Ok(response),
    };
    let answer = availability(entry, &query, directory.now());
    // Somebody may take a time in the next second: what was shown is never worth keeping.
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(answer)).into_response())
}

fn availability(entry: &Entry, query: &AvailabilityQuery, now: DateTime<Utc>) -> AvailabilityOut {
    let (schedule, claims) = (entry.schedule(), entry.diary.claims());
    let agenda = Agenda { schedule: &schedule, policy: &entry.policy, claims: &claims, now };
    let today = schedule.local_date(now);
    let asked = query.from.unwrap_or(today);
    let from = asked.max(today);
    let end = from + Days::new(query.days.into());
    let range = schedule.midnight(from)..schedule.midnight(end);
    let offers = entry.clinic.offers_consultations;
    let slots = if offers { agenda.slots(range.clone()) } else { Vec::new() };
    let later = || if offers { agenda.first_slot_from(range.end) } else { None };
    let next = slots.first().copied().or_else(later);
    let offered = |slot: &Slot| SlotOut::offered(slot, entry.zone);
    let mut rest = slots.iter().peekable();
    let mut on = |date| {
        std::iter::from_fn(|| rest.next_if(|slot| schedule.local_date(slot.starts_at) == date)).map(offered).collect()
    };
    let days = from.iter_days().take_while(|date| *date < end);
    AvailabilityOut {
        clinic: entry.clinic.slug.to_string(),
        time_zone: entry.zone.name(),
        policy: entry.policy.into(),
        from,
        clipped: asked < today,
        days: days.map(|date| DayOut { date, slots: on(date) }).collect(),
        next: next.as_ref().map(offered),
    }
}
