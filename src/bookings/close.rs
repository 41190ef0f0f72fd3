use std::sync::LazyLock;

use chrono::{DateTime, Days, NaiveTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::Value;

use super::by::displaced_visit;
use super::error::BookingError;
use super::idempotency::{self, Led, RequestKey};
use super::model::{Status, is_outside_hours};
use super::state::{BookingState, still_current};
use super::work::{Cause, Over};
use super::{rebooking, store};
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::accounts::{Actor, Scope};
use crate::availability::Schedule;
use crate::clinics::closures::{self, Closure};
use crate::clinics::hours::{WeeklyHours, parse_weekly};
use crate::clinics::status::{ClinicStatus, StatusDates};
use crate::clinics::{ClinicId, store as clinics};
use crate::directory::{Entry, Snapshot};
use crate::entities::booking;

/// Clinics asked in one query.
const BATCH: usize = 500;
const CREATED: u16 = 201;

/// A time in which some clinics are to be closed.
#[derive(Clone, Copy, Debug)]
pub struct CloseRequest<'a> {
    pub closure: &'a Closure,
    /// The visits that it may hit: whoever closes has seen them.
    pub over: Over<'a>,
    /// All clinics meant lie within the scope of this account.
    pub actor: &'a Actor,
}

/// A closure that is in force, and the visits that need another time because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The key of the closure.
    pub id: i64,
    /// The keys of the bookings, now `needs_rebooking` with their reference and contact data.
    pub needs_rebooking: Vec<i64>,
}

/// Closes clinics for some days or parts of them (rules B16, I12). Visits in the way become `needs_rebooking` and give up
/// their seats; holds in the way end.
///
/// # Errors
/// A closure that cannot be; [`BookingError::NeedsConfirm`] with the visits in the way when the caller has not seen them.
/// Then nothing was written.
pub async fn close(
    state: &BookingState,
    request: &CloseRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<Closed, BookingError> {
    request.closure.check()?;
    let now = state.now();
    let closed = state
        .decide(now, |tx, snapshot| async move {
            let outcome = close_once(&tx, &snapshot, request, key, now).await;
            (tx, outcome)
        })
        .await?;
    show(state).await;
    Ok(closed)
}

async fn close_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    request: &CloseRequest<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Closed, BookingError> {
    if let Some(id) = idempotency::begin(tx, key, now).await? {
        return Ok(Closed { id, needs_rebooking: rebooking::because_of(tx, Cause::Closure(id)).await? });
    }
    let network = clinics::lock_network(tx, now).await?;
    still_current(tx, snapshot).await?;
    let CloseRequest { closure, over, actor } = request;
    let covered = covered(snapshot, closure, &actor.scope)?;
    let hit = hit(tx, &covered, closure, over, now).await?;
    let id = closures::insert(tx, closure, now).await?;
    let entry = audit::Entry::new(Subject::Closure, "create", id).changing(told(None, closure));
    audit::record(tx, actor, now, [about(entry, &covered)]).await?;
    let needs_rebooking = clear(tx, hit, id, actor, now).await?;
    clinics::raise_version(tx, network.is_demo, None, now).await?;
    idempotency::finish(tx, key, CREATED, Led::Other(id)).await?;
    Ok(Closed { id, needs_rebooking })
}

/// The clinics that a closure is about; those that are closed for good are none.
pub(super) fn meant<'s>(snapshot: &'s Snapshot, closure: &Closure) -> impl Iterator<Item = &'s Entry> {
    let entries = snapshot.entries().iter().map(|entry| &**entry);
    entries.filter(move |entry| entry.status != ClinicStatus::Closed && closure.is_for(&entry.clinic))
}

/// As [`meant`], all of them within the scope.
pub(super) fn covered<'s>(
    snapshot: &'s Snapshot,
    closure: &Closure,
    scope: &Scope,
) -> Result<Vec<&'s Entry>, BookingError> {
    let covered: Vec<&Entry> = meant(snapshot, closure).collect();
    // A closure is a rule, also for clinics that come later: laid in part, it would not be what was asked for.
    match covered.iter().filter(|entry| !entry.is_in(scope)).count() {
        _ if covered.is_empty() => Err(BookingError::NoClinics),
        0 => Ok(covered),
        outside => Err(BookingError::ClinicsOutside(outside)),
    }
}

/// The holds and visits to come that the closure leaves no time; refused while one of the visits
/// is not among those that the caller has seen.
pub(super) async fn hit(
    tx: &DatabaseTransaction,
    covered: &[&Entry],
    closure: &Closure,
    over: &Over<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<booking::Model>, BookingError> {
    // A day more on both ends for the time zones, and one for a night that begins on the last date.
    let from = (closure.from - Days::new(1)).and_time(NaiveTime::MIN).and_utc().max(now);
    let to = (closure.to + Days::new(3)).and_time(NaiveTime::MIN).and_utc();
    // Whoever is taking a time there has committed before these are read; or waits, and is then judged by the closure.
    clinics::lock_some(tx, covered.iter().map(|entry| entry.id).collect()).await?;
    let mut hit = Vec::new();
    for batch in covered.chunks(BATCH) {
        let ids: Vec<ClinicId> = batch.iter().map(|entry| entry.id).collect();
        for row in store::between(tx, &ids, from, to).await? {
            let entry = batch.iter().find(|entry| entry.id.0 == row.clinic_id);
            if entry.is_some_and(|entry| loses_its_time(&row, entry, closure)) {
                hit.push(row);
            }
        }
    }
    let visits: Vec<i64> = hit.iter().filter(|row| Status::of(row) == Status::Confirmed).map(|row| row.id).collect();
    if visits.iter().all(|id| over.covers(*id)) { Ok(hit) } else { Err(BookingError::NeedsConfirm(visits)) }
}

/// Ends the holds and puts the visits on the work list; which visits these were.
pub(super) async fn clear(
    tx: &DatabaseTransaction,
    hit: Vec<booking::Model>,
    closure: i64,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, DbErr> {
    let all: Vec<i64> = hit.iter().map(|row| row.id).collect();
    store::end_holds(tx, &all, Status::Released, None, now).await?;
    let unseated = store::unseat(tx, &all, now).await?;
    rebooking::enlist(tx, &unseated, Cause::Closure(closure), now).await?;
    let visits = hit.iter().filter(|row| unseated.binary_search(&row.id).is_ok());
    let entries: Vec<audit::Entry> =
        visits.map(|row| displaced_visit(row.id).at_clinic(row.clinic_id).because(Some("a closure"))).collect();
    audit::record(tx, actor, now, entries).await?;
    Ok(unseated)
}

/// Whatever the clinic's hours are by now: a visit that stands outside of them (B18) cannot be kept either.
pub(super) fn loses_its_time(row: &booking::Model, entry: &Entry, closure: &Closure) -> bool {
    static DAY_AND_NIGHT: LazyLock<WeeklyHours> = LazyLock::new(|| parse_weekly("24/7").expect("hours"));
    let always = Schedule {
        zone: entry.zone,
        hours: Some(&DAY_AND_NIGHT),
        consultation_hours: None,
        special: &[],
        status: StatusDates::default(),
    };
    let closed = always.with_closures([closure]);
    is_outside_hours(row, &Schedule { special: &closed, ..always })
}

/// What the log says about a closure: every field that differs.
pub(super) fn told(old: Option<&Closure>, new: &Closure) -> Vec<FieldChange> {
    let fields = |closure: &Closure| {
        let windows: Vec<String> = closure.windows.iter().map(ToString::to_string).collect();
        [
            ("scope", Value::from(closure.scope.to_string())),
            ("from", Value::from(closure.from.to_string())),
            ("to", Value::from(closure.to.to_string())),
            ("windows", Value::from(windows.join(","))),
            ("note", Value::from(closure.note.clone())),
            ("note_es", Value::from(closure.note_es.clone())),
        ]
    };
    let olds = old.map(fields);
    let pairs = fields(new).into_iter().enumerate().map(|(i, (name, new))| {
        let old = olds.as_ref().map_or(Value::Null, |olds| olds[i].1.clone());
        FieldChange::new(name, old, new)
    });
    pairs.filter(|change| change.old != change.new).collect()
}

/// A closure of one clinic is in that clinic's log.
pub(super) fn about(entry: audit::Entry, covered: &[&Entry]) -> audit::Entry {
    if let [only] = covered { entry.at_clinic(only.id.0) } else { entry }
}

/// The directory follows by itself a moment later; whoever closed sees it at once.
pub(super) async fn show(state: &BookingState) {
    if let Err(error) = state.directory.refresh().await {
        tracing::warn!(error = format!("{error:#}"), "a change of closures is shown late");
    }
}
