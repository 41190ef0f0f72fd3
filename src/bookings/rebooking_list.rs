//! The work list as it is answered, to editors and to agents alike.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::alternatives::{ReplacementsOut, replacements};
use super::rebooking::{self, After};
use super::reticent::reticent;
use super::see::see;
use super::staff_out::StaffBookingOut;
use super::state::BookingState;
use crate::accounts::Actor;
use crate::clinics::ClinicId;
use crate::clinics::closures::{self, Record};
use crate::entities::{booking, rebooking as row};
use crate::error::{AppError, FieldErrors};
use crate::web::{FromParams, Params};

/// `?limit=&cursor=`.
#[derive(Debug)]
pub struct RebookingQuery {
    limit: u64,
    after: Option<After>,
}

impl FromParams for RebookingQuery {
    const NAMES: &'static [&'static str] = &["limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        const DEFAULT_LIMIT: u64 = 20;
        let mut errors = FieldErrors::default();
        let limit = params.read("limit", DEFAULT_LIMIT, &mut errors, |text| {
            text.parse().ok().filter(|limit| (1..=100).contains(limit)).ok_or("a number from 1 to 100".to_owned())
        });
        let after = params.read("cursor", None, &mut errors, |text| {
            cursor(text).map(Some).ok_or("take the value of `next` as it is".to_owned())
        });
        errors.or(Self { limit, after })
    }
}

/// The visit's time in microseconds, and its key.
fn cursor(text: &str) -> Option<After> {
    let (micros, id) = text.split_once('-')?;
    Some(After { starts_at: DateTime::from_timestamp_micros(micros.parse().ok()?)?, id: id.parse().ok()? })
}

/// Visits that wait for another time, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebookingPage {
    data: Vec<RebookingOut>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// A visit that waits for another time.
#[derive(Serialize, ToSchema)]
#[schema(as = Rebooking)]
pub struct RebookingOut {
    booking: StaffBookingOut,
    why: WhyOut,
    /// Somebody is calling the visitor.
    claim: Option<ClaimOut>,
    /// How often the visitor was not reached.
    attempts: i32,
    attempted_at: Option<DateTime<Utc>>,
    replacements: Option<ReplacementsOut>,
}

reticent!(RebookingOut);

/// Why it lost its time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RebookingReason)]
pub struct WhyOut {
    /// `closure`, `block` or `status` (the clinic is not open on that date).
    cause: String,
    since: DateTime<Utc>,
    /// The closure's id.
    closure: Option<i64>,
    /// What the public is told about the closure.
    note: Option<String>,
    /// The closure was lifted since.
    lifted: bool,
}

/// Who is calling.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RebookingClaim)]
pub struct ClaimOut {
    /// By the account that asks.
    own: bool,
    until: DateTime<Utc>,
}

/// A page of the list within the scope of the account; whoever sees it is recorded.
///
/// # Errors
/// When the database refuses.
pub async fn rebooking_page(
    state: &BookingState,
    actor: &Actor,
    query: &RebookingQuery,
) -> Result<RebookingPage, AppError> {
    let mut rows = rebooking::page(&state.db, &actor.scope, query.after, query.limit + 1).await?;
    let has_more = rows.len() as u64 > query.limit;
    rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    see(state, actor, &rows.iter().map(|(booking, _)| booking).collect::<Vec<_>>())?;
    let closures = closures_of(state, &rows).await?;
    let next = rows.last().filter(|_| has_more).map(|(booking, _)| {
        let micros = booking.starts_at.timestamp_micros();
        format!("{micros}-{}", booking.id)
    });
    let data = rows.iter().filter_map(|(booking, row)| out(state, actor, booking, row.as_ref(), &closures)).collect();
    Ok(RebookingPage { data, next })
}

async fn closures_of(
    state: &BookingState,
    rows: &[(booking::Model, Option<row::Model>)],
) -> anyhow::Result<Vec<Record>> {
    let mut ids: Vec<i64> = rows.iter().filter_map(|(_, row)| closure_of(row.as_ref()?)).collect();
    ids.sort_unstable();
    ids.dedup();
    closures::some(&state.db, &ids).await
}

fn closure_of(row: &row::Model) -> Option<i64> {
    row.cause_id.filter(|_| row.cause == "closure")
}

fn out(
    state: &BookingState,
    actor: &Actor,
    booking: &booking::Model,
    row: Option<&row::Model>,
    closures: &[Record],
) -> Option<RebookingOut> {
    let (snapshot, now) = (state.directory.snapshot(), state.now());
    let entry = snapshot.by_id(ClinicId(booking.clinic_id))?;
    let closure = row.and_then(closure_of).and_then(|id| closures.iter().find(|record| record.id == id));
    let claimed_until = row.and_then(|row| row.claimed_until).filter(|until| now < *until);
    Some(RebookingOut {
        booking: StaffBookingOut::of(booking, entry),
        why: WhyOut {
            cause: row.map_or_else(|| "status".to_owned(), |row| row.cause.clone()),
            since: row.map_or(booking.updated_at, |row| row.displaced_at),
            closure: closure.map(|record| record.id),
            note: closure.and_then(|record| record.closure.note.clone()),
            lifted: closure.is_some_and(|record| record.lifted_at.is_some()),
        },
        claim: claimed_until.map(|until| ClaimOut { own: row.is_some_and(|row| row.claimed_by == actor.user), until }),
        attempts: row.map_or(0, |row| row.attempts),
        attempted_at: row.and_then(|row| row.attempted_at),
        replacements: replacements(&snapshot, booking, None, now),
    })
}
