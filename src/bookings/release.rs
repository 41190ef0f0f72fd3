use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::error::BookingError;
use super::model::Status;
use super::state::BookingState;
use super::store;
use crate::token::TokenHash;

/// Gives a hold back; one that is over already is none the worse for it.
///
/// # Errors
/// The hold is unknown, or has become a booking, which is cancelled instead.
pub async fn release(state: &BookingState, token: &TokenHash) -> Result<(), BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = release_once(&tx, token, now).await;
            (tx, outcome)
        })
        .await
}

async fn release_once(tx: &DatabaseTransaction, token: &TokenHash, now: DateTime<Utc>) -> Result<(), BookingError> {
    let hold = store::by_hold_token(tx, token).await?.ok_or(BookingError::UnknownHold)?;
    store::end_holds(tx, &[hold.id], Status::Released, None, now).await?;
    match Status::of(&store::get(tx, hold.id).await?) {
        Status::Held | Status::Released | Status::Expired => Ok(()),
        _ => Err(BookingError::AlreadyConfirmed),
    }
}
