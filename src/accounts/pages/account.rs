use askama::Template;
use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::super::{Accounts, LoggedIn, change_password, cookie, end_other_sessions, session};
use super::frame::{Refusal, see_other, with_cookie};
use crate::error::AppError;
use crate::web::{ClientAddress, Form, Hidden, Query};

#[derive(Template)]
#[template(path = "accounts/templates/account.html")]
struct AccountPage<'a> {
    prefix: &'a str,
    email: &'a str,
    role: &'a str,
    scope: Vec<String>,
    others: u64,
    refusal: &'a Refusal,
}

/// Who looks at a page; strangers are shown the login, and come back.
#[derive(Debug)]
pub struct Visitor(LoggedIn);

impl FromRequestParts<Accounts> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, accounts: &Accounts) -> Result<Self, Response> {
        match accounts.logged_in(parts).await {
            Ok(Some(logged_in)) => Ok(Self(logged_in)),
            Ok(None) if parts.method == Method::GET => Err(see_other(&login(accounts, "/account"))),
            Ok(None) => Err(AppError::Unauthorized.into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

fn login(accounts: &Accounts, path: &str) -> String {
    let prefix = accounts.links.prefix();
    let next: String = url::form_urlencoded::byte_serialize(format!("{prefix}{path}").as_bytes()).collect();
    format!("{prefix}/login?next={next}")
}

/// The fields of a change of one's password.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordForm {
    current: Hidden,
    password: Hidden,
}

pub async fn show_account(
    Visitor(who): Visitor,
    State(accounts): State<Accounts>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    show(&accounts, &who, &Refusal::default()).await
}

async fn show(accounts: &Accounts, who: &LoggedIn, refusal: &Refusal) -> Result<Response, AppError> {
    let sessions = session::count(&accounts.db, who.user.id, accounts.clock.now()).await?;
    let page = AccountPage {
        prefix: accounts.links.prefix(),
        email: &who.user.email,
        role: who.actor.role.as_str(),
        scope: who.actor.scope.parts(),
        others: sessions.saturating_sub(1),
        refusal,
    };
    refusal.show(&page)
}

/// Every other session ends; this browser goes on with one of its own.
pub async fn post_password(
    Visitor(who): Visitor,
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    Query(()): Query<()>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, AppError> {
    let client = client.map(|Extension(client)| client);
    let PasswordForm { current: Hidden(current), password: Hidden(password) } = &form;
    match change_password(&accounts, &who, current, password, client).await {
        Ok(token) => Ok(with_cookie(see_other(&format!("{}/account", accounts.links.prefix())), cookie::set(&token))),
        Err(error) => show(&accounts, &who, &Refusal::of(error)?).await,
    }
}

pub async fn post_sessions(
    Visitor(who): Visitor,
    State(accounts): State<Accounts>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    end_other_sessions(&accounts, &who).await?;
    Ok(see_other(&format!("{}/account", accounts.links.prefix())))
}
