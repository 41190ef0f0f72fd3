//! What editors and admins do: records, closures, imports, users, settings, and the log of it all.
//!
//! Composes several features; nothing depends on it. One file per resource; the verbs are in the features. Every call is
//! within the scope of the account, and every change is in the public answers when its response is sent.

mod audit_api;
mod clinics;
mod closure_requests;
mod closures_api;
mod closures_out;
mod export_api;
mod imports_api;
mod imports_in;
mod imports_out;
mod imports_problems;
mod network;
mod paging;
mod rebooking_api;
mod subjects_api;
mod token_api;
mod user_api;

use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::web::keep_private;

/// Everything under `/api/v1/admin`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(audit_api::list_audit))
        .routes(routes!(user_api::list_users, user_api::create_user))
        .routes(routes!(user_api::update_user))
        .routes(routes!(user_api::create_reset_link))
        .routes(routes!(token_api::list_tokens, token_api::create_token))
        .routes(routes!(token_api::revoke_token))
        .merge(clinics::router())
        .merge(network::router())
        .routes(routes!(closures_api::list_closures, closures_api::create_closure))
        .routes(routes!(closures_api::get_closure, closures_api::update_closure, closures_api::delete_closure))
        .routes(routes!(rebooking_api::list_rebooking))
        .routes(routes!(subjects_api::export_subject))
        .routes(routes!(subjects_api::erase_subject))
        .routes(routes!(imports_api::create_import, imports_api::list_imports))
        .routes(routes!(imports_api::get_import))
        .routes(routes!(imports_api::apply_import))
        .routes(routes!(imports_api::undo_import))
        .routes(routes!(export_api::get_export))
        .layer(from_fn(keep_private))
}
