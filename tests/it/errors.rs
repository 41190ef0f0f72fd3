//! Every error that the router can see is `application/problem+json`, and says nothing that only we should know.

use axum::Router;
use axum::http::Method;
use axum::routing::get;
use clinic_directory::error::AppError;
use clinic_directory::web::{Metrics, Observer, observe};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, on_each_database};

#[tokio::test]
async fn unknown_addresses_are_problems() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for path in [
            "/nothing",
            "/api",
            "/api/v1",
            "/api/v1/",
            "/api/v1/nothing",
            "/api/v1/clinics/",
            "/api/v1/clinics/a/b",
            "/api/v1/clinics/%ff",
            "/api/docs/nothing.js",
            "/api/docs/..%2f..%2fetc%2fpasswd",
        ] {
            app.anon().get(path).await.problem(404, "not_found");
        }
        app.anon().get("/api/v1/clinics/no-such-clinic").await.problem(404, "clinic_unknown");
        app.anon().get("/api/v1/clinics/a%2F..%2Fb").await.problem(404, "clinic_unknown");
        app.anon().get("/api/v1/states/bavaria/cities").await.problem(404, "state_unknown");
    })
    .await;
}

#[tokio::test]
async fn other_methods_are_problems_that_name_the_allowed_ones() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for path in
            ["/api/v1/nearest", "/api/v1/clinics/x", "/api/v1/states", "/livez", "/api/docs", "/api/v1/openapi.json"]
        {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let response = app.anon().request(method, path).body("{}").await;
                response.problem(405, "method_not_allowed");
                assert_eq!(response.header("allow"), "GET,HEAD", "{path}");
            }
        }
    })
    .await;
}

/// A handler must have an answer's type, which a panic has not.
fn always(panic: fn() -> ()) {
    panic();
}

#[tokio::test]
async fn a_panic_or_a_failure_is_a_problem_that_keeps_its_cause_to_itself() {
    let observer = Observer::new(Metrics::default(), "".parse().expect("no networks"), "");
    let router = Router::new()
        .route("/panic", get(|| async { always(|| panic!("secret in a word")) }))
        .route("/panic-with-text", get(|| async { always(|| panic!("secret {}", "in words")) }))
        .route("/panic-with-value", get(|| async { always(|| std::panic::panic_any(7)) }))
        .route("/failure", get(|| async { Err::<(), _>(AppError::Internal(anyhow::anyhow!("secret cause"))) }))
        .layer(axum::middleware::from_fn_with_state(observer, observe));
    for path in ["/panic", "/panic-with-text", "/panic-with-value", "/failure"] {
        let response = Client::new(router.clone()).get(path).await;
        response.problem(500, "internal");
        assert!(!response.text().contains("secret"), "{path}: {}", response.text());
    }
}

#[tokio::test]
async fn p6_places_that_are_none_say_what_could_be_meant() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (text, status, code, did_you_mean) in [
            ("21345", 404, "zip_unknown", None),
            ("2110", 422, "zip_format", Some(json!(["02110"]))),
            ("123456", 422, "zip_format", None),
            ("09012", 422, "zip_military", None),
            ("Scobie,+MT", 404, "place_unknown", None),
            ("Xqzwv", 404, "place_unknown", None),
            ("NaN,NaN", 422, "coordinates", None),
        ] {
            for address in ["/api/v1/places/resolve?q=", "/api/v1/nearest?near="] {
                let response = app.anon().get(&format!("{address}{text}")).await;
                assert_eq!(response.status(), status, "{text}: {}", response.text());
                if code != "coordinates" {
                    let problem = response.problem(status, code);
                    assert!(problem["alternatives"].is_array() && problem["did_you_mean"].is_array(), "{text}");
                    if let Some(expected) = &did_you_mean {
                        assert_eq!(&problem["did_you_mean"], expected, "{text}");
                    }
                }
            }
        }
        let misspelt = app.anon().get("/api/v1/places/resolve?q=Phenix,+AZ").await;
        assert!(misspelt.text().contains("Phoenix, AZ"), "{}", misspelt.text());
    })
    .await;
}

/// The fields that a refusal names.
fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().expect("errors").iter().map(|error| error["field"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn n11_wrong_parameters_are_all_named() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (query, expected) in [
            ("", vec!["near"]),
            ("near=02110&lat=1&lon=2", vec!["near"]),
            ("lat=1", vec!["lon"]),
            ("lon=1", vec!["lat"]),
            ("lat=90.001&lon=1", vec!["lat"]),
            ("lat=NaN&lon=inf", vec!["lat", "lon"]),
            ("lat=1e309&lon=0x1", vec!["lat", "lon"]),
            ("lat=%EF%BC%91&lon=+1", vec!["lat", "lon"]),
            ("near=02110&limit=0&radius=0&unit=league&sort=price", vec!["unit", "radius", "limit", "sort"]),
            ("near=02110&limit=101", vec!["limit"]),
            ("near=02110&radius=12500.01", vec!["radius"]),
            ("near=02110&radius=-5", vec!["radius"]),
            ("near=02110&open_now=perhaps&lang=fr", vec!["open_now", "lang"]),
        ] {
            let problem = app.anon().get(&format!("/api/v1/nearest?{query}")).await.problem(422, "invalid");
            assert_eq!(fields(&problem), expected, "{query}");
        }
        app.anon().get("/api/v1/nearest?lat=-90&lon=180&radius=12500&limit=100").await.ok();
    })
    .await;
}

#[tokio::test]
async fn unknown_and_repeated_parameters_are_refused_with_the_nearest_known_one() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (query, field, code, detail) in [
            ("near=02110&limt=3", "limt", "unknown_parameter", "did you mean \"limit\"?"),
            ("near=02110&Radius=3", "Radius", "unknown_parameter", "did you mean \"radius\"?"),
            ("near=02110&utm_source=mail", "utm_source", "unknown_parameter", "known are near, lat, lon"),
            ("near=02110&near=02110", "near", "repeated_parameter", "once"),
            ("near=02110&limit=3&limit=4", "limit", "repeated_parameter", "once"),
        ] {
            let problem = app.anon().get(&format!("/api/v1/nearest?{query}")).await.problem(422, "invalid");
            let error = &problem["errors"][0];
            assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{query}");
            assert!(error["detail"].as_str().unwrap().contains(detail), "{query}: {error}");
        }
    })
    .await;
}
