//! What an answer left out although it is nearer, and why (rules N4, N8).

use serde_json::{Value, json};

use crate::support::{TestApp, codes, on_each_database};

async fn nearest(app: &TestApp, rest: &str) -> Value {
    app.anon().get(&format!("/api/v1/nearest?lat=40&lon=-100&{rest}")).await.ok()
}

fn slugs(answer: &Value) -> Vec<&str> {
    answer["excluded"].as_array().unwrap().iter().map(|excluded| excluded["slug"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn n4_each_reason_is_told_with_what_a_caller_needs_to_know() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let at = |code: &'static str, lat: f64| app.clinic(code).at(lat, -100.0);
        at("NEW", 40.9).open("Mo-Su 09:00-17:00").with("services", "smp").create().await;
        at("RENOVATED", 40.1)
            .with("temporarily_closed_on", "2026-11-01")
            .with("reopens_on", "2027-02-01")
            .create()
            .await;
        at("SHUT", 40.2).with("status", "temporarily_closed").create().await;
        at("COMING", 40.3).with("status", "coming_soon").with("opens_on", "2027-03-01").create().await;
        at("MOVED", 40.4).with("status", "closed").with("moved_to", "NEW").create().await;
        at("GONE", 40.5).with("status", "closed").create().await;
        let answer = nearest(&app, "").await;
        assert_eq!(codes(&answer), ["NEW"]);
        let told = |excluded: &Value| {
            let members = ["reason", "until", "from", "moved_to", "filter"];
            Value::from_iter(members.map(|name| excluded[name].clone()))
        };
        let excluded: Vec<Value> = answer["excluded"].as_array().unwrap().iter().map(told).collect();
        // Closed for good, without a successor, is found by its address only (N8).
        assert_eq!(
            excluded,
            [
                json!(["temporarily_closed", "2027-02-01", null, null, null]),
                json!(["temporarily_closed", null, null, null, null]),
                json!(["coming_soon", null, "2027-03-01", null, null]),
                json!(["closed", null, null, "NEW", null]),
            ]
        );
        let first = &answer["excluded"][0];
        assert_eq!((&first["slug"], &first["name"]), (&json!("clinic-renovated"), &json!("Clinic RENOVATED")));
        // 0.1 degrees of the meridian at 40 north.
        assert_eq!((&first["distance_m"], &first["distance_mi"]), (&json!(11_104), &json!(6.9)));
        app.anon().get("/api/v1/clinics/clinic-gone").await.problem(410, "clinic_closed");
    })
    .await;
}

#[tokio::test]
async fn n4_the_first_filter_that_a_nearer_clinic_fails_is_named() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        // Ten in the morning in Chicago.
        app.clock.set("2026-12-01T16:00:00Z");
        for (code, lat, services, hours) in [
            ("LACKS", 40.1, "density", "24/7"),
            ("ASLEEP", 40.2, "smp", "Mo-Su 20:00-22:00"),
            ("UNKNOWN", 40.3, "smp", ""),
            ("FITS", 40.4, "smp", "24/7"),
        ] {
            app.clinic(code).at(lat, -100.0).with("services", services).open(hours).create().await;
        }
        let answer = nearest(&app, "service=smp&open_now=true").await;
        assert_eq!(codes(&answer), ["FITS"]);
        let told: Vec<_> =
            answer["excluded"].as_array().unwrap().iter().map(|it| (&it["reason"], &it["filter"])).collect();
        let by = [json!("service"), json!("open_now")];
        let filtered = json!("filtered_by");
        assert_eq!(told, [(&filtered, &by[0]), (&filtered, &by[1]), (&filtered, &by[1])]);
        assert_eq!(nearest(&app, "").await["excluded"], json!([]), "without a filter nobody is left out");
    })
    .await;
}

#[tokio::test]
async fn n4_the_five_nearest_are_told_of_more() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("OPEN").at(41.0, -100.0).with("services", "smp").create().await;
        for number in 0..4 {
            let lat = 40.0 + 0.2 * f64::from(number);
            app.clinic(&format!("SHUT{number}")).at(lat, -100.0).with("status", "temporarily_closed").create().await;
            app.clinic(&format!("OTHER{number}")).at(lat + 0.1, -100.0).with("services", "density").create().await;
        }
        let answer = nearest(&app, "service=smp").await;
        assert_eq!(codes(&answer), ["OPEN"]);
        // Both kinds together, by distance.
        assert_eq!(slugs(&answer), ["clinic-shut0", "clinic-other0", "clinic-shut1", "clinic-other1", "clinic-shut2"]);
    })
    .await;
}

#[tokio::test]
async fn n4_nearer_means_nearer_than_the_last_result() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("FIRST").at(40.1, -100.0).create().await;
        app.clinic("LAST").at(40.5, -100.0).create().await;
        for (code, lat) in [("BETWEEN", 40.3), ("SAME-HOUSE", 40.5), ("BEYOND", 40.500_001), ("BEFORE", 40.499_999)] {
            app.clinic(code).at(lat, -100.0).with("status", "temporarily_closed").create().await;
        }
        assert_eq!(slugs(&nearest(&app, "limit=1&radius=100").await), Vec::<&str>::new());
        let both = nearest(&app, "radius=100").await;
        assert_eq!((codes(&both), slugs(&both)), (vec!["FIRST", "LAST"], vec!["clinic-between", "clinic-before"]));
    })
    .await;
}
