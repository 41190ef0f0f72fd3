use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction, DbErr, IntoActiveModel};

use super::audit::{self, Entry, FieldChange, Subject};
use super::links::{self, Link};
use super::set_password::{check_email, choose};
use super::{AccountError, Accounts, Actor, Role, Scope, session, setup, store, tokens};
use crate::db::{self, DbFault};
use crate::entities::user;
use crate::error::FieldErrors;

/// Somebody who is to work with the directory.
#[derive(Clone)]
pub struct NewUser<'a> {
    pub email: &'a str,
    pub role: Role,
    pub scope: Scope,
    /// Without one, a link is made.
    pub password: Option<&'a str>,
}

impl std::fmt::Debug for NewUser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("role", &self.role).field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// What is to be different about a user.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    pub email: Option<String>,
    pub role: Option<Role>,
    pub scope: Option<Scope>,
    pub is_disabled: Option<bool>,
}

/// Adds a user, with the password given or a link to choose one.
///
/// # Errors
/// The e-mail is taken or is none, the password may not be chosen, the scope lies outside the actor's.
pub async fn add_user(
    accounts: &Accounts,
    actor: &Actor,
    new: NewUser<'_>,
) -> Result<(user::Model, Option<Link>), AccountError> {
    let email = check_email(new.email)?;
    check_scope(actor, &new.scope)?;
    let hash = match new.password {
        Some(password) => {
            let password = choose(accounts, password, &email).await?;
            Some(accounts.hasher.turn().await?.hash(password).await?)
        }
        None => None,
    };
    let now = accounts.clock.now();
    let tx = db::begin_write(&accounts.db).await?;
    let id = store::insert_user(&tx, &email, new.role, &new.scope, now).await.map_err(taken)?;
    let link = if hash.is_some() {
        store::set_password(&tx, id, hash, now).await?;
        None
    } else {
        Some(links::make(&tx, accounts, id, now).await?)
    };
    setup::end_if_done(&tx).await?;
    let changes = vec![
        FieldChange::personal("email"),
        FieldChange::new("role", (), new.role.as_str()),
        FieldChange::new("scope", (), new.scope.parts()),
    ];
    audit::record(&tx, actor, now, [Entry::new(Subject::User, "create", id).changing(changes)]).await?;
    let user = store::lock_user(&tx, id).await?.ok_or(AccountError::UserUnknown("id"))?;
    tx.commit().await?;
    Ok((user, link))
}

/// Changes a user. Another role or scope, and being disabled, end the user's sessions; being disabled also revokes the user's
/// tokens. Being enabled needs another password, for which there is a link.
///
/// # Errors
/// The user is unknown in the actor's scope or is the actor; no admin of all clinics would remain; the e-mail is taken.
pub async fn change_user(
    accounts: &Accounts,
    actor: &Actor,
    id: i64,
    change: UserChange,
) -> Result<(user::Model, Option<Link>), AccountError> {
    let is_about_rights = change.role.is_some() || change.scope.is_some() || change.is_disabled.is_some();
    if is_about_rights && actor.user == Some(id) {
        return Err(AccountError::OwnAccount);
    }
    if let Some(scope) = &change.scope {
        check_scope(actor, scope)?;
    }
    let now = accounts.clock.now();
    let tx = db::begin_write(&accounts.db).await?;
    if is_about_rights {
        store::lock_admins(&tx).await?;
    }
    let old = store::lock_user(&tx, id).await?.ok_or(AccountError::UserUnknown("id"))?;
    if !actor.scope.includes(&scope_of(&old)?) {
        return Err(AccountError::UserUnknown("id"));
    }
    let new = changed(&old, change)?;
    if new == old {
        return Ok((old, None));
    }
    let outcome = write(&tx, accounts, actor, (&old, new), now).await?;
    tx.commit().await?;
    Ok(outcome)
}

fn changed(old: &user::Model, change: UserChange) -> Result<user::Model, AccountError> {
    let UserChange { email, role, scope, is_disabled } = change;
    let mut new = old.clone();
    if let Some(email) = email {
        new.email = check_email(&email)?;
    }
    if let Some(role) = role {
        role.as_str().clone_into(&mut new.role);
    }
    if let Some(scope) = scope {
        new.scope = scope.to_string();
    }
    if let Some(is_disabled) = is_disabled {
        new.is_disabled = is_disabled;
    }
    if old.is_disabled && !new.is_disabled {
        // Whoever knew the password may have been the reason.
        new.password_hash = None;
    }
    Ok(new)
}

async fn write(
    tx: &DatabaseTransaction,
    accounts: &Accounts,
    actor: &Actor,
    (old, new): (&user::Model, user::Model),
    now: DateTime<Utc>,
) -> Result<(user::Model, Option<Link>), AccountError> {
    let row = user::ActiveModel { updated_at: Set(now), ..new.clone().into_active_model().reset_all() };
    let new = row.update(tx).await.map_err(taken)?;
    if is_admin_of_all(old) && store::count_admins_of_all(tx).await? == 0 {
        return Err(AccountError::LastAdmin);
    }
    setup::end_if_done(tx).await?;
    if (&old.role, &old.scope, old.is_disabled) != (&new.role, &new.scope, new.is_disabled) {
        session::end_all(tx, new.id, None).await?;
    }
    if new.is_disabled {
        links::end_all(tx, new.id).await?;
    }
    let is_enabled = old.is_disabled && !new.is_disabled;
    let link = if is_enabled { Some(links::make(tx, accounts, new.id, now).await?) } else { None };
    let mut entries = vec![entry(old, &new)];
    if old.is_disabled != new.is_disabled {
        // Whoever holds a token may have been the reason. Of a user who is enabled there is none left, unless the row was
        // disabled by other means than this function.
        entries.extend(tokens::revoke_all(tx, new.id, now).await?);
    }
    audit::record(tx, actor, now, entries).await?;
    Ok((new, link))
}

/// Who is none takes nobody's last admin away: before there is one, the others can still be changed.
fn is_admin_of_all(user: &user::Model) -> bool {
    !user.is_disabled && user.role == Role::Admin.as_str() && user.scope == Scope::All.to_string()
}

fn entry(old: &user::Model, new: &user::Model) -> Entry {
    let verb = match (old.is_disabled, new.is_disabled) {
        (false, true) => "disable",
        (true, false) => "enable",
        _ => "update",
    };
    let mut changes = Vec::new();
    if old.email != new.email {
        changes.push(FieldChange::personal("email"));
    }
    if old.role != new.role {
        changes.push(FieldChange::new("role", old.role.as_str(), new.role.as_str()));
    }
    if old.scope != new.scope {
        let parts = |scope: &str| scope.lines().map(str::to_owned).collect::<Vec<_>>();
        changes.push(FieldChange::new("scope", parts(&old.scope), parts(&new.scope)));
    }
    if old.is_disabled != new.is_disabled {
        changes.push(FieldChange::new("is_disabled", old.is_disabled, new.is_disabled));
    }
    Entry::new(Subject::User, verb, new.id).changing(changes)
}

/// Makes a link with which a user sets another password. Until it is used, the old one stays.
///
/// # Errors
/// The user is unknown in the actor's scope, or disabled.
pub async fn reset_password(accounts: &Accounts, actor: &Actor, id: i64) -> Result<Link, AccountError> {
    let now = accounts.clock.now();
    let tx = db::begin_write(&accounts.db).await?;
    let user = store::lock_user(&tx, id).await?.ok_or(AccountError::UserUnknown("id"))?;
    if !actor.scope.includes(&scope_of(&user)?) {
        return Err(AccountError::UserUnknown("id"));
    }
    if user.is_disabled {
        return Err(AccountError::Disabled);
    }
    let link = links::make(&tx, accounts, id, now).await?;
    audit::record(&tx, actor, now, [Entry::new(Subject::User, "reset_password", id)]).await?;
    tx.commit().await?;
    Ok(link)
}

/// The scope of a stored user.
///
/// # Errors
/// When it is none of ours.
pub fn scope_of(user: &user::Model) -> anyhow::Result<Scope> {
    Ok(user.scope.parse::<Scope>()?)
}

fn check_scope(actor: &Actor, scope: &Scope) -> Result<(), FieldErrors> {
    if actor.scope.includes(scope) {
        return Ok(());
    }
    Err(FieldErrors::one("scope", "outside_scope", "nobody gives others a wider scope than their own"))
}

pub(super) fn taken(error: DbErr) -> AccountError {
    if DbFault::of(&error) == DbFault::Conflict { AccountError::EmailTaken } else { error.into() }
}
