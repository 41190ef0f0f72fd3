//! Housekeeping. Every verb is right without it: it keeps tables small and forgets what has no use any more.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::displace::{Displaced, displace};
use super::error::BookingError;
use super::idempotency;
use super::model::Status;
use super::state::BookingState;
use super::store;
use super::subjects::emptied;
use crate::clinics::store as clinics;
use crate::entities::booking;

/// How often it looks.
const INTERVAL: Duration = Duration::from_mins(1);
/// Holds ended in one transaction: a visitor's write should not wait long behind it.
const BATCH: u64 = 200;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaped {
    pub expired_holds: usize,
    pub forgotten_keys: u64,
    pub forgotten_holds: u64,
    pub erased_bookings: u64,
}

/// Ends holds that ran out, and forgets keys and ended holds once no repetition can ask for them.
///
/// # Errors
/// When the database refuses.
pub async fn reap(state: &BookingState) -> Result<Reaped, BookingError> {
    let now = state.now();
    let mut reaped = Reaped { erased_bookings: erase(state).await?, ..Reaped::default() };
    state
        .write(now, |tx| async move {
            let outcome = async {
                let expired = store::expired_holds(&tx, now, BATCH).await?;
                store::end_holds(&tx, &expired, Status::Expired, Some(now), now).await?;
                Ok((expired.len(), idempotency::forget(&tx, now).await?, forget_holds(&tx, now).await?))
            }
            .await;
            (tx, outcome)
        })
        .await
        .map(|(expired_holds, forgotten_keys, forgotten_holds)| {
            reaped = Reaped { expired_holds, forgotten_keys, forgotten_holds, ..reaped };
            reaped
        })
}

/// Empties the personal columns of visits that ended longer ago than the network keeps them.
///
/// # Errors
/// When the database refuses.
pub async fn erase(state: &BookingState) -> Result<u64, BookingError> {
    let now = state.now();
    let kept = TimeDelta::days(clinics::network(&state.db, now).await?.retention_days.into());
    let erased = emptied(now);
    let erased = &erased;
    state
        .write(now, |tx| async move {
            let outcome = booking::Entity::update_many()
                .set(erased.clone())
                .filter(booking::Column::EndsAt.lt(now - kept))
                .filter(booking::Column::ErasedAt.is_null())
                .filter(booking::Column::Status.ne(Status::Held.as_str()))
                .exec(&tx)
                .await;
            (tx, outcome.map(|updated| updated.rows_affected).map_err(BookingError::from))
        })
        .await
}

async fn forget_holds(tx: &sea_orm::DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, BookingError> {
    let ended = [Status::Expired, Status::Released].map(Status::as_str);
    let forgotten = booking::Entity::delete_many()
        .filter(booking::Column::Status.is_in(ended))
        .filter(booking::Column::UpdatedAt.lt(now - idempotency::KEPT))
        .exec(tx)
        .await?;
    Ok(forgotten.rows_affected)
}

/// Keeps house for as long as the process lives.
pub async fn keep_house(state: BookingState) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        state.limits.forget_idle();
        match displace(&state).await {
            Ok(displaced) if displaced != Displaced::default() => tracing::info!(
                visits = displaced.needs_rebooking.len(),
                "visits on dates on which their clinic is not open wait for another time"
            ),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "visits at closed clinics could not be looked for"),
        }
        match reap(&state).await {
            Ok(reaped) if reaped != Reaped::default() => tracing::debug!(?reaped, "bookings tidied"),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "bookings could not be tidied and wait"),
        }
    }
}
