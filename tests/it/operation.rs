//! For the people who run the service: probes, metrics, the documentation page, and how a demonstration is told (I13).

use clinic_directory::routes;
use serde_json::json;

use crate::support::socket::{self, Served, blocking};
use crate::support::{Client, TestApp, on_each_database};

#[tokio::test]
async fn i13_readiness_says_that_the_clinics_are_invented_until_real_ones_are_imported() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        assert_eq!(app.anon().get("/livez").await.text(), "ok");
        let invented = app.anon().get("/readyz").await.ok();
        assert_eq!(
            invented,
            json!({"status": "ready", "demo": true, "clinics": 76, "data_version": 1, "writes": "up"})
        );
        app.clinic("OWN-1").at(30.25, -97.75).create().await;
        let own = app.anon().get("/readyz").await.ok();
        assert_eq!(own, json!({"status": "ready", "demo": false, "clinics": 1, "data_version": 2, "writes": "up"}));
    })
    .await;
}

#[tokio::test]
async fn i13_an_empty_directory_answers_and_is_no_demonstration() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        assert_eq!(app.anon().get("/readyz").await.ok()["demo"], false);
        let nearest = app.anon().get("/api/v1/nearest?near=02110").await.ok();
        assert_eq!((&nearest["data"], &nearest["search"]["expanded"]), (&json!([]), &json!(true)));
        assert_eq!(app.anon().get("/api/v1/clinics").await.ok()["page"]["total"], 0);
        assert_eq!(app.anon().get("/api/v1/states").await.ok()["data"], json!([]));
        assert_eq!(app.anon().get("/api/v1/nearest?near=Texas").await.ok()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn metrics_are_for_direct_clients_of_this_machine() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        app.anon().get("/metrics").peer("127.0.0.1:4000").await.text().find("# TYPE").expect("metrics");
        assert_eq!(app.anon().get("/metrics").peer("[::1]:4000").await.status(), 200);
        app.anon().get("/metrics").await.problem(404, "not_found");
        app.anon().get("/metrics").peer("203.0.113.9:4000").await.problem(404, "not_found");
        for forwarded in ["x-forwarded-for", "x-forwarded-proto", "forwarded"] {
            // A proxy on this machine speaks for somebody elsewhere, even if it is somebody who says he is here.
            let response = app.anon().get("/metrics").peer("127.0.0.1:4000").header(forwarded, "127.0.0.1").await;
            response.problem(404, "not_found");
        }
    })
    .await;
}

#[tokio::test]
async fn metrics_count_routes_and_never_tell_what_was_asked() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        app.anon().get("/api/v1/nearest?near=59301").await.ok();
        app.anon().get("/api/v1/clinics/secret-slug").await.problem(404, "clinic_unknown");
        app.anon().get("/secret-path").await.problem(404, "not_found");
        let text = app.anon().get("/metrics").peer("127.0.0.1:4000").await.text();
        assert!(text.contains("http_requests_total{route=\"/api/v1/nearest\",status=\"200\"} 1"), "{text}");
        assert!(text.contains("http_requests_total{route=\"/api/v1/clinics/{slug}\",status=\"404\"} 1"), "{text}");
        assert!(text.contains("clinic_directory_clinics 76"), "{text}");
        assert!(!text.contains("secret") && !text.contains("59301"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_metrics_listener_takes_the_metrics_off_the_public_one() {
    on_each_database(async |database| {
        let app = TestApp::builder(database).demonstration().metrics_listener().start().await;
        app.anon().get("/metrics").peer("127.0.0.1:4000").await.problem(404, "not_found");
        let operator = Client::new(routes::metrics_router(app.state.clone()));
        assert!(operator.get("/metrics").await.text().contains("clinic_directory_clinics 76"));
        let unknown = operator.get("/livez").await;
        assert_eq!((unknown.status(), unknown.header("content-type")), (404, "application/problem+json"));
    })
    .await;
}

#[tokio::test]
async fn over_a_real_connection_metrics_answer_this_machine_and_no_proxy() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let served = Served::start(routes::router(&app.state)).await;
        let address = served.address;
        let (direct, forwarded) = blocking(move || {
            (socket::get(address, "/metrics", ""), socket::get(address, "/metrics", "X-Forwarded-For: 127.0.0.1\r\n"))
        })
        .await;
        assert!(direct.starts_with("HTTP/1.1 200 OK") && direct.ends_with("# EOF\n"), "{direct}");
        assert!(forwarded.starts_with("HTTP/1.1 404") && forwarded.contains("application/problem+json"), "{forwarded}");
        served.stop().await.expect("ends");
    })
    .await;
}

/// Every `src="…"` and `href="…"`.
fn references(html: &str) -> Vec<&str> {
    let after =
        |attribute: &'static str| html.split(attribute).skip(1).map(|rest| rest.split('"').next().expect("split"));
    after("src=\"").chain(after("href=\"")).collect()
}

#[tokio::test]
async fn the_documentation_page_loads_its_own_files_only() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let page = app.anon().get("/api/docs/").await.text();
        let files = references(&page);
        assert!(files.len() >= 5, "{page}");
        for file in files {
            let name = file.trim_start_matches("./");
            assert!(!name.contains(['/', ':']), "{file} lies elsewhere");
            assert_eq!(app.anon().get(&format!("/api/docs/{name}")).await.status(), 200, "{file}");
        }
        let start = app.anon().get("/api/docs/swagger-initializer.js").await.text();
        assert!(start.contains("\"url\": \"/api/v1/openapi.json\""), "{start}");
        assert!(
            start.contains("\"validatorUrl\": \"none\""),
            "else the page asks a validator on the internet: {start}"
        );
        assert!(!start.contains("://"), "{start}");
        let redirect = app.anon().get("/api/docs").await;
        assert_eq!((redirect.status(), redirect.header("location")), (308, "/api/docs/"));
    })
    .await;
}

#[tokio::test]
async fn searches_are_counted_by_area_and_band_and_nothing_else_is_kept() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (near, agent) in
            [("02110", "Firefox"), ("02139", "Firefox"), ("59301", "Firefox"), ("02110", "Googlebot/2.1")]
        {
            app.anon().get(&format!("/api/v1/nearest?near={near}")).header("user-agent", agent).await.ok();
        }
        let state = &app.state;
        state.directory.demand().flush(&state.db, app.clock.now()).await.expect("written");
        app.anon().get("/api/v1/nearest?near=02110").await.ok();
        state.directory.demand().flush(&state.db, app.clock.now()).await.expect("added");
        let rows = crate::support::tables::rows(&state.db, "unmet_demand").await;
        let mut counted: Vec<_> = rows
            .iter()
            .map(|row| (row["zip3"].as_str().unwrap(), row["band_mi"].as_i64(), row["searches"].as_i64()))
            .collect();
        counted.sort_unstable();
        assert_eq!(counted, [("021", Some(25), Some(3)), ("593", Some(250), Some(1))]);
    })
    .await;
}
