//! The pages on which people sign in and look after their own account: `/login`, `/logout`, `/setup`, `/reset`, `/account`.
//!
//! They work without scripts. GET shows, POST acts and redirects; what was refused shows the form again with its reason.

mod account;
mod choose_password;
mod log_in;
mod next;
mod plain_http;
mod refusal;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use super::{Accounts, refuse_cross_site};
use crate::error::AppError;
use crate::web::keep_private;
use crate::web::page::{Audience, Pages, Policy, ProblemPages, guard, show_problems};

/// What these pages are made from.
#[derive(Clone, Debug)]
pub struct AccountPages {
    accounts: Accounts,
    pages: Pages,
}

impl FromRef<AccountPages> for Accounts {
    fn from_ref(state: &AccountPages) -> Self {
        state.accounts.clone()
    }
}

impl FromRef<AccountPages> for Pages {
    fn from_ref(state: &AccountPages) -> Self {
        state.pages.clone()
    }
}

/// Everything under the root of the service that is about an account.
pub fn router(accounts: &Accounts, pages: &Pages) -> Router {
    let routes = Router::new()
        .route("/login", get(log_in::show_login).post(log_in::post_login))
        .route("/logout", post(log_in::post_logout))
        .route("/setup", get(choose_password::show_setup).post(choose_password::post_setup))
        .route("/reset", get(choose_password::show_reset).post(choose_password::post_reset))
        .route("/account", get(account::show_account))
        .route("/account/password", post(account::post_password))
        .route("/account/sessions", post(account::post_sessions))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(AccountPages { accounts: accounts.clone(), pages: pages.clone() });
    let problems = ProblemPages { pages: pages.clone(), audience: Audience::Staff };
    refuse_cross_site(routes, &accounts.links)
        .layer(from_fn(plain_http::refuse))
        .layer(from_fn_with_state(problems, show_problems))
        .layer(from_fn(keep_private))
        .layer(from_fn_with_state(Policy::of_staff(), guard))
}

async fn method_not_allowed() -> AppError {
    AppError::MethodNotAllowed
}
