//! Bookings as staff find them: real ones (not mere holds), at the clinics of the account's scope.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Func, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::model::{Status, name_key};
use super::requests::Sought;
use crate::accounts::{Scope, store as accounts};
use crate::clinics::ClinicId;
use crate::entities::booking;

fn within(scope: &Scope) -> Select<booking::Entity> {
    let real = booking::Entity::find().filter(booking::Column::Reference.is_not_null());
    match accounts::clinics_in(scope) {
        Some(clinics) => real.filter(booking::Column::ClinicId.in_subquery(clinics)),
        None => real,
    }
}

/// One booking by its key.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &impl ConnectionTrait, scope: &Scope, id: i64) -> Result<Option<booking::Model>, DbErr> {
    within(scope).filter(booking::Column::Id.eq(id)).one(db).await
}

/// The same, locked on PostgreSQL until the transaction ends.
///
/// # Errors
/// When the database cannot be read.
pub async fn locked(db: &impl ConnectionTrait, scope: &Scope, id: i64) -> Result<Option<booking::Model>, DbErr> {
    within(scope).filter(booking::Column::Id.eq(id)).lock(LockType::NoKeyUpdate).one(db).await
}

/// Bookings by their keys, at most so many, in the order of their time.
///
/// # Errors
/// When the database cannot be read.
pub async fn some(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[i64],
    limit: usize,
) -> Result<Vec<booking::Model>, DbErr> {
    const BATCH: usize = 1_000;
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        found.extend(within(scope).filter(booking::Column::Id.is_in(batch.iter().copied())).all(db).await?);
    }
    found.sort_by_key(|booking| (booking.starts_at, booking.id));
    found.truncate(limit);
    Ok(found)
}

/// The bookings of one clinic that start in a range, in the order of their time.
///
/// # Errors
/// When the database cannot be read.
pub async fn at_clinic(
    db: &impl ConnectionTrait,
    scope: &Scope,
    clinic: ClinicId,
    starts: &Range<DateTime<Utc>>,
) -> Result<Vec<booking::Model>, DbErr> {
    within(scope)
        .filter(booking::Column::ClinicId.eq(clinic.0))
        .filter(booking::Column::StartsAt.gte(starts.start))
        .filter(booking::Column::StartsAt.lt(starts.end))
        .order_by_asc(booking::Column::StartsAt)
        .order_by_asc(booking::Column::Id)
        .all(db)
        .await
}

/// The bookings that fit what is sought, the latest visit first.
///
/// # Errors
/// When the database cannot be read.
pub async fn matching(
    db: &impl ConnectionTrait,
    scope: &Scope,
    sought: &Sought,
    limit: u64,
) -> Result<Vec<booking::Model>, DbErr> {
    let mut found = within(scope);
    match sought {
        Sought::Phone(phone) => found = found.filter(booking::Column::Phone.eq(phone)),
        Sought::Reference(reference) => found = found.filter(booking::Column::Reference.eq(reference)),
        Sought::Email(email) => {
            let stored = Expr::expr(Func::lower(Expr::col(booking::Column::Email)));
            found = found.filter(stored.eq(Expr::expr(Func::lower(Expr::val(email)))));
        }
        Sought::Name(name) => {
            // Folded words hold nothing that LIKE reads as more than itself.
            for word in name_key(name).split_whitespace() {
                found = found.filter(booking::Column::NameKey.like(format!("% {word}%")));
            }
        }
    }
    found.order_by_desc(booking::Column::StartsAt).order_by_desc(booking::Column::Id).limit(limit).all(db).await
}

/// Visits to come, or that wait for another time, of whoever has this number, `except` for one.
///
/// # Errors
/// When the database cannot be read.
pub async fn upcoming_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    phone: &str,
    except: i64,
    now: DateTime<Utc>,
) -> Result<Vec<booking::Model>, DbErr> {
    const MOST: u64 = 10;
    let waits = booking::Column::Status.eq(Status::NeedsRebooking.as_str());
    let comes = booking::Column::Status.eq(Status::Confirmed.as_str()).and(booking::Column::StartsAt.gt(now));
    within(scope)
        .filter(booking::Column::Phone.eq(phone))
        .filter(booking::Column::Id.ne(except))
        .filter(waits.or(comes))
        .order_by_asc(booking::Column::StartsAt)
        .limit(MOST)
        .all(db)
        .await
}
