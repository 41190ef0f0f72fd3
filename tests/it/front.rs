//! The short way past the router gives what the router gives.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use clinic_directory::{front::Front, routes};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

use crate::support::{TestApp, TestDatabase};

async fn ask<S>(service: S, query: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>)
where
    S: Service<Request<Body>, Response = axum::response::Response, Error = std::convert::Infallible>,
{
    let mut request = Request::builder().uri(format!("/find/api/v1/nearest{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let Ok(response) = service.oneshot(request.body(Body::empty()).unwrap()).await;
    let (mut parts, body) = response.into_parts();
    // Made per request.
    parts.headers.remove("x-request-id").unwrap();
    (parts.status, sorted(&parts.headers), body.collect().await.unwrap().to_bytes().to_vec())
}

/// `Vary` may say the same in one line or several.
fn sorted(headers: &HeaderMap) -> HeaderMap {
    let mut sorted = HeaderMap::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter().flat_map(|value| value.to_str().unwrap().split(','));
        let mut values: Vec<_> = values.map(str::trim).collect();
        values.sort_unstable();
        sorted.insert(name, values.join(", ").parse().unwrap());
    }
    // The body's length is a header only where nobody might compress it.
    sorted.remove("content-length");
    sorted
}

#[tokio::test]
async fn both_ways_answer_with_the_same_bytes_and_headers() {
    let database = TestDatabase::sqlite();
    let app = TestApp::builder(&database).public_url("http://127.0.0.1:8080/find").demonstration().start().await;
    let (router, front) = (routes::router(&app.state), Front::new(&app.state));
    let queries = ["?near=02110", "?near=Springfield&limit=3", "?near=TX", "?near=2110", "", "?nera=1", "?lat=0&lon=0"];
    for query in queries {
        for headers in [&[][..], &[("accept", "application/geo+json")], &[("if-none-match", "*")]] {
            let through = ask(router.clone(), query, headers).await;
            let past = ask(front.clone(), query, headers).await;
            assert_eq!(past, through, "{query} {headers:?}");
        }
    }
}
