//! The pages on which people log in and look after their own account: `/login`, `/logout`, `/setup`, `/reset`, `/account`.
//!
//! Plain HTML without scripts. GET shows, POST acts and redirects; what was refused shows the form again with its reason.

mod account;
mod choose_password;
mod frame;
mod log_in;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};

use super::{Accounts, refuse_cross_site};
use crate::web::keep_private;

/// Everything under the root of the service that is about an account.
pub fn router(accounts: &Accounts) -> Router {
    let pages = Router::new()
        .route("/login", get(log_in::show_login).post(log_in::post_login))
        .route("/logout", post(log_in::post_logout))
        .route("/setup", get(choose_password::show_setup).post(choose_password::post_setup))
        .route("/reset", get(choose_password::show_reset).post(choose_password::post_reset))
        .route("/account", get(account::show_account))
        .route("/account/password", post(account::post_password))
        .route("/account/sessions", post(account::post_sessions))
        .method_not_allowed_fallback(frame::method_not_allowed)
        .with_state(accounts.clone());
    refuse_cross_site(pages, &accounts.links)
        .layer(from_fn(frame::refuse_plain_http))
        .layer(from_fn_with_state(accounts.clone(), frame::show_problems))
        .layer(from_fn(frame::lock_down))
        .layer(from_fn(keep_private))
        .route("/account/style.css", get(style))
}

async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, include_str!("../templates/style.css"))
}
