//! Every look of staff at a visitor's data is in the audit log, and none waits for it to be written: SQLite has one writer, and
//! an import keeps it for seconds.
//!
//! [`see()`] hands over who was shown which visit, with the instant and the personal fields by name; one writer per process
//! ([`super::views`]) appends what has gathered once a second, in the order of the looks. Nobody is shown anything more while
//! the writer fails. Whoever reads the log sees all that was gathered before, and a service that is stopped writes it first. One
//! that is killed (`kill -9`, a power cut) loses the looks of its last second; on SQLite during an import of its own, those
//! since the import began.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::error::BookingError;
use super::state::BookingState;
use crate::accounts::Actor;
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::entities::booking;

/// The columns that are personal, by the names that the log has for them.
const PERSONAL: [&str; 4] = ["name", "phone", "email", "note"];

/// Hands over that somebody is shown these bookings: one entry per booking and request, with the personal fields that it
/// has, by name. Answer only after it: what cannot be recorded is not shown.
///
/// # Errors
/// [`BookingError::Unrecorded`] while the audit log cannot be written.
pub fn see(state: &BookingState, actor: &Actor, bookings: &[&booking::Model]) -> Result<(), BookingError> {
    if bookings.is_empty() {
        return Ok(());
    }
    let (actor, at) = (Arc::new(actor.clone()), state.now());
    let view = |booking: &&booking::Model| View::new(&actor, at, booking);
    state.views.gather(at, bookings.iter().map(view))
}

/// As [`see()`], for whoever has just changed them, after [`super::views::Views::check`] before the change.
pub(super) fn see_changed(state: &BookingState, actor: &Actor, bookings: &[&booking::Model]) {
    let (actor, at) = (Arc::new(actor.clone()), state.now());
    state.views.gather_after(bookings.iter().map(|booking| View::new(&actor, at, booking)));
}

/// That somebody was shown a booking. Small, because many may have to wait.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// One for all that a request shows.
    pub(super) actor: Arc<Actor>,
    pub(super) at: DateTime<Utc>,
    pub(super) booking: i64,
    pub(super) clinic: i64,
    /// Which of [`PERSONAL`] the booking had.
    pub(super) had: [bool; PERSONAL.len()],
}

impl View {
    pub(super) fn new(actor: &Arc<Actor>, at: DateTime<Utc>, booking: &booking::Model) -> Self {
        Self { actor: Arc::clone(actor), at, booking: booking.id, clinic: booking.clinic_id, had: had(booking) }
    }

    pub(super) fn entry(&self) -> audit::Entry {
        audit::Entry::new(Subject::Booking, "seen", self.booking).at_clinic(self.clinic).changing(named(self.had))
    }
}

/// The personal fields that a booking has, by name.
pub(super) fn personal(booking: &booking::Model) -> Vec<FieldChange> {
    named(had(booking))
}

fn had(booking: &booking::Model) -> [bool; PERSONAL.len()] {
    [&booking.name, &booking.phone, &booking.email, &booking.note].map(Option::is_some)
}

fn named(had: [bool; PERSONAL.len()]) -> Vec<FieldChange> {
    let fields = PERSONAL.into_iter().zip(had);
    fields.filter(|(_, had)| *had).map(|(name, _)| FieldChange::personal(name)).collect()
}
