//! Browsers that are logged in: a token of 256 bits in a cookie, its hash in the database.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
};

use crate::entities::{session, user};
use crate::token::{TokenHash, new_token};

/// Unused for this long, it ends: somebody left the desk.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);
/// Used or not, it ends: longer than any shift.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);
/// Seen again within this time is not written down.
pub const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Begins a session; its token, which is not stored.
///
/// # Errors
/// When the database refuses.
pub async fn start(db: &impl ConnectionTrait, user_id: i64, now: DateTime<Utc>) -> Result<String, DbErr> {
    let token = new_token();
    let row = session::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        token_hash: Set(TokenHash::of(&token).0),
        created_at: Set(now),
        last_seen_at: Set(now),
    };
    row.insert(db).await?;
    Ok(token)
}

/// The session of a token, with its user who is not disabled, unless it has ended.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(
    db: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<(session::Model, user::Model)>, DbErr> {
    let Some(hash) = TokenHash::of_ours(token) else { return Ok(None) };
    let found = session::Entity::find()
        .find_also_related(user::Entity)
        .filter(session::Column::TokenHash.eq(hash.0))
        .filter(user::Column::IsDisabled.eq(false))
        .one(db)
        .await?;
    let Some((session, Some(user))) = found else { return Ok(None) };
    let lives = now < session.last_seen_at + IDLE && now < session.created_at + LONGEST;
    Ok(lives.then_some((session, user)))
}

/// Notes that a session was used.
///
/// # Errors
/// When the database refuses.
pub async fn seen(db: &impl ConnectionTrait, id: i64, now: DateTime<Utc>) -> Result<(), DbErr> {
    let seen = session::ActiveModel { last_seen_at: Set(now), ..Default::default() };
    let sessions = session::Entity::update_many().set(seen).filter(session::Column::Id.eq(id));
    sessions.filter(session::Column::LastSeenAt.lt(now)).exec(db).await.map(drop)
}

/// Ends the session of this token, if there is one; whose it was.
///
/// # Errors
/// When the database refuses.
pub async fn end(db: &impl ConnectionTrait, token: &str) -> Result<Option<i64>, DbErr> {
    let Some(hash) = TokenHash::of_ours(token) else { return Ok(None) };
    let Some(found) = session::Entity::find().filter(session::Column::TokenHash.eq(hash.0)).one(db).await? else {
        return Ok(None);
    };
    session::Entity::delete_by_id(found.id).exec(db).await?;
    Ok(Some(found.user_id))
}

/// Ends all sessions of a user, but for one; how many that were.
///
/// # Errors
/// When the database refuses.
pub async fn end_all(db: &impl ConnectionTrait, user_id: i64, but: Option<i64>) -> Result<u64, DbErr> {
    let mut sessions = session::Entity::delete_many().filter(session::Column::UserId.eq(user_id));
    if let Some(id) = but {
        sessions = sessions.filter(session::Column::Id.ne(id));
    }
    Ok(sessions.exec(db).await?.rows_affected)
}

/// How many sessions of a user have not ended.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(db: &impl ConnectionTrait, user_id: i64, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let sessions = session::Entity::find().filter(session::Column::UserId.eq(user_id));
    sessions.filter(session::Column::LastSeenAt.gt(now - IDLE)).count(db).await
}

/// Removes those that have ended by the clock.
///
/// # Errors
/// When the database refuses.
pub async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let ended = Condition::any()
        .add(session::Column::LastSeenAt.lte(now - IDLE))
        .add(session::Column::CreatedAt.lte(now - LONGEST));
    session::Entity::delete_many().filter(ended).exec(db).await.map(drop)
}
