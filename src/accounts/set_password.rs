use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::audit::{self, Entry, FieldChange, Subject};
use super::authenticate::{LoggedIn, act_as};
use super::change_user::taken;
use super::log_in::{judge, wait};
use super::password::Password;
use super::throttle::{self, Attempt};
use super::{AccountError, Accounts, Actor, Role, Scope, Via, email, links, session, setup, store};
use crate::db;
use crate::error::{FieldError, FieldErrors};
use crate::web::ClientAddress;

/// Sets the password of whoever was given a link, once. Their sessions end, and failed logins are forgotten.
///
/// # Errors
/// [`AccountError::LinkGone`], a password that may not be chosen, `Busy`.
pub async fn set_password(
    accounts: &Accounts,
    token: &str,
    password: &str,
    client: Option<ClientAddress>,
) -> Result<(), AccountError> {
    let now = accounts.clock.now();
    let link = links::find(&accounts.db, token, now).await?;
    let id = link.user_id.ok_or(AccountError::LinkGone)?;
    let user = store::user(&accounts.db, id).await?.filter(|user| !user.is_disabled).ok_or(AccountError::LinkGone)?;
    let password = choose(accounts, password, &user.email).await?;
    let hash = accounts.hasher.turn().await?.hash(password).await?;
    let tx = db::begin_write(&accounts.db).await?;
    links::use_up(&tx, link.id).await?;
    let user = store::lock_user(&tx, id).await?.filter(|user| !user.is_disabled).ok_or(AccountError::LinkGone)?;
    throttle::clear(&tx, &Attempt::new(&user.email, None)).await?;
    write(&tx, &act_as(&user, Via::Session, client)?, id, hash, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes the first admin, of all clinics, with the link that the service logged.
///
/// # Errors
/// [`AccountError::SetupGone`] as soon as there is one; an e-mail that is taken; an e-mail or password that cannot be.
pub async fn set_up(
    accounts: &Accounts,
    token: &str,
    email: &str,
    password: &str,
    client: Option<ClientAddress>,
) -> Result<(), AccountError> {
    let now = accounts.clock.now();
    setup::find_setup(accounts, token).await?;
    let email = check_email(email)?;
    let password = choose(accounts, password, &email).await?;
    let hash = accounts.hasher.turn().await?.hash(password).await?;
    let tx = db::begin_write(&accounts.db).await?;
    setup::use_up(&tx, token).await?;
    let id = store::insert_user(&tx, &email, Role::Admin, &Scope::All, now).await.map_err(taken)?;
    store::set_password(&tx, id, Some(hash), now).await?;
    let address = client.map(|client| client.ip);
    let actor = Actor { user: Some(id), role: Role::Admin, scope: Scope::All, via: Via::Session, address };
    audit::record(&tx, &actor, now, [Entry::new(Subject::User, "set_up", id)]).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes one's own password. Every session ends; the browser goes on with a new one, whose token this is.
///
/// # Errors
/// The current password is wrong, or the new one may not be chosen.
pub async fn change_password(
    accounts: &Accounts,
    who: &LoggedIn,
    current: &str,
    password: &str,
    client: Option<ClientAddress>,
) -> Result<String, AccountError> {
    let (now, user) = (accounts.clock.now(), &who.user);
    let password = choose(accounts, password, &user.email).await?;
    let attempt = Attempt::new(&user.email, client);
    let turn = wait(accounts, &attempt, now).await?;
    judge(accounts, turn, current, Some(user)).await?;
    let hash = accounts.hasher.turn().await?.hash(password).await?;
    let tx = db::begin_write(&accounts.db).await?;
    let found = store::lock_user(&tx, user.id).await?;
    let is_unchanged = found.is_some_and(|found| !found.is_disabled && found.password_hash == user.password_hash);
    if !is_unchanged {
        return Err(AccountError::WrongPassword);
    }
    throttle::clear(&tx, &attempt).await?;
    write(&tx, &who.actor, user.id, hash, now).await?;
    let token = session::start(&tx, user.id, now).await?;
    tx.commit().await?;
    Ok(token)
}

/// Ends all sessions of one's own but for this one.
///
/// # Errors
/// When the database refuses.
pub async fn end_other_sessions(accounts: &Accounts, who: &LoggedIn) -> Result<(), AccountError> {
    let tx = db::begin_write(&accounts.db).await?;
    if session::end_all(&tx, who.user.id, Some(who.session.id)).await? > 0 {
        let entry = Entry::new(Subject::User, "end_sessions", who.user.id);
        audit::record(&tx, &who.actor, accounts.clock.now(), [entry]).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn write(
    tx: &DatabaseTransaction,
    actor: &Actor,
    user_id: i64,
    hash: String,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    store::set_password(tx, user_id, Some(hash), now).await?;
    session::end_all(tx, user_id, None).await?;
    links::end_all(tx, user_id).await?;
    let entry = Entry::new(Subject::User, "set_password", user_id).changing(vec![FieldChange::personal("password")]);
    Ok(audit::record(tx, actor, now, [entry]).await?)
}

/// A password that may be chosen for this address.
pub(super) async fn choose(accounts: &Accounts, password: &str, email: &str) -> Result<Password, AccountError> {
    let network = store::network_name(&accounts.db).await?.unwrap_or_default();
    let mailbox = email.split('@').next().unwrap_or_default();
    Ok(Password::choose(password, &[mailbox, &network])?)
}

pub(super) fn check_email(text: &str) -> Result<String, FieldErrors> {
    email::normalized(text).ok_or_else(|| {
        let reason = if text.contains('@') { "email_invalid" } else { "email_no_at" };
        let detail = "give an e-mail address such as ana@example.com";
        FieldError::new("email", "invalid_email", detail).because(reason).into()
    })
}
