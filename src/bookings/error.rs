use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::limits::TooMany;
use super::model::Status;
use crate::availability::NotOffered;
use crate::clinics::closures::ClosureError;
use crate::directory::Skipped;
use crate::error::FieldErrors;

/// Why a verb did not do what it was asked; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum BookingError {
    /// The request names something that is not there.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// Too many attempts.
    #[error("too many attempts: wait a moment")]
    TooMany(TooMany),
    /// No hold has this token.
    #[error("there is no hold with this token")]
    UnknownHold,
    /// The directory was changed while this was decided, again and again.
    #[error("clinics are being changed at this moment: try again")]
    Outdated,
    /// What is shown to staff must be in the audit log, and that cannot be written.
    #[error("the audit log cannot be written, so no visitor's data is shown: try again")]
    Unrecorded,
    /// No booking has this token.
    #[error("there is no booking with this token")]
    UnknownBooking,
    /// The clinic is no longer in the directory.
    #[error("this clinic is not in the directory")]
    UnknownClinic,
    /// The clinic gives no consultations.
    #[error("this clinic offers no consultations")]
    NoConsultations,
    /// The time is not one that can be booked, whoever asks (rule B19).
    #[error("{0}")]
    NotOffered(NotOffered),
    /// Every seat is taken (rule B1).
    #[error("this time has just been taken")]
    SlotTaken {
        /// When the first of the holds in the way ends; `None` when only bookings are.
        retry_at: Option<DateTime<Utc>>,
    },
    /// No clinic near the place has a free time in the days asked for.
    #[error("nothing is free there in those days: try more days or a larger radius")]
    NothingFree(Skipped),
    /// The hold ran out (rules B3, B4).
    #[error("the time was held for you, and the hold has run out")]
    HoldExpired,
    /// The hold was given back, or another one took its place (rule B5).
    #[error("this hold was given back")]
    HoldReleased,
    /// The hold has become a booking.
    #[error("this hold is already a booking")]
    AlreadyConfirmed,
    /// Ten times five minutes are used up (rule B8).
    #[error("this hold has been extended as often as is possible")]
    TooManyExtensions,
    /// The booking was cancelled before (rule B10).
    #[error("this booking is already cancelled")]
    AlreadyCancelled,
    /// The visit has begun or is over.
    #[error("this visit can no longer be changed")]
    TooLate,
    /// The same key came with another request (rule B7).
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// A consent to words that the network has not published for its purpose.
    #[error("this is no wording that was published for this purpose")]
    UnknownWording {
        /// Which of the request's consents.
        index: usize,
    },
    /// No block has this key, or it lies outside of the scope.
    #[error("there is no block with this id in the scope of this account, or it was taken away")]
    UnknownBlock,
    /// A block would lie over these bookings (rule A17).
    #[error("there are bookings in the way")]
    InTheWay(Vec<i64>),
    /// The closure contradicts itself.
    #[error(transparent)]
    Closure(#[from] ClosureError),
    /// A block that ends before it starts, or is a closure.
    #[error("a block lasts longer than nothing and at most seven days")]
    BlockLength,
    /// A closure would take the time of these bookings (rule B16).
    #[error("there are visits in this time: look at them, then confirm")]
    NeedsConfirm(Vec<i64>),
    /// The closure is not there, or not within the scope.
    #[error("there is no closure with this number")]
    UnknownClosure,
    /// The closure was changed since the caller looked at it.
    #[error("this closure was changed in the meantime: look at it again")]
    ClosureChanged {
        /// The version that it has by now.
        version: i64,
    },
    /// The closure was lifted before.
    #[error("this closure was lifted: lay another one")]
    ClosureLifted,
    /// The closure would close clinics outside of the account's scope.
    #[error("{0} of the clinics lie outside the scope of this account: name those inside, or a region of its own")]
    ClinicsOutside(usize),
    /// The closure would close nothing.
    #[error("no clinic lies in it")]
    NoClinics,
    /// The hold is for another clinic or time than was named beside it.
    #[error("this hold is for another clinic or time")]
    OtherHold,
    /// An account holds as many times as it may.
    #[error("this account holds five times already: release one first")]
    TooManyHolds,
    /// A visit in this status cannot be marked.
    #[error("a visit that is {} cannot be marked so", .0.as_str())]
    NotMarkable(Status),
    /// The visit's day has not come.
    #[error("this visit's day has not come")]
    TooEarly,
    /// The personal data of this visit are erased, and stay so.
    #[error("the personal data of this visit are erased")]
    Erased,
    /// The visit is not on the list of those that wait for another time.
    #[error("this visit does not wait for another time: it is {}", .0.as_str())]
    NotWaiting(Status),
    /// Somebody else is calling this visitor.
    #[error("somebody else is calling this visitor")]
    Claimed { until: DateTime<Utc> },
    /// Visits of the person to be erased that are still to come.
    #[error("this person has visits to come, which would be cancelled: look at them, then confirm")]
    VisitsToCome(Vec<i64>),
    /// What is not in the log could come back with a backup, so it is not erased.
    #[error("the log of erasures cannot be written, so nothing was erased; `check` names the file")]
    ErasureLog(#[source] Arc<std::io::Error>),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl BookingError {
    /// The stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownHold => "hold_unknown",
            Self::Invalid(_) => "invalid",
            Self::TooMany(_) => "too_many_requests",
            Self::Outdated => "outdated",
            Self::Unrecorded => "unavailable",
            Self::UnknownBooking => "booking_unknown",
            Self::UnknownClinic => "clinic_unknown",
            Self::NoConsultations | Self::NotOffered(_) => "not_offered",
            Self::SlotTaken { .. } => "slot_taken",
            Self::NothingFree(_) => "nothing_free",
            Self::HoldExpired => "hold_expired",
            Self::HoldReleased => "hold_released",
            Self::AlreadyConfirmed => "already_confirmed",
            Self::TooManyExtensions => "too_many_extensions",
            Self::AlreadyCancelled => "already_cancelled",
            Self::TooLate => "too_late",
            Self::KeyReused => "idempotency_mismatch",
            Self::UnknownWording { .. } => "wording_unknown",
            Self::InTheWay(_) => "bookings_in_the_way",
            Self::NeedsConfirm(_) | Self::VisitsToCome(_) => "needs_confirm",
            Self::ErasureLog(_) => "erasure_log",
            Self::Closure(_) => "closure_invalid",
            Self::UnknownBlock => "block_unknown",
            Self::BlockLength => "block_invalid",
            Self::UnknownClosure => "closure_unknown",
            Self::ClosureChanged { .. } => "version_mismatch",
            Self::ClosureLifted => "closure_lifted",
            Self::ClinicsOutside(_) => "outside_scope",
            Self::NoClinics => "no_clinics",
            Self::OtherHold => "hold_differs",
            Self::TooManyHolds => "too_many_holds",
            Self::NotMarkable(_) => "not_markable",
            Self::TooEarly => "too_early",
            Self::Erased => "erased",
            Self::NotWaiting(_) => "not_waiting",
            Self::Claimed { .. } => "claimed",
            Self::Database(_) => "database",
        }
    }
}

impl From<FieldErrors> for BookingError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<TooMany> for BookingError {
    fn from(error: TooMany) -> Self {
        Self::TooMany(error)
    }
}
