//! A request with an `Idempotency-Key` has its effect once, however often it arrives (rules B6, B7, B20).
//!
//! The key is written in the transaction of the effect: either both are there or neither. What is kept is a fingerprint of
//! the request and the booking it led to; the answer is rendered again from that. A refusal had no effect and is not kept:
//! asked again, the question is judged again.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, TryInsertResult};

use super::error::BookingError;
use crate::entities::idempotency_key as row;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Led {
    Booking(i64),
    /// A block, a call or a closure: the call that the key came with says which.
    Other(i64),
}

/// Takes the key for this transaction, or says which booking (or other record) the same request already led to. On PostgreSQL a parallel
/// request with the same key waits here until this one has ended.
pub(super) async fn begin(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, BookingError> {
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

/// Which booking the same request already led to, if it came before.
pub(super) async fn earlier(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, BookingError> {
    let Some(key) = key else { return Ok(None) };
    let this = row::Column::Scope.eq(&key.scope).and(row::Column::KeyHash.eq(&key.key_hash));
    let kept = row::Column::CreatedAt.gte(now - KEPT);
    same_request(key, row::Entity::find().filter(this).filter(kept).one(db).await?)
}

fn same_request(key: &RequestKey, earlier: Option<row::Model>) -> Result<Option<i64>, BookingError> {
    match earlier {
        Some(earlier) if earlier.request_hash == key.request_hash => Ok(earlier.booking_id.or(earlier.made_id)),
        Some(_) => Err(BookingError::KeyReused),
        None => Ok(None),
    }
}

/// Records what the request led to.
pub(super) async fn finish(
    db: &impl ConnectionTrait,
    key: Option<&RequestKey>,
    status: u16,
    led: Led,
) -> Result<(), BookingError> {
    let Some(key) = key else { return Ok(()) };
    let (booking_id, made_id) = match led {
        Led::Booking(id) => (Some(id), None),
        Led::Other(id) => (None, Some(id)),
    };
    row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(Some(status.into())),
            booking_id: Set(booking_id),
            made_id: Set(made_id),
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
