//! Pages as answers: conditional, kept while they stand, and with what browsers have to know about them.

use std::sync::Mutex;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use super::Site;
use crate::directory::{Directory, Entry, Snapshot, clinic_page_url};
use crate::error::AppError;
use crate::web::{Appearance, ClientAddress, cache};

/// Scripts, styles, pictures and data come from here; nobody frames a page, and forms only go home. Data blocks are no
/// scripts to the policy.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'; img-src 'self' data:";
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What a page may load; street tiles from the operator's server and no other.
pub fn policy(appearance: &Appearance) -> HeaderValue {
    let tiles = appearance.tiles.as_ref().map_or(String::new(), |tiles| format!(" {}", tiles.url.origin()));
    // An origin is made of letters, digits and little else.
    HeaderValue::try_from(format!("{POLICY}{tiles}")).unwrap_or(HeaderValue::from_static(POLICY))
}

/// The middleware that says what browsers may do with a page.
pub async fn guard(State(policy): State<HeaderValue>, request: Request, next: Next) -> Response {
    let is_tls = request.extensions().get::<ClientAddress>().is_some_and(|client| client.is_tls);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "geolocation=(self)"),
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

/// Pages without a query, as they were last written; all of one minute and one state of the directory.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    as_of: DateTime<Utc>,
    pages: FxHashMap<String, (HeaderValue, Bytes)>,
}

/// A few megabytes.
const MOST_KEPT: usize = 500;

impl Shelf {
    fn find(&self, path: &str, etag: &HeaderValue) -> Option<Bytes> {
        let kept = self.0.lock().ok()?;
        kept.pages.get(path).filter(|(tag, _)| tag == etag).map(|(_, page)| page.clone())
    }

    fn keep(&self, path: &str, as_of: DateTime<Utc>, etag: HeaderValue, page: Bytes) {
        let Ok(mut kept) = self.0.lock() else { return };
        if kept.as_of != as_of || kept.pages.len() == MOST_KEPT {
            *kept = Kept { as_of, ..Kept::default() };
        }
        kept.pages.insert(path.to_owned(), (etag, page));
    }
}

/// A page that depends on nothing but the directory, the minute and `path`, by which it is kept.
///
/// # Errors
/// When it cannot be written, which would be a bug.
pub fn public_page<T: Template>(
    site: &Site,
    (snapshot, as_of): (&Snapshot, DateTime<Utc>),
    headers: &HeaderMap,
    path: &str,
    page: impl FnOnce() -> T,
) -> Result<Response, AppError> {
    let etag = site.directory.etag(snapshot, as_of, &[path, site.language.code(), "html"]);
    if let Some(response) = cache::not_modified(headers, &etag) {
        return Ok(response);
    }
    let html = if let Some(html) = site.shelf.find(path, &etag) {
        html
    } else {
        let html = Bytes::from(page().render().map_err(anyhow::Error::from)?);
        site.shelf.keep(path, as_of, etag.clone(), html.clone());
        html
    };
    let mut response = Response::new(Body::from(html));
    response.headers_mut().insert(header::CONTENT_TYPE, HTML);
    Ok(cache::with_validators(response, &etag))
}

/// A page that is asked for with words of one's own, and kept by nobody here.
///
/// # Errors
/// When it cannot be written, which would be a bug.
pub fn page(status: StatusCode, page: &impl Template) -> Result<Response, AppError> {
    let html = page.render().map_err(anyhow::Error::from)?;
    Ok((status, [(header::CONTENT_TYPE, HTML)], html).into_response())
}

/// The answer at an address that a page no longer has, or never had; `path` is below the prefix of the language.
///
/// # Errors
/// When the path cannot be a header.
pub fn moved_to(site: &Site, path: &str) -> Result<Response, AppError> {
    permanently(&site.directory.links().link(&format!("{}{path}", site.language.prefix())))
}

/// The answer at an address of an older site: a clinic's page (rule I9).
///
/// # Errors
/// When the address cannot be a header.
pub fn to_clinic(directory: &Directory, entry: &Entry) -> Result<Response, AppError> {
    permanently(&clinic_page_url(directory.links(), entry))
}

fn permanently(address: &str) -> Result<Response, AppError> {
    let location = HeaderValue::try_from(address).map_err(anyhow::Error::from)?;
    Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response())
}

/// The answer after a form.
///
/// # Errors
/// When the address cannot be a header.
pub fn see_other(address: &str) -> Result<Response, AppError> {
    let location = HeaderValue::try_from(address).map_err(anyhow::Error::from)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// Every page has one address: without the slash at its end.
pub async fn without_slash(OriginalUri(uri): OriginalUri) -> Result<Response, AppError> {
    let path = uri.path().trim_end_matches('/');
    permanently(&format!("{path}{}", query_of(&uri)))
}

/// The query of an address, to be carried along a redirect.
#[must_use]
pub fn query_of(uri: &Uri) -> String {
    uri.query().map_or(String::new(), |query| format!("?{query}"))
}
