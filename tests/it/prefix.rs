//! Behind a path prefix, as beside an existing site, every URL that the service emits works.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{TestApp, on_each_database};

const PUBLIC_URL: &str = "http://127.0.0.1:8080/find";

/// Everything that answers with addresses.
const ADDRESSES: [&str; 8] = [
    "/find/api/v1/nearest?near=02110&radius=3000&limit=100",
    "/find/api/v1/nearest?near=70130",
    "/find/api/v1/clinics?limit=100",
    "/find/api/v1/clinics/stipplecrown-boston-waterfront",
    "/find/api/v1/clinics/STIPPLECROWN-BOSTON-WATERFRONT",
    "/find/api/v1/openapi.json",
    "/find/api/v1/states",
    "/find/api/docs",
];

/// Members that hold somebody else's address.
const FOREIGN: [&str; 2] = ["website", "photo_url"];

fn urls(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.contains("://") => _ = found.insert(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| urls(item, found)),
        Value::Object(members) => {
            members.iter().filter(|(name, _)| !FOREIGN.contains(&&***name)).for_each(|(_, member)| urls(member, found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_url_that_is_emitted_works() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).demonstration().public_url(PUBLIC_URL).start().await;
        let mut found = BTreeSet::new();
        for address in ADDRESSES {
            let response = app.anon().get(address).await;
            assert!(response.status() < 400, "{address}: {}", response.text());
            if let Some(location) = response.headers.get("location") {
                found.insert(location.to_str().unwrap().replace("/find/api/docs/", &format!("{PUBLIC_URL}/api/docs/")));
            } else {
                urls(&response.json(), &mut found);
            }
        }
        assert!(found.len() > 70, "{found:?}");
        for url in &found {
            let path = url.strip_prefix("http://127.0.0.1:8080").unwrap_or_else(|| panic!("{url} leads elsewhere"));
            assert!(path.starts_with("/find"), "{url}");
            if path != "/find" {
                let status = app.anon().get(path).await.status();
                assert!((200..400).contains(&status), "{url} answers {status}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_documentation_page_works_under_a_prefix() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).public_url(PUBLIC_URL).start().await;
        let start = app.anon().get("/find/api/docs/swagger-initializer.js").await.text();
        assert!(start.contains("\"url\": \"/find/api/v1/openapi.json\""), "{start}");
        assert_eq!(app.anon().get("/find/api/docs").await.header("location"), "/find/api/docs/");
        assert_eq!(app.anon().get("/find/api/v1/openapi.json").await.ok()["servers"][0]["url"], PUBLIC_URL);
    })
    .await;
}

#[tokio::test]
async fn outside_the_prefix_only_the_probes_answer() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).demonstration().public_url(PUBLIC_URL).start().await;
        assert_eq!(app.anon().get("/livez").await.text(), "ok");
        assert_eq!(app.anon().get("/find/livez").await.text(), "ok");
        assert_eq!(app.anon().get("/readyz").await.ok()["clinics"], 76);
        for path in ["/", "/api/v1/nearest?near=02110", "/api/docs/", "/metrics", "/finder", "/find/nothing"] {
            app.anon().get(path).await.problem(404, "not_found");
        }
        app.anon().request(axum::http::Method::POST, "/find/api/v1/nearest").await.problem(405, "method_not_allowed");
        app.anon().request(axum::http::Method::POST, "/livez").await.problem(405, "method_not_allowed");
    })
    .await;
}

#[tokio::test]
async fn a_prefix_may_have_several_segments_and_a_trailing_slash() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).demonstration().public_url("https://example.com/a/b/").start().await;
        let answer = app.anon().get("/a/b/api/v1/nearest?near=02110").await.ok();
        let url = answer["data"][0]["clinic"]["url"].as_str().unwrap();
        assert_eq!(url, "https://example.com/a/b/locations/massachusetts/boston/stipplecrown-boston-waterfront");
    })
    .await;
}
