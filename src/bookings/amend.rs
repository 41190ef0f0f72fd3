use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use super::close::{Closed, about, clear, covered, hit, show, told};
use super::error::BookingError;
use super::state::{BookingState, still_current};
use super::work::Over;
use crate::accounts::Actor;
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::clinics::closures::{self, Closure, Record};
use crate::clinics::hours::Window;
use crate::clinics::store as clinics;
use crate::directory::Snapshot;
use crate::web::{IfMatch, Patch};

/// What is to be different about a closure; `None` leaves what there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosureChange {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub windows: Option<Vec<Window>>,
    pub note: Patch<String>,
    pub note_es: Patch<String>,
}

impl ClosureChange {
    /// The closure as it would be.
    #[must_use]
    pub fn applied_to(&self, to: &Closure) -> Closure {
        let Self { from, to: last, windows, note, note_es } = self.clone();
        Closure {
            scope: to.scope.clone(),
            from: from.unwrap_or(to.from),
            to: last.unwrap_or(to.to),
            windows: windows.unwrap_or_else(|| to.windows.clone()),
            note: note.applied_to(to.note.clone()),
            note_es: note_es.applied_to(to.note_es.clone()),
        }
    }
}

/// A closure as its editor last saw it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub id: i64,
    pub version: &'a IfMatch,
    pub actor: &'a Actor,
}

/// Changes a closure: the times that it gives up are offered again, those that it takes are closed as by [`super::close()`].
/// Visits that lost their time keep waiting for another one; the work list says when their own can be had again.
///
/// # Errors
/// As [`super::close()`]; the closure is unknown, lifted, or was changed since it was seen.
pub async fn amend_closure(
    state: &BookingState,
    seen: Seen<'_>,
    change: &ClosureChange,
    over: Over<'_>,
) -> Result<Closed, BookingError> {
    let now = state.now();
    let closed = state
        .decide(now, |tx, snapshot| async move {
            let outcome = amend_once(&tx, &snapshot, seen, change, over, now).await;
            (tx, outcome)
        })
        .await?;
    show(state).await;
    Ok(closed)
}

async fn amend_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    seen: Seen<'_>,
    change: &ClosureChange,
    over: Over<'_>,
    now: DateTime<Utc>,
) -> Result<Closed, BookingError> {
    let network = clinics::lock_network(tx, now).await?;
    still_current(tx, snapshot).await?;
    let record = find(tx, seen).await?;
    let closure = change.applied_to(&record.closure);
    let changes = told(Some(&record.closure), &closure);
    let covered = covered(snapshot, &closure, &seen.actor.scope)?;
    if changes.is_empty() {
        return Ok(Closed { id: seen.id, needs_rebooking: Vec::new() });
    }
    closure.check()?;
    let hit = hit(tx, &covered, &closure, &over, now).await?;
    closures::update(tx, seen.id, &closure, after(&record, now)).await?;
    let entry = audit::Entry::new(Subject::Closure, "update", seen.id).changing(changes);
    audit::record(tx, seen.actor, now, [about(entry, &covered)]).await?;
    let needs_rebooking = clear(tx, hit, seen.id, seen.actor, now).await?;
    clinics::raise_version(tx, network.is_demo, None, now).await?;
    Ok(Closed { id: seen.id, needs_rebooking })
}

/// Lifts a closure altogether: every time that it took is offered again. Visits that lost theirs keep waiting.
///
/// # Errors
/// The closure is unknown, lifted already, was changed since it was seen, or closes clinics outside of the scope.
pub async fn lift_closure(state: &BookingState, seen: Seen<'_>) -> Result<(), BookingError> {
    let now = state.now();
    state
        .decide(now, |tx, snapshot| async move {
            let outcome = lift_once(&tx, &snapshot, seen, now).await;
            (tx, outcome)
        })
        .await?;
    show(state).await;
    Ok(())
}

async fn lift_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    seen: Seen<'_>,
    now: DateTime<Utc>,
) -> Result<(), BookingError> {
    let network = clinics::lock_network(tx, now).await?;
    still_current(tx, snapshot).await?;
    let record = find(tx, seen).await?;
    let covered = match covered(snapshot, &record.closure, &seen.actor.scope) {
        // Its clinics have closed or moved away since.
        Err(BookingError::NoClinics) => Vec::new(),
        covered => covered?,
    };
    closures::lift(tx, seen.id, after(&record, now)).await?;
    let entry = audit::Entry::new(Subject::Closure, "lift", seen.id);
    let entry = entry.changing(vec![FieldChange::new("lifted", false, true)]);
    audit::record(tx, seen.actor, now, [about(entry, &covered)]).await?;
    clinics::raise_version(tx, network.is_demo, None, now).await?;
    Ok(())
}

/// The closure, if it is still as its editor saw it.
async fn find(tx: &DatabaseTransaction, seen: Seen<'_>) -> Result<Record, BookingError> {
    let unreadable = |error: anyhow::Error| DbErr::Custom(format!("{error:#}"));
    let record = closures::find(tx, seen.id).await.map_err(unreadable)?.ok_or(BookingError::UnknownClosure)?;
    if !seen.version.admits(record.version()) {
        return Err(BookingError::ClosureChanged { version: record.version() });
    }
    if record.lifted_at.is_some() { Err(BookingError::ClosureLifted) } else { Ok(record) }
}

/// The instant of the change, which is the version: never that of the change before, however close.
fn after(record: &Record, now: DateTime<Utc>) -> DateTime<Utc> {
    now.max(record.updated_at + TimeDelta::microseconds(1))
}
