//! The records of clinics, for editors: one, many, and their edits (rules I8, I9, I11).
//!
//! The columns of the CSV are the members of the JSON: `cells` turns one into the other, so that values are judged in one
//! place, `members` reads bodies, `out` writes records. The verbs are in `clinics`.

mod api;
mod cells;
mod list_api;
mod members;
mod out;
mod problems;
mod visits;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// Everything under `/api/v1/admin/clinics`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_api::list_admin_clinics, api::create_admin_clinic))
        .routes(routes!(api::get_admin_clinic, api::update_admin_clinic, api::retire_admin_clinic))
        .routes(routes!(api::replace_clinic_hours))
}
