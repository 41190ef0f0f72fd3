//! The short way past the router answers to the byte what the router answers.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use clinic_directory::routes;

use crate::support::{Client, Response, TestApp, on_each_database};

/// Everything but the request's own id, each name's values in their order.
fn headers(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut sorted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != "x-request-id") {
        sorted.entry(name.to_string()).or_default().push(value.to_str().expect("ASCII").to_owned());
    }
    for values in sorted.values_mut() {
        values.sort_unstable();
    }
    sorted
}

fn whole(response: &Response) -> (u16, BTreeMap<String, Vec<String>>, String) {
    assert_eq!(response.header("x-request-id").len(), 16);
    (response.status(), headers(&response.headers), response.text())
}

const QUESTIONS: [&str; 14] = [
    "?near=02110",
    "?near=Texas&limit=100",
    "?near=70130&radius=3000&unit=km",
    "?lat=0&lon=0&limit=1",
    "?near=Springfield&service=smp&open_now=true",
    "?near=02110&service=haircut",
    "",
    "?",
    "?near=",
    "?near=2110",
    "?near=Scobie,+MT",
    "?near=02110&zzzzz=1",
    "?near=02110&limit=0&radius=x",
    "?near=%ED%A0%80",
];

#[tokio::test]
async fn both_ways_give_the_same_bytes() {
    on_each_database(async |database| {
        for public_url in ["http://127.0.0.1:8080", "https://example.com/find"] {
            let app = TestApp::builder(database).demonstration().public_url(public_url).start().await;
            let router = Client::new(routes::router(&app.state));
            let prefix = app.state.links.prefix();
            for question in QUESTIONS {
                let path = format!("{prefix}/api/v1/nearest{question}");
                let (short, long) = (app.anon().get(&path).await, router.get(&path).await);
                assert_eq!(whole(&short), whole(&long), "{path}");
                for (name, value) in [
                    ("accept", "application/geo+json"),
                    ("if-none-match", "*"),
                    ("if-none-match", long.header("etag")),
                    ("origin", "https://example.com"),
                    ("x-forwarded-for", "203.0.113.9"),
                ] {
                    let ask = |client: &Client| client.get(&path).header(name, value);
                    let (short, long) = (ask(&app.anon()).await, ask(&router).await);
                    assert_eq!(whole(&short), whole(&long), "{path} {name}: {value}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn both_ways_count_alike() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let router = Client::new(routes::router(&app.state));
        for client in [app.anon(), router] {
            client.get("/api/v1/nearest?near=02110").await.ok();
            client.get("/api/v1/nearest").await.problem(422, "invalid");
        }
        let metrics = app.anon().get("/metrics").peer("127.0.0.1:4000").await.text();
        for status in ["200", "422"] {
            let line = format!("http_requests_total{{route=\"/api/v1/nearest\",status=\"{status}\"}} 2");
            assert!(metrics.contains(&line), "{metrics}");
        }
    })
    .await;
}
