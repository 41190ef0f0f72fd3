use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::error::BookingError;
use super::model::{Status, is_outside_hours};
use super::state::BookingState;
use super::store;
use crate::availability::Schedule;
use crate::clinics::closures::{self, Closure};
use crate::clinics::store as clinics;
use crate::directory::{Entry, Snapshot};
use crate::entities::booking;

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
pub async fn close(state: &BookingState, closure: &Closure, confirm: bool) -> Result<Closed, BookingError> {
    closure.check()?;
    state.directory.catch_up().await?;
    let (now, snapshot) = (state.now(), state.directory.snapshot());
    let closed = state
        .write(now, |tx| {
            let snapshot = &snapshot;
            async move {
                let outcome = close_once(&tx, snapshot, closure, confirm, now).await;
                (tx, outcome)
            }
        })
        .await?;
    show(state).await;
    Ok(closed)
}

/// Lets a closure end after `last`, or lifts it altogether: the times it took are offered again. False when there is no
/// such closure, or `last` is none of its dates. Visits that lost their time keep waiting for another one.
///
/// # Errors
/// When the database refuses.
pub async fn end_closure(state: &BookingState, id: i64, last: Option<NaiveDate>) -> Result<bool, BookingError> {
    let now = state.now();
    let ended = state
        .write(now, |tx| async move {
            let outcome = end_once(&tx, id, last, now).await.map_err(BookingError::from);
            (tx, outcome)
        })
        .await?;
    show(state).await;
    Ok(ended)
}

async fn end_once(
    tx: &DatabaseTransaction,
    id: i64,
    last: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let network = clinics::lock_network(tx, now).await?;
    let ended = closures::end(tx, id, last, now).await?;
    if ended {
        clinics::raise_version(tx, network.is_demo, None, now).await?;
    }
    Ok(ended)
}

async fn close_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    closure: &Closure,
    confirm: bool,
    now: DateTime<Utc>,
) -> Result<Closed, BookingError> {
    let network = clinics::lock_network(tx, now).await?;
    let hit = hit(tx, snapshot, closure, now).await?;
    let ids = |status: Status| hit.iter().filter(move |row| Status::of(row) == status).map(|row| row.id).collect();
    let visits: Vec<i64> = ids(Status::Confirmed);
    if !visits.is_empty() && !confirm {
        return Err(BookingError::NeedsConfirm(visits));
    }
    let all: Vec<i64> = hit.iter().map(|row| row.id).collect();
    store::end_holds(tx, &all, Status::Released, None, now).await?;
    let needs_rebooking = store::unseat(tx, &all, now).await?;
    let id = closures::insert(tx, closure, now).await?;
    clinics::raise_version(tx, network.is_demo, None, now).await?;
    Ok(Closed { id, needs_rebooking })
}

/// The holds and visits to come that fit the hours as they are, and not with the closure.
async fn hit(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    closure: &Closure,
    now: DateTime<Utc>,
) -> Result<Vec<booking::Model>, DbErr> {
    // A day more on both ends for the time zones, and one for a night that begins on the last date.
    let from = (closure.from - Days::new(1)).and_time(chrono::NaiveTime::MIN).and_utc().max(now);
    let to = (closure.to + Days::new(3)).and_time(chrono::NaiveTime::MIN).and_utc();
    let rows = booking::Entity::find()
        .filter(booking::Column::EndsAt.gt(from))
        .filter(booking::Column::StartsAt.lt(to))
        .filter(booking::Column::Status.is_in([Status::Held, Status::Confirmed].map(Status::as_str)))
        .all(tx)
        .await?;
    let is_hit = |row: &booking::Model| {
        let entry = snapshot.by_id(crate::clinics::ClinicId(row.clinic_id));
        entry.is_some_and(|entry| closure.is_for(&entry.clinic) && loses_its_time(row, entry, closure))
    };
    Ok(rows.into_iter().filter(is_hit).collect())
}

fn loses_its_time(row: &booking::Model, entry: &Entry, closure: &Closure) -> bool {
    let schedule = entry.schedule();
    let closed = schedule.with_closures([closure]);
    !is_outside_hours(row, &schedule) && is_outside_hours(row, &Schedule { special: &closed, ..schedule })
}

/// The directory follows by itself a moment later; whoever closed sees it at once.
async fn show(state: &BookingState) {
    if let Err(error) = state.directory.refresh().await {
        tracing::warn!(error = format!("{error:#}"), "a change of closures is shown late");
    }
}
