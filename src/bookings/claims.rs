//! Rows of the claims table: who has which seat, five minutes by five minutes.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    Select, TryInsertResult,
};

use super::model::Status;
use crate::availability::{Claim, Claims};
use crate::clinics::ClinicId;
use crate::entities::{booking, slot_claim};

/// Rows times columns must stay below SQLite's 32,766 parameters a statement.
const CLAIMS_PER_INSERT: usize = 1_000;

/// A claim as stored, and what keeps it there.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ClaimRow {
    pub clinic_id: i64,
    pub bucket: i64,
    pub seat: i32,
    pub booking_id: Option<i64>,
    /// Of its booking.
    pub status: Option<String>,
    pub expires_at: Option<DateTime<Utc>>,
}

impl ClaimRow {
    /// The expiry of a hold; `None` for a booking or a block.
    pub fn held_until(&self) -> Option<DateTime<Utc>> {
        self.expires_at.filter(|_| self.status.as_deref() == Some(Status::Held.as_str()))
    }
}

impl From<&ClaimRow> for Claim {
    fn from(row: &ClaimRow) -> Self {
        let seat = u16::try_from(row.seat).unwrap_or(u16::MAX);
        Self { bucket: row.bucket, seat, held_until: row.held_until() }
    }
}

/// The claims of some clinics on a run of buckets, expired holds included.
pub async fn claims(
    db: &impl ConnectionTrait,
    clinics: &[ClinicId],
    buckets: &Range<i64>,
) -> Result<Vec<ClaimRow>, DbErr> {
    claim_rows()
        .filter(slot_claim::Column::ClinicId.is_in(clinics.iter().map(|id| id.0)))
        .filter(slot_claim::Column::Bucket.gte(buckets.start))
        .filter(slot_claim::Column::Bucket.lt(buckets.end))
        .into_model()
        .all(db)
        .await
}

/// Every claim from a bucket on, of all clinics.
pub async fn all_claims(db: &impl ConnectionTrait, first_bucket: i64) -> Result<Vec<ClaimRow>, DbErr> {
    claim_rows().filter(slot_claim::Column::Bucket.gte(first_bucket)).into_model().all(db).await
}

fn claim_rows() -> Select<slot_claim::Entity> {
    let of_booking = slot_claim::Entity::belongs_to(booking::Entity)
        .from(slot_claim::Column::BookingId)
        .to(booking::Column::Id)
        .into();
    slot_claim::Entity::find()
        .select_only()
        .columns([
            slot_claim::Column::ClinicId,
            slot_claim::Column::Bucket,
            slot_claim::Column::Seat,
            slot_claim::Column::BookingId,
        ])
        .columns([booking::Column::Status, booking::Column::ExpiresAt])
        .join(sea_orm::JoinType::LeftJoin, of_booking)
}

/// Rows of one clinic as the slot rules read them.
pub fn as_claims<'r>(rows: impl IntoIterator<Item = &'r ClaimRow>) -> Claims {
    rows.into_iter().map(Claim::from).collect()
}

/// Takes a seat for a run of buckets in one statement, in bucket order; false when any of them was taken, and then some
/// of the others may be ours.
///
/// `ON CONFLICT DO NOTHING` and a count, because a unique violation would end the whole transaction on PostgreSQL, and a
/// savepoint per seat would cost two more round trips.
pub async fn take(
    db: &impl ConnectionTrait,
    owner: Owner,
    clinic: ClinicId,
    buckets: &Range<i64>,
    seat: u16,
) -> Result<bool, DbErr> {
    let wanted: Vec<_> = buckets.clone().map(|bucket| (bucket, seat)).collect();
    Ok(insert_claims(db, owner, clinic, &wanted).await? == wanted.len())
}

/// Whose a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Booking(i64),
    Block(i64),
}

/// Claims these buckets and seats where they are free; how many were.
pub async fn insert_claims(
    db: &impl ConnectionTrait,
    owner: Owner,
    clinic: ClinicId,
    wanted: &[(i64, u16)],
) -> Result<usize, DbErr> {
    let (booking_id, block_id) = match owner {
        Owner::Booking(id) => (Some(id), None),
        Owner::Block(id) => (None, Some(id)),
    };
    let row = |(bucket, seat): &(i64, u16)| slot_claim::ActiveModel {
        clinic_id: Set(clinic.0),
        bucket: Set(*bucket),
        seat: Set(i32::from(*seat)),
        booking_id: Set(booking_id),
        block_id: Set(block_id),
    };
    let mut inserted = 0;
    for chunk in wanted.chunks(CLAIMS_PER_INSERT) {
        let outcome = slot_claim::Entity::insert_many(chunk.iter().map(row))
            // Without naming the key: any constraint that refuses a claim refuses it.
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(db)
            .await?;
        if let TryInsertResult::Inserted(count) = outcome {
            inserted += usize::try_from(count).unwrap_or(usize::MAX);
        }
    }
    Ok(inserted)
}

/// Gives up every claim of a booking.
pub async fn free(db: &impl ConnectionTrait, booking_id: i64) -> Result<(), DbErr> {
    slot_claim::Entity::delete_many().filter(slot_claim::Column::BookingId.eq(booking_id)).exec(db).await?;
    Ok(())
}
