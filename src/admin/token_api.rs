use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::paging::PageQuery;
use super::user_api::parse_role;
use crate::accounts::{self, AccountError, Actor, Admin, Role, store};
use crate::app::AppState;
use crate::entities::{api_token, user};
use crate::error::{AppError, FieldErrors, StaffReadProblems, StaffWriteProblems};
use crate::web::{Json, Path, Query};

/// A token with which a program acts as a user; never the token itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub struct TokenOut {
    id: i64,
    /// What it is for.
    name: String,
    /// The e-mail of the user as whom it acts, within the user's scope.
    email: String,
    /// The most that it may do; never more than its user.
    role: String,
    created_at: DateTime<Utc>,
    /// To the minute; null until it is used.
    last_used_at: Option<DateTime<Utc>>,
}

impl TokenOut {
    fn new((token, user): (api_token::Model, user::Model)) -> Self {
        let [own, most] = [token.role.as_deref().unwrap_or(&user.role), &user.role].map(Role::parse);
        let role = own.min(most).map_or_else(String::new, |role| role.as_str().to_owned());
        let api_token::Model { id, name, created_at, last_used_at, .. } = token;
        Self { id, name, email: user.email, role, created_at, last_used_at }
    }
}

/// A page of the tokens that were not revoked, by key.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenPage {
    data: Vec<TokenOut>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewApiToken)]
pub struct NewTokenOut {
    id: i64,
    /// Told this once.
    token: String,
}

/// A token to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenIn {
    /// What it is for.
    #[schema(required = true)]
    name: Option<String>,
    /// The user as whom it acts; oneself without it.
    email: Option<String>,
    /// Less than the user may do; as much without it.
    role: Option<String>,
}

impl TokenIn {
    fn parse(self) -> Result<(String, Option<String>, Option<Role>), FieldErrors> {
        let Self { name, email, role } = self;
        let mut errors = FieldErrors::default();
        if name.is_none() {
            errors.push("name", "missing", "say what the token is for");
        }
        let role = role.and_then(|role| parse_role(&role, &mut errors));
        errors.or((name.unwrap_or_default(), email, role))
    }
}

/// Tokens of users within the scope of the account.
#[utoipa::path(
    get,
    path = "/admin/tokens",
    tag = "admin",
    params(
        ("limit" = Option<u64>, Query, description = "Tokens a page, 50 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = TokenPage), StaffReadProblems)
)]
pub async fn list_tokens(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<Json<TokenPage>, AppError> {
    let mut tokens = store::tokens(&state.db, query.after, query.limit + 1).await?;
    let next = query.cut(&mut tokens, |(token, _)| token.id);
    let mut data = Vec::new();
    for (token, user) in tokens {
        if actor.scope.includes(&accounts::scope_of(&user)?) {
            data.push(TokenOut::new((token, user)));
        }
    }
    Ok(Json(TokenPage { data, next }))
}

/// Makes a token with which a program acts as a user.
#[utoipa::path(
    post,
    path = "/admin/tokens",
    tag = "admin",
    request_body = TokenIn,
    responses((status = 201, description = "The token", body = NewTokenOut), StaffWriteProblems)
)]
pub async fn create_token(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Query(()): Query<()>,
    Json(body): Json<TokenIn>,
) -> Result<(StatusCode, Json<NewTokenOut>), AppError> {
    let (name, email, role) = body.parse()?;
    let user_id = whose(&state, &actor, email.as_deref()).await?;
    let made = accounts::create_token(&state.accounts, &actor, user_id, &name, role).await;
    let made = made.map_err(|error| match error {
        AccountError::UserUnknown(_) => unknown_user().into(),
        other => AppError::from(other),
    })?;
    Ok((StatusCode::CREATED, Json(NewTokenOut { id: made.id, token: made.token })))
}

async fn whose(state: &AppState, actor: &Actor, email: Option<&str>) -> Result<i64, AppError> {
    match (email, actor.user) {
        (None, Some(own)) => Ok(own),
        (None, None) => Err(unknown_user().into()),
        (Some(email), _) => {
            let user = store::by_email(&state.db, email).await?;
            Ok(user.ok_or_else(unknown_user)?.id)
        }
    }
}

/// Outside the scope is like nowhere.
fn unknown_user() -> FieldErrors {
    FieldErrors::one("email", "unknown", "there is no user with this e-mail in the scope of this account")
}

/// Ends a token at once.
#[utoipa::path(
    delete,
    path = "/admin/tokens/{id}",
    tag = "admin",
    params(("id" = i64, Path, description = "The token's key")),
    responses((status = 204, description = "It does not work any more"), StaffWriteProblems)
)]
pub async fn revoke_token(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
) -> Result<StatusCode, AppError> {
    accounts::revoke_token(&state.accounts, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
