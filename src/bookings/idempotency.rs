//! A request with an `Idempotency-Key` has its effect once, however often it arrives (rules B6, B7, B20).
//!
//! The key is written in the transaction of the effect: either both are there or neither. What is kept is a fingerprint of
//! the request, the booking it led to, and that booking's state and times as they were answered: a repetition is answered
//! alike, whatever became of the booking since. What is personal is read from the booking again. A refusal had no effect and
//! is not kept: asked again, the question is judged again.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, TryInsertResult};
use serde::{Deserialize, Serialize};

use super::error::BookingError;
use super::store;
use crate::entities::{booking, idempotency_key as row};
use crate::token::{SecretKey, TokenHash};

/// How long a repetition is recognised.
pub const KEPT: TimeDelta = TimeDelta::hours(48);

/// A key with the call it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    scope: String,
    key_hash: String,
    request_hash: String,
}

impl RequestKey {
    /// `scope` is the call and, where a token is part of the address, whose it is; `request` is the body in a canonical
    /// form.
    #[must_use]
    pub fn new(secret: &SecretKey, scope: String, key: &str, request: &[u8]) -> Self {
        Self { scope, key_hash: TokenHash::of(key).0, request_hash: secret.fingerprint(request) }
    }
}

/// What a request made, by its key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Led<'a> {
    Booking(&'a booking::Model),
    /// A block, a call or a closure: the call that the key came with says which.
    Other(i64),
}

/// Takes the key for this transaction, or says which block, call or closure the same request already led to. On PostgreSQL a
/// parallel request with the same key waits here until this one has ended.
pub(super) async fn begin(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, BookingError> {
    Ok(take(db, key, now).await?.and_then(|earlier| earlier.made_id))
}

/// As [`begin`], for a request that leads to a booking: that booking, as the request was first answered.
pub(super) async fn begin_booking(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Option<booking::Model>, BookingError> {
    answered(db, take(db, key, now).await?).await
}

async fn take(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Option<row::Model>, BookingError> {
    let Some(key) = key else { return Ok(None) };
    let this = || row::Column::Scope.eq(&key.scope).and(row::Column::KeyHash.eq(&key.key_hash));
    row::Entity::delete_many().filter(this()).filter(row::Column::CreatedAt.lt(now - KEPT)).exec(db).await?;
    let taken = row::Entity::insert(row::ActiveModel {
        scope: Set(key.scope.clone()),
        key_hash: Set(key.key_hash.clone()),
        request_hash: Set(key.request_hash.clone()),
        status: Set(None),
        booking_id: Set(None),
        made_id: Set(None),
        answered: Set(None),
        created_at: Set(now),
    })
    .on_conflict(OnConflict::new().do_nothing().to_owned())
    .try_insert()
    .exec_without_returning(db)
    .await?;
    if matches!(taken, TryInsertResult::Inserted(1..)) {
        return Ok(None);
    }
    same_request(key, row::Entity::find().filter(this()).one(db).await?)
}

/// The booking that the same request already led to, if it came before, as it was first answered.
pub(super) async fn earlier(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Option<booking::Model>, BookingError> {
    let Some(key) = key else { return Ok(None) };
    let this = row::Column::Scope.eq(&key.scope).and(row::Column::KeyHash.eq(&key.key_hash));
    let kept = row::Column::CreatedAt.gte(now - KEPT);
    answered(db, same_request(key, row::Entity::find().filter(this).filter(kept).one(db).await?)?).await
}

fn same_request(key: &RequestKey, earlier: Option<row::Model>) -> Result<Option<row::Model>, BookingError> {
    match earlier {
        Some(earlier) if earlier.request_hash != key.request_hash => Err(BookingError::KeyReused),
        earlier => Ok(earlier),
    }
}

async fn answered(
    db: &impl ConnectionTrait,
    earlier: Option<row::Model>,
) -> Result<Option<booking::Model>, BookingError> {
    let Some((id, answered)) = earlier.and_then(|earlier| Some((earlier.booking_id?, earlier.answered))) else {
        return Ok(None);
    };
    let booking = store::get(db, id).await?;
    // Keys of before this was kept, for two days.
    let answered = answered.and_then(|json| serde_json::from_str::<Answered>(&json).ok());
    Ok(Some(answered.map_or(booking.clone(), |answered| answered.over(booking))))
}

/// State and times of a booking as a request was first answered. Nothing personal: that is read from the booking again, and
/// may be erased by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Answered {
    clinic_id: i64,
    status: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    extensions: i32,
    seat: i32,
    override_reason: Option<String>,
    updated_at: DateTime<Utc>,
    cancelled_at: Option<DateTime<Utc>>,
}

impl Answered {
    fn of(booking: &booking::Model) -> Self {
        Self {
            clinic_id: booking.clinic_id,
            status: booking.status.clone(),
            starts_at: booking.starts_at,
            ends_at: booking.ends_at,
            expires_at: booking.expires_at,
            extensions: booking.extensions,
            seat: booking.seat,
            override_reason: booking.override_reason.clone(),
            updated_at: booking.updated_at,
            cancelled_at: booking.cancelled_at,
        }
    }

    fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }

    fn over(self, booking: booking::Model) -> booking::Model {
        let Self {
            clinic_id,
            status,
            starts_at,
            ends_at,
            expires_at,
            extensions,
            seat,
            override_reason,
            updated_at,
            cancelled_at,
        } = self;
        booking::Model {
            clinic_id,
            status,
            starts_at,
            ends_at,
            seat,
            override_reason,
            expires_at,
            extensions,
            updated_at,
            cancelled_at,
            ..booking
        }
    }
}

/// Records what the request led to.
pub(super) async fn finish(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    status: u16,
    led: Led<'_>,
) -> Result<(), BookingError> {
    let Some(key) = key else { return Ok(()) };
    let (booking_id, made_id, answered) = match led {
        Led::Booking(booking) => (Some(booking.id), None, Some(Answered::of(booking).to_json())),
        Led::Other(id) => (None, Some(id), None),
    };
    row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(Some(status.into())),
            booking_id: Set(booking_id),
            made_id: Set(made_id),
            answered: Set(answered),
            ..Default::default()
        })
        .filter(row::Column::Scope.eq(&key.scope).and(row::Column::KeyHash.eq(&key.key_hash)))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets keys that are older than [`KEPT`].
pub(super) async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, BookingError> {
    let old = row::Entity::delete_many().filter(row::Column::CreatedAt.lt(now - KEPT));
    Ok(old.exec(db).await?.rows_affected)
}
