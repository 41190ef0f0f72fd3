use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::log::{Erasure, ErasureLog};
use super::model::{Person, mark};
use super::store;
use crate::accounts::Actor;
use crate::accounts::audit::{self, Entry, FieldChange, Subject};
use crate::bookings::error::BookingError;
use crate::bookings::model::Status;
use crate::bookings::state::BookingState;
use crate::entities::booking;
use crate::token::new_nonce;

/// Erases whatever is held about a person, and gives the receipt. Visits to come are cancelled when the caller has seen them.
/// Somebody of whom nothing is held is erased too: a backup may hold them.
///
/// # Errors
/// [`BookingError::VisitsToCome`] with the visits that would be cancelled; a log that cannot be written. Then nothing was
/// erased.
pub async fn erase(
    state: &BookingState,
    log: &ErasureLog,
    actor: &Actor,
    person: &Person,
    confirm: bool,
) -> Result<Erasure, BookingError> {
    let now = state.now();
    let erasing = &Erasing { log, actor, person, confirm, receipt: blank(state, person, now) };
    state
        .write(now, |tx| async move {
            let outcome = erasing.once(&tx, now).await;
            (tx, outcome)
        })
        .await
}

/// The receipt before anything was found.
fn blank(state: &BookingState, person: &Person, now: DateTime<Utc>) -> Erasure {
    Erasure {
        id: new_nonce(),
        at: now,
        kind: person.kind,
        fingerprint: person.fingerprint(&state.secret),
        key: state.secret.mark(),
        cancelled: 0,
        marks: Vec::new(),
    }
}

struct Erasing<'a> {
    log: &'a ErasureLog,
    actor: &'a Actor,
    person: &'a Person,
    confirm: bool,
    receipt: Erasure,
}

impl Erasing<'_> {
    async fn once(&self, tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<Erasure, BookingError> {
        let bookings = store::bookings_of(tx, self.person).await?;
        let is_to_come = |row: &&booking::Model| Status::of(row).is_upcoming() && now < row.starts_at;
        let to_come: Vec<i64> = bookings.iter().filter(is_to_come).map(|row| row.id).collect();
        if !to_come.is_empty() && !self.confirm {
            return Err(BookingError::VisitsToCome(to_come));
        }
        let ids: Vec<i64> = bookings.iter().map(|row| row.id).collect();
        store::cancel(tx, &to_come, now).await?;
        store::empty(tx, &ids, now).await?;
        let marks = bookings.iter().map(|row| mark(&row.token_nonce)).collect();
        let receipt = Erasure { cancelled: to_come.len(), marks, ..self.receipt.clone() };
        store::insert_erasure(tx, &receipt, ids.len(), now).await?;
        audit::record(tx, self.actor, now, entries(&receipt, &bookings, &to_come)).await?;
        // Last: what is refused above is in no log. Whatever fails below is erased at the next start.
        self.append(receipt).await
    }

    async fn append(&self, receipt: Erasure) -> Result<Erasure, BookingError> {
        let (log, receipt) = (self.log.clone(), Arc::new(receipt));
        let line = Arc::clone(&receipt);
        // Waits for the disk.
        let appended = tokio::task::spawn_blocking(move || log.append(&line)).await;
        match appended.unwrap_or_else(|panic| Err(std::io::Error::other(panic))) {
            Ok(()) => Ok(Arc::unwrap_or_clone(receipt)),
            Err(error) => {
                tracing::error!(%error, file = %self.log.path().display(), "the log of erasures cannot be written; nothing was erased");
                Err(BookingError::ErasureLog(Arc::new(error)))
            }
        }
    }
}

/// That somebody was erased, and each of their bookings; not who.
fn entries(receipt: &Erasure, bookings: &[booking::Model], cancelled: &[i64]) -> Vec<Entry> {
    let of_person = Entry {
        verb: "erase",
        subject: Subject::Person,
        subject_id: None,
        clinic_id: None,
        changes: vec![
            FieldChange::personal(receipt.kind.as_str()),
            FieldChange::new("receipt", serde_json::Value::Null, receipt.id.as_str()),
            FieldChange::new("bookings", serde_json::Value::Null, bookings.len()),
        ],
        reason: None,
    };
    let of_booking = |row: &booking::Model| {
        let mut changes: Vec<FieldChange> = personal_fields(row).map(FieldChange::personal).collect();
        if cancelled.contains(&row.id) {
            changes.push(FieldChange::new("status", row.status.as_str(), Status::Cancelled.as_str()));
        }
        Entry::new(Subject::Booking, "erase", row.id).at_clinic(row.clinic_id).changing(changes)
    };
    std::iter::once(of_person).chain(bookings.iter().map(of_booking)).collect()
}

/// The personal columns that hold something.
pub fn personal_fields(row: &booking::Model) -> impl Iterator<Item = &'static str> {
    let fields = [("name", &row.name), ("phone", &row.phone), ("email", &row.email), ("note", &row.note)];
    fields.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name)
}
