//! Authorization: a handler's first argument says the least role, so a missing check is seen in review.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::Map;

use super::{Accounts, Actor, Role, Scope};
use crate::error::AppError;

/// Anybody, known or not.
#[derive(Clone, Debug)]
pub struct Viewer(pub Option<Actor>);

impl<S> FromRequestParts<S> for Viewer
where
    Accounts: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        Accounts::from_ref(state).authenticate(parts).await.map(Self)
    }
}

impl Actor {
    /// For what is about every clinic at once; `why` begins the refusal.
    ///
    /// # Errors
    /// 403 `scope_too_small` for everybody whose scope is not all.
    pub fn whole_scope(&self, why: &str) -> Result<(), AppError> {
        if self.scope == Scope::All {
            return Ok(());
        }
        let detail = format!("{why}: this needs an account whose scope is all");
        let (status, code) = (StatusCode::FORBIDDEN, "scope_too_small");
        Err(AppError::Refused { status, code, detail, extra: Map::new() })
    }
}

async fn at_least(role: Role, parts: &Parts, accounts: Accounts) -> Result<Actor, AppError> {
    let actor = accounts.authenticate(parts).await?.ok_or(AppError::Unauthorized)?;
    if actor.role < role {
        return Err(AppError::Forbidden { least_role: role.as_str() });
    }
    Ok(actor)
}

macro_rules! least_role {
    ($name:ident, $role:expr, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Debug)]
        pub struct $name(pub Actor);

        impl<S> FromRequestParts<S> for $name
        where
            Accounts: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = AppError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
                at_least($role, parts, Accounts::from_ref(state)).await.map(Self)
            }
        }
    };
}

least_role!(ClinicStaff, Role::Clinic, "Anybody who is logged in; 401 for others.");
least_role!(Agent, Role::Agent, "An agent or more; 401 for strangers, 403 for lesser roles.");
least_role!(Editor, Role::Editor, "An editor or more; 401 for strangers, 403 for lesser roles.");
least_role!(Admin, Role::Admin, "An admin; 401 for strangers, 403 for lesser roles.");
