//! The radius grows by the steps of rule N3 and no further than it must, and no filter is given up on the way.

use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, codes, on_each_database};

/// Degrees of latitude to the mile at 40 north, near enough to stay between two steps.
const PER_MILE: f64 = 1.0 / 69.0;
/// In metres: 25, 50, 100 and 250 miles.
const STEPS: [u64; 4] = [40_234, 80_467, 160_934, 402_336];

/// One clinic between each two steps, south of (40, -100), each with a service of its own and all that lie beyond it.
async fn ladder(database: &TestDatabase) -> TestApp {
    let app = TestApp::empty(database).await;
    for (code, miles, services) in [
        ("M010", 10.0, "any"),
        ("M030", 30.0, "any;past25"),
        ("M070", 70.0, "any;past25;past50"),
        ("M200", 200.0, "any;past25;past50;past100"),
        ("M400", 400.0, "any;past25;past50;past100;past250"),
    ] {
        let clinic = app.clinic(code).at(40.0 - miles * PER_MILE, -100.0).with("services", services);
        clinic.open("24/7").create().await;
    }
    app
}

async fn nearest(app: &TestApp, rest: &str) -> Value {
    app.anon().get(&format!("/api/v1/nearest?lat=40&lon=-100&{rest}")).await.ok()
}

#[tokio::test]
async fn n3_the_search_stops_at_the_first_larger_step_that_is_not_empty() {
    on_each_database(async |database| {
        let app = ladder(database).await;
        for (question, used, first) in [
            ("service=any", json!(STEPS[0]), "M010"),
            ("service=past25", json!(STEPS[1]), "M030"),
            ("service=past50", json!(STEPS[2]), "M070"),
            ("service=past100", json!(STEPS[3]), "M200"),
            ("service=past250", Value::Null, "M400"),
            // Steps below the request are passed over, and past the last one comes "any".
            ("radius=5&service=any", json!(STEPS[0]), "M010"),
            ("radius=5&service=past25", json!(STEPS[1]), "M030"),
            ("radius=60&service=past50", json!(STEPS[2]), "M070"),
            ("radius=60&service=past100", json!(STEPS[3]), "M200"),
            ("radius=250&service=past250", Value::Null, "M400"),
            ("radius=300&service=past250", Value::Null, "M400"),
            ("radius=80.4672&unit=km&service=past50", json!(STEPS[2]), "M070"),
        ] {
            let answer = nearest(&app, &format!("{question}&limit=1")).await;
            let search = &answer["search"];
            assert_eq!((&search["used_radius_m"], codes(&answer)), (&used, vec![first]), "{question}");
            assert_eq!(search["expanded"], json!(question.contains("radius") || used != json!(STEPS[0])), "{question}");
            assert_eq!(search["filters"], json!(["service"]), "{question}");
        }
    })
    .await;
}

#[tokio::test]
async fn n3_a_larger_step_brings_all_that_lies_within_it_and_nothing_beyond() {
    on_each_database(async |database| {
        let app = ladder(database).await;
        assert_eq!(codes(&nearest(&app, "radius=75").await), ["M010", "M030", "M070"]);
        // 5 mi is empty: everything within 25, not only the first.
        app.clinic("M020").at(40.0 - 20.0 * PER_MILE, -100.0).create().await;
        let answer = nearest(&app, "radius=5").await;
        assert_eq!((codes(&answer), &answer["search"]["requested_radius_m"]), (vec!["M010", "M020"], &json!(8_047)));
        assert_eq!(codes(&nearest(&app, "radius=300&service=past250").await), ["M400"]);
    })
    .await;
}

#[tokio::test]
async fn n3_a_filter_that_nobody_passes_leaves_an_explained_empty_answer() {
    on_each_database(async |database| {
        let app = ladder(database).await;
        for (question, filters) in [
            ("service=haircut", json!(["service"])),
            ("service=haircut&open_now=true", json!(["service", "open_now"])),
            ("service=haircut&radius=12500", json!(["service"])),
        ] {
            let answer = nearest(&app, question).await;
            assert_eq!((&answer["data"], &answer["search"]["filters"]), (&json!([]), &filters), "{question}");
            assert_eq!(answer["search"]["used_radius_m"], Value::Null, "{question}");
            let why = answer["excluded"].as_array().unwrap();
            assert_eq!(why.len(), 5, "{question}");
            assert!(why.iter().all(|excluded| excluded["filter"] == "service"), "{question}: {why:?}");
        }
        assert_eq!(nearest(&app, "open_now=false").await["search"]["filters"], json!([]));
    })
    .await;
}
