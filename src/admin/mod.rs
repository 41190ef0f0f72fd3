//! What editors and admins do: records, closures, imports, users, settings, and the log of it all.
//!
//! Composes several features; nothing depends on it. One file per resource; the verbs are in the features. Every call is
//! within the scope of the account, and every change is in the public answers when its response is sent.

mod audit_api;
mod export_api;
mod imports_api;
mod imports_in;
mod imports_out;
mod imports_problems;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::directory::Directory;
use crate::web::keep_private;

/// Everything under `/api/v1/admin`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(audit_api::list_audit))
        .routes(routes!(imports_api::create_import, imports_api::list_imports))
        .routes(routes!(imports_api::get_import))
        .routes(routes!(imports_api::apply_import))
        .routes(routes!(imports_api::undo_import))
        .routes(routes!(export_api::get_export))
        .layer(from_fn(keep_private))
}

/// The middleware around the router: whoever changed something finds it in the public answers. Other processes follow by
/// themselves a moment later.
pub async fn show_changes(State(directory): State<Directory>, request: Request, next: Next) -> Response {
    let changes = request.method() != Method::GET;
    let response = next.run(request).await;
    if changes
        && response.status().is_success()
        && let Err(error) = directory.refresh().await
    {
        tracing::warn!(error = format!("{error:#}"), "a change is shown late");
    }
    response
}
