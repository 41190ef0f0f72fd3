use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use super::audit::{self, Entry, FieldChange, Subject};
use super::change_user::scope_of;
use super::{AccountError, Accounts, Actor, Role, TOKEN_PREFIX, store};
use crate::db;
use crate::entities::api_token;
use crate::error::{FieldError, FieldErrors};
use crate::token::{TokenHash, new_token};

/// A token that was just made; it is told once and stored nowhere.
#[derive(Clone)]
pub struct NewToken {
    pub id: i64,
    pub token: String,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes a token with which a program acts as the user with this key, or as one of a lesser role.
///
/// # Errors
/// The name is none, the role is higher than the user's, the user is unknown in the actor's scope, or disabled.
pub async fn create_token(
    accounts: &Accounts,
    actor: &Actor,
    user_id: i64,
    name: &str,
    role: Option<Role>,
) -> Result<NewToken, AccountError> {
    let name = check_name(name)?;
    let now = accounts.clock.now();
    let tx = db::begin_write(&accounts.db).await?;
    let user = store::lock_user(&tx, user_id).await?.ok_or(AccountError::UserUnknown("id"))?;
    if !actor.scope.includes(&scope_of(&user)?) {
        return Err(AccountError::UserUnknown("id"));
    }
    if user.is_disabled {
        return Err(AccountError::Disabled);
    }
    if role > Role::parse(&user.role) {
        return Err(FieldErrors::one("role", "too_high", "a token may not do more than its user").into());
    }
    let token = format!("{TOKEN_PREFIX}{}", new_token());
    let id = store::insert_token(&tx, user_id, name, role, &TokenHash::of(&token), now).await?;
    let changes = vec![
        FieldChange::new("user", (), user_id),
        FieldChange::new("name", (), name),
        FieldChange::new("role", (), role.map_or(user.role, |role| role.as_str().to_owned())),
    ];
    audit::record(&tx, actor, now, [Entry::new(Subject::Token, "create", id).changing(changes)]).await?;
    tx.commit().await?;
    Ok(NewToken { id, token })
}

fn check_name(name: &str) -> Result<&str, FieldErrors> {
    const LONGEST: usize = 100;
    let name = name.trim();
    let is_fine = (1..=LONGEST).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let detail = format!("say in 1 to {LONGEST} characters what the token is for");
    if is_fine { Ok(name) } else { Err(FieldError::new("name", "invalid_name", detail).with("max", LONGEST).into()) }
}

/// Ends a token at once.
///
/// # Errors
/// There is no such token in the actor's scope, or it was revoked before.
pub async fn revoke_token(accounts: &Accounts, actor: &Actor, id: i64) -> Result<(), AccountError> {
    let now = accounts.clock.now();
    let tx = db::begin_write(&accounts.db).await?;
    let (token, user) = store::token(&tx, id).await?.ok_or(AccountError::TokenUnknown)?;
    if !actor.scope.includes(&scope_of(&user)?) || !store::revoke_token(&tx, id, now).await? {
        return Err(AccountError::TokenUnknown);
    }
    audit::record(&tx, actor, now, [revoked(token)]).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every token of a user, in the transaction of what the log tells first; what is to be told of each.
///
/// # Errors
/// When the database refuses.
pub(super) async fn revoke_all(
    db: &impl ConnectionTrait,
    user_id: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, DbErr> {
    let mut entries = Vec::new();
    for token in store::tokens_of(db, user_id).await? {
        if store::revoke_token(db, token.id, now).await? {
            entries.push(revoked(token));
        }
    }
    Ok(entries)
}

fn revoked(token: api_token::Model) -> Entry {
    let changes = vec![FieldChange::new("name", token.name, ()), FieldChange::new("user", token.user_id, ())];
    Entry::new(Subject::Token, "revoke", token.id).changing(changes)
}
