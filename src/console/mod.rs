//! What the call centre and the clinics do: find, book and move visits for others, mark them, block times, rebook.
//!
//! Composes several features; nothing depends on it. One file per resource; the verbs are in `bookings`. Every call is within
//! the scope of the account, and every look at a person's data is audited.

mod clinic_api;

use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::web::keep_private;

/// Everything under `/api/v1/staff`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(clinic_api::get_staff_clinic)).layer(from_fn(keep_private))
}
