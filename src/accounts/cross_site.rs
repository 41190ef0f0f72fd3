//! A page of another site cannot make a browser write here: its cookie would come along.
//!
//! Browsers say where a request was made (`Sec-Fetch-Site`, `Origin`), and tower-http's layer judges that. It lets a request
//! through that says nothing; with a session's cookie that is refused here. A program that shows a token is no browser.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::Map;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use url::Url;

use super::authenticate::bearer;
use super::cookie;
use crate::error::AppError;
use crate::web::PublicUrl;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Puts both around everything that a cookie can authenticate. The public URL's origin is ours, whatever a proxy makes of
/// the host.
pub fn refuse_cross_site<S: Clone + Send + Sync + 'static>(router: Router<S>, links: &PublicUrl) -> Router<S> {
    let layer = CsrfLayer::new().with_rejection_response(|_: ProtectionError| cross_site().into_response());
    let origin = Url::parse(&links.link("")).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let layer = layer.clone().add_trusted_origin(&origin).unwrap_or(layer);
    router.layer(layer).layer(from_fn(ask_for_evidence))
}

async fn ask_for_evidence(mut request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers_mut();
    if bearer(headers).is_some() {
        headers.remove(header::ORIGIN);
        headers.remove(SEC_FETCH_SITE);
    } else if !is_read && cookie::read(headers).is_some() && !has_evidence(headers) {
        return cross_site().into_response();
    }
    next.run(request).await
}

fn has_evidence(headers: &HeaderMap) -> bool {
    [SEC_FETCH_SITE, header::ORIGIN].iter().any(|name| headers.get(name).is_some_and(|value| !value.is_empty()))
}

fn cross_site() -> AppError {
    let detail = "this does not come from a page of this site; open the page again, or send Authorization: Bearer";
    AppError::Refused {
        status: StatusCode::FORBIDDEN,
        code: "cross_site",
        detail: detail.to_owned(),
        extra: Map::new(),
    }
}
