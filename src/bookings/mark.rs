use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::by::By;
use super::error::BookingError;
use super::model::Status;
use super::requests::Change;
use super::state::BookingState;
use super::{find, store};
use crate::accounts::Actor;
use crate::accounts::audit::FieldChange;
use crate::clinics::ClinicId;
use crate::entities::booking;

/// Marks a visit (arrived, completed, no-show, or back to confirmed when it was the wrong one), or changes its note.
///
/// # Errors
/// The booking is unknown within the scope, its day has not come, or it is in a status that cannot be marked.
pub async fn mark(
    state: &BookingState,
    actor: &Actor,
    id: i64,
    change: &Change,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = mark_once(&tx, state, actor, id, change, now).await;
            (tx, outcome)
        })
        .await
}

async fn mark_once(
    tx: &DatabaseTransaction,
    state: &BookingState,
    actor: &Actor,
    id: i64,
    change: &Change,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    let booking = find::locked(tx, &actor.scope, id).await?.ok_or(BookingError::UnknownBooking)?;
    let (mut row, mut changes) = (booking::ActiveModel::default(), Vec::new());
    if let Some(to) = change.status.filter(|to| *to != Status::of(&booking)) {
        judge(state, &booking, to, now)?;
        changes.push(FieldChange::new("status", booking.status.clone(), to.as_str()));
        row.status = Set(to.as_str().to_owned());
    }
    let note = change.note.clone().applied_to(booking.note.clone());
    if note != booking.note {
        if booking.erased_at.is_some() {
            return Err(BookingError::Erased);
        }
        changes.push(FieldChange::personal("note"));
        row.note = Set(note);
    }
    if changes.is_empty() {
        return Ok(booking);
    }
    row.updated_at = Set(now);
    if !store::update_if(tx, &booking, row).await? {
        return Err(BookingError::TooLate);
    }
    By::Staff(actor, id).record(tx, "update", &booking, changes, None, now).await?;
    Ok(store::get(tx, id).await?)
}

/// Whether a visit may be marked so: on its day or later, on the clinic's calendar.
fn judge(state: &BookingState, booking: &booking::Model, to: Status, now: DateTime<Utc>) -> Result<(), BookingError> {
    let from = Status::of(booking);
    if !is_markable(from) || !is_markable(to) {
        return Err(BookingError::NotMarkable(from));
    }
    let snapshot = state.directory.snapshot();
    let entry = snapshot.by_id(ClinicId(booking.clinic_id)).ok_or(BookingError::UnknownClinic)?;
    let day = |at: DateTime<Utc>| at.with_timezone(&entry.zone).date_naive();
    if day(now) < day(booking.starts_at) { Err(BookingError::TooEarly) } else { Ok(()) }
}

/// All of these own their seat: marking one as another moves nothing.
fn is_markable(status: Status) -> bool {
    matches!(status, Status::Confirmed | Status::Arrived | Status::Completed | Status::NoShow)
}
