//! The network's settings, for admins: read and changed as one record (rule I8).

mod api;
mod out;
mod parse;
mod requests;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// Everything under `/api/v1/admin/network`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(api::get_network, api::update_network))
}
