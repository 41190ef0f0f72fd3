use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::error::AppError;

/// A spreadsheet of 100,000 clinics is some 30 MB.
const LIMIT_BYTES: usize = 64 * 1024 * 1024;
/// Files in memory at a time; whoever brings another one waits for a moment.
const MOST_AT_ONCE: usize = 3;
/// How long the next piece of a file may take: a connection that stalls must not keep its place.
const PATIENCE: Duration = Duration::from_secs(30);
const RETRY_AFTER_SECS: u32 = 10;

static PLACES: Semaphore = Semaphore::const_new(MOST_AT_ONCE);

/// A request body that is a file of any kind, up to 64 MB, read piece by piece; rejects with 413 as soon as it is known to
/// be larger, and with 503 while other files are being read. It keeps its place until it is dropped.
#[derive(Debug)]
pub struct Upload {
    bytes: Vec<u8>,
    place: SemaphorePermit<'static>,
}

impl Upload {
    /// The file, and its place, which whoever works with the file should keep.
    pub fn into_parts(self) -> (Vec<u8>, SemaphorePermit<'static>) {
        (self.bytes, self.place)
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = AppError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, AppError> {
        let expected = refuse_early(request.headers())?;
        let waiting = timeout(PATIENCE, PLACES.acquire()).await;
        let Ok(Ok(place)) = waiting else {
            return Err(AppError::Unavailable { retry_after_secs: RETRY_AFTER_SECS });
        };
        let bytes = read(request.into_body().into_data_stream(), expected).await?;
        Ok(Self { bytes, place })
    }
}

/// What the headers say already; how long the body says it is.
fn refuse_early(headers: &HeaderMap) -> Result<usize, AppError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if text(header::CONTENT_TYPE).trim_start().to_ascii_lowercase().starts_with("multipart/") {
        let detail = "send the file itself as the body, as with curl --data-binary @FILE";
        return Err(AppError::UnsupportedMediaType(detail));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(AppError::UnsupportedMediaType("send the body as it is, without a Content-Encoding"));
    }
    match text(header::CONTENT_LENGTH).parse::<u64>() {
        Ok(length) if length > LIMIT_BYTES as u64 => Err(too_large()),
        Ok(length) => Ok(usize::try_from(length).unwrap_or_default()),
        Err(_) => Ok(0),
    }
}

async fn read(mut body: BodyDataStream, expected: usize) -> Result<Vec<u8>, AppError> {
    let unreadable =
        || AppError::BadRequest { code: "unreadable_body", detail: "the request body ended early".to_owned() };
    let mut bytes = Vec::with_capacity(expected);
    while let Some(piece) = timeout(PATIENCE, body.next()).await.map_err(|_| unreadable())? {
        let piece = piece.map_err(|_| unreadable())?;
        if bytes.len() + piece.len() > LIMIT_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn too_large() -> AppError {
    AppError::PayloadTooLarge { limit_bytes: LIMIT_BYTES }
}
