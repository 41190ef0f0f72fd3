use std::convert::Infallible;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, request};
use clinic_directory::web::Peer;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

type AnyService = BoxCloneSyncService<Request<Body>, axum::response::Response, Infallible>;

/// Somebody who asks; who it is, is the application's constructor for it.
#[derive(Clone, Debug)]
pub struct Client {
    service: AnyService,
    /// Sent with every request.
    headers: Vec<(String, String)>,
}

impl Client {
    /// A client of any service: the whole application, or a test's own router.
    pub fn new<S>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = axum::response::Response, Error = Infallible>,
        S: Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        Self { service: BoxCloneSyncService::new(service), headers: Vec::new() }
    }

    /// The same client with one more header in each of its requests.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn get(&self, path_and_query: &str) -> Ask {
        self.request(Method::GET, path_and_query)
    }

    /// A request to be sent by awaiting it.
    pub fn request(&self, method: Method, path_and_query: &str) -> Ask {
        let mut request = Request::builder().method(method).uri(path_and_query);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        Ask { service: self.service.clone(), request, body: Body::empty() }
    }

    /// A request with a JSON body.
    pub fn send(&self, method: Method, path_and_query: &str, body: &Value) -> Ask {
        self.request(method, path_and_query).header("content-type", "application/json").body(body.to_string())
    }

    /// A request whose body is a file.
    pub fn upload(&self, path_and_query: &str, file: impl AsRef<[u8]>) -> Ask {
        let ask = self.request(Method::POST, path_and_query).header("content-type", "application/octet-stream");
        ask.body(file.as_ref().to_vec())
    }

    pub fn post(&self, path_and_query: &str, body: &Value) -> Ask {
        self.send(Method::POST, path_and_query, body)
    }
}

/// A request that is not sent yet.
#[derive(Debug)]
pub struct Ask {
    service: AnyService,
    request: request::Builder,
    body: Body,
}

impl Ask {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// As if it came over a connection from this address.
    pub fn peer(mut self, address: &str) -> Self {
        self.request = self.request.extension(Peer(address.parse().expect("an address and a port")));
        self
    }

    pub fn body(self, body: impl Into<Body>) -> Self {
        Self { body: body.into(), ..self }
    }
}

impl IntoFuture for Ask {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let request = self.request.body(self.body).expect("a valid request");
            let asked = format!("{} {}", request.method(), request.uri());
            let Ok(response) = self.service.oneshot(request).await;
            let (parts, body) = response.into_parts();
            let body = body.collect().await.expect("the body ends").to_bytes().to_vec();
            Response { asked, status: parts.status, headers: parts.headers, body }
        })
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Response {
    asked: String,
    status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Response {
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header's first value; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    /// The body, whatever the status.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, String::from_utf8_lossy(&self.body)))
    }

    /// The body of a 200.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status(), 200, "{}: {}", self.asked, String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The body of an error, which must be a whole problem (RFC 9457) with this status and code, and nothing to keep.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status(), status, "{}: {}", self.asked, String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.asked);
        assert!(self.header("cache-control").starts_with("no-store"), "{}", self.asked);
        assert_eq!(self.header("etag"), "", "{}", self.asked);
        let problem = self.json();
        assert_eq!(problem["status"], status, "{}", self.asked);
        assert_eq!(problem["code"], code, "{}: {problem}", self.asked);
        assert_eq!(problem["type"], "about:blank", "{}", self.asked);
        assert_eq!(self.header("x-request-id").len(), 16, "{}", self.asked);
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{}", self.asked);
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{}: {member}", self.asked);
        }
        problem
    }
}
