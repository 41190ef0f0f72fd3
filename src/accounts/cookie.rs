//! The cookie of a session. `__Host-` makes browsers insist that it came over TLS, from this host alone and for all of it:
//! under a path prefix too its path is `/`.

use axum::http::{HeaderMap, HeaderValue};

use crate::web::cookie;

const NAME: &str = "__Host-session";

/// The token of the request's session cookie.
#[must_use]
pub fn read(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, NAME)
}

/// Gives a browser its session, until it is closed.
#[must_use]
pub fn set(token: &str) -> HeaderValue {
    value(&format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"))
}

/// Takes a browser's session away.
#[must_use]
pub fn clear() -> HeaderValue {
    value(&format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("tokens are letters, digits, - and _")
}
