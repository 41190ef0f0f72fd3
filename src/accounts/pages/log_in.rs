use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::super::{Accounts, Credentials, cookie, log_in, log_out};
use super::frame::{Refusal, earlier, local_path, see_other, with_cookie};
use crate::error::{AppError, FieldErrors};
use crate::web::{ClientAddress, Form, FromParams, Hidden, Params, Query};

#[derive(Template)]
#[template(path = "accounts/templates/login.html")]
struct LoginPage<'a> {
    prefix: &'a str,
    email: &'a str,
    next: &'a str,
    /// The password was just set.
    is_set: bool,
    refusal: &'a Refusal,
}

/// `?next=&set=`.
#[derive(Debug)]
pub struct LoginQuery {
    next: String,
    is_set: bool,
}

impl FromParams for LoginQuery {
    const NAMES: &'static [&'static str] = &["next", "set"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let next = params.get("next").unwrap_or_default().to_owned();
        Ok(Self { next, is_set: params.get("set").is_some() })
    }
}

/// The fields of the login.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoginForm {
    email: String,
    password: Hidden,
    next: String,
}

pub async fn show_login(
    State(accounts): State<Accounts>,
    Query(query): Query<LoginQuery>,
) -> Result<Response, AppError> {
    let refusal = Refusal::default();
    let prefix = accounts.links.prefix();
    refusal.show(&LoginPage { prefix, email: "", next: &query.next, is_set: query.is_set, refusal: &refusal })
}

pub async fn post_login(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    Query(()): Query<()>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Result<Response, AppError> {
    let LoginForm { email, password: Hidden(password), next } = &form;
    let client = client.map(|Extension(client)| client);
    let prefix = accounts.links.prefix();
    match log_in(&accounts, Credentials { email, password, client, earlier: earlier(&headers) }).await {
        Ok(token) => Ok(with_cookie(see_other(&local_path(prefix, next)), cookie::set(&token))),
        Err(error) => {
            let refusal = Refusal::of(error)?;
            refusal.show(&LoginPage { prefix, email, next, is_set: false, refusal: &refusal })
        }
    }
}

/// Ends the session here and in the browser.
pub async fn post_logout(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    Query(()): Query<()>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    if let Some(token) = earlier(&headers) {
        log_out(&accounts, token, client.map(|Extension(client)| client)).await?;
    }
    Ok(with_cookie(see_other(&format!("{}/login", accounts.links.prefix())), cookie::clear()))
}
