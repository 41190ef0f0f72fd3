use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::super::{AccountError, Accounts, find_setup, links, set_password, set_up};
use super::refusal::{form_errors, required};
use crate::error::{AppError, FieldErrors};
use crate::web::page::{FormErrors, Pages, STAFF, StaffFrame, html, see_other};
use crate::web::{ClientAddress, Filled, FromParams, Hidden, Params, Query};

#[derive(Template)]
#[template(path = "accounts/templates/choose_password.html")]
struct ChoosePage<'a> {
    frame: StaffFrame<'a>,
    token: &'a str,
    /// Only the first admin says who they are.
    email: Option<&'a str>,
    /// Where the cursor starts while nothing is wrong.
    first: &'static str,
    errors: FormErrors,
}

/// `?token=`.
#[derive(Debug)]
pub struct LinkQuery(Hidden);

impl FromParams for LinkQuery {
    const NAMES: &'static [&'static str] = &["token"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        Ok(Self(Hidden::of(params, "token")))
    }
}

/// The fields of a reset.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResetForm {
    token: Hidden,
    password: Hidden,
}

/// The fields of the set-up.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetupForm {
    token: Hidden,
    email: String,
    password: Hidden,
}

pub async fn show_setup(
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(LinkQuery(Hidden(token))): Query<LinkQuery>,
) -> Result<Response, AppError> {
    find_setup(&accounts, &token).await?;
    page(&pages, &token, Some(""), FormErrors::default())
}

pub async fn post_setup(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(()): Query<()>,
    Filled { typed, fault }: Filled<SetupForm>,
) -> Result<Response, AppError> {
    let SetupForm { token: Hidden(token), email, password: Hidden(password) } = &typed;
    let fault = unreadable(token, fault)?;
    find_setup(&accounts, token).await?;
    if let Some(fault) = fault.or_else(|| required(&[("email", email), ("password", password)]).err()) {
        return page(&pages, token, Some(email), FormErrors::of(&STAFF, fault)?);
    }
    let outcome = set_up(&accounts, token, email, password, client.map(|Extension(client)| client)).await;
    answer(&pages, outcome, token, Some(email))
}

pub async fn show_reset(
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(LinkQuery(Hidden(token))): Query<LinkQuery>,
) -> Result<Response, AppError> {
    find_reset(&accounts, &token).await?;
    page(&pages, &token, None, FormErrors::default())
}

pub async fn post_reset(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(()): Query<()>,
    Filled { typed, fault }: Filled<ResetForm>,
) -> Result<Response, AppError> {
    let ResetForm { token: Hidden(token), password: Hidden(password) } = &typed;
    let fault = unreadable(token, fault)?;
    find_reset(&accounts, token).await?;
    if let Some(fault) = fault.or_else(|| required(&[("password", password)]).err()) {
        return page(&pages, token, None, FormErrors::of(&STAFF, fault)?);
    }
    let outcome = set_password(&accounts, token, password, client.map(|Extension(client)| client)).await;
    answer(&pages, outcome, token, None)
}

/// Without its link's token a form cannot be shown again.
fn unreadable(token: &str, fault: Option<AppError>) -> Result<Option<AppError>, AppError> {
    match fault {
        Some(fault) if token.is_empty() => Err(fault),
        fault => Ok(fault),
    }
}

async fn find_reset(accounts: &Accounts, token: &str) -> Result<(), AccountError> {
    let link = links::find(&accounts.db, token, accounts.clock.now()).await?;
    link.user_id.map(drop).ok_or(AccountError::LinkGone)
}

fn answer(
    pages: &Pages,
    outcome: Result<(), AccountError>,
    token: &str,
    email: Option<&str>,
) -> Result<Response, AppError> {
    match outcome {
        Ok(()) => see_other(&pages.href("/login?set=1")),
        Err(error) => page(pages, token, email, form_errors(error, "refused-wrong_password")?),
    }
}

fn page(pages: &Pages, token: &str, email: Option<&str>, errors: FormErrors) -> Result<Response, AppError> {
    let heading = if email.is_some() { "set-up" } else { "choose-password" };
    let frame = StaffFrame { is_refused: !errors.is_empty(), ..StaffFrame::new(pages, heading, None) };
    let first = if email.is_some_and(str::is_empty) { "email" } else { "password" };
    let choose_page = ChoosePage { frame, token, email, first, errors };
    Ok(choose_page.errors.with_headers(html(choose_page.errors.status(), &choose_page)?))
}
