use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::error::BookingError;
use super::hold::LONGEST_OF_STAFF;
use super::idempotency::{self, Led, RequestKey};
use super::model::Status;
use super::state::BookingState;
use super::store;
use crate::clinics::ClinicId;
use crate::entities::booking;
use crate::token::TokenHash;

/// One press adds at most this much (WCAG 2.2.1).
const EXTENSION: TimeDelta = TimeDelta::minutes(5);
/// After this many presses somebody parks on the slot.
pub const MAX_EXTENSIONS: i32 = 10;
/// A press that adds less is not counted: its visitor has the full time already.
const COUNTED_FROM: TimeDelta = TimeDelta::minutes(1);
/// No press moves the end farther ahead than this, or than the policy's hold when that is longer.
const FULL: TimeDelta = TimeDelta::minutes(10);
const OK: u16 = 200;

/// Gives a hold up to five more minutes, at most ten times, and never more ahead than a new hold would have (rule B8).
///
/// # Errors
/// The hold is unknown, over, already a booking, or was extended ten times.
pub async fn extend(
    state: &BookingState,
    token: &TokenHash,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = extend_once(&tx, state, token, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn extend_once(
    tx: &DatabaseTransaction,
    state: &BookingState,
    token: &TokenHash,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin_booking(tx, key, now).await? {
        return Ok(earlier);
    }
    let hold = store::by_hold_token(tx, token).await?.ok_or(BookingError::UnknownHold)?;
    let expires_at = still_held(&hold, now)?;
    if hold.extensions >= MAX_EXTENSIONS {
        return Err(BookingError::TooManyExtensions);
    }
    let snapshot = state.directory.snapshot();
    let hold_min = snapshot.by_id(ClinicId(hold.clinic_id)).map_or(0, |entry| entry.policy.hold_min);
    let end = later(&hold, expires_at, TimeDelta::minutes(hold_min.into()), now)?;
    let change = booking::ActiveModel {
        expires_at: Set(Some(end)),
        extensions: Set(hold.extensions + i32::from(end - expires_at >= COUNTED_FROM)),
        updated_at: Set(now),
        ..Default::default()
    };
    let is_extended = store::update_if(tx, &hold, change).await?;
    let hold = store::get(tx, hold.id).await?;
    if !is_extended {
        // Pressed twice at once, or freed by somebody else in this moment: judge what is there by then.
        still_held(&hold, now)?;
    }
    idempotency::finish(tx, key, OK, Led::Booking(&hold)).await?;
    Ok(hold)
}

/// Where a press moves the end of a hold.
fn later(
    hold: &booking::Model,
    end: DateTime<Utc>,
    hold_for: TimeDelta,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, BookingError> {
    // Staff keep a hold alive while their console is open, a visitor while presses are left: not for ever, however often
    // presses that are not counted come.
    let longest = if hold.held_by.is_some() { LONGEST_OF_STAFF } else { hold_for + EXTENSION * MAX_EXTENSIONS };
    let full = now + FULL.max(hold_for);
    let later = end.max(full.min(end + EXTENSION));
    let last = hold.created_at + longest;
    match later.min(last).max(end) {
        allowed if allowed < later && allowed - end < COUNTED_FROM => Err(BookingError::TooManyExtensions),
        allowed => Ok(allowed),
    }
}

/// The expiry of a hold that is live at `now`.
///
/// # Errors
/// What became of it instead.
pub(super) fn still_held(hold: &booking::Model, now: DateTime<Utc>) -> Result<DateTime<Utc>, BookingError> {
    match (Status::of(hold), hold.expires_at) {
        (Status::Held, Some(expires_at)) if now < expires_at => Ok(expires_at),
        (Status::Held | Status::Expired, _) => Err(BookingError::HoldExpired),
        (Status::Released, _) => Err(BookingError::HoldReleased),
        _ => Err(BookingError::AlreadyConfirmed),
    }
}
