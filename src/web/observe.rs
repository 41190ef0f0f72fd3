use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
    /// Of the public URL: where the service is mounted is no part of a route's name.
    prefix: Arc<str>,
}

/// Ids that are unique across restarts and replicas (by the random start) and cost one addition.
#[derive(Debug)]
struct RequestIds(AtomicU64);

impl Observer {
    #[must_use]
    pub fn new(metrics: Metrics, proxies: TrustedProxies, prefix: &str) -> Self {
        use std::hash::{BuildHasher, Hasher, RandomState};
        let random_start = RandomState::new().build_hasher().finish();
        Self { metrics, proxies, ids: Arc::new(RequestIds(AtomicU64::new(random_start))), prefix: prefix.into() }
    }

    fn begin(&self) -> Observed<'_> {
        let id = hexadecimal(self.ids.0.fetch_add(1, Ordering::Relaxed));
        Observed { observer: self, started: Instant::now(), id }
    }

    /// Answers a request without the router, for a route that pays for none of its layers.
    pub fn answer(&self, method: &Method, route: &'static str, answer: impl FnOnce() -> Response) -> Response {
        let observed = self.begin();
        let response = catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|panic| panicked(&*panic));
        observed.finish(method, Cow::Borrowed(route), response)
    }
}

/// Sixteen digits, without the machinery of `format!`: every answer has an id.
fn hexadecimal(number: u64) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let nibbles = number.to_be_bytes().into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    nibbles.map(|nibble| DIGITS[usize::from(nibble)]).collect()
}

/// A request that is being answered.
struct Observed<'o> {
    observer: &'o Observer,
    started: Instant,
    id: String,
}

impl Observed<'_> {
    fn finish(self, method: &Method, route: Cow<'static, str>, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(REQUEST_ID, id);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let took = self.started.elapsed();
        log_access(method, &route, &self.id, &response, took);
        self.observer.metrics.count(route, response.status().as_u16(), took);
        response
    }
}

/// The middleware around every route; it never fails.
pub async fn observe(State(observer): State<Observer>, mut request: Request, next: Next) -> Response {
    let seen = observer.begin();
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let named = matched.map(|path| path.strip_prefix(&*observer.prefix).unwrap_or(path).to_owned());
    let route = named.map_or(Cow::Borrowed("(none)"), Cow::Owned);
    let method = request.method().clone();
    if let Some(client) = observer.proxies.client(request.headers(), request.extensions()) {
        request.extensions_mut().insert(client);
    }
    let span = tracing::debug_span!("request", %method, route = &*route, request.id = seen.id);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await;
    let response = answered.unwrap_or_else(|panic| panicked(&*panic));
    seen.finish(&method, route, response)
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Response {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    AppError::Internal(anyhow::anyhow!("a handler panicked: {}", message.unwrap_or("no message"))).into_response()
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
