use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::by::displaced_visit;
use super::close::loses_its_time;
use super::error::BookingError;
use super::model::Status;
use super::state::{BookingState, still_current};
use super::work::Cause;
use super::{rebooking, store};
use crate::accounts::Actor;
use crate::accounts::audit;
use crate::clinics::ClinicId;
use crate::clinics::status::StatusDates;
use crate::directory::{Entry, Snapshot};
use crate::entities::booking;

/// Clinics asked in one query.
const BATCH: usize = 500;
/// Beyond the longest horizon (rule A15): no visit lies farther ahead.
const FARTHEST: TimeDelta = TimeDelta::days(1_001);

/// What a look at the dated statuses did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Displaced {
    /// The keys of visits that are now `needs_rebooking`.
    pub needs_rebooking: Vec<i64>,
    /// The keys of holds that ended.
    pub ended_holds: Vec<i64>,
}

/// Visits to come on dates on which their clinic is not open by its dated status (rules A14, I11), or that a closure leaves no
/// time (B16), become `needs_rebooking`: they give up their seats and keep contact data and reference. Holds there end.
///
/// Whoever changed a clinic calls it, and the housekeeping does for changes by other programs, however a visit got there. A
/// second call finds nothing.
///
/// # Errors
/// When the database refuses.
pub async fn displace(state: &BookingState) -> Result<Displaced, BookingError> {
    let (now, snapshot) = (state.now(), state.directory.snapshot());
    let ids = |entries: &[&Arc<Entry>]| entries.iter().map(|entry| entry.id).collect::<Vec<ClinicId>>();
    let (by_status, others): (Vec<&Arc<Entry>>, Vec<&Arc<Entry>>) =
        snapshot.entries().iter().partition(|entry| closes(entry, now));
    let by_closure: Vec<&Arc<Entry>> = others.into_iter().filter(|entry| !entry.closures.is_empty()).collect();
    let closed = around_closures(&by_closure, now);
    let mut found = Vec::new();
    for (clinics, time) in [(ids(&by_status), now..now + FARTHEST), (ids(&by_closure), closed)] {
        for batch in clinics.chunks(BATCH) {
            let rows = store::starting(&state.db, batch, &time).await?;
            found.extend(rows.iter().filter(|row| why(row, &snapshot).is_some()).map(|row| row.id));
        }
    }
    if found.is_empty() {
        return Ok(Displaced::default());
    }
    state
        .decide(now, |tx, snapshot| {
            let found = &found;
            async move {
                let outcome = displace_once(&tx, &snapshot, found, now).await;
                (tx, outcome)
            }
        })
        .await
}

/// Makes a committed change of clinics or settings public: the directory shows it, and visits that it leaves without a clinic
/// are on the work list. What fails is made up for by whoever follows the database.
pub async fn publish(state: BookingState) {
    if let Err(error) = state.directory.refresh().await {
        tracing::warn!(error = format!("{error:#}"), "a change is shown late");
    }
    if let Err(error) = displace(&state).await {
        tracing::warn!(%error, "visits at closed clinics wait for the housekeeping");
    }
}

/// The visits to come that [`displace`] would take from a clinic if these were its dates, by key. Asked on the caller's own
/// connection: the pool may be full of edits that wait for this one.
///
/// # Errors
/// When the database cannot be read.
pub async fn displaced_by(
    state: &BookingState,
    db: &impl ConnectionTrait,
    clinic: ClinicId,
    dates: &StatusDates,
) -> Result<Vec<i64>, BookingError> {
    let snapshot = state.directory.snapshot();
    let Some(entry) = snapshot.by_id(clinic) else { return Ok(Vec::new()) };
    let now = state.now();
    let visits = store::starting(db, &[clinic], &(now..now + FARTHEST)).await?;
    let is_hit = |row: &&booking::Model| Status::of(row) == Status::Confirmed && is_closed_at(row, entry, dates);
    Ok(visits.iter().filter(is_hit).map(|row| row.id).collect())
}

async fn displace_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    found: &[i64],
    now: DateTime<Utc>,
) -> Result<Displaced, BookingError> {
    let mut displaced = Displaced::default();
    for batch in found.chunks(BATCH) {
        // Some may have moved or been cancelled since they were found.
        let rows = store::locked(tx, batch).await?;
        still_current(tx, snapshot).await?;
        let mut by_cause: BTreeMap<Cause, Vec<booking::Model>> = BTreeMap::new();
        for row in rows {
            if let Some(cause) = why(&row, snapshot) {
                by_cause.entry(cause).or_default().push(row);
            }
        }
        for (cause, rows) in by_cause {
            displaced.add(take_from(tx, cause, &rows, now).await?);
        }
    }
    Ok(displaced)
}

/// Takes their time from visits and holds that lost it for the same reason.
async fn take_from(
    tx: &DatabaseTransaction,
    cause: Cause,
    rows: &[booking::Model],
    now: DateTime<Utc>,
) -> Result<Displaced, DbErr> {
    let ids = |status: Status| rows.iter().filter(move |row| Status::of(row) == status).map(|row| row.id);
    let (ended_holds, needs_rebooking): (Vec<i64>, Vec<i64>) =
        (ids(Status::Held).collect(), ids(Status::Confirmed).collect());
    store::end_holds(tx, &ended_holds, Status::Released, None, now).await?;
    store::unseat(tx, &needs_rebooking, now).await?;
    rebooking::enlist(tx, &needs_rebooking, cause, now).await?;
    let visits = rows.iter().filter(|row| Status::of(row) == Status::Confirmed);
    let entries: Vec<audit::Entry> = visits.map(|row| entry_of(row, cause)).collect();
    audit::record(tx, &Actor::system(), now, entries).await?;
    Ok(Displaced { needs_rebooking, ended_holds })
}

impl Displaced {
    fn add(&mut self, more: Self) {
        self.needs_rebooking.extend(more.needs_rebooking);
        self.ended_holds.extend(more.ended_holds);
    }
}

fn entry_of(row: &booking::Model, cause: Cause) -> audit::Entry {
    let reason = if let Cause::Closure(_) = cause { "a closure" } else { "the clinic is not open on this date" };
    displaced_visit(row.id).at_clinic(row.clinic_id).because(Some(reason))
}

/// From now on, the time of all closures of these clinics, with a day for the time zones and one for a night on either side: a
/// closure of everything in half a year must not have every visit read each minute until then.
fn around_closures(entries: &[&Arc<Entry>], now: DateTime<Utc>) -> Range<DateTime<Utc>> {
    let dates =
        entries.iter().flat_map(|entry| entry.closures.iter()).map(|record| (record.closure.from, record.closure.to));
    let (first, last) =
        dates.fold((NaiveDate::MAX, NaiveDate::MIN), |(first, last), (from, to)| (first.min(from), last.max(to)));
    if first > last {
        return now..now;
    }
    let start = (first - Days::new(2)).and_time(NaiveTime::MIN).and_utc();
    start.max(now)..(last + Days::new(3)).and_time(NaiveTime::MIN).and_utc()
}

/// Whether there are dates ahead on which the clinic does no business.
fn closes(entry: &Entry, now: DateTime<Utc>) -> bool {
    let (dates, today) = (&entry.clinic.status, now.with_timezone(&entry.zone).date_naive());
    !dates.is_open_on(today) || dates.next_change_after(today).is_some()
}

/// Why a visit cannot be kept: its clinic is not open on that date, or a closure takes its time.
fn why(row: &booking::Model, snapshot: &Snapshot) -> Option<Cause> {
    let entry = snapshot.by_id(ClinicId(row.clinic_id))?;
    if is_closed_at(row, entry, &entry.clinic.status) {
        return Some(Cause::Status);
    }
    let closure = entry.closures.iter().find(|record| loses_its_time(row, entry, &record.closure))?;
    Some(Cause::Closure(closure.id))
}

fn is_closed_at(row: &booking::Model, entry: &Entry, dates: &StatusDates) -> bool {
    !dates.is_open_on(row.starts_at.with_timezone(&entry.zone).date_naive())
}
