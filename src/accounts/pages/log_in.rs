use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::super::{Accounts, Credentials, cookie, log_in, log_out};
use super::next::local_path;
use super::refusal::{form_errors, required, with_cookie};
use crate::error::{AppError, FieldErrors};
use crate::web::page::{FormErrors, Pages, STAFF, StaffFrame, html, see_other};
use crate::web::{ClientAddress, Filled, FromParams, Hidden, Params, Query};

#[derive(Template)]
#[template(path = "accounts/templates/login.html")]
struct LoginPage<'a> {
    frame: StaffFrame<'a>,
    lead: String,
    email: &'a str,
    next: &'a str,
    /// The password was just set.
    is_set: bool,
    /// Where the cursor starts while nothing is wrong.
    first: &'static str,
    errors: FormErrors,
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

/// The fields of the sign-in.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoginForm {
    email: String,
    password: Hidden,
    next: String,
}

pub async fn show_login(State(pages): State<Pages>, Query(query): Query<LoginQuery>) -> Result<Response, AppError> {
    let form = LoginForm { next: query.next, ..LoginForm::default() };
    page(&pages, &form, query.is_set, FormErrors::default())
}

/// The sign-in in place of a page whose form came after the session had ended; `next` is that page.
///
/// # Errors
/// When it cannot be written, which would be a bug.
pub fn session_ended(pages: &Pages, next: String) -> Result<Response, AppError> {
    let errors = FormErrors::message(StatusCode::UNAUTHORIZED, STAFF.say("ended").into_owned());
    page(pages, &LoginForm { next, ..LoginForm::default() }, false, errors)
}

fn page(pages: &Pages, form: &LoginForm, is_set: bool, errors: FormErrors) -> Result<Response, AppError> {
    let frame = StaffFrame { is_refused: !errors.is_empty(), ..StaffFrame::new(pages, "sign-in", None) };
    let lead = STAFF.tell("sign-in-lead", &[("network", frame.brand.name.clone().into())]);
    let first = if form.email.is_empty() { "email" } else { "password" };
    let login_page = LoginPage { frame, lead, first, email: &form.email, next: &form.next, is_set, errors };
    Ok(login_page.errors.with_headers(html(login_page.errors.status(), &login_page)?))
}

pub async fn post_login(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(()): Query<()>,
    headers: HeaderMap,
    Filled { typed, fault }: Filled<LoginForm>,
) -> Result<Response, AppError> {
    let LoginForm { email, password: Hidden(password), next } = &typed;
    if let Some(fault) = fault.or_else(|| required(&[("email", email), ("password", password)]).err()) {
        return page(&pages, &typed, false, FormErrors::of(&STAFF, fault)?);
    }
    let client = client.map(|Extension(client)| client);
    match log_in(&accounts, Credentials { email, password, client, earlier: cookie::read(&headers) }).await {
        Ok(token) => Ok(with_cookie(see_other(&local_path(pages.links.prefix(), next))?, cookie::set(&token))),
        Err(error) => page(&pages, &typed, false, form_errors(error, "refused-wrong_password")?),
    }
}

/// Ends the session here and in the browser.
pub async fn post_logout(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(()): Query<()>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    if let Some(token) = cookie::read(&headers) {
        log_out(&accounts, token, client.map(|Extension(client)| client)).await?;
    }
    Ok(with_cookie(see_other(&pages.href("/login"))?, cookie::clear()))
}
