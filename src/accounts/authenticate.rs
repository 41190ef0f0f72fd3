use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::metrics::counter::Counter;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::Semaphore;

use super::hasher::Hasher;
use super::{Actor, Role, Via, cookie, session, store};
use crate::clock::Clock;
use crate::entities::{self, user};
use crate::error::AppError;
use crate::token::TokenHash;
use crate::web::{ClientAddress, PublicUrl};

/// With which every API token starts, so that a scanner recognises one that was published by mistake.
pub const TOKEN_PREFIX: &str = "cd_";

/// What it takes to tell who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub db: DatabaseConnection,
    pub clock: Clock,
    pub links: PublicUrl,
    pub hasher: Hasher,
    /// Told in `/metrics`: each one in the audit log would let strangers fill it.
    pub failed_logins: Counter,
    /// One turn: while SQLite's writer is busy, each note that waits for it keeps a connection from those who read.
    pub notes: Arc<Semaphore>,
}

/// Somebody whose browser is logged in.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    pub actor: Actor,
    pub user: user::Model,
    pub session: entities::session::Model,
}

impl Accounts {
    /// For one process: the passwords that it hashes wait in one line.
    #[must_use]
    pub fn new(db: DatabaseConnection, clock: Clock, links: PublicUrl) -> Self {
        let (hasher, failed_logins, notes) = (Hasher::default(), Counter::default(), Arc::new(Semaphore::new(1)));
        Self { db, clock, links, hasher, failed_logins, notes }
    }

    /// Who sent a request; `None` without credentials. A request that shows none asks the database nothing.
    ///
    /// # Errors
    /// 401 for a token that is not (or no longer) valid: a program must hear so. A session that ended is none.
    pub async fn authenticate(&self, parts: &Parts) -> Result<Option<Actor>, AppError> {
        if let Some(token) = bearer(&parts.headers) {
            return self.by_token(token, parts).await.map(Some);
        }
        Ok(self.logged_in(parts).await?.map(|logged_in| logged_in.actor))
    }

    async fn by_token(&self, token: &str, parts: &Parts) -> Result<Actor, AppError> {
        let (token, user) = store::by_token(&self.db, &TokenHash::of(token)).await?.ok_or(AppError::Unauthorized)?;
        let now = self.clock.now();
        if is_due(token.last_used_at, now) {
            let (db, id) = (self.db.clone(), token.id);
            note(&self.notes, async move { store::token_used(&db, id, now).await }).await;
        }
        let actor = actor(&user, Via::Token, parts)?;
        let most = token.role.as_deref().map_or(Ok(actor.role), known_role)?;
        Ok(Actor { role: actor.role.min(most), ..actor })
    }

    /// Who sent a request with a session's cookie; `None` when there is none that lives.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn logged_in(&self, parts: &Parts) -> Result<Option<LoggedIn>, AppError> {
        let Some(token) = cookie::read(&parts.headers) else { return Ok(None) };
        let now = self.clock.now();
        let Some((session, user)) = session::find(&self.db, token, now).await? else { return Ok(None) };
        if is_due(Some(session.last_seen_at), now) {
            let (db, id) = (self.db.clone(), session.id);
            note(&self.notes, async move { session::seen(&db, id, now).await }).await;
        }
        Ok(Some(LoggedIn { actor: actor(&user, Via::Session, parts)?, user, session }))
    }
}

/// The token of `Authorization: Bearer`. Where there is one, nothing else counts.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn is_due(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last.is_none_or(|last| now - last >= session::SEEN_EVERY || last - now > TimeDelta::zero())
}

/// Writes down that something was used. SQLite's writer may be busy with an import: nobody waits for that here, and while
/// one note waits, others are left to the next request.
async fn note(notes: &Arc<Semaphore>, write: impl Future<Output = Result<(), DbErr>> + Send + 'static) {
    const PATIENCE: Duration = Duration::from_millis(200);
    let Ok(turn) = Arc::clone(notes).try_acquire_owned() else { return };
    let written = tokio::spawn(async move {
        let _turn = turn;
        if let Err(error) = write.await {
            tracing::warn!(%error, "the last use of a session or token was not written");
        }
    });
    let _later = tokio::time::timeout(PATIENCE, written).await;
}

fn known_role(role: &str) -> anyhow::Result<Role> {
    Role::parse(role).ok_or_else(|| anyhow!("role \"{role}\""))
}

fn actor(user: &user::Model, via: Via, parts: &Parts) -> anyhow::Result<Actor> {
    let client = parts.extensions.get::<ClientAddress>().copied();
    act_as(user, via, client)
}

/// A user as one who acts.
///
/// # Errors
/// When the stored role or scope is none of ours.
pub fn act_as(user: &user::Model, via: Via, client: Option<ClientAddress>) -> anyhow::Result<Actor> {
    let scope = user.scope.parse().with_context(|| format!("scope of user {}", user.id))?;
    let address = client.map(|client| client.ip);
    Ok(Actor { user: Some(user.id), role: known_role(&user.role)?, scope, via, address })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn while_one_note_waits_for_the_writer_others_are_skipped() {
        let notes = Arc::new(Semaphore::new(1));
        let (writer, is_free) = tokio::sync::oneshot::channel::<()>();
        let waits = async move {
            let _free = is_free.await;
            Ok(())
        };
        note(&notes, waits).await;
        let written = Arc::new(AtomicBool::new(false));
        let take_note = || {
            let written = Arc::clone(&written);
            async move {
                written.store(true, Ordering::Relaxed);
                Ok(())
            }
        };
        note(&notes, take_note()).await;
        assert!(!written.load(Ordering::Relaxed), "the first one has the turn");
        writer.send(()).expect("it waits");
        drop(notes.acquire().await.expect("never closed"));
        note(&notes, take_note()).await;
        assert!(written.load(Ordering::Relaxed), "the turn came back");
    }
}
