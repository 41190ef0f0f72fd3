use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use super::error::BookingError;
use super::model::Status;
use super::{find, store};
use crate::accounts::Actor;
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::entities::booking;
use crate::token::TokenHash;

/// What the log says about a visit that lost its time.
pub(super) fn displaced_visit(id: i64) -> audit::Entry {
    let change = FieldChange::new("status", Status::Confirmed.as_str(), Status::NeedsRebooking.as_str());
    audit::Entry::new(Subject::Booking, "displace", id).changing(vec![change])
}

/// Who changes a booking: its visitor by the link they were given, or staff.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    Visitor(&'a TokenHash),
    /// The booking with this key, within the scope of the account.
    Staff(&'a Actor, i64),
}

impl By<'_> {
    /// The booking that is meant; locked on PostgreSQL, so that two changes of it follow one another.
    pub(super) async fn find(&self, db: &impl ConnectionTrait) -> Result<booking::Model, BookingError> {
        let found = match self {
            Self::Visitor(token) => store::by_manage_token(db, token, true).await?,
            Self::Staff(actor, id) => find::locked(db, &actor.scope, *id).await?,
        };
        found.ok_or(BookingError::UnknownBooking)
    }

    /// Whether the visit may still be changed. Staff find another time also for a visit that waits for one past its own.
    pub(super) fn may_change(&self, booking: &booking::Model, now: DateTime<Utc>) -> Result<(), BookingError> {
        match Status::of(booking) {
            Status::Cancelled => Err(BookingError::AlreadyCancelled),
            Status::NeedsRebooking if matches!(self, Self::Staff(..)) => Ok(()),
            status if status.is_upcoming() && now < booking.starts_at => Ok(()),
            _ => Err(BookingError::TooLate),
        }
    }

    /// What staff did goes into the log; visitors have no account to be held to it.
    pub(super) async fn record(
        &self,
        db: &impl ConnectionTrait,
        verb: &'static str,
        booking: &booking::Model,
        changes: Vec<FieldChange>,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let Self::Staff(actor, _) = self else { return Ok(()) };
        let entry = audit::Entry::new(Subject::Booking, verb, booking.id);
        let entry = entry.at_clinic(booking.clinic_id).changing(changes).because(reason);
        audit::record(db, actor, now, [entry]).await
    }
}
