//! What all of these pages are wrapped in.

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use serde_json::Map;

use super::super::{AccountError, Accounts};
use crate::error::{AppError, FieldErrors, PROBLEM_JSON};
use crate::web::ClientAddress;

/// Nothing runs, nothing is loaded from elsewhere, nobody frames the page, and forms only go home.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The middleware that says what browsers may do with a page.
pub async fn lock_down(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

/// The middleware that sends nobody's password over an open line. Browsers drop the cookie there without a word, so that
/// somebody who logged in would only see the login again.
pub async fn refuse_plain_http(request: Request, next: Next) -> Response {
    let is_tls = request.extensions().get::<ClientAddress>().is_some_and(|client| client.is_tls);
    if is_tls || is_this_machine(&request) {
        return next.run(request).await;
    }
    let detail = "Logging in needs HTTPS: browsers keep no session over plain HTTP. Put a proxy with TLS in front that sends \
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

#[derive(Template)]
#[template(path = "accounts/templates/problem.html")]
struct ProblemPage<'a> {
    prefix: &'a str,
    title: String,
    detail: String,
}

#[derive(Deserialize)]
struct Told {
    title: String,
    detail: String,
}

/// The middleware that shows refusals to people: the same words, as a page.
pub async fn show_problems(State(accounts): State<Accounts>, request: Request, next: Next) -> Response {
    const LARGEST: usize = 64 * 1024;
    let response = next.run(request).await;
    if response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != PROBLEM_JSON) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
    let Ok(Told { title, detail }) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let page = ProblemPage { prefix: accounts.links.prefix(), title, detail };
    parts.headers.insert(header::CONTENT_TYPE, HTML);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page.render().unwrap_or_default()))
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

pub async fn method_not_allowed() -> AppError {
    AppError::MethodNotAllowed
}

/// A page as an answer.
pub fn page(status: StatusCode, page: &impl Template) -> Result<Response, AppError> {
    let html = page.render().map_err(anyhow::Error::from)?;
    Ok((status, Html(html)).into_response())
}

/// To a path of this service, to be asked for with GET.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// What a form says about itself when it is shown again.
#[derive(Debug, Default)]
pub struct Refusal {
    status: Option<StatusCode>,
    retry_after_secs: Option<u32>,
    /// About the whole form.
    pub message: String,
    /// About its e-mail field.
    pub email: String,
    /// About its (new) password field.
    pub password: String,
}

impl Refusal {
    /// What a person at the form can do something about; everything else is an answer of its own.
    pub fn of(error: AccountError) -> Result<Self, AppError> {
        let message = error.to_string();
        let told =
            |status, retry_after_secs| Self { status: Some(status), retry_after_secs, message, ..Self::default() };
        match error {
            AccountError::WrongPassword => Ok(told(StatusCode::UNAUTHORIZED, None)),
            AccountError::Blocked { retry_after_secs } => {
                let mut refusal = told(StatusCode::TOO_MANY_REQUESTS, Some(retry_after_secs));
                refusal.message = format!("Too many failed attempts. Try again in {}.", minutes(retry_after_secs));
                Ok(refusal)
            }
            AccountError::Busy => {
                Ok(told(StatusCode::SERVICE_UNAVAILABLE, Some(super::super::hasher::RETRY_AFTER_SECS)))
            }
            AccountError::EmailTaken => Ok(told(StatusCode::CONFLICT, None)),
            AccountError::Invalid(errors) => Ok(Self::of_fields(&errors)),
            other => Err(other.into()),
        }
    }

    fn of_fields(errors: &FieldErrors) -> Self {
        let about = |field: &str| {
            errors
                .iter()
                .filter(|error| error.field == field)
                .map(|error| error.detail.clone())
                .collect::<Vec<_>>()
                .join("; ")
        };
        let (email, password) = (about("email"), about("password"));
        Self { status: Some(StatusCode::UNPROCESSABLE_ENTITY), email, password, ..Self::default() }
    }

    /// Shows the form again.
    pub fn show(&self, form: &impl Template) -> Result<Response, AppError> {
        let mut response = page(self.status.unwrap_or(StatusCode::OK), form)?;
        if let Some(secs) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, secs.into());
        }
        if self.status == Some(StatusCode::UNAUTHORIZED) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Ok(response)
    }
}

fn minutes(secs: u32) -> String {
    match secs {
        ..=59 => format!("{secs} seconds"),
        60..=119 => "2 minutes".to_owned(),
        _ => format!("{} minutes", secs.div_ceil(60)),
    }
}

/// The session's cookie beside an answer.
pub fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Where to go after a login: a path of this service, else the account's page. Anything that a browser could read as another
/// host is none.
pub fn local_path(prefix: &str, next: &str) -> String {
    let is_plain = !next.chars().any(|c| c == '\\' || c.is_control() || !c.is_ascii());
    let below = next.strip_prefix(prefix).is_some_and(|path| path.starts_with('/') && !path.starts_with("//"));
    let is_local = is_plain && below && next.starts_with('/') && !next.starts_with("//");
    if is_local { next.to_owned() } else { format!("{prefix}/account") }
}

/// The token of the request's cookie, before it is known whether it is one.
pub fn earlier(headers: &HeaderMap) -> Option<&str> {
    super::super::cookie::read(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_service_are_gone_to() {
        for local in ["/account", "/console?q=a%20b", "/admin/users#x"] {
            assert_eq!(local_path("", local), local);
        }
        for elsewhere in [
            "",
            "//example.org",
            "/\\example.org",
            "https://example.org/",
            "javascript:alert(1)",
            "/\t/example.org",
            "account",
            "/\r\nSet-Cookie: a=b",
            "\\\\example.org",
            "/ümlaut",
        ] {
            assert_eq!(local_path("", elsewhere), "/account", "{elsewhere:?}");
        }
        assert_eq!(local_path("/find", "/find/console"), "/find/console");
        for elsewhere in ["/console", "/finder", "/find//example.org", "/find"] {
            assert_eq!(local_path("/find", elsewhere), "/find/account", "{elsewhere:?}");
        }
    }

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
