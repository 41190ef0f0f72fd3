use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::erase::personal_fields;
use super::model::Person;
use super::store;
use crate::accounts::Actor;
use crate::accounts::audit::{self, Entry, FieldChange, Subject};
use crate::bookings::error::BookingError;
use crate::bookings::state::BookingState;
use crate::entities::{booking, booking_consent, erasure};

/// Everything that is held about a person.
#[derive(Clone, Debug)]
pub struct Held {
    /// The earliest visit first.
    pub bookings: Vec<booking::Model>,
    pub consents: Vec<booking_consent::Model>,
    /// What was erased before, the oldest first.
    pub erasures: Vec<erasure::Model>,
}

/// Gathers what is held about a person; that it was seen is in the audit log, not about whom.
///
/// # Errors
/// When the database refuses.
pub async fn export(state: &BookingState, actor: &Actor, person: &Person) -> Result<Held, BookingError> {
    let (now, fingerprint) = (state.now(), &person.fingerprint(&state.secret));
    state
        .write(now, |tx| async move {
            let outcome = export_once(&tx, actor, person, fingerprint, now).await;
            (tx, outcome)
        })
        .await
}

async fn export_once(
    tx: &DatabaseTransaction,
    actor: &Actor,
    person: &Person,
    fingerprint: &str,
    now: DateTime<Utc>,
) -> Result<Held, BookingError> {
    let bookings = store::bookings_of(tx, person).await?;
    let ids: Vec<i64> = bookings.iter().map(|row| row.id).collect();
    let consents = store::consents_of(tx, &ids).await?;
    let erasures = store::erasures_of(tx, fingerprint).await?;
    audit::record(tx, actor, now, entries(person, &bookings)).await?;
    Ok(Held { bookings, consents, erasures })
}

fn entries(person: &Person, bookings: &[booking::Model]) -> Vec<Entry> {
    let of_person = Entry {
        verb: "export",
        subject: Subject::Person,
        subject_id: None,
        clinic_id: None,
        changes: vec![
            FieldChange::personal(person.kind.as_str()),
            FieldChange::new("bookings", serde_json::Value::Null, bookings.len()),
        ],
        reason: None,
    };
    let of_booking = |row: &booking::Model| {
        let seen = personal_fields(row).map(FieldChange::personal).collect();
        Entry::new(Subject::Booking, "seen", row.id).at_clinic(row.clinic_id).changing(seen)
    };
    std::iter::once(of_person).chain(bookings.iter().map(of_booking)).collect()
}
