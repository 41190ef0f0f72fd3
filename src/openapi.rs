//! The API's description, collected from the handlers themselves.

use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

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
        (name = "staff", description = "For call centre and clinics, behind a login"),
        (name = "admin", description = "For editors and admins, behind a login"),
        (name = "places", description = "From a text box to a place"),
        (name = "operation", description = "For the people who run the service")
    ),
    components(schemas(Problem, FieldError)),
    modifiers(&Bearer)
)]
pub struct ApiDescription;

/// How programs show who they are.
struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        description.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}
