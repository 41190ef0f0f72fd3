//! Clinics by the batch: found, overwritten and removed with few statements each.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect,
};

use crate::clinics::rows::{Weeks, from_row, to_row};
use crate::clinics::store::{Stored, insert_special_hours, special_hours_of};
use crate::clinics::{Clinic, ClinicId};
use crate::entities::{block, booking, clinic, slug_redirect, special_hour};

/// Rows times columns must stay below SQLite's 32,766 parameters a statement.
const ROWS_PER_STATEMENT: usize = 500;

/// Every stored code.
///
/// # Errors
/// When the database cannot be read.
pub async fn codes(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    clinic::Entity::find().select_only().column(clinic::Column::Code).into_tuple().all(db).await
}

/// Every slug that leads somewhere, present or past: a slug is never given to another clinic (I9).
///
/// # Errors
/// When the database cannot be read.
pub async fn slugs(db: &impl ConnectionTrait) -> Result<HashSet<Box<str>>, DbErr> {
    let present: Vec<String> =
        clinic::Entity::find().select_only().column(clinic::Column::Slug).into_tuple().all(db).await?;
    let past: Vec<String> =
        slug_redirect::Entity::find().select_only().column(slug_redirect::Column::Slug).into_tuple().all(db).await?;
    Ok(present.into_iter().chain(past).map(Into::into).collect())
}

/// The clinics with these codes; codes that are not stored are left out.
///
/// # Errors
/// When the database cannot be read, or holds something that this program does not understand.
pub async fn by_codes(db: &impl ConnectionTrait, codes: &[&str], weeks: &mut Weeks) -> anyhow::Result<Vec<Stored>> {
    let mut stored = Vec::new();
    for chunk in codes.chunks(ROWS_PER_STATEMENT) {
        let codes = chunk.iter().copied().filter(|code| !code.contains('\0'));
        let rows = clinic::Entity::find().filter(clinic::Column::Code.is_in(codes)).all(db).await?;
        stored.extend(with_special_hours(db, rows, weeks).await?);
    }
    Ok(stored)
}

/// The clinics with these keys; keys that are not stored are left out.
///
/// # Errors
/// As [`by_codes`].
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[i64], weeks: &mut Weeks) -> anyhow::Result<Vec<Stored>> {
    let mut stored = Vec::new();
    for chunk in ids.chunks(ROWS_PER_STATEMENT) {
        let rows = clinic::Entity::find().filter(clinic::Column::Id.is_in(chunk.iter().copied())).all(db).await?;
        stored.extend(with_special_hours(db, rows, weeks).await?);
    }
    Ok(stored)
}

async fn with_special_hours(
    db: &impl ConnectionTrait,
    rows: Vec<clinic::Model>,
    weeks: &mut Weeks,
) -> anyhow::Result<Vec<Stored>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut special = special_hours_of(db, special_hour::Column::ClinicId.is_in(ids)).await?;
    let whole = |row: clinic::Model| {
        let code = row.code.clone();
        let days = special.remove(&row.id).unwrap_or_default();
        from_row(row, days, weeks).with_context(|| format!("clinic {code} is not readable"))
    };
    rows.into_iter().map(whole).collect()
}

/// Overwrites stored clinics and their special hours, many with one statement.
///
/// # Errors
/// When the database refuses a row.
pub async fn update_clinics(
    db: &impl ConnectionTrait,
    clinics: &[(ClinicId, Clinic)],
    version: i64,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let overwritten =
        clinic::Column::iter().filter(|column| !matches!(column, clinic::Column::Id | clinic::Column::CreatedAt));
    let overwrite = OnConflict::column(clinic::Column::Id).update_columns(overwritten).to_owned();
    for chunk in clinics.chunks(ROWS_PER_STATEMENT) {
        let row = |(id, clinic): &(ClinicId, Clinic)| {
            let row = to_row(clinic, Some(*id), version, now)?;
            // The row is there already: only what conflicts is written, and that leaves out when it was created.
            anyhow::Ok(clinic::ActiveModel { id: Set(id.0), created_at: Set(now), ..row })
        };
        let rows: Vec<_> = chunk.iter().map(row).collect::<anyhow::Result<_>>()?;
        clinic::Entity::insert_many(rows).on_conflict(overwrite.clone()).exec_without_returning(db).await?;
        let ids = chunk.iter().map(|(id, _)| id.0);
        special_hour::Entity::delete_many().filter(special_hour::Column::ClinicId.is_in(ids)).exec(db).await?;
        let days = chunk.iter().map(|(id, clinic)| (id.0, &*clinic.special_hours));
        insert_special_hours(db, days).await?;
    }
    Ok(())
}

/// Locks clinics until the transaction ends, so that nobody books there meanwhile. (SQLite has one writer.)
///
/// # Errors
/// When the database refuses.
pub async fn lock(db: &impl ConnectionTrait, ids: &[i64]) -> Result<(), DbErr> {
    for chunk in ids.chunks(ROWS_PER_STATEMENT) {
        let these = clinic::Entity::find().select_only().column(clinic::Column::Id).order_by_asc(clinic::Column::Id);
        let these = these.filter(clinic::Column::Id.is_in(chunk.iter().copied())).lock_exclusive();
        let _locked: Vec<i64> = these.into_tuple().all(db).await?;
    }
    Ok(())
}

/// Those of the clinics that something refers to: bookings in any state, blocks, old slugs, or a clinic that moved there and
/// is not `going` itself.
///
/// # Errors
/// When the database cannot be read.
pub async fn referred_to(
    db: &impl ConnectionTrait,
    clinics: &[(ClinicId, Clinic)],
    going: &HashSet<i64, impl BuildHasher>,
) -> Result<HashSet<ClinicId>, DbErr> {
    let mut found = HashSet::new();
    for chunk in clinics.chunks(ROWS_PER_STATEMENT) {
        let ids: Vec<i64> = chunk.iter().map(|(id, _)| id.0).collect();
        let booked = booking::Entity::find().select_only().column(booking::Column::ClinicId);
        let booked: Vec<i64> =
            booked.filter(booking::Column::ClinicId.is_in(ids.clone())).distinct().into_tuple().all(db).await?;
        let blocked = block::Entity::find().select_only().column(block::Column::ClinicId);
        let blocked: Vec<i64> =
            blocked.filter(block::Column::ClinicId.is_in(ids.clone())).distinct().into_tuple().all(db).await?;
        let renamed = slug_redirect::Entity::find().select_only().column(slug_redirect::Column::ClinicId);
        let renamed: Vec<i64> =
            renamed.filter(slug_redirect::Column::ClinicId.is_in(ids)).distinct().into_tuple().all(db).await?;
        found.extend([booked, blocked, renamed].concat().into_iter().map(ClinicId));
        found.extend(moved_to(db, chunk, going).await?);
    }
    Ok(found)
}

async fn moved_to(
    db: &impl ConnectionTrait,
    clinics: &[(ClinicId, Clinic)],
    going: &HashSet<i64, impl BuildHasher>,
) -> Result<Vec<ClinicId>, DbErr> {
    let by_code: HashMap<&str, ClinicId> = clinics.iter().map(|(id, clinic)| (&*clinic.code, *id)).collect();
    let moved: Vec<(i64, String)> = clinic::Entity::find()
        .select_only()
        .columns([clinic::Column::Id, clinic::Column::MovedTo])
        .filter(clinic::Column::MovedTo.is_in(by_code.keys().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let stays = moved.iter().filter(|(id, _)| !going.contains(id));
    Ok(stays.filter_map(|(_, target)| by_code.get(&**target).copied()).collect())
}

/// Removes clinics for good, with their special hours.
///
/// # Errors
/// When the database refuses.
pub async fn delete_clinics(db: &impl ConnectionTrait, ids: &[ClinicId]) -> Result<(), DbErr> {
    for chunk in ids.chunks(ROWS_PER_STATEMENT) {
        let these = clinic::Column::Id.is_in(chunk.iter().map(|id| id.0));
        clinic::Entity::delete_many().filter(these).exec(db).await?;
    }
    Ok(())
}
