//! Links that work once, for whoever needs a (new) password, since nothing sends e-mail.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
};

use super::{AccountError, Accounts};
use crate::entities::one_time_link as row;
use crate::token::{TokenHash, new_token};

/// How long a link works.
pub const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// Where somebody sets a password, once.
#[derive(Clone)]
pub struct Link {
    /// With the token, which is stored nowhere.
    pub url: String,
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A new link for a user in place of earlier ones.
///
/// # Errors
/// When the database refuses.
pub(super) async fn make(
    db: &impl ConnectionTrait,
    accounts: &Accounts,
    user_id: i64,
    now: DateTime<Utc>,
) -> Result<Link, DbErr> {
    end_all(db, user_id).await?;
    let (token, expires_at) = (new_token(), now + LIFETIME);
    let row = row::ActiveModel {
        id: NotSet,
        user_id: Set(Some(user_id)),
        token_hash: Set(TokenHash::of(&token).0),
        created_at: Set(now),
        expires_at: Set(expires_at),
    };
    row.insert(db).await?;
    Ok(Link { url: accounts.links.link(&format!("/reset?token={token}")), expires_at })
}

/// Ends the links of a user.
///
/// # Errors
/// When the database refuses.
pub(super) async fn end_all(db: &impl ConnectionTrait, user_id: i64) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::Column::UserId.eq(user_id)).exec(db).await.map(drop)
}

/// The link of a token that works; whose password it sets.
///
/// # Errors
/// [`AccountError::LinkGone`], or when the database cannot be read.
pub async fn find(db: &impl ConnectionTrait, token: &str, now: DateTime<Utc>) -> Result<row::Model, AccountError> {
    let hash = TokenHash::of_ours(token).ok_or(AccountError::LinkGone)?;
    let found = row::Entity::find().filter(row::Column::TokenHash.eq(hash.0)).one(db).await?;
    found.filter(|link| now < link.expires_at).ok_or(AccountError::LinkGone)
}

/// Uses a link up: whoever removes its row has used it, and nobody else has.
///
/// # Errors
/// [`AccountError::LinkGone`] when somebody was faster.
pub(super) async fn use_up(db: &impl ConnectionTrait, id: i64) -> Result<(), AccountError> {
    match row::Entity::delete_by_id(id).exec(db).await?.rows_affected {
        1 => Ok(()),
        _ => Err(AccountError::LinkGone),
    }
}

/// Removes those that have expired.
///
/// # Errors
/// When the database refuses.
pub async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::Column::ExpiresAt.lte(now)).exec(db).await.map(drop)
}
