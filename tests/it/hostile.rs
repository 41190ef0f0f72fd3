//! Text that no person types, in every place that takes text: refused or answered soundly, never a failure of ours.

use serde_json::json;

use crate::support::{TestApp, TestDatabase};

/// Percent-encoded, as it comes over the wire.
fn hostile() -> Vec<(&'static str, String)> {
    let name = |name: &'static str, text: &str| (name, text.to_owned());
    vec![
        ("10,000 letters", "a".repeat(10_000)),
        ("10,000 digits", "1".repeat(10_000)),
        ("10,000 spaces", "+".repeat(10_000)),
        ("10,000 commas", ",".repeat(10_000)),
        ("3,000 words", "st+".repeat(3_000)),
        ("3,000 emoji", "%F0%9F%98%80".repeat(3_000)),
        ("3,000 marks", "%CC%81".repeat(3_000)),
        name("NUL", "%00"),
        name("NUL within", "Aus%00tin"),
        name("a lone high surrogate", "%ED%A0%80"),
        name("a lone low surrogate", "Austin%ED%BF%BF"),
        name("no UTF-8", "%FF%FE%C0%AF"),
        name("a cut-off sequence", "Austin%E2%82"),
        name("right-to-left override", "%E2%80%AEXT+,nitsuA"),
        name("isolates", "%E2%81%A6Austin%E2%81%A9"),
        name("zero width", "Aus%E2%80%8Btin"),
        name("emoji", "%F0%9F%98%80"),
        name("a flag and a family", "%F0%9F%87%BA%F0%9F%87%B8%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9"),
        name("full-width", "%EF%BC%A1%EF%BD%95%EF%BD%93"),
        name("line ends", "Aus%0D%0ASet-Cookie:+a=b"),
        name("escape", "%1B[31m"),
        name("broken escapes", "%zz%"),
        name("a query", "'%3B+DROP+TABLE+clinics%3B--"),
        name("a pattern", "%25_%25_%25_%25_"),
        name("markup", "%3Cscript%3Ealert(1)%3C/script%3E"),
        name("a template", "%24%7B7*7%7D%7B%7B7*7%7D%7D"),
        name("a path", "..%2F..%2Fetc%2Fpasswd"),
    ]
}

/// Addresses that look the text up: what is no place or no clinic must be refused.
const LOOKED_UP: [&str; 4] = [
    "/api/v1/places/resolve?q=",
    "/api/v1/nearest?near=",
    "/api/v1/explain?clinic=stipplecrown-boston-waterfront&near=",
    "/api/v1/explain?near=02110&clinic=",
];

/// Addresses where such text may also find nothing.
const SEARCHED: [&str; 8] = [
    "/api/v1/places/suggest?q=",
    "/api/v1/clinics?q=",
    "/api/v1/clinics?city=",
    "/api/v1/clinics?state=",
    "/api/v1/clinics?service=",
    "/api/v1/clinics?cursor=",
    "/api/v1/nearest?near=02110&service=",
    "/api/v1/nearest?near=02110&",
];

#[tokio::test]
async fn n11_p6_hostile_text_is_refused_as_a_problem_or_finds_nothing() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    for (name, text) in hostile() {
        for address in LOOKED_UP {
            let response = app.anon().get(&format!("{address}{text}")).await;
            assert!(matches!(response.status(), 404 | 422), "{name} at {address}: {}", response.status());
            response.problem(response.status(), response.json()["code"].as_str().unwrap());
            assert!(response.body.len() < 4_096, "{name} at {address}: {} bytes", response.body.len());
        }
        for address in SEARCHED {
            let response = app.anon().get(&format!("{address}{text}")).await;
            match response.status() {
                // "Austin" with something unreadable behind it may well be Austin; what is no text must not be everything.
                200 => assert!(response.json()["data"].as_array().unwrap().len() <= 2, "{name} at {address}"),
                status => {
                    assert!(matches!(status, 404 | 422), "{name} at {address}: {status}");
                    response.problem(status, response.json()["code"].as_str().unwrap());
                    assert!(response.body.len() < 8_192, "{name} at {address}: {} bytes", response.body.len());
                }
            }
        }
    }
}

#[tokio::test]
async fn hostile_paths_are_unknown() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    for (name, text) in hostile() {
        let text = text.replace('+', "%20").replace(['<', '>', '\'', '[', ']'], "_").replace("%zz%", "%25");
        for address in [format!("/api/v1/clinics/{text}"), format!("/api/v1/states/{text}/cities")] {
            let response = app.anon().get(&address).await;
            assert_eq!(response.status(), 404, "{name} at {}", &address[..20]);
            response.problem(404, response.json()["code"].as_str().unwrap());
        }
    }
}

#[tokio::test]
async fn texts_of_blanks_are_no_text() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    for blank in ["", "+", "%20%20"] {
        let all = app.anon().get(&format!("/api/v1/clinics?q={blank}")).await.ok();
        assert_eq!(all["page"]["total"], 75, "an empty search box lists everything");
        assert_eq!(app.anon().get(&format!("/api/v1/places/suggest?q={blank}")).await.ok()["data"], json!([]));
    }
}

#[tokio::test]
async fn a_query_of_thousands_of_parameters_is_refused_in_a_few_lines() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    for part in ["a&", "near=1&", "raduis=5&", "&=&", "%00=%00&"] {
        let response = app.anon().get(&format!("/api/v1/nearest?{}", part.repeat(5_000))).await;
        response.problem(422, "invalid");
        assert!(response.body.len() < 8_192, "{part}: {} bytes", response.body.len());
    }
}
