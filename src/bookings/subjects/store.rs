//! Rows: the queries about one person, as functions over a transaction.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Func, LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::log::Erasure;
use super::model::{Kind, Person};
use crate::bookings::model::Status;
use crate::bookings::rebooking;
use crate::entities::{booking, booking_consent, erasure, slot_claim};

/// Keys named in one statement.
const BATCH: usize = 500;

/// Every booking of a person, the earliest visit first; locked on PostgreSQL until the transaction ends.
pub async fn bookings_of(db: &impl ConnectionTrait, person: &Person) -> Result<Vec<booking::Model>, DbErr> {
    let find = booking::Entity::find().order_by_asc(booking::Column::StartsAt).order_by_asc(booking::Column::Id);
    let find = find.lock(LockType::NoKeyUpdate);
    let value = person.value();
    match person.kind {
        Kind::Phone => find.filter(booking::Column::Phone.eq(value)).all(db).await,
        Kind::Email if value.is_ascii() => {
            let lower = Func::lower(Expr::col(booking::Column::Email));
            find.filter(Expr::expr(lower).eq(value)).all(db).await
        }
        // The two databases fold other letters each in their own way.
        Kind::Email => {
            let all = find.filter(booking::Column::Email.is_not_null()).all(db).await?;
            let is_theirs =
                |row: &booking::Model| row.email.as_ref().is_some_and(|email| email.to_lowercase() == value);
            Ok(all.into_iter().filter(is_theirs).collect())
        }
    }
}

/// What these bookings' visitors agreed to and did not.
pub async fn consents_of(db: &impl ConnectionTrait, bookings: &[i64]) -> Result<Vec<booking_consent::Model>, DbErr> {
    let mut consents = Vec::new();
    for batch in bookings.chunks(BATCH) {
        let of_these = booking_consent::Column::BookingId.is_in(batch.iter().copied());
        let found = booking_consent::Entity::find().filter(of_these).order_by_asc(booking_consent::Column::Id);
        consents.extend(found.all(db).await?);
    }
    Ok(consents)
}

/// As much of a booking as it takes to tell whether it is of somebody who was erased.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Candidate {
    pub id: i64,
    pub status: String,
    pub starts_at: DateTime<Utc>,
    pub token_nonce: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// Every booking that holds anything personal.
pub async fn candidates(db: &impl ConnectionTrait) -> Result<Vec<Candidate>, DbErr> {
    let personal = [booking::Column::Name, booking::Column::Phone, booking::Column::Email, booking::Column::Note];
    let holds_any = personal.into_iter().fold(Condition::any(), |any, column| any.add(column.is_not_null()));
    let columns = [
        booking::Column::Id,
        booking::Column::Status,
        booking::Column::StartsAt,
        booking::Column::TokenNonce,
        booking::Column::Phone,
        booking::Column::Email,
        booking::Column::CreatedAt,
        booking::Column::ConfirmedAt,
    ];
    booking::Entity::find().select_only().columns(columns).filter(holds_any).into_model().all(db).await
}

/// Cancels visits and gives their seats back.
pub async fn cancel(db: &impl ConnectionTrait, ids: &[i64], now: DateTime<Utc>) -> Result<(), DbErr> {
    for batch in ids.chunks(BATCH) {
        booking::Entity::update_many()
            .set(booking::ActiveModel {
                status: Set(Status::Cancelled.as_str().to_owned()),
                cancelled_at: Set(Some(now)),
                updated_at: Set(now),
                ..Default::default()
            })
            .col_expr(booking::Column::Sequence, Expr::col(booking::Column::Sequence).add(1))
            .filter(booking::Column::Id.is_in(batch.iter().copied()))
            .exec(db)
            .await?;
        let claims = slot_claim::Column::BookingId.is_in(batch.iter().copied());
        slot_claim::Entity::delete_many().filter(claims).exec(db).await?;
        // Nobody is to be called about them any more.
        rebooking::delist(db, batch).await?;
    }
    Ok(())
}

/// Empties what is personal.
pub async fn empty(db: &impl ConnectionTrait, ids: &[i64], now: DateTime<Utc>) -> Result<(), DbErr> {
    for batch in ids.chunks(BATCH) {
        booking::Entity::update_many()
            .set(emptied(now))
            .filter(booking::Column::Id.is_in(batch.iter().copied()))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// The columns that erasing empties, as it leaves them.
pub fn emptied(now: DateTime<Utc>) -> booking::ActiveModel {
    booking::ActiveModel {
        name: Set(None),
        name_key: Set(None),
        phone: Set(None),
        email: Set(None),
        note: Set(None),
        visitor_token_hash: Set(None),
        erased_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// Records that this database has seen an erasure; twice is once.
pub async fn insert_erasure(
    db: &impl ConnectionTrait,
    erasure: &Erasure,
    bookings: usize,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let row = erasure::ActiveModel {
        id: Set(erasure.id.clone()),
        erased_at: Set(erasure.at),
        kind: Set(erasure.kind.as_str().to_owned()),
        fingerprint: Set(erasure.fingerprint.clone()),
        bookings: Set(count(bookings)),
        cancelled: Set(count(erasure.cancelled)),
        applied_at: Set(now),
    };
    let twice = OnConflict::column(erasure::Column::Id).do_nothing().to_owned();
    erasure::Entity::insert(row).on_conflict(twice).try_insert().exec_without_returning(db).await?;
    Ok(())
}

/// The numbers of the erasures that this database has seen.
pub async fn erasures_seen(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    erasure::Entity::find().select_only().column(erasure::Column::Id).into_tuple().all(db).await
}

/// The receipts with this fingerprint, the oldest first.
pub async fn erasures_of(db: &impl ConnectionTrait, fingerprint: &str) -> Result<Vec<erasure::Model>, DbErr> {
    let of_person = erasure::Entity::find().filter(erasure::Column::Fingerprint.eq(fingerprint));
    of_person.order_by_asc(erasure::Column::ErasedAt).all(db).await
}
