//! Rows: the queries of this feature, as functions over a connection or a transaction.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
};

use super::{Role, Scope};
use crate::entities::{api_token, clinic, user};
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

/// Adds an API token by its hash; the key.
///
/// # Errors
/// When the database refuses.
pub async fn insert_token(
    db: &impl ConnectionTrait,
    user_id: i64,
    name: &str,
    hash: &TokenHash,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    let row = api_token::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        name: Set(name.to_owned()),
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
    let token = api_token::Entity::find()
        .filter(api_token::Column::TokenHash.eq(&hash.0))
        .filter(api_token::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    let Some(token) = token else { return Ok(None) };
    let user = user::Entity::find_by_id(token.user_id).filter(user::Column::IsDisabled.eq(false)).one(db).await?;
    Ok(user.map(|user| (token, user)))
}

/// The user with this address, in lower case.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<user::Model>, DbErr> {
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
