//! The API's description, collected from the handlers themselves.

use utoipa::OpenApi;

use crate::error::{FieldError, Problem};

/// What the handlers cannot say about the whole.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Clinic Directory",
        description = "Which clinic is nearest, and what is known about it. Distances are WGS84 geodesics, straight lines. \
                       Errors are application/problem+json (RFC 9457) with a stable `code`; unknown query parameters are refused."
    ),
    tags(
        (name = "directory", description = "Clinics, lists and the nearest ones"),
        (name = "bookings", description = "Free times, holds and bookings"),
        (name = "places", description = "From a text box to a place"),
        (name = "operation", description = "For the people who run the service")
    ),
    components(schemas(Problem, FieldError))
)]
pub struct ApiDescription;
