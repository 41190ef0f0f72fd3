//! `GET /locations/clinics.json` and `GET /locations/outline.json`.

use std::sync::{Arc, LazyLock, Weak};

use anyhow::Context;
use arc_swap::ArcSwapOption;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::clusters::{clinics_json, outline_json};
use super::packed::Packed;
use crate::directory::{Directory, Snapshot};
use crate::error::AppError;
use crate::web::cache;

/// The map's files, below the path of the locations pages.
pub fn router() -> Router<Directory> {
    Router::new()
        .route("/locations/clinics.json", get(get_map_clinics))
        .route("/locations/outline.json", get(get_map_outline))
        .layer(Extension(KeptFile::default()))
}

/// The clinics' file of the snapshot that was last asked for: ten thousand clinics take tens of milliseconds to pack.
#[derive(Clone, Debug, Default)]
struct KeptFile(Arc<ArcSwapOption<OfSnapshot>>);

#[derive(Debug)]
struct OfSnapshot {
    /// Holds the address, so that no later snapshot can be taken for this one.
    snapshot: Weak<Snapshot>,
    file: Packed,
}

impl KeptFile {
    /// Readers never wait: two that find it outdated both make it.
    async fn of(&self, snapshot: Arc<Snapshot>) -> anyhow::Result<Packed> {
        let held = self.0.load_full().filter(|held| std::ptr::eq(held.snapshot.as_ptr(), Arc::as_ptr(&snapshot)));
        if let Some(held) = held {
            return Ok(held.file.clone());
        }
        let of = Arc::downgrade(&snapshot);
        let make = move || Packed::new(clinics_json(&snapshot));
        let file = tokio::task::spawn_blocking(make).await.context("the map's file could not be made")?;
        self.0.store(Some(Arc::new(OfSnapshot { snapshot: of, file: file.clone() })));
        Ok(file)
    }
}

/// Where all open clinics are. The tag outlives the minute: the file changes only with the data and when a dated status
/// flips, and when the next one does tells which have.
async fn get_map_clinics(
    State(directory): State<Directory>,
    Extension(kept): Extension<KeptFile>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let snapshot = directory.snapshot();
    let next_flip = snapshot.next_flip.map_or(0, |flip| flip.timestamp());
    let etag = cache::etag(&[snapshot.data_version, next_flip], &["map/clinics"]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let file = kept.of(snapshot).await.map_err(AppError::Internal)?;
    Ok(cache::with_validators(answer(&file, &headers, "application/json"), &etag))
}

static OUTLINE: LazyLock<(Packed, HeaderValue)> = LazyLock::new(|| {
    let json = outline_json();
    // Part of the program: it changes with a release, which says so in no number.
    let etag = cache::etag(&[], &["map/outline", &json]);
    (Packed::new(json), etag)
});

/// The states' outlines.
async fn get_map_outline(headers: HeaderMap) -> Response {
    let (file, etag) = &*OUTLINE;
    let fresh = || cache::with_validators(answer(file, &headers, "application/geo+json"), etag);
    cache::not_modified(&headers, etag).unwrap_or_else(fresh)
}

/// Packed where the client can unpack it; the compression layer leaves that alone.
fn answer(file: &Packed, request: &HeaderMap, content_type: &'static str) -> Response {
    let accepted = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let (body, encoding): (Bytes, _) = file.for_client(accepted);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}
