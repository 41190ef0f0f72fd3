use askama::Template;
use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::super::{Accounts, LoggedIn, change_password, cookie, end_other_sessions, session};
use super::refusal::{form_errors, required, with_cookie};
use super::{AccountPages, log_in};
use crate::error::AppError;
use crate::web::page::{FormErrors, Pages, STAFF, Signed, StaffFrame, html, see_other};
use crate::web::{ClientAddress, Filled, Hidden, Query};

#[derive(Template)]
#[template(path = "accounts/templates/account.html")]
struct AccountPage<'a> {
    frame: StaffFrame<'a>,
    email: &'a str,
    role: String,
    scope: Vec<String>,
    /// Where else this person is signed in.
    sessions: String,
    has_others: bool,
    /// What a change of the password does there.
    consequence: String,
    errors: FormErrors,
}

/// Who looks at a page; strangers are shown the sign-in, and come back.
#[derive(Debug)]
pub struct Visitor(LoggedIn);

impl FromRequestParts<AccountPages> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AccountPages) -> Result<Self, Response> {
        match state.accounts.logged_in(parts).await {
            Ok(Some(logged_in)) => Ok(Self(logged_in)),
            Ok(None) => Err(sign_in(&state.pages, &parts.method).into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// Where a stranger signs in and comes back from. Who sends a form was signed in a moment ago: nothing but passwords was typed,
/// and those are not carried along.
fn sign_in(pages: &Pages, method: &Method) -> Result<Response, AppError> {
    let account = pages.href("/account");
    if method != Method::GET {
        return log_in::session_ended(pages, account);
    }
    let next: String = url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
    see_other(&pages.href(&format!("/login?next={next}")))
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
    State(pages): State<Pages>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    show(&accounts, &pages, &who, FormErrors::default()).await
}

async fn show(accounts: &Accounts, pages: &Pages, who: &LoggedIn, errors: FormErrors) -> Result<Response, AppError> {
    let others = session::count(&accounts.db, who.user.id, accounts.clock.now()).await?.saturating_sub(1);
    let (email, role) = (&who.user.email, STAFF.say(&format!("role-{}", who.actor.role.as_str())));
    let signed = Signed { email: email.clone(), role: role.to_string() };
    let frame = StaffFrame { is_refused: !errors.is_empty(), ..StaffFrame::new(pages, "account", Some(signed)) };
    let account_page = AccountPage {
        frame,
        email,
        role: role.into_owned(),
        scope: who.actor.scope.parts(),
        sessions: match others {
            0 => STAFF.say("sessions-here").into_owned(),
            places => STAFF.tell("sessions-elsewhere", &[("places", places.into())]),
        },
        has_others: others > 0,
        consequence: STAFF.tell("change-password-lead", &[("places", others.into())]),
        errors,
    };
    Ok(account_page.errors.with_headers(html(account_page.errors.status(), &account_page)?))
}

/// Every other session ends; this browser goes on with one of its own.
pub async fn post_password(
    Visitor(who): Visitor,
    client: Option<Extension<ClientAddress>>,
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(()): Query<()>,
    Filled { typed, fault }: Filled<PasswordForm>,
) -> Result<Response, AppError> {
    let PasswordForm { current: Hidden(current), password: Hidden(password) } = &typed;
    if let Some(fault) = fault.or_else(|| required(&[("current", current), ("password", password)]).err()) {
        return show(&accounts, &pages, &who, FormErrors::of(&STAFF, fault)?).await;
    }
    let client = client.map(|Extension(client)| client);
    match change_password(&accounts, &who, current, password, client).await {
        Ok(token) => Ok(with_cookie(see_other(&pages.href("/account"))?, cookie::set(&token))),
        Err(error) => show(&accounts, &pages, &who, form_errors(error, "refused-wrong_current")?).await,
    }
}

pub async fn post_sessions(
    Visitor(who): Visitor,
    State(accounts): State<Accounts>,
    State(pages): State<Pages>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    end_other_sessions(&accounts, &who).await?;
    see_other(&pages.href("/account"))
}
