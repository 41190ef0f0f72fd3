//! Entity tags, caching, sharing across origins, compression and request ids.

use std::collections::HashSet;
use std::io::Read;

use axum::http::Method;
use chrono::TimeDelta;

use crate::support::{TestApp, on_each_database};

/// One of each directory GET.
const DIRECTORY: [&str; 8] = [
    "/api/v1/nearest?near=02110",
    "/api/v1/explain?near=02110&clinic=stipplecrown-boston-waterfront",
    "/api/v1/clinics?state=TX",
    "/api/v1/clinics/stipplecrown-boston-waterfront",
    "/api/v1/states",
    "/api/v1/states/texas/cities",
    "/api/v1/places/resolve?q=02110",
    "/api/v1/places/suggest?q=aus",
];

#[tokio::test]
async fn n10_directory_answers_are_public_and_revalidate() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for path in DIRECTORY {
            let first = app.anon().get(path).await;
            first.ok();
            let tag = first.header("etag");
            assert!(tag.starts_with("W/\""), "{path}: {tag}");
            assert_eq!(first.header("cache-control"), "public, max-age=30", "{path}");
            assert_eq!(first.header("access-control-allow-origin"), "*", "{path}");
            for held in [tag, "*", &format!("\"other\", {tag}"), tag.trim_start_matches("W/")] {
                let again = app.anon().get(path).header("if-none-match", held).await;
                assert_eq!((again.status(), again.body.len()), (304, 0), "{path} {held}");
                for name in ["etag", "cache-control", "access-control-allow-origin"] {
                    assert_eq!(again.header(name), first.header(name), "{path} {name}");
                }
            }
            let other = app.anon().get(path).header("if-none-match", "W/\"0-0-0\"").await;
            assert_eq!((other.status(), &other.body), (200, &first.body), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn n10_a_tag_changes_with_the_question_the_minute_and_the_data() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let tag = async |path: &str| app.anon().get(path).await.header("etag").to_owned();
        let first = tag("/api/v1/nearest?near=02110").await;
        assert_eq!(tag("/api/v1/nearest?near=02110").await, first, "the same question in the same minute");
        assert_ne!(tag("/api/v1/nearest?near=02111").await, first, "another question");
        let geojson = app.anon().get("/api/v1/nearest?near=02110").header("accept", "application/geo+json").await;
        assert_ne!(geojson.header("etag"), first, "another format");
        app.clock.advance(TimeDelta::minutes(1));
        let next_minute = tag("/api/v1/nearest?near=02110").await;
        assert_ne!(next_minute, first, "another minute");
        app.edit("BOS-01").with("phone", "(617) 555-0100").create().await;
        assert_ne!(tag("/api/v1/nearest?near=02110").await, next_minute, "other data");
    })
    .await;
}

#[tokio::test]
async fn formats_are_kept_apart_by_caches() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let path = "/api/v1/nearest?near=02110";
        let first = app.anon().get(path).await;
        let again = app.anon().get(path).header("if-none-match", first.header("etag")).await;
        for response in [first, again] {
            let vary: Vec<_> = response.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            assert!(vary.join(",").contains("accept,") || vary.contains(&"accept"), "{}: {vary:?}", response.status());
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_directory_is_shared_across_origins() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for path in ["/livez", "/readyz", "/api/docs/", "/nothing"] {
            let response = app.anon().get(path).header("origin", "https://example.com").await;
            assert_eq!(response.header("access-control-allow-origin"), "", "{path}");
            assert_eq!(response.header("etag"), "", "{path}");
        }
        let preflight = app
            .anon()
            .request(Method::OPTIONS, "/api/v1/nearest")
            .header("origin", "https://example.com")
            .header("access-control-request-method", "GET")
            .await;
        assert_eq!((preflight.status(), preflight.header("access-control-allow-origin")), (200, "*"));
        assert_eq!(preflight.header("access-control-allow-methods"), "GET,HEAD");
        assert_eq!(preflight.header("access-control-allow-credentials"), "");
    })
    .await;
}

#[tokio::test]
async fn answers_are_compressed_when_asked() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let path = "/api/v1/clinics?limit=20";
        let plain = app.anon().get(path).await;
        assert_eq!(plain.header("content-encoding"), "");
        let gzip = app.anon().get(path).header("accept-encoding", "gzip").await;
        assert_eq!(gzip.header("content-encoding"), "gzip");
        assert!(gzip.body.len() < plain.body.len() / 2);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*gzip.body).read_to_end(&mut unpacked).expect("gzip");
        assert_eq!(unpacked, plain.body);
        let brotli = app.anon().get(path).header("accept-encoding", "br, gzip").await;
        assert_eq!((brotli.header("content-encoding"), brotli.status()), ("br", 200));
        assert!(brotli.body.len() < plain.body.len() / 2);
    })
    .await;
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for path in DIRECTORY.into_iter().chain(["/livez", "/readyz"]) {
            let (head, get) = (app.anon().request(Method::HEAD, path).await, app.anon().get(path).await);
            assert_eq!((head.status(), head.body.len(), head.header("etag")), (200, 0, get.header("etag")), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let mut ids = HashSet::new();
        for path in ["/livez", "/livez", "/api/v1/nearest?near=02110", "/nothing", "/api/v1/nearest"] {
            let response = app.anon().get(path).header("x-request-id", "chosen-by-the-client").await;
            let id = response.header("x-request-id").to_owned();
            assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
            assert!(ids.insert(id), "{path}");
        }
    })
    .await;
}
