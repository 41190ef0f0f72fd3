use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter,
};

use super::error::BookingError;
use super::model::Status;
use super::state::BookingState;
use super::store::{self, ClaimRow, Owner};
use crate::availability::buckets;
use crate::clinics::ClinicId;
use crate::entities::{block, slot_claim};

/// Longer than this is a closure, not a block.
const LONGEST: TimeDelta = TimeDelta::days(7);

/// How much of a clinic a block takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockSeats {
    /// Every seat up to the capacity.
    All,
    /// The lowest seat that is free throughout.
    One,
}

impl BlockSeats {
    /// The name in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::One => "one",
        }
    }
}

/// "Dentist, 2 to 3 pm": a time in which no consultation starts or goes on (rule A17).
#[derive(Clone, Copy, Debug)]
pub struct BlockRequest<'a> {
    pub clinic: ClinicId,
    pub capacity: u16,
    pub from: DateTime<Utc>,
    /// After `from`, by seven days at most.
    pub to: DateTime<Utc>,
    pub seats: BlockSeats,
    pub reason: &'a str,
    /// Bookings that the block may be laid over: whoever lays it has seen them.
    pub over: &'a [i64],
}

/// Lays a block. Bookings named in `over` that it hits become `needs_rebooking` and give up their seats; holds end.
///
/// # Errors
/// [`BookingError::InTheWay`] with the bookings and holds that were not named; then nothing was written.
pub async fn block(state: &BookingState, request: &BlockRequest<'_>) -> Result<block::Model, BookingError> {
    if request.to <= request.from || request.to - request.from > LONGEST {
        return Err(BookingError::BlockLength);
    }
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = block_once(&tx, request, now).await;
            (tx, outcome)
        })
        .await
}

/// Takes a block away again; false when there was none.
///
/// # Errors
/// When the database refuses.
pub async fn lift_block(state: &BookingState, id: i64) -> Result<bool, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = lift_once(&tx, id, now).await;
            (tx, outcome.map_err(BookingError::from))
        })
        .await
}

async fn lift_once(tx: &DatabaseTransaction, id: i64, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let lifted = block::Entity::update_many()
        .set(block::ActiveModel { lifted_at: Set(Some(now)), updated_at: Set(now), ..Default::default() })
        .filter(block::Column::Id.eq(id))
        .filter(block::Column::LiftedAt.is_null())
        .exec(tx)
        .await?;
    slot_claim::Entity::delete_many().filter(slot_claim::Column::BlockId.eq(id)).exec(tx).await?;
    Ok(lifted.rows_affected == 1)
}

async fn block_once(
    tx: &DatabaseTransaction,
    request: &BlockRequest<'_>,
    now: DateTime<Utc>,
) -> Result<block::Model, BookingError> {
    // Alone at this clinic: every claim that it must answer for is there to be read.
    if !store::lock_clinic(tx, request.clinic, LockType::Update).await? {
        return Err(BookingError::UnknownClinic);
    }
    let buckets = buckets(request.from, request.to);
    let rows = store::claims(tx, &[request.clinic], &buckets).await?;
    clear(tx, request, &rows, now).await?;
    let left = store::claims(tx, &[request.clinic], &buckets).await?;
    let taken: HashSet<(i64, i32)> = left.iter().map(|row| (row.bucket, row.seat)).collect();
    let is_free = |bucket: i64, seat: u16| !taken.contains(&(bucket, i32::from(seat)));
    let seats: Vec<u16> = match request.seats {
        BlockSeats::All => (1..=request.capacity).collect(),
        BlockSeats::One => {
            (1..=request.capacity).find(|seat| buckets.clone().all(|b| is_free(b, *seat))).into_iter().collect()
        }
    };
    let in_the_way = booking_ids(&left, |_| true);
    if !in_the_way.is_empty() && (request.seats == BlockSeats::All || seats.is_empty()) {
        return Err(BookingError::InTheWay(in_the_way));
    }
    let laid = row(request, now).insert(tx).await?;
    let pairs = buckets.clone().flat_map(|bucket| seats.iter().map(move |seat| (bucket, *seat)));
    let free: Vec<(i64, u16)> = pairs.filter(|(bucket, seat)| is_free(*bucket, *seat)).collect();
    store::insert_claims(tx, Owner::Block(laid.id), request.clinic, &free).await?;
    Ok(laid)
}

/// Frees what ran out, and what the caller named: holds end, bookings wait for another time.
async fn clear(
    tx: &DatabaseTransaction,
    request: &BlockRequest<'_>,
    rows: &[ClaimRow],
    now: DateTime<Utc>,
) -> Result<(), BookingError> {
    let expired = booking_ids(rows, |row| row.held_until().is_some_and(|until| until <= now));
    store::end_holds(tx, &expired, Status::Expired, Some(now), now).await?;
    let named = booking_ids(rows, |row| row.booking_id.is_some_and(|id| request.over.contains(&id)));
    store::end_holds(tx, &named, Status::Released, None, now).await?;
    store::unseat(tx, &named, now).await?;
    Ok(())
}

fn booking_ids(rows: &[ClaimRow], is_meant: impl Fn(&ClaimRow) -> bool) -> Vec<i64> {
    let mut ids: Vec<i64> = rows.iter().filter(|row| is_meant(row)).filter_map(|row| row.booking_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn row(request: &BlockRequest<'_>, now: DateTime<Utc>) -> block::ActiveModel {
    block::ActiveModel {
        id: NotSet,
        clinic_id: Set(request.clinic.0),
        starts_at: Set(request.from),
        ends_at: Set(request.to),
        seats: Set(request.seats.as_str().to_owned()),
        reason: Set(request.reason.to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
        lifted_at: Set(None),
    }
}
