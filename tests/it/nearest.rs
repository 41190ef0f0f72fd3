//! The main job: which clinic is nearest (rules N), asked as a visitor asks, on the demonstration network.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::support::{TestApp, codes, on_each_database};

async fn nearest(app: &TestApp, question: &str) -> Value {
    app.anon().get(&format!("/api/v1/nearest?{question}")).await.ok()
}

#[tokio::test]
async fn n1_a_zip_of_boston_finds_the_boston_clinics() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let answer = nearest(&app, "near=02110").await;
        assert_eq!(codes(&answer), ["BOS-01", "BOS-02"]);
        assert_json_snapshot!("nearest_02110", answer);
    })
    .await;
}

#[tokio::test]
async fn n1_cities_and_coordinates_find_what_is_there() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (question, code, zone) in [
            ("near=Austin,+TX", "AUS-01", "America/Chicago"),
            ("near=79901", "ELP-01", "America/Denver"),
            ("near=Pensacola,+FL", "PNS-01", "America/Chicago"),
            ("near=Indianapolis", "IND-01", "America/Indiana/Indianapolis"),
            ("near=85004", "PHX-01", "America/Phoenix"),
            ("near=61.2,-149.9", "ANC-01", "America/Anchorage"),
            ("lat=21.3&lon=-157.8", "HNL-01", "Pacific/Honolulu"),
            ("near=00907", "SJU-01", "America/Puerto_Rico"),
        ] {
            let answer = nearest(&app, question).await;
            assert_eq!(answer["data"][0]["clinic"]["code"], code, "{question}");
            assert_eq!(answer["data"][0]["clinic"]["time_zone"], zone, "{question}");
        }
    })
    .await;
}

#[tokio::test]
async fn n2_two_clinics_in_one_building_both_stay() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let answer = nearest(&app, "lat=41.89624&lon=-87.6242&limit=3").await;
        assert_eq!(codes(&answer), ["CHI-01", "CHI-02", "CHI-03"]);
        let distances: Vec<_> = answer["data"].as_array().unwrap().iter().map(|item| &item["distance_m"]).collect();
        assert_eq!((distances[0], distances[1]), (&json!(0), &json!(0)));
    })
    .await;
}

#[tokio::test]
async fn n2_at_the_same_distance_priority_decides_and_then_the_code() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        for (code, priority) in [("B", "0"), ("A", "0"), ("Z", "7"), ("M", "-1")] {
            app.clinic(code).at(30.25, -97.75).with("priority", priority).create().await;
        }
        assert_eq!(codes(&nearest(&app, "near=78701").await), ["Z", "A", "B", "M"]);
    })
    .await;
}

#[tokio::test]
async fn n2_a_distance_equal_to_the_radius_is_inside() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("EDGE").at(0.0, 0.5).create().await;
        // Along the equator the geodesic is the arc: 6,378,137 m x pi / 360 = 55,659.745 m.
        let at_it = nearest(&app, "lat=0&lon=0&unit=km&radius=55.65974539663679").await;
        assert_eq!((&at_it["search"]["expanded"], codes(&at_it)), (&json!(false), vec!["EDGE"]));
        let below_it = nearest(&app, "lat=0&lon=0&unit=km&radius=55.6597").await;
        assert_eq!(below_it["search"]["expanded"], true);
    })
    .await;
}

#[tokio::test]
async fn n3_the_radius_grows_until_there_is_an_answer() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (question, requested_m, used_m, first) in [
            ("near=02110&radius=5", 8_047, json!(8_047), "BOS-01"),
            ("near=02067&radius=5", 8_047, json!(40_234), "BOS-02"),
            ("near=82001", 40_234, json!(160_934), "DEN-02"),
            ("near=59301", 40_234, json!(402_336), "BIL-01"),
            ("near=96910", 40_234, Value::Null, "HNL-01"),
            ("near=96910&radius=3000", 4_828_032, Value::Null, "HNL-01"),
        ] {
            let answer = nearest(&app, question).await;
            let search = &answer["search"];
            assert_eq!(search["requested_radius_m"], requested_m, "{question}");
            assert_eq!(search["used_radius_m"], used_m, "{question}");
            assert_eq!(search["expanded"], json!(used_m != json!(requested_m)), "{question}");
            assert_eq!(answer["data"][0]["clinic"]["code"], first, "{question}");
        }
    })
    .await;
}

#[tokio::test]
async fn n3_a_named_filter_is_never_loosened() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let answer = nearest(&app, "near=02110&service=haircut").await;
        assert_eq!(answer["data"], json!([]));
        assert_eq!(answer["search"]["filters"], json!(["service"]));
        assert_eq!(answer["excluded"].as_array().map(Vec::len), Some(5));
        assert_eq!(answer["excluded"][0]["reason"], "filtered_by");
        assert_eq!(answer["excluded"][0]["filter"], "service");
    })
    .await;
}

#[tokio::test]
async fn n3_open_now_is_judged_by_the_clinics_own_clock() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        // BOS-01 opens at nine on a Tuesday, BOS-02 at ten.
        app.clock.set("2026-12-01T14:59:00Z");
        let before = nearest(&app, "near=02110&open_now=true").await;
        assert_eq!(codes(&before), ["BOS-01"]);
        assert_eq!(before["data"][0]["clinic"]["open"]["state"], "open");
        let farther = nearest(&app, "near=02110&open_now=true&radius=100").await;
        assert_eq!(farther["excluded"][0]["filter"], "open_now");
        app.clock.set("2026-12-01T15:00:00Z");
        assert_eq!(codes(&nearest(&app, "near=02110&open_now=true").await), ["BOS-01", "BOS-02"]);
    })
    .await;
}

#[tokio::test]
async fn n4_n8_clinics_that_are_not_open_to_visitors_are_excluded_with_their_reason() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (question, first, excluded) in [
            ("near=70130", "PNS-01", json!({"reason": "temporarily_closed", "until": "2027-07-01"})),
            ("near=85701", "PHX-01", json!({"reason": "coming_soon", "from": "2027-03-01"})),
            ("near=80202", "DEN-02", json!({"reason": "closed", "moved_to": "DEN-02"})),
        ] {
            let answer = nearest(&app, question).await;
            assert_eq!(answer["data"][0]["clinic"]["code"], first, "{question}");
            for (member, value) in excluded.as_object().unwrap() {
                assert_eq!(&answer["excluded"][0][member], value, "{question}");
            }
        }
        // Nearer means nearer than the last result: New Orleans is no answer to Boston.
        assert_eq!(nearest(&app, "near=02110").await["excluded"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn i11_a_coming_clinic_opens_at_its_own_midnight() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        app.clock.set("2027-03-01T06:59:59Z");
        app.refresh().await;
        assert_eq!(codes(&nearest(&app, "near=85701&limit=1").await), ["PHX-01"]);
        app.clock.set("2027-03-01T07:00:00Z");
        app.refresh().await;
        assert_eq!(codes(&nearest(&app, "near=85701&limit=1").await), ["TUS-01"]);
    })
    .await;
}

#[tokio::test]
async fn n5_results_that_a_zip_cannot_tell_apart_share_a_group() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        // North and south of the ZIP's point (42.3576, -71.0514) at nearly one distance, and one clearly farther.
        app.clinic("N").at(42.3676, -71.0514).create().await;
        app.clinic("S").at(42.3475, -71.0514).create().await;
        app.clinic("FAR").at(42.2576, -71.0514).create().await;
        let groups = |answer: &Value| -> Vec<Value> {
            answer["data"].as_array().unwrap().iter().map(|item| item["tie_group"].clone()).collect()
        };
        let by_zip = nearest(&app, "near=02110").await;
        assert_eq!((codes(&by_zip), groups(&by_zip)), (vec!["N", "S", "FAR"], vec![json!(1), json!(1), Value::Null]));
        let by_point = nearest(&app, "lat=42.3576&lon=-71.0514").await;
        assert_eq!(groups(&by_point), [Value::Null, Value::Null, Value::Null]);
    })
    .await;
}
