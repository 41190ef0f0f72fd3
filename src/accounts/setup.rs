//! The link for the first admin, who can always get in: it lives while no enabled admin is of all clinics.
//!
//! Its token is derived from a nonce in the database and the secret key, so that every replica, and every later start, prints the
//! same one, and whoever reads the database has none.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter,
};

use super::links::{LIFETIME, Link};
use super::{AccountError, Accounts, store};
use crate::db;
use crate::entities::setup_link as row;
use crate::token::{SecretKey, TokenHash, new_nonce};
use crate::web::PublicUrl;

/// The one key that a row may have.
const ONLY: i64 = 1;
/// How often a running service looks whether a link is needed.
const EVERY: Duration = Duration::from_hours(1);

/// Whether, and how, the first admin gets in.
#[derive(Clone, Debug)]
pub enum Setup {
    /// An enabled admin of all clinics is there: no link works.
    Done,
    /// Nobody has made a link, or it has expired.
    Due,
    /// This one works.
    Open(Link),
}

impl Setup {
    /// The link that works.
    #[must_use]
    pub fn link(self) -> Option<Link> {
        match self {
            Self::Open(link) => Some(link),
            Self::Done | Self::Due => None,
        }
    }
}

/// Looks, and makes nothing.
///
/// # Errors
/// When the database cannot be read.
pub async fn setup_state(
    db: &impl ConnectionTrait,
    secret: &SecretKey,
    links: &PublicUrl,
    now: DateTime<Utc>,
) -> Result<Setup, DbErr> {
    if store::count_admins_of_all(db).await? > 0 {
        return Ok(Setup::Done);
    }
    let found = row::Entity::find_by_id(ONLY).one(db).await?;
    Ok(found.and_then(|row| link(&row, secret, links, now)).map_or(Setup::Due, Setup::Open))
}

/// The link of a row, unless it has expired or was made with another key.
fn link(row: &row::Model, secret: &SecretKey, links: &PublicUrl, now: DateTime<Utc>) -> Option<Link> {
    let token = secret.setup_token(&row.nonce);
    let works = now < row.expires_at && TokenHash::of(&token).0 == row.token_hash;
    works.then(|| Link { url: links.link(&format!("/setup?token={token}")), expires_at: row.expires_at })
}

/// The link for the first admin while there is none, made when it is due.
///
/// # Errors
/// When the database refuses.
pub async fn setup_link(accounts: &Accounts, secret: &SecretKey) -> Result<Option<Link>, AccountError> {
    let (db, links, now) = (&accounts.db, &accounts.links, accounts.clock.now());
    let mut state = setup_state(db, secret, links, now).await?;
    if matches!(state, Setup::Due) {
        let tx = db::begin_write(db).await?;
        state = setup_state(&tx, secret, links, now).await?;
        if matches!(state, Setup::Due) {
            renew(&tx, secret, now).await?;
            state = setup_state(&tx, secret, links, now).await?;
        }
        tx.commit().await?;
    }
    Ok(state.link())
}

/// Makes another row in place of the one that is there. Of several who do so at the same moment one does, and the others find its
/// row: on SQLite they come one after the other, on PostgreSQL the row is the referee.
async fn renew(db: &impl ConnectionTrait, secret: &SecretKey, now: DateTime<Utc>) -> Result<(), DbErr> {
    let nonce = new_nonce();
    let token_hash = TokenHash::of(&secret.setup_token(&nonce)).0;
    let new = row::Model { id: ONLY, nonce, token_hash, created_at: now, expires_at: now + LIFETIME };
    let new = new.into_active_model().reset_all();
    if let Some(old) = row::Entity::find_by_id(ONLY).one(db).await? {
        let same = row::Entity::update_many().set(row::ActiveModel { id: NotSet, ..new });
        return same.filter(row::Column::Nonce.eq(old.nonce)).exec(db).await.map(drop);
    }
    let alone = OnConflict::column(row::Column::Id).do_nothing().to_owned();
    row::Entity::insert(new).on_conflict(alone).exec_without_returning(db).await.map(drop)
}

/// Finds out whether a token is the link's.
///
/// # Errors
/// [`AccountError::SetupGone`], or when the database cannot be read.
pub async fn find_setup(accounts: &Accounts, token: &str) -> Result<(), AccountError> {
    let hash = TokenHash::of_ours(token).ok_or(AccountError::SetupGone)?;
    let found = row::Entity::find().filter(row::Column::TokenHash.eq(hash.0)).one(&accounts.db).await?;
    found.filter(|link| accounts.clock.now() < link.expires_at).ok_or(AccountError::SetupGone)?;
    refuse_second(&accounts.db).await
}

/// Uses the link up: whoever removes its row has used it, and nobody else has.
///
/// # Errors
/// [`AccountError::SetupGone`] when somebody was faster, or there is an admin by now.
pub(super) async fn use_up(db: &impl ConnectionTrait, token: &str) -> Result<(), AccountError> {
    let used = row::Entity::delete_many().filter(row::Column::TokenHash.eq(TokenHash::of(token).0));
    if used.exec(db).await?.rows_affected != 1 {
        return Err(AccountError::SetupGone);
    }
    refuse_second(db).await
}

async fn refuse_second(db: &impl ConnectionTrait) -> Result<(), AccountError> {
    if store::count_admins_of_all(db).await? > 0 { Err(AccountError::SetupGone) } else { Ok(()) }
}

/// Ends the link when somebody has become an admin of all clinics: it must not come back with whatever ends that admin.
///
/// # Errors
/// When the database refuses.
pub(super) async fn end_if_done(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if store::count_admins_of_all(db).await? > 0 {
        row::Entity::delete_by_id(ONLY).exec(db).await?;
    }
    Ok(())
}

/// Tells the log how the first admin gets in, each link once.
#[derive(Debug)]
pub struct SetupNotice {
    accounts: Accounts,
    secret: SecretKey,
    told: Option<Link>,
}

impl SetupNotice {
    #[must_use]
    pub fn new(accounts: Accounts, secret: SecretKey) -> Self {
        Self { accounts, secret, told: None }
    }

    /// Tells the link unless it was told.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell(&mut self) -> Result<(), AccountError> {
        let link = setup_link(&self.accounts, &self.secret).await?;
        let is_told = self.told.as_ref().map(|told| &told.url) == link.as_ref().map(|link| &link.url);
        if let Some(Link { url, expires_at }) = link.as_ref().filter(|_| !is_told) {
            let until = expires_at.format("%Y-%m-%d %H:%M UTC");
            // The one token that is logged, on purpose: whoever reads the log of a service without an admin is its operator.
            tracing::warn!("no admin of all clinics can log in yet; until {until}, set one up at {url}");
        }
        self.told = link;
        Ok(())
    }

    /// Goes on telling for as long as the process lives: a service that runs for days has a link that works.
    pub async fn keep(mut self) {
        loop {
            let left = self.told.as_ref().map(|told| told.expires_at - self.accounts.clock.now());
            let pause =
                left.map_or(EVERY, |left| left.to_std().unwrap_or_default().clamp(Duration::from_secs(1), EVERY));
            tokio::time::sleep(pause).await;
            if let Err(error) = self.tell().await {
                tracing::warn!(%error, "whether a link for the first admin is needed could not be found out");
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}
