use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::super::{AccountError, Accounts, find_setup, links, set_password, set_up};
use super::frame::{Refusal, see_other};
use crate::error::{AppError, FieldErrors};
use crate::web::{ClientAddress, Form, FromParams, Hidden, Params, Query};

#[derive(Template)]
#[template(path = "accounts/templates/choose_password.html")]
struct ChoosePage<'a> {
    prefix: &'a str,
    token: &'a str,
    /// Only the first admin says who they are.
    asks_email: bool,
    email: &'a str,
    refusal: &'a Refusal,
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

/// The fields of the setup.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetupForm {
    token: Hidden,
    email: String,
    password: Hidden,
}

pub async fn show_setup(
    State(accounts): State<Accounts>,
    Query(LinkQuery(Hidden(token))): Query<LinkQuery>,
) -> Result<Response, AppError> {
    find_setup(&accounts, &token).await?;
    let (prefix, refusal) = (accounts.links.prefix(), Refusal::default());
    refusal.show(&ChoosePage { prefix, token: &token, asks_email: true, email: "", refusal: &refusal })
}

pub async fn post_setup(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    Query(()): Query<()>,
    Form(form): Form<SetupForm>,
) -> Result<Response, AppError> {
    let SetupForm { token: Hidden(token), email, password: Hidden(password) } = &form;
    let outcome = set_up(&accounts, token, email, password, client.map(|Extension(client)| client)).await;
    answer(&accounts, outcome, token, Some(email))
}

pub async fn show_reset(
    State(accounts): State<Accounts>,
    Query(LinkQuery(Hidden(token))): Query<LinkQuery>,
) -> Result<Response, AppError> {
    let link = links::find(&accounts.db, &token, accounts.clock.now()).await?;
    link.user_id.ok_or(AccountError::LinkGone)?;
    let (prefix, refusal) = (accounts.links.prefix(), Refusal::default());
    refusal.show(&ChoosePage { prefix, token: &token, asks_email: false, email: "", refusal: &refusal })
}

pub async fn post_reset(
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    Query(()): Query<()>,
    Form(form): Form<ResetForm>,
) -> Result<Response, AppError> {
    let ResetForm { token: Hidden(token), password: Hidden(password) } = &form;
    let outcome = set_password(&accounts, token, password, client.map(|Extension(client)| client)).await;
    answer(&accounts, outcome, token, None)
}

fn answer(
    accounts: &Accounts,
    outcome: Result<(), AccountError>,
    token: &str,
    email: Option<&str>,
) -> Result<Response, AppError> {
    let prefix = accounts.links.prefix();
    let Err(error) = outcome else { return Ok(see_other(&format!("{prefix}/login?set=1"))) };
    let refusal = Refusal::of(error)?;
    let (asks_email, email) = (email.is_some(), email.unwrap_or_default());
    refusal.show(&ChoosePage { prefix, token, asks_email, email, refusal: &refusal })
}
