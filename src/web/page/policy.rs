use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::web::{Appearance, ClientAddress};

/// Scripts, styles, pictures and data come from here; nobody frames a page, and forms only go home. Data blocks are no
/// scripts to the policy.
const VISITORS: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
                        base-uri 'none'; frame-ancestors 'none'; img-src 'self' data:";
/// As for visitors, and without pictures of other hosts.
const STAFF: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'; img-src 'self'",
);

/// What browsers may do with the pages of an audience.
#[derive(Clone, Debug)]
pub struct Policy {
    content: HeaderValue,
    /// Features of the device that pages may use.
    permissions: &'static str,
}

impl Policy {
    /// Street tiles come from the operator's server and no other.
    #[must_use]
    pub fn of_visitors(appearance: &Appearance) -> Self {
        let tiles = appearance.tiles.as_ref().map_or(String::new(), |tiles| format!(" {}", tiles.url.origin()));
        // An origin is made of letters, digits and little else.
        let content = HeaderValue::try_from(format!("{VISITORS}{tiles}"));
        let content = content.unwrap_or(HeaderValue::from_static(VISITORS));
        Self { content, permissions: "geolocation=(self)" }
    }

    #[must_use]
    pub fn of_staff() -> Self {
        Self { content: STAFF, permissions: "geolocation=()" }
    }
}

/// The middleware that tells browsers what they may do with a page.
pub async fn guard(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let is_tls = request.extensions().get::<ClientAddress>().is_some_and(|client| client.is_tls);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy.content);
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), policy.permissions),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("strict-origin-when-cross-origin"));
    if is_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}
