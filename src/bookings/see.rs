use super::error::BookingError;
use super::state::BookingState;
use crate::accounts::Actor;
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::entities::booking;

/// Records that somebody was shown these bookings: one entry per booking and request, with the personal fields that it has,
/// by name. Answer only after it: what cannot be recorded is not shown.
///
/// # Errors
/// When the database refuses.
pub async fn see(state: &BookingState, actor: &Actor, bookings: &[&booking::Model]) -> Result<(), BookingError> {
    if bookings.is_empty() {
        return Ok(());
    }
    let now = state.now();
    state
        .write(now, |tx| async move {
            let entries: Vec<audit::Entry> = bookings.iter().map(|booking| entry(booking)).collect();
            let outcome = audit::record(&tx, actor, now, entries).await.map_err(BookingError::from);
            (tx, outcome)
        })
        .await
}

fn entry(booking: &booking::Model) -> audit::Entry {
    audit::Entry::new(Subject::Booking, "seen", booking.id).at_clinic(booking.clinic_id).changing(personal(booking))
}

/// The personal fields that a booking has, by name.
pub(super) fn personal(booking: &booking::Model) -> Vec<FieldChange> {
    let fields =
        [("name", &booking.name), ("phone", &booking.phone), ("email", &booking.email), ("note", &booking.note)];
    fields.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| FieldChange::personal(name)).collect()
}
