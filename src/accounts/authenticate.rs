use anyhow::{Context, anyhow};
use axum::http::header;
use axum::http::request::Parts;
use sea_orm::DatabaseConnection;

use super::{Actor, Role, Via, store};
use crate::clock::Clock;
use crate::entities::user;
use crate::error::AppError;
use crate::token::TokenHash;
use crate::web::ClientAddress;

/// With which every API token starts, so that a scanner recognises one that was published by mistake.
pub const TOKEN_PREFIX: &str = "cd_";

/// What it takes to tell who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub db: DatabaseConnection,
    pub clock: Clock,
}

impl Accounts {
    /// Who sent a request; `None` without credentials.
    ///
    /// # Errors
    /// 401 for credentials that are not (or no longer) valid: a program with an old token must hear so.
    pub async fn authenticate(&self, parts: &Parts) -> Result<Option<Actor>, AppError> {
        let Some(bearer) = bearer(parts) else { return Ok(None) };
        let (_, user) = store::by_token(&self.db, &TokenHash::of(bearer)).await?.ok_or(AppError::Unauthorized)?;
        Ok(Some(actor(&user, Via::Token, parts)?))
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn actor(user: &user::Model, via: Via, parts: &Parts) -> anyhow::Result<Actor> {
    let role = Role::parse(&user.role).ok_or_else(|| anyhow!("role \"{}\"", user.role))?;
    let scope = user.scope.parse().with_context(|| format!("scope of user {}", user.id))?;
    let address = parts.extensions.get::<ClientAddress>().map(|client| client.ip);
    Ok(Actor { user: Some(user.id), role, scope, via, address })
}
