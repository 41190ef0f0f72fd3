//! What the call centre and the clinics do: find, book and move visits for others, mark them, block times, rebook.
//!
//! Composes several features; nothing depends on it. One file per resource; the verbs are in `bookings`. Every call is within
//! the scope of the account, and every look at a person's data is audited.

mod blocks_api;
mod bookings_api;
mod caller_api;
mod calls_api;
mod clinic_api;
mod explain_api;
mod holds_api;
mod rebooking_api;
mod visits_api;

use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Actor;
use crate::app::AppState;
use crate::web::keep_private;

/// Everything under `/api/v1/staff`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(clinic_api::get_staff_clinic))
        .routes(routes!(visits_api::list_staff_bookings, bookings_api::create_staff_booking))
        .routes(routes!(visits_api::update_staff_booking))
        .routes(routes!(visits_api::search_staff_bookings))
        .routes(routes!(bookings_api::cancel_staff_booking))
        .routes(routes!(bookings_api::reschedule_staff_booking))
        .routes(routes!(holds_api::create_staff_hold))
        .routes(routes!(blocks_api::create_block))
        .routes(routes!(blocks_api::delete_block))
        .routes(routes!(calls_api::create_call))
        .routes(routes!(caller_api::find_caller))
        .routes(routes!(explain_api::get_staff_explanation))
        .routes(routes!(rebooking_api::list_staff_rebooking))
        .routes(routes!(rebooking_api::claim_rebooking, rebooking_api::release_rebooking))
        .layer(from_fn(keep_private))
}

/// Whose keys are compared: two agents who both chose "1" must not get one answer.
fn own_keys(call: &str, actor: &Actor) -> String {
    format!("{call} {}", actor.user.unwrap_or_default())
}
