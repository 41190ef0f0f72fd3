//! Rows: the queries of this feature, as functions over a connection or a transaction.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::{Role, Scope};
use crate::entities::{api_token, clinic, network, user};
use crate::token::TokenHash;

/// Adds a user who cannot log in yet; the key. `email` is in lower case.
///
/// # Errors
/// When the address is taken, or the database refuses.
pub async fn insert_user(
    db: &impl ConnectionTrait,
    email: &str,
    role: Role,
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    let row = user::ActiveModel {
        id: NotSet,
        email: Set(email.to_owned()),
        role: Set(role.as_str().to_owned()),
        scope: Set(scope.to_string()),
        password_hash: Set(None),
        is_disabled: Set(false),
        created_at: Set(now),
        updated_at: Set(now),
    };
    Ok(row.insert(db).await?.id)
}

/// Adds an API token by its hash; the key. Without a role of its own it may do what its user may.
///
/// # Errors
/// When the database refuses.
pub async fn insert_token(
    db: &impl ConnectionTrait,
    user_id: i64,
    name: &str,
    role: Option<Role>,
    hash: &TokenHash,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    let row = api_token::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        name: Set(name.to_owned()),
        role: Set(role.map(|role| role.as_str().to_owned())),
        token_hash: Set(hash.0.clone()),
        created_at: Set(now),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    Ok(row.insert(db).await?.id)
}

/// The token that was not revoked, with its user who is not disabled.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_token(
    db: &impl ConnectionTrait,
    hash: &TokenHash,
) -> Result<Option<(api_token::Model, user::Model)>, DbErr> {
    let found = api_token::Entity::find()
        .find_also_related(user::Entity)
        .filter(api_token::Column::TokenHash.eq(&hash.0))
        .filter(api_token::Column::RevokedAt.is_null())
        .filter(user::Column::IsDisabled.eq(false))
        .one(db)
        .await?;
    Ok(found.and_then(|(token, user)| Some((token, user?))))
}

/// Notes that a token was used.
///
/// # Errors
/// When the database refuses.
pub async fn token_used(db: &impl ConnectionTrait, id: i64, now: DateTime<Utc>) -> Result<(), DbErr> {
    let used = api_token::ActiveModel { last_used_at: Set(Some(now)), ..Default::default() };
    api_token::Entity::update_many().set(used).filter(api_token::Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Tokens that were not revoked, with their users, by key; those after `after`.
///
/// # Errors
/// When the database cannot be read.
pub async fn tokens(
    db: &impl ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Vec<(api_token::Model, user::Model)>, DbErr> {
    let found = api_token::Entity::find()
        .find_also_related(user::Entity)
        .filter(api_token::Column::RevokedAt.is_null())
        .filter(api_token::Column::Id.gt(after))
        .order_by_asc(api_token::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(found.into_iter().filter_map(|(token, user)| Some((token, user?))).collect())
}

/// The token with this key that was not revoked, and its user.
///
/// # Errors
/// When the database cannot be read.
pub async fn token(db: &impl ConnectionTrait, id: i64) -> Result<Option<(api_token::Model, user::Model)>, DbErr> {
    let found = api_token::Entity::find_by_id(id).filter(api_token::Column::RevokedAt.is_null());
    let found = found.find_also_related(user::Entity).one(db).await?;
    Ok(found.and_then(|(token, user)| Some((token, user?))))
}

/// The tokens of a user that were not revoked, by key.
///
/// # Errors
/// When the database cannot be read.
pub async fn tokens_of(db: &impl ConnectionTrait, user_id: i64) -> Result<Vec<api_token::Model>, DbErr> {
    let tokens = api_token::Entity::find().filter(api_token::Column::UserId.eq(user_id));
    tokens.filter(api_token::Column::RevokedAt.is_null()).order_by_asc(api_token::Column::Id).all(db).await
}

/// Revokes a token; false when somebody else did so before.
///
/// # Errors
/// When the database refuses.
pub async fn revoke_token(db: &impl ConnectionTrait, id: i64, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let revoked = api_token::ActiveModel { revoked_at: Set(Some(now)), ..Default::default() };
    let tokens = api_token::Entity::update_many().set(revoked).filter(api_token::Column::Id.eq(id));
    Ok(tokens.filter(api_token::Column::RevokedAt.is_null()).exec(db).await?.rows_affected == 1)
}

/// Users by key; those after `after`.
///
/// # Errors
/// When the database cannot be read.
pub async fn users(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<user::Model>, DbErr> {
    let users = user::Entity::find().filter(user::Column::Id.gt(after)).order_by_asc(user::Column::Id);
    users.limit(limit).all(db).await
}

/// The user with this key.
///
/// # Errors
/// When the database cannot be read.
pub async fn user(db: &impl ConnectionTrait, id: i64) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).one(db).await
}

/// The user with this key; others who want to write the row wait until the transaction ends.
///
/// # Errors
/// When the database cannot be read.
pub async fn lock_user(db: &impl ConnectionTrait, id: i64) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// Locks every admin, in one order: of two who demote each other one waits, and then sees what is left.
///
/// # Errors
/// When the database cannot be read.
pub async fn lock_admins(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let admins = user::Entity::find().filter(user::Column::Role.eq(Role::Admin.as_str()));
    admins.order_by_asc(user::Column::Id).lock_exclusive().all(db).await.map(drop)
}

/// Admins of all clinics who are not disabled.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_admins_of_all(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let admins = user::Entity::find().filter(user::Column::Role.eq(Role::Admin.as_str()));
    let of_all = admins.filter(user::Column::Scope.eq(Scope::All.to_string()));
    of_all.filter(user::Column::IsDisabled.eq(false)).count(db).await
}

/// Sets a user's password by its hash.
///
/// # Errors
/// When the database refuses.
pub async fn set_password(
    db: &impl ConnectionTrait,
    user_id: i64,
    hash: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let set = user::ActiveModel { password_hash: Set(hash), updated_at: Set(now), ..Default::default() };
    user::Entity::update_many().set(set).filter(user::Column::Id.eq(user_id)).exec(db).await.map(drop)
}

/// The network's name, if it has been given one.
///
/// # Errors
/// When the database cannot be read.
pub async fn network_name(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    network::Entity::find().select_only().column(network::Column::Name).into_tuple().one(db).await
}

/// The user with this address, however it is typed.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<user::Model>, DbErr> {
    // PostgreSQL takes no NUL in a text, not even to compare with.
    if email.contains('\0') {
        return Ok(None);
    }
    let email = email.trim().to_lowercase();
    user::Entity::find().filter(user::Column::Email.eq(email)).one(db).await
}

/// Every user's key and address.
///
/// # Errors
/// When the database cannot be read.
pub async fn emails(db: &impl ConnectionTrait) -> Result<Vec<(i64, String)>, DbErr> {
    user::Entity::find().select_only().columns([user::Column::Id, user::Column::Email]).into_tuple().all(db).await
}

/// The role of every user who is not disabled.
///
/// # Errors
/// When the database cannot be read.
pub async fn roles(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let enabled = user::Entity::find().filter(user::Column::IsDisabled.eq(false));
    enabled.select_only().column(user::Column::Role).into_tuple().all(db).await
}

/// The keys of a scope's clinics, to be compared with; `None` when every clinic is in it.
#[must_use]
pub fn clinics_in(scope: &Scope) -> Option<SelectStatement> {
    let Scope::Some { regions, clinics } = scope else { return None };
    let is_in = clinic::Column::Region.is_in(regions).or(clinic::Column::Code.is_in(clinics));
    Some(clinic::Entity::find().select_only().column(clinic::Column::Id).filter(is_in).into_query())
}
