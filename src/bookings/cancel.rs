use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::error::BookingError;
use super::idempotency::{self, RequestKey};
use super::model::Status;
use super::state::BookingState;
use super::store;
use crate::entities::booking;
use crate::token::TokenHash;

const OK: u16 = 200;

/// Cancels an upcoming visit and gives its seat back (rule B10).
///
/// # Errors
/// The booking is unknown, cancelled already, or its time has come.
pub async fn cancel(
    state: &BookingState,
    token: &TokenHash,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = cancel_once(&tx, token, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn cancel_once(
    tx: &DatabaseTransaction,
    token: &TokenHash,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin(tx, key, now).await? {
        return Ok(store::get(tx, earlier).await?);
    }
    let booking = store::by_manage_token(tx, token, true).await?.ok_or(BookingError::UnknownBooking)?;
    upcoming(&booking, now)?;
    let change = booking::ActiveModel {
        status: Set(Status::Cancelled.as_str().to_owned()),
        sequence: Set(booking.sequence + 1),
        cancelled_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    if !store::update_if(tx, &booking, change).await? {
        return Err(BookingError::AlreadyCancelled);
    }
    store::free(tx, booking.id).await?;
    idempotency::finish(tx, key, OK, booking.id).await?;
    Ok(store::get(tx, booking.id).await?)
}

/// Whether a visitor may still change the visit.
///
/// # Errors
/// Why not.
pub(super) fn upcoming(booking: &booking::Model, now: DateTime<Utc>) -> Result<(), BookingError> {
    match Status::of(booking) {
        Status::Cancelled => Err(BookingError::AlreadyCancelled),
        status if status.is_upcoming() && now < booking.starts_at => Ok(()),
        _ => Err(BookingError::TooLate),
    }
}
