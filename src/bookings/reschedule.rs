use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::by::By;
use super::error::BookingError;
use super::idempotency::{self, Led, RequestKey};
use super::model::{Status, wall_clock};
use super::seats::{Choice, Wish};
use super::state::BookingState;
use super::{claims, rebooking, store};
use crate::accounts::audit::FieldChange;
use crate::clinics::ClinicId;
use crate::directory::Snapshot;
use crate::entities::booking;

/// Where and when a visit is to move.
#[derive(Clone, Copy, Debug)]
pub struct MoveRequest<'a> {
    pub clinic: ClinicId,
    pub starts_at: DateTime<Utc>,
    /// Why an agent takes a seat above the capacity (rule B9).
    pub override_reason: Option<&'a str>,
}

const OK: u16 = 200;

/// Moves an upcoming visit, in one transaction: its own claims are no obstacle, and when the new time is taken the visit
/// stands where it was (rules B11, B12).
///
/// # Errors
/// The booking is unknown or can no longer be changed; the new time cannot be booked, or every seat is taken.
pub async fn reschedule(
    state: &BookingState,
    by: By<'_>,
    to: &MoveRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .decide(now, |tx, snapshot| async move {
            let outcome = reschedule_once(&tx, &snapshot, by, to, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn reschedule_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    by: By<'_>,
    to: &MoveRequest<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin_booking(tx, key, now).await? {
        return Ok(earlier);
    }
    let booking = by.find(tx).await?;
    by.may_change(&booking, now)?;
    claims::free(tx, booking.id).await?;
    let mut wish = Wish::new(snapshot, to.clinic, to.starts_at, now)?;
    wish.overrides = to.override_reason.is_some();
    let choice = wish.choose(tx).await?;
    let seat = wish.take(tx, booking.id, choice).await?;
    if !store::update_if(tx, &booking, moved(&booking, &wish, Choice { seat, ..choice }, to)).await? {
        return Err(BookingError::TooLate);
    }
    rebooking::delist(tx, &[booking.id]).await?;
    let moved = store::get(tx, booking.id).await?;
    by.record(tx, "reschedule", &moved, changes(&booking, &moved), moved.override_reason.as_deref(), now).await?;
    idempotency::finish(tx, key, OK, Led::Booking(&moved)).await?;
    Ok(moved)
}

fn changes(old: &booking::Model, new: &booking::Model) -> Vec<FieldChange> {
    let all = [
        FieldChange::new("status", old.status.clone(), new.status.clone()),
        FieldChange::new("clinic_id", old.clinic_id, new.clinic_id),
        FieldChange::new("starts_at", old.starts_at.to_rfc3339(), new.starts_at.to_rfc3339()),
    ];
    all.into_iter().filter(|change| change.old != change.new).collect()
}

fn moved(booking: &booking::Model, wish: &Wish, choice: Choice, to: &MoveRequest) -> booking::ActiveModel {
    let (zone, buckets) = (wish.entry.zone, wish.buckets());
    let is_above = choice.seat > wish.entry.policy.capacity;
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
        override_reason: Set(to.override_reason.filter(|_| is_above).map(str::to_owned)),
        sequence: Set(booking.sequence + 1),
        updated_at: Set(wish.now),
        ..Default::default()
    }
}
