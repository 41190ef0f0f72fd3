use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::cancel::upcoming;
use super::error::BookingError;
use super::idempotency::{self, RequestKey};
use super::model::{Status, wall_clock};
use super::seats::{Choice, Wish};
use super::state::BookingState;
use super::store;
use crate::directory::Entry;
use crate::entities::booking;
use crate::token::TokenHash;

/// Where and when a visit is to move.
#[derive(Clone, Copy, Debug)]
pub struct MoveRequest<'a> {
    pub entry: &'a Entry,
    pub starts_at: DateTime<Utc>,
}

const OK: u16 = 200;

/// Moves an upcoming visit, in one transaction: its own claims are no obstacle, and when the new time is taken the visit
/// stands where it was (rules B11, B12).
///
/// # Errors
/// The booking is unknown or can no longer be changed; the new time cannot be booked, or every seat is taken.
pub async fn reschedule(
    state: &BookingState,
    token: &TokenHash,
    to: &MoveRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = reschedule_once(&tx, token, to, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn reschedule_once(
    tx: &DatabaseTransaction,
    token: &TokenHash,
    to: &MoveRequest<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin(tx, key, now).await? {
        return Ok(store::get(tx, earlier).await?);
    }
    let booking = store::by_manage_token(tx, token, true).await?.ok_or(BookingError::UnknownBooking)?;
    upcoming(&booking, now)?;
    store::free(tx, booking.id).await?;
    let wish = Wish { entry: to.entry, starts_at: to.starts_at, now, overrides: false };
    let choice = wish.choose(tx).await?;
    let seat = wish.take(tx, booking.id, choice).await?;
    if !store::update_if(tx, &booking, moved(&booking, &wish, Choice { seat, ..choice })).await? {
        return Err(BookingError::TooLate);
    }
    idempotency::finish(tx, key, OK, booking.id).await?;
    Ok(store::get(tx, booking.id).await?)
}

fn moved(booking: &booking::Model, wish: &Wish, choice: Choice) -> booking::ActiveModel {
    let (zone, buckets) = (wish.entry.zone, wish.buckets());
    booking::ActiveModel {
        clinic_id: Set(wish.entry.id.0),
        status: Set(Status::Confirmed.as_str().to_owned()),
        starts_at: Set(choice.slot.starts_at),
        ends_at: Set(choice.slot.ends_at),
        local_starts: Set(wall_clock(choice.slot.starts_at, zone)),
        time_zone: Set(zone.name().to_owned()),
        first_bucket: Set(buckets.start),
        last_bucket: Set(buckets.end - 1),
        seat: Set(choice.seat.into()),
        moved_from: Set((booking.clinic_id != wish.entry.id.0).then_some(booking.clinic_id)),
        override_reason: Set(None),
        sequence: Set(booking.sequence + 1),
        updated_at: Set(wish.now),
        ..Default::default()
    }
}
