use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::paging::PageQuery;
use crate::accounts::links::Link;
use crate::accounts::{self, Admin, NewUser, Role, Scope, UserChange, store};
use crate::app::AppState;
use crate::entities::user;
use crate::error::{AppError, FieldErrors, StaffReadProblems, StaffWriteProblems};
use crate::web::{Json, Path, Query};

/// Somebody who works with the directory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserOut {
    id: i64,
    email: String,
    /// `clinic`, `agent`, `editor` or `admin`.
    role: String,
    /// `["all"]`, or some of `region:NAME` and `clinic:CODE`.
    scope: Vec<String>,
    is_disabled: bool,
    /// False until a one-time link was used.
    has_password: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<user::Model> for UserOut {
    fn from(user: user::Model) -> Self {
        let user::Model { id, email, role, scope, password_hash, is_disabled, created_at, updated_at } = user;
        let scope = scope.lines().map(str::to_owned).collect();
        Self { id, email, role, scope, is_disabled, has_password: password_hash.is_some(), created_at, updated_at }
    }
}

/// A page of the users, by key.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserPage {
    data: Vec<UserOut>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// A user, and the link that was made for it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserWithLink)]
pub struct UserWithLinkOut {
    #[serde(flatten)]
    user: UserOut,
    /// Where the user sets a password; told this once. Null when none is needed.
    link: Option<String>,
    link_expires_at: Option<DateTime<Utc>>,
}

impl UserWithLinkOut {
    fn new((user, link): (user::Model, Option<Link>)) -> Self {
        let link_expires_at = link.as_ref().map(|link| link.expires_at);
        Self { user: user.into(), link: link.map(|link| link.url), link_expires_at }
    }
}

/// A link for somebody who forgot their password.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResetLink)]
pub struct ResetLinkOut {
    /// Told this once.
    link: String,
    link_expires_at: DateTime<Utc>,
}

/// A user to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserIn {
    #[schema(required = true)]
    email: Option<String>,
    /// `clinic`, `agent`, `editor` or `admin`.
    #[schema(required = true)]
    role: Option<String>,
    /// `["all"]`, or some of `region:NAME` and `clinic:CODE`; all without it.
    scope: Option<Vec<String>>,
}

impl UserIn {
    fn parse(self) -> Result<(String, Role, Scope), FieldErrors> {
        let Self { email, role, scope } = self;
        let mut errors = FieldErrors::default();
        if email.is_none() {
            errors.push("email", "missing", "give the user's e-mail address");
        }
        let role = match role {
            None => missing("role", "say clinic, agent, editor or admin", &mut errors),
            Some(role) => parse_role(&role, &mut errors),
        };
        let scope = scope.map_or(Some(Scope::All), |parts| parse_scope(&parts, &mut errors));
        let all = errors.or((email, role, scope))?;
        let (Some(email), Some(role), Some(scope)) = all else { unreachable!("what is missing was noted") };
        Ok((email, role, scope))
    }
}

/// What is to be different; absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserPatch {
    #[serde(deserialize_with = "not_null")]
    #[schema(value_type = String, required = false)]
    email: Option<String>,
    /// `clinic`, `agent`, `editor` or `admin`.
    #[serde(deserialize_with = "not_null")]
    #[schema(value_type = String, required = false)]
    role: Option<String>,
    /// `["all"]`, or some of `region:NAME` and `clinic:CODE`.
    #[serde(deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>, required = false)]
    scope: Option<Vec<String>>,
    #[serde(deserialize_with = "not_null")]
    #[schema(value_type = bool, required = false)]
    is_disabled: Option<bool>,
}

/// None of a user's members can be taken away.
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

impl UserPatch {
    fn parse(self) -> Result<UserChange, FieldErrors> {
        let Self { email, role, scope, is_disabled } = self;
        let mut errors = FieldErrors::default();
        let role = role.and_then(|role| parse_role(&role, &mut errors));
        let scope = scope.and_then(|parts| parse_scope(&parts, &mut errors));
        errors.or(UserChange { email, role, scope, is_disabled })
    }
}

fn missing<T>(field: &str, detail: &str, errors: &mut FieldErrors) -> Option<T> {
    errors.push(field, "missing", detail);
    None
}

/// A role by its name; what is none is noted.
pub fn parse_role(role: &str, errors: &mut FieldErrors) -> Option<Role> {
    let found = Role::parse(role);
    if found.is_none() {
        errors.push("role", "invalid_role", "say clinic, agent, editor or admin");
    }
    found
}

fn parse_scope(parts: &[String], errors: &mut FieldErrors) -> Option<Scope> {
    const MOST: usize = 1_000;
    if parts.len() > MOST {
        errors.push("scope", "too_many", format!("at most {MOST}; give whole regions"));
        return None;
    }
    let scope = Scope::from_parts(parts.iter().map(String::as_str));
    if scope.is_err() {
        errors.push("scope", "invalid_scope", "say [\"all\"], or some of \"region:NAME\" and \"clinic:CODE\"");
    }
    scope.ok()
}

/// Who works with the directory, within the scope of the account.
#[utoipa::path(
    get,
    path = "/admin/users",
    tag = "admin",
    params(
        ("limit" = Option<u64>, Query, description = "Users a page, 50 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = UserPage), StaffReadProblems)
)]
pub async fn list_users(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<Json<UserPage>, AppError> {
    let mut users = store::users(&state.db, query.after, query.limit + 1).await?;
    let next = query.cut(&mut users, |user| user.id);
    let mut data = Vec::new();
    for user in users {
        if actor.scope.includes(&accounts::scope_of(&user)?) {
            data.push(user.into());
        }
    }
    Ok(Json(UserPage { data, next }))
}

/// Adds a user, who sets a password with the link.
#[utoipa::path(
    post,
    path = "/admin/users",
    tag = "admin",
    request_body = UserIn,
    responses((status = 201, description = "The user, and the link", body = UserWithLinkOut), StaffWriteProblems)
)]
pub async fn create_user(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Query(()): Query<()>,
    Json(body): Json<UserIn>,
) -> Result<(StatusCode, Json<UserWithLinkOut>), AppError> {
    let (email, role, scope) = body.parse()?;
    let new = NewUser { email: &email, role, scope, password: None };
    let added = accounts::add_user(&state.accounts, &actor, new).await?;
    Ok((StatusCode::CREATED, Json(UserWithLinkOut::new(added))))
}

/// Changes a user's address or rights; an account that is enabled again gets a link to set another password.
#[utoipa::path(
    patch,
    path = "/admin/users/{id}",
    tag = "admin",
    params(("id" = i64, Path, description = "The user's key")),
    request_body = UserPatch,
    responses((status = 200, description = "The user as it is then", body = UserWithLinkOut), StaffWriteProblems)
)]
pub async fn update_user(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
    Json(body): Json<UserPatch>,
) -> Result<Json<UserWithLinkOut>, AppError> {
    let changed = accounts::change_user(&state.accounts, &actor, id, body.parse()?).await?;
    Ok(Json(UserWithLinkOut::new(changed)))
}

/// Makes a link with which a user sets another password; an earlier one stops working, the password does not.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/reset-link",
    tag = "admin",
    params(("id" = i64, Path, description = "The user's key")),
    responses((status = 201, description = "The link", body = ResetLinkOut), StaffWriteProblems)
)]
pub async fn create_reset_link(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
) -> Result<(StatusCode, Json<ResetLinkOut>), AppError> {
    let link = accounts::reset_password(&state.accounts, &actor, id).await?;
    Ok((StatusCode::CREATED, Json(ResetLinkOut { link: link.url, link_expires_at: link.expires_at })))
}
