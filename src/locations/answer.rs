//! Public pages as answers: conditional, and kept while they stand.

use std::sync::Mutex;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use super::Site;
use crate::directory::{Directory, Entry, Snapshot, clinic_page_url};
use crate::error::AppError;
use crate::web::cache;
use crate::web::page::{permanently, query_of};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

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

/// Every page has one address: without the slash at its end.
pub async fn without_slash(OriginalUri(uri): OriginalUri) -> Result<Response, AppError> {
    let path = uri.path().trim_end_matches('/');
    permanently(&format!("{path}{}", query_of(&uri)))
}
