//! Conditional GETs: an entity tag from what the answer depends on, never from the body.

use std::hash::Hasher;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Public answers change with the minute (open or closed) and with each edit: half a minute is fresh, a tag decides after it.
const PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=30");

/// A weak entity tag of a public answer (rule N10): `state` are the numbers that count the changes of what is answered
/// from, `asked` is everything that selects the answer (path, query, negotiated format).
#[must_use]
pub fn etag(state: &[i64], asked: &[&str]) -> HeaderValue {
    let mut hasher = rustc_hash::FxHasher::default();
    for part in asked {
        hasher.write(part.as_bytes());
        hasher.write_u8(0xff);
    }
    let mut tag = String::with_capacity(80);
    tag.push_str("W/\"");
    for number in state {
        tag.push_str(itoa::Buffer::new().format(*number));
        tag.push('-');
    }
    tag.push_str(itoa::Buffer::new().format(hasher.finish()));
    tag.push('"');
    HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("W/\"0\""))
}

/// 304 when the client already holds this answer.
#[must_use]
pub fn not_modified(request: &HeaderMap, etag: &HeaderValue) -> Option<Response> {
    let held = request.get(header::IF_NONE_MATCH)?.to_str().ok()?;
    let ours = opaque(etag.to_str().ok()?);
    let is_held = held.trim() == "*" || held.split(',').any(|tag| opaque(tag.trim()) == ours);
    is_held.then(|| with_validators(StatusCode::NOT_MODIFIED.into_response(), etag))
}

/// Weak comparison (RFC 9110, 8.8.3.2): the prefix does not count.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Marks a directory answer as public and revalidatable.
#[must_use]
pub fn with_validators(mut response: Response, etag: &HeaderValue) -> Response {
    response.headers_mut().insert(header::ETAG, etag.clone());
    response.headers_mut().insert(header::CACHE_CONTROL, PUBLIC);
    response
}
