//! What leads to a clinic: the rows of slugs it has and had, and of addresses of an older site (rule I9).

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::id::ClinicId;
use super::rows::list;
use crate::entities::{clinic, slug_redirect};

/// The clinic that has this slug, or once had it (rule I9).
///
/// # Errors
/// When the database cannot be read.
pub async fn slug_owner(db: &impl ConnectionTrait, slug: &str) -> Result<Option<ClinicId>, DbErr> {
    let present: Option<i64> = clinic::Entity::find()
        .select_only()
        .column(clinic::Column::Id)
        .filter(clinic::Column::Slug.eq(slug))
        .into_tuple()
        .one(db)
        .await?;
    if let Some(id) = present {
        return Ok(Some(ClinicId(id)));
    }
    Ok(slug_redirect::Entity::find_by_id(slug.to_owned()).one(db).await?.map(|row| ClinicId(row.clinic_id)))
}

/// The slugs that a clinic once had, the oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn old_slugs(db: &impl ConnectionTrait, id: ClinicId) -> Result<Vec<String>, DbErr> {
    let rows = slug_redirect::Entity::find()
        .filter(slug_redirect::Column::ClinicId.eq(id.0))
        .order_by_asc(slug_redirect::Column::CreatedAt)
        .order_by_asc(slug_redirect::Column::Slug)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// Lets `old` lead to the clinic for good; the slug it has from here on is no redirect any more.
///
/// # Errors
/// When the database refuses.
pub async fn redirect_slug(
    db: &impl ConnectionTrait,
    id: ClinicId,
    old: &str,
    present: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    slug_redirect::Entity::delete_by_id(present.to_owned()).exec(db).await?;
    let row = slug_redirect::ActiveModel { slug: Set(old.to_owned()), clinic_id: Set(id.0), created_at: Set(now) };
    slug_redirect::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The code and the addresses of an older site of every clinic that has some, but for one clinic.
///
/// # Errors
/// When the database cannot be read.
pub async fn legacy_urls(
    db: &impl ConnectionTrait,
    but: Option<ClinicId>,
) -> Result<Vec<(String, Vec<Box<str>>)>, DbErr> {
    let mut rows = clinic::Entity::find()
        .select_only()
        .columns([clinic::Column::Code, clinic::Column::LegacyUrls])
        .filter(clinic::Column::LegacyUrls.ne(""));
    if let Some(id) = but {
        rows = rows.filter(clinic::Column::Id.ne(id.0));
    }
    let rows: Vec<(String, String)> = rows.into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(code, urls)| (code, list(&urls))).collect())
}
