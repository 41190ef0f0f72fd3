//! Links that work once: for the first admin, and for whoever needs a (new) password, since nothing sends e-mail.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
};

use super::{AccountError, Accounts, store};
use crate::db;
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

/// A new link for a user in place of earlier ones; without a user, for the first admin.
///
/// # Errors
/// When the database refuses.
pub(super) async fn make(
    db: &impl ConnectionTrait,
    accounts: &Accounts,
    user_id: Option<i64>,
    now: DateTime<Utc>,
) -> Result<Link, DbErr> {
    end_all(db, user_id).await?;
    let (token, expires_at) = (new_token(), now + LIFETIME);
    let row = row::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        token_hash: Set(TokenHash::of(&token).0),
        created_at: Set(now),
        expires_at: Set(expires_at),
    };
    row.insert(db).await?;
    let page = if user_id.is_some() { "reset" } else { "setup" };
    Ok(Link { url: accounts.links.link(&format!("/{page}?token={token}")), expires_at })
}

/// Ends the links of a user, or those for the first admin.
///
/// # Errors
/// When the database refuses.
pub(super) async fn end_all(db: &impl ConnectionTrait, user_id: Option<i64>) -> Result<(), DbErr> {
    let links = row::Entity::delete_many().filter(whose(user_id));
    links.exec(db).await.map(drop)
}

fn whose(user_id: Option<i64>) -> Condition {
    let column = row::Column::UserId;
    Condition::all().add(user_id.map_or_else(|| column.is_null(), |id| column.eq(id)))
}

/// The link for the first admin while there is no user; earlier ones stop working.
///
/// # Errors
/// When the database refuses.
pub async fn setup_link(accounts: &Accounts) -> Result<Option<Link>, AccountError> {
    if store::count_users(&accounts.db).await? > 0 {
        return Ok(None);
    }
    let tx = db::begin_write(&accounts.db).await?;
    let link = make(&tx, accounts, None, accounts.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(link))
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
