use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::by::displaced_visit;
use super::error::BookingError;
use super::model::Status;
use super::state::BookingState;
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

/// What a look at the dated statuses did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Displaced {
    /// The keys of visits that are now `needs_rebooking`.
    pub needs_rebooking: Vec<i64>,
    /// The keys of holds that ended.
    pub ended_holds: Vec<i64>,
}

/// Visits to come on dates on which their clinic is not open by its dated status (rules A14, I11) become
/// `needs_rebooking`: they give up their seats and keep contact data and reference. Holds on such dates end.
///
/// Whoever changed a clinic calls it, and the housekeeping does for changes by other programs. A second call finds nothing.
///
/// # Errors
/// When the database refuses.
pub async fn displace(state: &BookingState) -> Result<Displaced, BookingError> {
    state.directory.catch_up().await?;
    let (now, snapshot) = (state.now(), state.directory.snapshot());
    let clinics: Vec<ClinicId> =
        snapshot.entries().iter().filter(|entry| closes(entry, now)).map(|entry| entry.id).collect();
    let mut found = Vec::new();
    for batch in clinics.chunks(BATCH) {
        let ahead = store::ahead(&state.db, batch, now).await?;
        found.extend(ahead.iter().filter(|row| has_no_clinic(row, &snapshot)).map(|row| row.id));
    }
    if found.is_empty() {
        return Ok(Displaced::default());
    }
    state
        .write(now, |tx| {
            let (snapshot, found) = (&snapshot, &found);
            async move {
                let outcome = displace_once(&tx, snapshot, found, now).await.map_err(BookingError::from);
                (tx, outcome)
            }
        })
        .await
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
    let visits = store::ahead(db, &[clinic], state.now()).await?;
    let is_hit = |row: &&booking::Model| Status::of(row) == Status::Confirmed && is_closed_at(row, entry, dates);
    Ok(visits.iter().filter(is_hit).map(|row| row.id).collect())
}

async fn displace_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    found: &[i64],
    now: DateTime<Utc>,
) -> Result<Displaced, DbErr> {
    let mut displaced = Displaced::default();
    for batch in found.chunks(BATCH) {
        // Some may have moved or been cancelled since they were found.
        let mut rows = store::locked(tx, batch).await?;
        rows.retain(|row| has_no_clinic(row, snapshot));
        let ids = |status: Status| rows.iter().filter(move |row| Status::of(row) == status).map(|row| row.id);
        let (holds, visits): (Vec<i64>, Vec<i64>) = (ids(Status::Held).collect(), ids(Status::Confirmed).collect());
        store::end_holds(tx, &holds, Status::Released, None, now).await?;
        store::unseat(tx, &visits, now).await?;
        rebooking::enlist(tx, &visits, Cause::Status, now).await?;
        rows.retain(|row| Status::of(row) == Status::Confirmed);
        let entries: Vec<audit::Entry> = rows.iter().map(entry_of).collect();
        audit::record(tx, &Actor::system(), now, entries).await?;
        displaced.ended_holds.extend(holds);
        displaced.needs_rebooking.extend(visits);
    }
    Ok(displaced)
}

fn entry_of(row: &booking::Model) -> audit::Entry {
    displaced_visit(row.id).at_clinic(row.clinic_id).because(Some("the clinic is not open on this date"))
}

/// Whether there are dates ahead on which the clinic does no business.
fn closes(entry: &Entry, now: DateTime<Utc>) -> bool {
    let (dates, today) = (&entry.clinic.status, now.with_timezone(&entry.zone).date_naive());
    !dates.is_open_on(today) || dates.next_change_after(today).is_some()
}

fn has_no_clinic(row: &booking::Model, snapshot: &Snapshot) -> bool {
    let entry = snapshot.by_id(ClinicId(row.clinic_id));
    entry.is_some_and(|entry| is_closed_at(row, entry, &entry.clinic.status))
}

fn is_closed_at(row: &booking::Model, entry: &Entry, dates: &StatusDates) -> bool {
    !dates.is_open_on(row.starts_at.with_timezone(&entry.zone).date_naive())
}
