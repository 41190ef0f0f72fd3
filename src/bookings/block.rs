use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter,
};
use serde_json::Value;

use super::claims::{self, ClaimRow, Owner};
use super::error::BookingError;
use super::idempotency::{self, Led, RequestKey};
use super::model::Status;
use super::state::{BookingState, still_current};
use super::store;
use super::work::{Cause, Over};
use super::{by::displaced_visit, rebooking};
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::accounts::{Actor, store as accounts};
use crate::availability::buckets;
use crate::clinics::{ClinicId, store as clinics};
use crate::directory::Snapshot;
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

    fn of(name: &str) -> Self {
        if name == Self::One.as_str() { Self::One } else { Self::All }
    }
}

/// "Dentist, 2 to 3 pm": a time in which no consultation starts or goes on (rule A17).
#[derive(Clone, Copy, Debug)]
pub struct BlockRequest<'a> {
    pub clinic: ClinicId,
    pub from: DateTime<Utc>,
    /// After `from`, by seven days at most.
    pub to: DateTime<Utc>,
    pub seats: BlockSeats,
    pub reason: &'a str,
    /// Bookings that the block may be laid over: whoever lays it has seen them.
    pub over: Over<'a>,
    pub actor: &'a Actor,
}

/// A block that lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub id: i64,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub seats: BlockSeats,
    pub reason: String,
}

impl From<block::Model> for Block {
    fn from(row: block::Model) -> Self {
        let seats = BlockSeats::of(&row.seats);
        Self { id: row.id, from: row.starts_at, to: row.ends_at, seats, reason: row.reason }
    }
}

/// A block that lies, and the visits that need another time because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    pub block: Block,
    /// The keys of the bookings.
    pub needs_rebooking: Vec<i64>,
}

const CREATED: u16 = 201;

/// Lays a block. Bookings named in `over` that it hits become `needs_rebooking` and give up their seats; holds end.
///
/// # Errors
/// [`BookingError::InTheWay`] with the bookings and holds that were not named; then nothing was written.
pub async fn block(
    state: &BookingState,
    request: &BlockRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<Blocked, BookingError> {
    if request.to <= request.from || request.to - request.from > LONGEST {
        return Err(BookingError::BlockLength);
    }
    let now = state.now();
    state
        .decide(now, |tx, snapshot| async move {
            let outcome = block_once(&tx, &snapshot, request, key, now).await;
            (tx, outcome)
        })
        .await
}

/// Takes a block away again; false when there was none within the scope.
///
/// # Errors
/// When the database refuses.
pub async fn lift_block(state: &BookingState, actor: &Actor, id: i64) -> Result<bool, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = lift_once(&tx, actor, id, now).await;
            (tx, outcome.map_err(BookingError::from))
        })
        .await
}

async fn lift_once(tx: &DatabaseTransaction, actor: &Actor, id: i64, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let mut found = block::Entity::find_by_id(id);
    if let Some(clinics) = accounts::clinics_in(&actor.scope) {
        found = found.filter(block::Column::ClinicId.in_subquery(clinics));
    }
    let Some(block) = found.one(tx).await? else { return Ok(false) };
    let lifted = block::Entity::update_many()
        .set(block::ActiveModel { lifted_at: Set(Some(now)), updated_at: Set(now), ..Default::default() })
        .filter(block::Column::Id.eq(id))
        .filter(block::Column::LiftedAt.is_null())
        .exec(tx)
        .await?;
    if lifted.rows_affected == 0 {
        return Ok(false);
    }
    slot_claim::Entity::delete_many().filter(slot_claim::Column::BlockId.eq(id)).exec(tx).await?;
    let entry = audit::Entry::new(Subject::Block, "lift", id).at_clinic(block.clinic_id);
    audit::record(tx, actor, now, [entry]).await?;
    Ok(true)
}

async fn block_once(
    tx: &DatabaseTransaction,
    snapshot: &Snapshot,
    request: &BlockRequest<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<Blocked, BookingError> {
    if let Some(earlier) = idempotency::begin(tx, key, now).await? {
        let block = block::Entity::find_by_id(earlier).one(tx).await?.ok_or(BookingError::KeyReused)?;
        let needs_rebooking = rebooking::because_of(tx, Cause::Block(earlier)).await?;
        return Ok(Blocked { block: block.into(), needs_rebooking });
    }
    // Alone at this clinic: every claim that it must answer for is there to be read.
    if !clinics::lock(tx, request.clinic, LockType::Update).await? {
        return Err(BookingError::UnknownClinic);
    }
    still_current(tx, snapshot).await?;
    let capacity = snapshot.by_id(request.clinic).ok_or(BookingError::UnknownClinic)?.policy.capacity;
    let buckets = buckets(request.from, request.to);
    let rows = claims::claims(tx, &[request.clinic], &buckets).await?;
    let needs_rebooking = clear(tx, request, &rows, now).await?;
    let left = claims::claims(tx, &[request.clinic], &buckets).await?;
    let taken: HashSet<(i64, i32)> = left.iter().map(|row| (row.bucket, row.seat)).collect();
    let is_free = |bucket: i64, seat: u16| !taken.contains(&(bucket, i32::from(seat)));
    let seats: Vec<u16> = match request.seats {
        BlockSeats::All => (1..=capacity).collect(),
        BlockSeats::One => (1..=capacity).find(|seat| buckets.clone().all(|b| is_free(b, *seat))).into_iter().collect(),
    };
    let in_the_way = booking_ids(&left, |_| true);
    if !in_the_way.is_empty() && (request.seats == BlockSeats::All || seats.is_empty()) {
        return Err(BookingError::InTheWay(in_the_way));
    }
    let laid = row(request, now).insert(tx).await?;
    let pairs = buckets.clone().flat_map(|bucket| seats.iter().map(move |seat| (bucket, *seat)));
    let free: Vec<(i64, u16)> = pairs.filter(|(bucket, seat)| is_free(*bucket, *seat)).collect();
    claims::insert_claims(tx, Owner::Block(laid.id), request.clinic, &free).await?;
    rebooking::enlist(tx, &needs_rebooking, Cause::Block(laid.id), now).await?;
    audit::record(tx, request.actor, now, entries(&laid, &needs_rebooking)).await?;
    idempotency::finish(tx, key, CREATED, Led::Other(laid.id)).await?;
    Ok(Blocked { block: laid.into(), needs_rebooking })
}

/// Frees what ran out, and what the caller named: holds end, bookings wait for another time.
async fn clear(
    tx: &DatabaseTransaction,
    request: &BlockRequest<'_>,
    rows: &[ClaimRow],
    now: DateTime<Utc>,
) -> Result<Vec<i64>, BookingError> {
    let expired = booking_ids(rows, |row| row.held_until().is_some_and(|until| until <= now));
    store::end_holds(tx, &expired, Status::Expired, Some(now), now).await?;
    let named = booking_ids(rows, |row| row.booking_id.is_some_and(|id| request.over.covers(id)));
    store::end_holds(tx, &named, Status::Released, None, now).await?;
    Ok(store::unseat(tx, &named, now).await?)
}

fn entries(laid: &block::Model, displaced: &[i64]) -> Vec<audit::Entry> {
    let changes = vec![
        FieldChange::new("starts_at", Value::Null, laid.starts_at.to_rfc3339()),
        FieldChange::new("ends_at", Value::Null, laid.ends_at.to_rfc3339()),
        FieldChange::new("seats", Value::Null, laid.seats.clone()),
    ];
    let block = audit::Entry::new(Subject::Block, "create", laid.id).changing(changes).because(Some(&laid.reason));
    let visits = displaced.iter().map(|id| displaced_visit(*id));
    std::iter::once(block).chain(visits).map(|entry| entry.at_clinic(laid.clinic_id)).collect()
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
