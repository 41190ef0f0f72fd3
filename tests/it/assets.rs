//! The files that pages link to: kept for good, compressed beforehand, the style sheet always there.

use std::io::Read;

use axum::http::Method;
use clinic_directory::web::page::assets;

use crate::support::{Response, TestApp, on_each_database, skipped};

/// What a page loads before anybody asks for the map, as the issue allows it.
const MOST_SCRIPT_BYTES: usize = 60_000;

/// The assets of this build, by name: without Node there are no scripts.
fn built() -> Vec<(&'static str, &'static str)> {
    if assets::url("client.js").is_none() {
        skipped("no Node when this was built, so there are no scripts to test");
    }
    let names = ["staff.css", "visitor.css", "client.js", "map.js", "map.css"];
    names.into_iter().filter_map(|name| Some((name, assets::url(name)?))).collect()
}

async fn get(app: &TestApp, path: &str, accepted: &str) -> Response {
    app.anon().request(Method::GET, path).header("accept-encoding", accepted).await
}

fn unpacked(response: &Response) -> Vec<u8> {
    let mut plain = vec![];
    match response.header("content-encoding") {
        "br" => _ = brotli::Decompressor::new(&*response.body, 4096).read_to_end(&mut plain).unwrap(),
        "gzip" => _ = flate2::read::GzDecoder::new(&*response.body).read_to_end(&mut plain).unwrap(),
        other => panic!("{other}"),
    }
    plain
}

#[tokio::test]
async fn an_asset_is_kept_for_good_and_any_site_may_embed_it() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        for (name, path) in built() {
            for accepted in ["", "br", "gzip"] {
                let asset = get(&app, path, accepted).await;
                assert_eq!(asset.status(), 200, "{name}");
                let is_script = name.split('.').next_back() == Some("js");
                let media = if is_script { "text/javascript" } else { "text/css" };
                assert_eq!(asset.header("content-type"), format!("{media}; charset=utf-8"));
                assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
                assert_eq!(asset.header("cross-origin-resource-policy"), "cross-origin");
                assert_eq!(asset.header("x-content-type-options"), "nosniff");
                assert_eq!(asset.headers.get_all("vary").iter().collect::<Vec<_>>(), ["accept-encoding"], "{accepted}");
                assert!(!asset.headers.contains_key("set-cookie"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_asset_is_compressed_once_as_the_client_takes_it() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        for (name, path) in built() {
            let plain = get(&app, path, "").await;
            assert!(!plain.headers.contains_key("content-encoding"), "{name}");
            for (accepted, coding) in [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip")] {
                let packed = get(&app, path, accepted).await;
                assert_eq!(packed.header("content-encoding"), coding, "{name}, {accepted}");
                assert_eq!(packed.header("content-length"), packed.body.len().to_string());
                assert_eq!(unpacked(&packed), plain.body, "{name}, {accepted}");
            }
            let refused = get(&app, path, "br;q=0, identity").await;
            assert_eq!(refused.body, plain.body);
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_names_the_content_and_no_other_is_there() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).public_url("http://127.0.0.1:8080/find").start().await;
        let style = assets::url("visitor.css").expect("a stylesheet is there, with and without Node");
        assert!(style.starts_with("/assets/visitor-") && style.len() > "/assets/visitor-.css".len(), "{style}");
        assert_eq!(app.anon().get(&format!("/find{style}")).await.status(), 200);
        assert_eq!(app.anon().request(Method::HEAD, &format!("/find{style}")).await.status(), 200);
        for missing in [
            "/assets/visitor.css",
            "/assets/visitor-.css",
            "/assets/nothing-0000000000.css",
            "/assets/..%2fassets.rs",
            "/assets/",
        ] {
            app.anon().get(&format!("/find{missing}")).await.problem(404, "not_found");
        }
        let posted = app.anon().post(&format!("/find{style}"), &serde_json::json!({})).await;
        posted.problem(405, "method_not_allowed");
        assert_eq!(assets::url("visitor"), None);
    })
    .await;
}

/// A page from before a deploy names the files of that time.
#[tokio::test]
async fn an_earlier_address_of_an_asset_answers_the_file_of_today() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        for (name, path) in built() {
            let (stem, extension) = name.rsplit_once('.').expect("an extension");
            let earlier = get(&app, &format!("/assets/{stem}-0123abcd.{extension}"), "").await;
            assert_eq!((earlier.status(), earlier.header("cache-control")), (200, "no-cache"), "{name}");
            assert_eq!(earlier.body, get(&app, path, "").await.body, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_script_of_each_page_is_small_and_one_file() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let Some(path) = assets::url("client.js") else { return skipped("no Node when this was built") };
        let script = get(&app, path, "").await;
        assert!(script.body.len() < MOST_SCRIPT_BYTES, "{} bytes", script.body.len());
        let text = script.text();
        for name in ["map.js", "map.css"] {
            let file = assets::url(name).and_then(|path| path.strip_prefix("/assets/")).expect(name);
            assert!(text.contains(file), "the map is asked for by its present name, {file}");
        }
        // Whatever a file is imported from at once would be one more round trip.
        assert!(!text.contains("from\"") && !text.contains("import\""), "{text}");
    })
    .await;
}
