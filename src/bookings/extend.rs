use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::error::BookingError;
use super::hold::LONGEST_OF_STAFF;
use super::idempotency::{self, Led, RequestKey};
use super::model::Status;
use super::state::BookingState;
use super::store;
use crate::entities::booking;
use crate::token::TokenHash;

/// One press adds this much (WCAG 2.2.1).
const EXTENSION: TimeDelta = TimeDelta::minutes(5);
/// After this many presses somebody parks on the slot.
pub const MAX_EXTENSIONS: i32 = 10;
const OK: u16 = 200;

/// Gives a hold five more minutes, at most ten times (rule B8).
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
            let outcome = extend_once(&tx, token, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn extend_once(
    tx: &DatabaseTransaction,
    token: &TokenHash,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin(tx, key, now).await? {
        return Ok(store::get(tx, earlier).await?);
    }
    let hold = store::by_hold_token(tx, token).await?.ok_or(BookingError::UnknownHold)?;
    let expires_at = still_held(&hold, now)?;
    if hold.extensions >= MAX_EXTENSIONS {
        return Err(BookingError::TooManyExtensions);
    }
    let later = expires_at + EXTENSION;
    // Staff keep a hold alive while their console is open, but not for ever.
    if hold.held_by.is_some() && later > hold.created_at + LONGEST_OF_STAFF {
        return Err(BookingError::TooManyExtensions);
    }
    let change = booking::ActiveModel {
        expires_at: Set(Some(later)),
        extensions: Set(hold.extensions + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    let is_extended = store::update_if(tx, &hold, change).await?;
    let hold = store::get(tx, hold.id).await?;
    if !is_extended {
        // Pressed twice at once, or freed by somebody else in this moment: judge what is there by then.
        still_held(&hold, now)?;
    }
    idempotency::finish(tx, key, OK, Led::Booking(hold.id)).await?;
    Ok(hold)
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
