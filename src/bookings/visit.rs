use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::error::BookingError;
use super::extend::MAX_EXTENSIONS;
use super::model::Status;
use super::state::BookingState;
use crate::availability::Agenda;
use crate::clinics::ClinicId;
use crate::directory::Entry;
use crate::entities::booking;
use crate::token::SecretKey;

/// A hold or a visit with its clinic, as both were when it was read. What is personal about it is given out by
/// [`super::BookingOut`] (masked) and [`super::StaffBookingOut`] (in full) only.
#[derive(Clone)]
pub struct Visit {
    pub(super) row: booking::Model,
    pub clinic: Arc<Entry>,
}

impl Visit {
    /// With its clinic as the directory shows it now.
    pub(super) fn of(state: &BookingState, row: booking::Model) -> Result<Self, BookingError> {
        let snapshot = state.directory.snapshot();
        let clinic = snapshot.by_id(ClinicId(row.clinic_id)).ok_or(BookingError::UnknownClinic)?;
        Ok(Self { clinic: Arc::clone(clinic), row })
    }

    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.row)
    }

    #[must_use]
    pub fn starts_at(&self) -> DateTime<Utc> {
        self.row.starts_at
    }

    /// When a hold ends; the instant of its last change when it is no hold any more.
    #[must_use]
    pub fn hold_ends_at(&self) -> DateTime<Utc> {
        self.row.expires_at.unwrap_or(self.row.updated_at)
    }

    /// Whether it is a hold that has not run out.
    #[must_use]
    pub fn is_held_at(&self, now: DateTime<Utc>) -> bool {
        self.status() == Status::Held && self.row.expires_at.is_some_and(|at| now < at)
    }

    /// Whether its visitor may still go on with it as a hold: it is live, or has run out before its time came.
    #[must_use]
    pub fn is_unfinished_at(&self, now: DateTime<Utc>) -> bool {
        matches!(self.status(), Status::Held | Status::Expired) && now < self.row.starts_at
    }

    /// Whether its visitor may still move or cancel it.
    #[must_use]
    pub fn can_change_at(&self, now: DateTime<Utc>) -> bool {
        self.status().is_upcoming() && now < self.row.starts_at
    }

    /// How many more presses add minutes to a hold.
    #[must_use]
    pub fn extensions_left(&self) -> i32 {
        MAX_EXTENSIONS - self.row.extensions
    }

    /// Confirms, extends and releases the hold.
    #[must_use]
    pub fn hold_token(&self, secret: &SecretKey) -> String {
        secret.hold_token(&self.row.token_nonce)
    }

    /// Shows, moves and cancels the visit.
    #[must_use]
    pub fn manage_token(&self, secret: &SecretKey) -> String {
        secret.manage_token(&self.row.token_nonce)
    }

    /// Whether its time can be had once more, by what memory shows.
    #[must_use]
    pub fn is_free_at(&self, now: DateTime<Utc>) -> bool {
        let (schedule, claims) = (self.clinic.schedule(), self.clinic.diary.claims());
        let agenda = Agenda { schedule: &schedule, policy: &self.clinic.policy, claims: &claims, now };
        self.clinic.clinic.offers_consultations && agenda.explain(self.row.starts_at).is_ok()
    }
}

/// Nothing personal, and no token.
impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").field("id", &self.row.id).field("status", &self.row.status).finish_non_exhaustive()
    }
}
