//! The work list of visits that wait for another time: why, and who is calling whom. That a visit waits is its status; a row
//! here is made when it lost its time and goes when it gets another one or is cancelled.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::error::BookingError;
use super::find;
use super::model::Status;
use super::state::BookingState;
use super::work::Cause;
use crate::accounts::audit::{self, Subject};
use crate::accounts::{Actor, Scope, store as accounts};
use crate::entities::{booking, rebooking};

/// How long nobody else calls the same person.
const CLAIM: TimeDelta = TimeDelta::minutes(15);
/// Rows times columns must stay below SQLite's 32,766 parameters a statement.
const ROWS_PER_INSERT: usize = 1_000;

/// Puts visits that just lost their time on the list.
pub async fn enlist(db: &impl ConnectionTrait, visits: &[i64], cause: Cause, now: DateTime<Utc>) -> Result<(), DbErr> {
    let row = |id: &i64| rebooking::ActiveModel {
        booking_id: Set(*id),
        cause: Set(cause.as_str().to_owned()),
        cause_id: Set(cause.id()),
        displaced_at: Set(now),
        claimed_by: Set(None),
        claimed_until: Set(None),
        attempts: Set(0),
        attempted_at: Set(None),
    };
    for chunk in visits.chunks(ROWS_PER_INSERT) {
        delist(db, chunk).await?;
        rebooking::Entity::insert_many(chunk.iter().map(row)).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Takes visits off the list.
pub async fn delist(db: &impl ConnectionTrait, visits: &[i64]) -> Result<(), DbErr> {
    let these = rebooking::Column::BookingId.is_in(visits.iter().copied());
    rebooking::Entity::delete_many().filter(these).exec(db).await?;
    Ok(())
}

/// Where a page of the list begins: after the visit with this time and key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    pub starts_at: DateTime<Utc>,
    pub id: i64,
}

impl After {
    /// As a cursor says it; `None` for what is none.
    #[must_use]
    pub fn parse(cursor: &str) -> Option<Self> {
        let (micros, id) = cursor.split_once('-')?;
        Some(Self { starts_at: DateTime::from_timestamp_micros(micros.parse().ok()?)?, id: id.parse().ok()? })
    }
}

/// The visit's time in microseconds, and its key.
impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.starts_at.timestamp_micros(), self.id)
    }
}

/// Visits that wait, the oldest first, each with why; what waits for a reason that nobody recorded has none.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    after: Option<After>,
    limit: u64,
) -> Result<Vec<(booking::Model, Option<rebooking::Model>)>, DbErr> {
    let mut waiting = booking::Entity::find().filter(booking::Column::Status.eq(Status::NeedsRebooking.as_str()));
    if let Some(clinics) = accounts::clinics_in(scope) {
        waiting = waiting.filter(booking::Column::ClinicId.in_subquery(clinics));
    }
    if let Some(After { starts_at, id }) = after {
        let same_time = booking::Column::StartsAt.eq(starts_at).and(booking::Column::Id.gt(id));
        waiting = waiting.filter(Condition::any().add(booking::Column::StartsAt.gt(starts_at)).add(same_time));
    }
    let bookings =
        waiting.order_by_asc(booking::Column::StartsAt).order_by_asc(booking::Column::Id).limit(limit).all(db).await?;
    let ids = bookings.iter().map(|booking| booking.id);
    let rows = rebooking::Entity::find().filter(rebooking::Column::BookingId.is_in(ids)).all(db).await?;
    let why = |booking: &booking::Model| rows.iter().find(|row| row.booking_id == booking.id).cloned();
    Ok(bookings.into_iter().map(|booking| (why(&booking), booking)).map(|(why, booking)| (booking, why)).collect())
}

/// The keys of the visits that were put on the list by one closure or block.
///
/// # Errors
/// When the database cannot be read.
pub async fn because_of(db: &impl ConnectionTrait, cause: Cause) -> Result<Vec<i64>, DbErr> {
    rebooking::Entity::find()
        .select_only()
        .column(rebooking::Column::BookingId)
        .filter(rebooking::Column::Cause.eq(cause.as_str()))
        .filter(rebooking::Column::CauseId.eq(cause.id()))
        .order_by_asc(rebooking::Column::BookingId)
        .into_tuple()
        .all(db)
        .await
}

/// Takes a visit for a quarter of an hour, to call its visitor: until when. Again by the same account, anew.
///
/// # Errors
/// The booking is unknown within the scope, does not wait, or somebody else is calling.
pub async fn claim(state: &BookingState, actor: &Actor, id: i64) -> Result<DateTime<Utc>, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = claim_once(&tx, actor, id, now).await;
            (tx, outcome)
        })
        .await
}

async fn claim_once(
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: i64,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, BookingError> {
    let booking = waiting(tx, actor, id).await?;
    let until = now + CLAIM;
    // One conditional update: of two agents at the same moment one finds the row taken.
    let is_free = Condition::any()
        .add(rebooking::Column::ClaimedUntil.is_null())
        .add(rebooking::Column::ClaimedUntil.lte(now))
        .add(rebooking::Column::ClaimedBy.eq(actor.user));
    let claimed = rebooking::Entity::update_many()
        .set(rebooking::ActiveModel {
            claimed_by: Set(actor.user),
            claimed_until: Set(Some(until)),
            ..Default::default()
        })
        .filter(rebooking::Column::BookingId.eq(id))
        .filter(is_free)
        .exec(tx)
        .await?;
    if claimed.rows_affected == 0 {
        let row = rebooking::Entity::find_by_id(id).one(tx).await?;
        return Err(BookingError::Claimed { until: row.and_then(|row| row.claimed_until).unwrap_or(until) });
    }
    let entry = audit::Entry::new(Subject::Booking, "claim", id).at_clinic(booking.clinic_id);
    audit::record(tx, actor, now, [entry]).await?;
    Ok(until)
}

/// Gives a claimed visit back to the list; one that is not claimed by this account is none the worse for it.
///
/// # Errors
/// The booking is unknown within the scope, or does not wait.
pub async fn unclaim(state: &BookingState, actor: &Actor, id: i64) -> Result<(), BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = unclaim_once(&tx, actor, id, now).await;
            (tx, outcome)
        })
        .await
}

async fn unclaim_once(
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: i64,
    now: DateTime<Utc>,
) -> Result<(), BookingError> {
    let booking = waiting(tx, actor, id).await?;
    let given_back = rebooking::Entity::update_many()
        .set(rebooking::ActiveModel { claimed_by: Set(None), claimed_until: Set(None), ..Default::default() })
        .filter(rebooking::Column::BookingId.eq(id))
        .filter(rebooking::Column::ClaimedBy.eq(actor.user))
        .exec(tx)
        .await?;
    if given_back.rows_affected > 0 {
        let entry = audit::Entry::new(Subject::Booking, "unclaim", id).at_clinic(booking.clinic_id);
        audit::record(tx, actor, now, [entry]).await?;
    }
    Ok(())
}

/// The visitor was not reached: one more attempt, and the claim of this account ends.
pub async fn not_reached(
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: i64,
    now: DateTime<Utc>,
) -> Result<(), BookingError> {
    let Some(row) = rebooking::Entity::find_by_id(id).one(tx).await? else { return Ok(()) };
    let is_own = row.claimed_by == actor.user;
    let mut change = rebooking::ActiveModel { attempted_at: Set(Some(now)), ..Default::default() };
    if is_own {
        (change.claimed_by, change.claimed_until) = (Set(None), Set(None));
    }
    let counted = Expr::col(rebooking::Column::Attempts).add(1);
    let update = rebooking::Entity::update_many().set(change).col_expr(rebooking::Column::Attempts, counted);
    update.filter(rebooking::Column::BookingId.eq(id)).exec(tx).await?;
    Ok(())
}

/// The visit within the scope, which must wait; on the list also when nobody recorded why.
async fn waiting(tx: &DatabaseTransaction, actor: &Actor, id: i64) -> Result<booking::Model, BookingError> {
    let booking = find::locked(tx, &actor.scope, id).await?.ok_or(BookingError::UnknownBooking)?;
    if Status::of(&booking) != Status::NeedsRebooking {
        return Err(BookingError::NotWaiting(Status::of(&booking)));
    }
    if rebooking::Entity::find_by_id(id).one(tx).await?.is_none() {
        enlist(tx, &[id], Cause::Status, booking.updated_at).await?;
    }
    Ok(booking)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_the_visit_and_anything_else_is_refused() {
        let after = After { starts_at: DateTime::from_timestamp_micros(1_796_400_000_123_456).unwrap(), id: 7 };
        assert_eq!(after.to_string(), "1796400000123456-7");
        assert_eq!(After::parse(&after.to_string()), Some(after));
        for bad in ["", "7", "-7", "1796400000123456-", "soon-7", "9223372036854775807-7"] {
            assert_eq!(After::parse(bad), None, "{bad}");
        }
    }
}
