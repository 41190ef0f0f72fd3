use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::out::{PolicyOut, SlotOut};
use super::state::BookingState;
use super::store;
use crate::availability::{Agenda, Claims, Policy, Slot, buckets};
use crate::clinics::hours::parse_date;
use crate::directory::Entry;
use crate::error::{AppError, FieldErrors, ReadProblems};
use crate::web::{FromParams, Json, Params, Path, Query};

const DEFAULT_DAYS: u64 = 14;
const MAX_DAYS: u64 = 62;
/// Slots are read this far ahead at a time when the next one is looked for.
const LOOK_DAYS: u64 = 31;
/// A stay longer than any: dates beyond it would only be empty.
const FARTHEST_YEARS: i64 = 10;

/// The validated parameters of a clinic's availability.
#[derive(Debug)]
pub struct AvailabilityQuery {
    /// Today on the clinic's calendar when absent.
    from: Option<NaiveDate>,
    days: u64,
}

impl FromParams for AvailabilityQuery {
    const NAMES: &'static [&'static str] = &["from", "days"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let from = params.read("from", None, &mut errors, |text| {
            let is_iso = |text: &str| text.len() == "2026-12-04".len() && text.as_bytes()[4] == b'-';
            let date = Some(text).filter(|text| is_iso(text)).and_then(|text| parse_date(text).ok());
            date.map(Some).ok_or_else(|| "must be a date such as 2026-12-04".to_owned())
        });
        let days = params.read("days", DEFAULT_DAYS, &mut errors, |text| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let days = text.parse().ok().filter(|days| is_plain && (1..=MAX_DAYS).contains(days));
            days.ok_or_else(|| format!("must be a whole number from 1 to {MAX_DAYS}"))
        });
        errors.or(Self { from, days })
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

/// What anybody may read about times, beside the directory under `/api/v1`.
pub fn public_router() -> OpenApiRouter<BookingState> {
    OpenApiRouter::new().routes(routes!(get_availability))
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
        (status = 301, description = "The clinic has another slug: see Location"),
        ReadProblems,
        (status = 503, description = "The database is away; see Retry-After", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
async fn get_availability(
    State(state): State<BookingState>,
    Path(slug): Path<String>,
    Query(query): Query<AvailabilityQuery>,
) -> Result<Response, AppError> {
    let (snapshot, now) = (state.directory.snapshot(), state.now());
    let Some(entry) = snapshot.by_slug(&slug) else {
        let unknown = || AppError::NotFound {
            code: "clinic_unknown",
            detail: "there is no clinic with this slug: /api/v1/clinics lists those there are".to_owned(),
        };
        let other = snapshot.redirect(&slug.to_lowercase()).ok_or_else(unknown)?;
        let address = format!("/api/v1/clinics/{}/availability", other.clinic.slug);
        let location = HeaderValue::try_from(state.directory.links().link(&address)).map_err(anyhow::Error::from)?;
        return Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response());
    };
    let calendar = Calendar { state: &state, entry, policy: entry.policy(&snapshot.network), now };
    let answer = calendar.answer(&query).await?;
    // Somebody may take a time in the next second: what was shown is never worth keeping.
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

struct Calendar<'a> {
    state: &'a BookingState,
    entry: &'a Entry,
    policy: Policy,
    now: DateTime<Utc>,
}

impl Calendar<'_> {
    async fn answer(&self, query: &AvailabilityQuery) -> Result<AvailabilityOut, AppError> {
        let schedule = self.entry.schedule();
        let today = schedule.local_date(self.now);
        let asked = query.from.unwrap_or(today);
        let farthest = today + TimeDelta::days(365 * FARTHEST_YEARS);
        let from = asked.clamp(today, farthest);
        let end = from + Days::new(query.days);
        let slots = self.slots(from, end).await?;
        let next = match slots.first() {
            Some(first) => Some(*first),
            None => self.first_after(end).await?,
        };
        let days = from.iter_days().take_while(|date| *date < end).map(|date| DayOut {
            date,
            slots: slots
                .iter()
                .filter(|slot| schedule.local_date(slot.starts_at) == date)
                .map(|slot| SlotOut::offered(slot, self.entry.zone))
                .collect(),
        });
        Ok(AvailabilityOut {
            clinic: self.entry.clinic.slug.to_string(),
            time_zone: self.entry.zone.name(),
            policy: self.policy.into(),
            from,
            clipped: asked < today,
            days: days.collect(),
            next: next.map(|slot| SlotOut::offered(&slot, self.entry.zone)),
        })
    }

    /// The slots on the dates from `from` up to `end`.
    async fn slots(&self, from: NaiveDate, end: NaiveDate) -> Result<Vec<Slot>, AppError> {
        if !self.entry.clinic.offers_consultations {
            return Ok(Vec::new());
        }
        let schedule = self.entry.schedule();
        let range = schedule.midnight(from)..schedule.midnight(end);
        // A consultation that starts in the range may last beyond it.
        let rows =
            store::claims(&self.state.db, &[self.entry.id], &buckets(range.start, range.end + TimeDelta::days(1)))
                .await?;
        let claims: Claims = store::as_claims(&rows);
        Ok(Agenda { schedule: &schedule, policy: &self.policy, claims: &claims, now: self.now }.slots(range))
    }

    /// The first slot on a later date, as far as the horizon.
    async fn first_after(&self, mut from: NaiveDate) -> Result<Option<Slot>, AppError> {
        let horizon = self.entry.schedule().local_date(self.now) + Days::new(self.policy.horizon_days.into());
        while from <= horizon {
            let end = from + Days::new(LOOK_DAYS);
            if let Some(first) = self.slots(from, end).await?.first() {
                return Ok(Some(*first));
            }
            from = end;
        }
        Ok(None)
    }
}
