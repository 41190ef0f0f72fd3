//! Rows: the queries of this feature, as functions over a transaction.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, LockType, Query};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::error::BookingError;
use super::model::{Consent, Status};
use crate::clinics::ClinicId;
use crate::clinics::network::store::wording_versions;
use crate::entities::{block, booking, booking_consent, slot_claim};
use crate::token::TokenHash;

/// Keys named in one statement.
const IDS_PER_STATEMENT: usize = 1_000;

/// A booking or block as it was last written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    pub clinic: ClinicId,
    is_block: bool,
    id: i64,
    updated_at: DateTime<Utc>,
}

/// Which changes are asked for, by their `updated_at`.
#[derive(Clone, Copy, Debug)]
pub enum When<'a> {
    At(&'a [DateTime<Utc>]),
    Since(DateTime<Utc>),
}

/// The bookings and blocks that were written then, whatever was changed about them.
pub async fn changes(db: &impl ConnectionTrait, when: When<'_>) -> Result<Vec<Change>, DbErr> {
    let written = |column: Expr| match when {
        When::At(instants) => column.is_in(instants.iter().copied()),
        When::Since(from) => column.gte(from),
    };
    let bookings: Vec<(i64, Option<i64>, i64, DateTime<Utc>)> = booking::Entity::find()
        .select_only()
        .columns([
            booking::Column::ClinicId,
            booking::Column::MovedFrom,
            booking::Column::Id,
            booking::Column::UpdatedAt,
        ])
        .filter(written(Expr::col(booking::Column::UpdatedAt)))
        .into_tuple()
        .all(db)
        .await?;
    let blocks: Vec<(i64, i64, DateTime<Utc>)> = block::Entity::find()
        .select_only()
        .columns([block::Column::ClinicId, block::Column::Id, block::Column::UpdatedAt])
        .filter(written(Expr::col(block::Column::UpdatedAt)))
        .into_tuple()
        .all(db)
        .await?;
    let of_booking = |(clinic, moved_from, id, updated_at): (i64, Option<i64>, i64, DateTime<Utc>)| {
        let at = move |clinic| Change { clinic: ClinicId(clinic), is_block: false, id, updated_at };
        std::iter::once(clinic).chain(moved_from).map(at)
    };
    let of_block = |(clinic, id, updated_at)| Change { clinic: ClinicId(clinic), is_block: true, id, updated_at };
    Ok(bookings.into_iter().flat_map(of_booking).chain(blocks.into_iter().map(of_block)).collect())
}

/// Ends holds: those of `ids` that are still held, and past their expiry when `past` is given, get the status and lose
/// their claims. A hold that was confirmed or extended in the meantime is left alone.
pub async fn end_holds(
    db: &impl ConnectionTrait,
    ids: &[i64],
    status: Status,
    past: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        end_some_holds(db, ids, status, past, now).await?;
    }
    Ok(())
}

async fn end_some_holds(
    db: &impl ConnectionTrait,
    ids: &[i64],
    status: Status,
    past: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut update = booking::Entity::update_many()
        .set(booking::ActiveModel {
            status: Set(status.as_str().to_owned()),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(booking::Column::Id.is_in(ids.iter().copied()))
        .filter(booking::Column::Status.eq(Status::Held.as_str()));
    if let Some(past) = past {
        update = update.filter(booking::Column::ExpiresAt.lte(past));
    }
    update.exec(db).await?;
    let ended = booking::Entity::find()
        .select_only()
        .column(booking::Column::Id)
        .filter(booking::Column::Id.is_in(ids.iter().copied()))
        .filter(booking::Column::Status.eq(status.as_str()))
        .into_query();
    slot_claim::Entity::delete_many().filter(slot_claim::Column::BookingId.in_subquery(ended)).exec(db).await?;
    Ok(())
}

/// Takes their seats from visits: those of `ids` that are confirmed become `needs_rebooking`; which they were.
pub async fn unseat(db: &impl ConnectionTrait, ids: &[i64], now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    let mut unseated = Vec::new();
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        unseated.extend(unseat_some(db, ids, now).await?);
    }
    unseated.sort_unstable();
    Ok(unseated)
}

async fn unseat_some(db: &impl ConnectionTrait, ids: &[i64], now: DateTime<Utc>) -> Result<Vec<i64>, DbErr> {
    let confirmed = booking::Column::Status.eq(Status::Confirmed.as_str());
    let these = || booking::Column::Id.is_in(ids.iter().copied());
    booking::Entity::update_many()
        .set(booking::ActiveModel {
            status: Set(Status::NeedsRebooking.as_str().to_owned()),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(these())
        .filter(confirmed)
        .exec(db)
        .await?;
    let unseated: Vec<i64> = booking::Entity::find()
        .select_only()
        .column(booking::Column::Id)
        .filter(these())
        .filter(booking::Column::Status.eq(Status::NeedsRebooking.as_str()))
        .order_by_asc(booking::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let claims = slot_claim::Column::BookingId.is_in(unseated.iter().copied());
    slot_claim::Entity::delete_many().filter(claims).exec(db).await?;
    Ok(unseated)
}

/// The holds of one visitor that nobody has ended, run out or not.
pub async fn holds_of(db: &impl ConnectionTrait, visitor: &TokenHash) -> Result<Vec<i64>, DbErr> {
    booking::Entity::find()
        .select_only()
        .column(booking::Column::Id)
        .filter(booking::Column::VisitorTokenHash.eq(&visitor.0))
        .filter(booking::Column::Status.eq(Status::Held.as_str()))
        .into_tuple()
        .all(db)
        .await
}

/// What a visitor held last, whatever has become of it.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest_of_visitor(
    db: &impl ConnectionTrait,
    visitor: &TokenHash,
) -> Result<Option<booking::Model>, DbErr> {
    let of_visitor = booking::Entity::find().filter(booking::Column::VisitorTokenHash.eq(&visitor.0));
    of_visitor.order_by_desc(booking::Column::Id).one(db).await
}

/// How many live holds an account has.
pub async fn count_holds_by(db: &impl ConnectionTrait, user: i64, now: DateTime<Utc>) -> Result<u64, DbErr> {
    booking::Entity::find()
        .filter(booking::Column::HeldBy.eq(user))
        .filter(booking::Column::Status.eq(Status::Held.as_str()))
        .filter(booking::Column::ExpiresAt.gt(now))
        .count(db)
        .await
}

/// Holds that ran out before `now`, the oldest first.
pub async fn expired_holds(db: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<i64>, DbErr> {
    booking::Entity::find()
        .select_only()
        .column(booking::Column::Id)
        .filter(booking::Column::Status.eq(Status::Held.as_str()))
        .filter(booking::Column::ExpiresAt.lte(now))
        .order_by_asc(booking::Column::ExpiresAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Holds and visits at some clinics that start within a range of time.
pub async fn starting(
    db: &impl ConnectionTrait,
    clinics: &[ClinicId],
    time: &Range<DateTime<Utc>>,
) -> Result<Vec<booking::Model>, DbErr> {
    booking::Entity::find()
        .filter(booking::Column::ClinicId.is_in(clinics.iter().map(|id| id.0)))
        .filter(booking::Column::StartsAt.gt(time.start))
        .filter(booking::Column::StartsAt.lt(time.end))
        .filter(booking::Column::Status.is_in([Status::Held, Status::Confirmed].map(Status::as_str)))
        .order_by_asc(booking::Column::Id)
        .all(db)
        .await
}

/// Holds and visits at some clinics that touch a range of time; locked on PostgreSQL until the transaction ends.
pub async fn between(
    db: &impl ConnectionTrait,
    clinics: &[ClinicId],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<booking::Model>, DbErr> {
    booking::Entity::find()
        .filter(booking::Column::ClinicId.is_in(clinics.iter().map(|id| id.0)))
        .filter(booking::Column::EndsAt.gt(from))
        .filter(booking::Column::StartsAt.lt(to))
        .filter(booking::Column::Status.is_in([Status::Held, Status::Confirmed].map(Status::as_str)))
        .order_by_asc(booking::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(db)
        .await
}

/// Bookings by their keys, in the order of these; locked on PostgreSQL until the transaction ends.
pub async fn locked(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<booking::Model>, DbErr> {
    booking::Entity::find()
        .filter(booking::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(booking::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(db)
        .await
}

/// A booking by its key.
pub async fn get(db: &impl ConnectionTrait, id: i64) -> Result<booking::Model, DbErr> {
    booking::Entity::find_by_id(id).one(db).await?.ok_or_else(|| DbErr::RecordNotFound("bookings".to_owned()))
}

/// A booking by the token of its hold.
pub async fn by_hold_token(db: &impl ConnectionTrait, token: &TokenHash) -> Result<Option<booking::Model>, DbErr> {
    booking::Entity::find().filter(booking::Column::HoldTokenHash.eq(&token.0)).one(db).await
}

/// A booking by its manage token; locked on PostgreSQL, so that two changes of it follow one another.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_manage_token(
    db: &impl ConnectionTrait,
    token: &TokenHash,
    lock: bool,
) -> Result<Option<booking::Model>, DbErr> {
    let find = booking::Entity::find().filter(booking::Column::ManageTokenHash.eq(&token.0));
    if lock { find.lock(LockType::NoKeyUpdate).one(db).await } else { find.one(db).await }
}

/// Changes a booking if it is still as the caller last saw it: same status, SEQUENCE and number of extensions.
pub async fn update_if(
    db: &impl ConnectionTrait,
    seen: &booking::Model,
    change: booking::ActiveModel,
) -> Result<bool, DbErr> {
    let updated = booking::Entity::update_many()
        .set(booking::ActiveModel { id: NotSet, ..change })
        .filter(booking::Column::Id.eq(seen.id))
        .filter(booking::Column::Status.eq(&seen.status))
        .filter(booking::Column::Sequence.eq(seen.sequence))
        .filter(booking::Column::Extensions.eq(seen.extensions))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Adds what a visitor agreed to and did not. Where the network has published wordings for a purpose, only to one of those.
pub async fn insert_consents(
    db: &impl ConnectionTrait,
    booking_id: i64,
    consents: &[Consent],
    locale: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), BookingError> {
    if consents.is_empty() {
        return Ok(());
    }
    for (index, consent) in consents.iter().enumerate() {
        let published = wording_versions(db, consent.purpose.as_str()).await?;
        if !published.is_empty() && !published.contains(&consent.wording_version) {
            return Err(BookingError::UnknownWording { index });
        }
    }
    let rows = consents.iter().map(|consent| booking_consent::ActiveModel {
        id: NotSet,
        booking_id: Set(booking_id),
        purpose: Set(consent.purpose.as_str().to_owned()),
        granted: Set(consent.granted),
        wording_version: Set(consent.wording_version.clone()),
        channel: Set(consent.channel.as_str().to_owned()),
        locale: Set(locale.map(str::to_owned)),
        recorded_at: Set(now),
    });
    booking_consent::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// The blocks of a clinic that lie in a range of time and are not lifted, in their order.
///
/// # Errors
/// When the database cannot be read.
pub async fn blocks_of(
    db: &impl ConnectionTrait,
    clinic: ClinicId,
    time: &Range<DateTime<Utc>>,
) -> Result<Vec<block::Model>, DbErr> {
    block::Entity::find()
        .filter(block::Column::ClinicId.eq(clinic.0))
        .filter(block::Column::LiftedAt.is_null())
        .filter(block::Column::EndsAt.gt(time.start))
        .filter(block::Column::StartsAt.lt(time.end))
        .order_by_asc(block::Column::StartsAt)
        .order_by_asc(block::Column::Id)
        .all(db)
        .await
}

/// Upcoming bookings of a clinic on seats above its capacity: what a lowered capacity or an override left (rule B15).
///
/// # Errors
/// When the database cannot be read.
pub async fn over_capacity(
    db: &impl ConnectionTrait,
    clinic: ClinicId,
    capacity: u16,
    now: DateTime<Utc>,
) -> Result<Vec<booking::Model>, DbErr> {
    let claimed = Query::select()
        .column(slot_claim::Column::BookingId)
        .from(slot_claim::Entity)
        .and_where(Expr::col(slot_claim::Column::ClinicId).eq(clinic.0))
        .and_where(Expr::col(slot_claim::Column::Seat).gt(i32::from(capacity)))
        .and_where(Expr::col(slot_claim::Column::BookingId).is_not_null())
        .to_owned();
    booking::Entity::find()
        .filter(booking::Column::Id.in_subquery(claimed))
        .filter(booking::Column::EndsAt.gt(now))
        .order_by_asc(booking::Column::StartsAt)
        .order_by_asc(booking::Column::Id)
        .all(db)
        .await
}
