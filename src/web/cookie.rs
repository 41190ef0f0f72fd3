use axum::http::{HeaderMap, header};

/// The value of a request's cookie.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; my-session=x"));
        assert_eq!(cookie(&headers, "session"), None);
        headers.append(header::COOKIE, HeaderValue::from_static("c=d;  session=token; e"));
        assert_eq!(cookie(&headers, "session"), Some("token"));
    }
}
