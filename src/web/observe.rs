use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::Instrument;

use super::{Metrics, TrustedProxies};
use crate::error::{AppError, Cause};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every request is wrapped in: an id, one access line, metrics, and a net under panics.
#[derive(Clone, Debug)]
pub struct Observer {
    metrics: Metrics,
    proxies: TrustedProxies,
    ids: Arc<RequestIds>,
}

/// Ids that are unique across restarts and replicas (by the random start) and cost one addition.
#[derive(Debug)]
struct RequestIds(AtomicU64);

impl Observer {
    #[must_use]
    pub fn new(metrics: Metrics, proxies: TrustedProxies) -> Self {
        use std::hash::{BuildHasher, Hasher, RandomState};
        let random_start = RandomState::new().build_hasher().finish();
        Self { metrics, proxies, ids: Arc::new(RequestIds(AtomicU64::new(random_start))) }
    }
}

/// The middleware around every route; it never fails.
pub async fn observe(State(observer): State<Observer>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = format!("{:016x}", observer.ids.0.fetch_add(1, Ordering::Relaxed));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let client = observer.proxies.client(request.headers(), request.extensions());
    if let Some(client) = client {
        request.extensions_mut().insert(client);
    }
    let template = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let span = tracing::debug_span!("request", %method, route = template, request.id = %id);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await;
    let mut response = answered.unwrap_or_else(|panic| panicked(&*panic));
    finish(&mut response, &id);
    let took = started.elapsed();
    observer.metrics.count(template, response.status().as_u16(), took);
    log_access(&method, template, &id, &response, took);
    response
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Response {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    AppError::Internal(anyhow::anyhow!("a handler panicked: {}", message.unwrap_or("no message"))).into_response()
}

fn finish(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// One line a request. Successful reads are told at `debug`: thousands a second, counted by `/metrics`, nothing to act on.
fn log_access(method: &Method, route: &str, id: &str, response: &Response, took: Duration) {
    let status = response.status();
    let duration_ms = took.as_secs_f64() * 1_000.0;
    if let Some(Cause(cause)) = response.extensions().get::<Cause>() {
        tracing::error!(%method, route, status = status.as_u16(), request.id = id, duration_ms, cause = format!("{cause:#}"), "request failed");
    } else if *method == Method::GET && (status.is_success() || status == StatusCode::NOT_MODIFIED) {
        tracing::debug!(%method, route, status = status.as_u16(), request.id = id, duration_ms, "request");
    } else {
        tracing::info!(%method, route, status = status.as_u16(), request.id = id, duration_ms, "request");
    }
}
