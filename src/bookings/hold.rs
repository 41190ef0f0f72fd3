use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, DatabaseTransaction};

use super::error::BookingError;
use super::idempotency::{self, Led, RequestKey};
use super::model::{Status, wall_clock};
use super::seats::{Choice, Wish};
use super::state::BookingState;
use super::store;
use crate::accounts::Actor;
use crate::accounts::audit::{self, Subject};
use crate::clinics::ClinicId;
use crate::directory::Snapshot;
use crate::entities::booking;
use crate::token::{TokenHash, new_nonce};

/// A time that somebody wants to have for some minutes, while they say who they are.
#[derive(Clone, Copy, Debug)]
pub struct HoldRequest<'a> {
    pub clinic: ClinicId,
    pub starts_at: DateTime<Utc>,
    /// Whoever holds twice gives the first hold back (rule B5); without a token nobody knows.
    pub visitor: Option<&'a TokenHash>,
    /// Why an agent takes a seat above the capacity (rule B9).
    pub override_reason: Option<&'a str>,
    /// Who holds it for a caller.
    pub staff: Option<&'a Actor>,
}

/// More times than anybody keeps for one caller.
const MOST_HOLDS_OF_STAFF: u64 = 5;
/// However often a hold of staff is extended, it ends this long after it was made.
pub(super) const LONGEST_OF_STAFF: TimeDelta = TimeDelta::minutes(30);

/// 201, as the repetition of this request is answered.
const CREATED: u16 = 201;

/// Holds a seat until the policy's `hold_min` have passed (rules B1, B2, B5, B9, B19).
///
/// # Errors
/// The time cannot be booked, or every seat is taken.
pub async fn hold(
    state: &BookingState,
    request: &HoldRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .decide(now, |tx, snapshot| async move {
            let outcome = hold_once(&tx, state, &snapshot, request, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn hold_once(
    tx: &DatabaseTransaction,
    state: &BookingState,
    snapshot: &Snapshot,
    request: &HoldRequest<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin_booking(tx, key, now).await? {
        return Ok(earlier);
    }
    let held = place(tx, state, snapshot, request, now).await?;
    if let Some(actor) = request.staff {
        let entry = audit::Entry::new(Subject::Booking, "hold", held.id).at_clinic(held.clinic_id);
        audit::record(tx, actor, now, [entry.because(held.override_reason.as_deref())]).await?;
    }
    idempotency::finish(tx, key, CREATED, Led::Booking(&held)).await?;
    Ok(held)
}

/// Takes a seat and makes the hold.
pub(super) async fn place(
    tx: &DatabaseTransaction,
    state: &BookingState,
    snapshot: &Snapshot,
    request: &HoldRequest<'_>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(visitor) = request.visitor {
        let earlier = store::holds_of(tx, visitor).await?;
        store::end_holds(tx, &earlier, Status::Released, None, now).await?;
    }
    if let Some(user) = request.staff.and_then(|actor| actor.user)
        && store::count_holds_by(tx, user, now).await? >= MOST_HOLDS_OF_STAFF
    {
        return Err(BookingError::TooManyHolds);
    }
    let mut wish = Wish::new(snapshot, request.clinic, request.starts_at, now)?;
    wish.overrides = request.override_reason.is_some();
    let choice = wish.choose(tx).await?;
    let mut held = row(state, request, &wish, choice).insert(tx).await?;
    let seat = wish.take(tx, held.id, choice).await?;
    if seat != choice.seat {
        held = booking::ActiveModel { id: sea_orm::Unchanged(held.id), seat: Set(seat.into()), ..Default::default() }
            .update(tx)
            .await?;
    }
    Ok(held)
}

fn row(state: &BookingState, request: &HoldRequest, wish: &Wish, choice: Choice) -> booking::ActiveModel {
    let (entry, buckets, nonce) = (wish.entry, wish.buckets(), new_nonce());
    let is_above = choice.seat > entry.policy.capacity;
    let ttl = TimeDelta::minutes(entry.policy.hold_min.into());
    let ttl = if request.staff.is_some() { ttl.min(LONGEST_OF_STAFF) } else { ttl };
    booking::ActiveModel {
        id: NotSet,
        clinic_id: Set(entry.id.0),
        status: Set(Status::Held.as_str().to_owned()),
        starts_at: Set(choice.slot.starts_at),
        ends_at: Set(choice.slot.ends_at),
        local_starts: Set(wall_clock(choice.slot.starts_at, entry.zone)),
        time_zone: Set(entry.zone.name().to_owned()),
        first_bucket: Set(buckets.start),
        last_bucket: Set(buckets.end - 1),
        seat: Set(choice.seat.into()),
        override_reason: Set(request.override_reason.filter(|_| is_above).map(str::to_owned)),
        expires_at: Set(Some(wish.now + ttl)),
        held_by: Set(request.staff.and_then(|actor| actor.user)),
        extensions: Set(0),
        sequence: Set(0),
        hold_token_hash: Set(TokenHash::of(&state.secret.hold_token(&nonce)).0),
        token_nonce: Set(nonce),
        visitor_token_hash: Set(request.visitor.map(|visitor| visitor.0.clone())),
        created_at: Set(wish.now),
        updated_at: Set(wish.now),
        ..Default::default()
    }
}
