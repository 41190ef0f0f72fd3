//! The cookie of a session. `__Host-` makes browsers insist that it came over TLS, from this host alone and for all of it:
//! under a path prefix too its path is `/`.

use axum::http::{HeaderMap, HeaderValue, header};

const NAME: &str = "__Host-session";

/// The token of the request's session cookie.
#[must_use]
pub fn read(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, token)| token)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; session=x"));
        assert_eq!(read(&headers), None);
        headers.append(header::COOKIE, HeaderValue::from_static("c=d;  __Host-session=token; e"));
        assert_eq!(read(&headers), Some("token"));
    }
}
