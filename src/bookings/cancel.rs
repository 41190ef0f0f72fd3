use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::by::By;
use super::error::BookingError;
use super::idempotency::{self, Led, RequestKey};
use super::model::Status;
use super::state::BookingState;
use super::{claims, rebooking, store};
use crate::accounts::audit::FieldChange;
use crate::entities::booking;

const OK: u16 = 200;

/// Cancels an upcoming visit and gives its seat back (rule B10).
///
/// # Errors
/// The booking is unknown, cancelled already, or its time has come.
pub async fn cancel(
    state: &BookingState,
    by: By<'_>,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = cancel_once(&tx, by, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn cancel_once(
    tx: &DatabaseTransaction,
    by: By<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin_booking(tx, key, now).await? {
        return Ok(earlier);
    }
    let booking = by.find(tx).await?;
    by.may_change(&booking, now)?;
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
    claims::free(tx, booking.id).await?;
    rebooking::delist(tx, &[booking.id]).await?;
    let change = FieldChange::new("status", booking.status.clone(), Status::Cancelled.as_str());
    by.record(tx, "cancel", &booking, vec![change], None, now).await?;
    let cancelled = store::get(tx, booking.id).await?;
    idempotency::finish(tx, key, OK, Led::Booking(&cancelled)).await?;
    Ok(cancelled)
}
