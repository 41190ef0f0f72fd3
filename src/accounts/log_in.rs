use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::audit::{self, Entry, Subject};
use super::authenticate::act_as;
use super::hasher::Turn;
use super::throttle::{self, Attempt};
use super::{AccountError, Accounts, Via, email, session, store};
use crate::db;
use crate::entities::user;
use crate::web::ClientAddress;

/// What somebody typed, and where.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub email: &'a str,
    pub password: &'a str,
    pub client: Option<ClientAddress>,
    /// The session that the browser had before; it ends.
    pub earlier: Option<&'a str>,
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// Begins a session for whoever knows the password; its token. An address without an account takes as long, and is refused
/// in the same words.
///
/// # Errors
/// [`AccountError::WrongPassword`], `Blocked` and `Busy`.
pub async fn log_in(accounts: &Accounts, credentials: Credentials<'_>) -> Result<String, AccountError> {
    let now = accounts.clock.now();
    // An address that is none asks the same questions.
    let email = email::normalized(credentials.email).unwrap_or_default();
    let attempt = Attempt::new(credentials.email, credentials.client);
    let turn = wait(accounts, &attempt, now).await?;
    let user = store::by_email(&accounts.db, &email).await?;
    judge(accounts, turn, credentials.password, user.as_ref()).await?;
    let user = user.ok_or(AccountError::WrongPassword)?;
    let tx = db::begin_write(&accounts.db).await?;
    let token = begin(&tx, &user, credentials, &attempt, now).await?;
    tx.commit().await?;
    Ok(token)
}

/// The turn for one attempt, which is counted. Nothing is asked of the database before: in a rush, whoever waits or finds the
/// line full costs next to nothing, and public answers come from the same machine.
///
/// # Errors
/// [`AccountError::Busy`] and `Blocked`.
pub(super) async fn wait(accounts: &Accounts, attempt: &Attempt, now: DateTime<Utc>) -> Result<Turn, AccountError> {
    let turn = accounts.hasher.turn().await?;
    let tx = db::begin_write(&accounts.db).await?;
    throttle::count(&tx, attempt, now).await?;
    tx.commit().await?;
    Ok(turn)
}

/// Whether a password is this user's.
///
/// # Errors
/// [`AccountError::WrongPassword`].
pub(super) async fn judge(
    accounts: &Accounts,
    turn: Turn,
    password: &str,
    user: Option<&user::Model>,
) -> Result<(), AccountError> {
    let hash = user.and_then(|user| user.password_hash.clone());
    let is_right = turn.verify(password, hash).await?;
    if is_right && user.is_some_and(|user| !user.is_disabled) {
        return Ok(());
    }
    accounts.failed_logins.inc();
    Err(AccountError::WrongPassword)
}

/// The user's row is locked: whoever disables it or changes the password at this moment ends this session too.
async fn begin(
    tx: &DatabaseTransaction,
    judged: &user::Model,
    credentials: Credentials<'_>,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<String, AccountError> {
    let user = store::lock_user(tx, judged.id).await?;
    let is_unchanged = |user: &user::Model| !user.is_disabled && user.password_hash == judged.password_hash;
    let user = user.filter(is_unchanged).ok_or(AccountError::WrongPassword)?;
    throttle::clear(tx, attempt).await?;
    if let Some(earlier) = credentials.earlier {
        session::end(tx, earlier).await?;
    }
    let token = session::start(tx, user.id, now).await?;
    let actor = act_as(&user, Via::Session, credentials.client)?;
    audit::record(tx, &actor, now, [Entry::new(Subject::User, "login", user.id)]).await?;
    Ok(token)
}

/// Ends the session of a browser. A token that names none ends nothing.
///
/// # Errors
/// When the database refuses.
pub async fn log_out(accounts: &Accounts, token: &str, client: Option<ClientAddress>) -> Result<(), AccountError> {
    let tx = db::begin_write(&accounts.db).await?;
    if let Some(id) = session::end(&tx, token).await?
        && let Some(user) = store::user(&tx, id).await?
    {
        let actor = act_as(&user, Via::Session, client)?;
        audit::record(&tx, &actor, accounts.clock.now(), [Entry::new(Subject::User, "logout", id)]).await?;
    }
    tx.commit().await?;
    Ok(())
}
