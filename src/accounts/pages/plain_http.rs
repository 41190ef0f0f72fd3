use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Map;

use crate::error::AppError;
use crate::web::ClientAddress;

/// The middleware that sends nobody's password over an open line. Browsers drop the cookie there without a word, so that
/// somebody who signed in would only see the sign-in again.
pub async fn refuse(request: Request, next: Next) -> Response {
    let is_tls = request.extensions().get::<ClientAddress>().is_some_and(|client| client.is_tls);
    if is_tls || is_this_machine(&request) {
        return next.run(request).await;
    }
    let detail = "Signing in needs HTTPS: browsers keep no session over plain HTTP. Put a proxy with TLS in front that sends \
                  X-Forwarded-Proto: https, and name its address in --trusted-proxies; on this machine itself, \
                  http://localhost works.";
    let refusal = AppError::Refused {
        status: StatusCode::FORBIDDEN,
        code: "https_needed",
        detail: detail.to_owned(),
        extra: Map::new(),
    };
    refusal.into_response()
}

/// Browsers take the loopback for as good as HTTPS.
fn is_this_machine(request: &Request) -> bool {
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(Authority::as_str).or(header).unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|loopback| name.eq_ignore_ascii_case(loopback))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn the_loopback_is_this_machine_and_its_look_alikes_are_not() {
        let asks = |host: &str| is_this_machine(&Request::builder().header("host", host).body(Body::empty()).unwrap());
        for local in ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "[::1]", "[::1]:8080"] {
            assert!(asks(local), "{local}");
        }
        for other in
            ["", "localhost.example.org", "127.0.0.1.example.org", "example.org:127.0.0.1", "[::2]", "10.0.0.1"]
        {
            assert!(!asks(other), "{other}");
        }
    }
}
