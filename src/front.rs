//! What the server calls: the router, and a short way past it for the one route that everything is about.
//!
//! Measured, the router and its layers cost a nearest query more than its answer does. A plain `GET /api/v1/nearest` that none
//! of the layers would act upon (nothing to compress, no preflight) is therefore answered at once: same parser, same answer,
//! same headers, same access line and metrics. A test holds both ways to the same bytes.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::Either;
use tower::{Service, ServiceExt, util::Oneshot};

use crate::app::AppState;
use crate::directory::{Directory, nearest_answer};
use crate::routes;
use crate::web::Observer;

/// The whole service.
#[derive(Clone, Debug)]
pub struct Front {
    router: Router,
    hot: Arc<Hot>,
}

#[derive(Debug)]
struct Hot {
    path: String,
    directory: Directory,
    observer: Observer,
}

impl Front {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        let path = format!("{}{NEAREST}", state.links.prefix());
        let hot = Hot { path, directory: state.directory.clone(), observer: state.observer.clone() };
        Self { router: routes::router(state), hot: Arc::new(hot) }
    }
}

/// The route's template, without the prefix of the public URL.
const NEAREST: &str = "/api/v1/nearest";

impl Hot {
    /// Whether no layer of the router would act upon this request.
    fn takes(&self, request: &Request) -> bool {
        request.method() == Method::GET
            && request.uri().path() == self.path
            && !request.headers().contains_key(header::ACCEPT_ENCODING)
    }

    fn answer(&self, request: &Request) -> Response {
        self.observer.answer(request.method(), NEAREST, || {
            let mut response = nearest_answer(&self.directory, request).unwrap_or_else(IntoResponse::into_response);
            routes::share_across_origins(response.headers_mut());
            response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
            response
        })
    }
}

impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, Oneshot<Router, Request<Body>>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if self.hot.takes(&request) {
            Either::Left(ready(Ok(self.hot.answer(&request))))
        } else {
            Either::Right(self.router.clone().oneshot(request))
        }
    }
}
