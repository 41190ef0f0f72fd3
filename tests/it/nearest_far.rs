//! Nearest at the edges: states, the antimeridian, the pole, other landmasses, GeoJSON, and why (rules P8, N6, N7, N9, N10).

use serde_json::{Value, json};

use crate::support::{TestApp, codes, on_each_database};

async fn nearest(app: &TestApp, question: &str) -> Value {
    app.anon().get(&format!("/api/v1/nearest?{question}")).await.ok()
}

#[tokio::test]
async fn p8_a_state_lists_the_clinics_in_it_by_city() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for question in ["near=Texas", "near=TX", "near=texas"] {
            let answer = nearest(&app, question).await;
            let expected = ["AUS-02", "AUS-01", "DAL-01", "ELP-01", "HOU-01", "HOU-02", "SAT-01"];
            let mut found = codes(&answer);
            let cities: Vec<&str> =
                answer["data"].as_array().unwrap().iter().filter_map(|item| item["clinic"]["city"].as_str()).collect();
            assert!(cities.is_sorted(), "{question}: {cities:?}");
            found.sort_unstable();
            assert_eq!(
                found,
                {
                    let mut all = expected;
                    all.sort_unstable();
                    all
                },
                "{question}"
            );
            assert_eq!(answer["resolved"]["kind"], "state");
            assert_eq!(answer["search"]["used_radius_m"], Value::Null);
            for item in answer["data"].as_array().unwrap() {
                assert_eq!(
                    (&item["distance_m"], &item["distance_mi"], &item["bearing"]),
                    (&Value::Null, &Value::Null, &Value::Null)
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn p8_a_state_without_clinics_is_searched_around_its_largest_city_and_says_so() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let answer = nearest(&app, "near=Wyoming").await;
        assert_eq!(answer["resolved"]["kind"], "state");
        assert_eq!(answer["search"]["expanded"], true);
        assert_eq!(answer["data"][0]["clinic"]["code"], "DEN-02");
        assert!(answer["data"][0]["distance_m"].is_u64());
    })
    .await;
}

#[tokio::test]
async fn p6_po_box_zips_resolve_and_unknown_ones_stand_for_their_neighbours() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let po_box = nearest(&app, "near=02112").await;
        assert_eq!((&po_box["resolved"]["precision"], codes(&po_box)[0]), (&json!("zip"), "BOS-01"));
        let unknown = nearest(&app, "near=02100").await;
        assert_eq!((&unknown["resolved"]["precision"], codes(&unknown)[0]), (&json!("zip3"), "BOS-02"));
    })
    .await;
}

#[tokio::test]
async fn n7_the_antimeridian_and_the_pole_are_ordinary() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("ATTU").at(52.9022, 172.9097).city("Attu", "AK").create().await;
        app.clinic("NOME").at(64.5, -165.4).city("Nome", "AK").create().await;
        let from_adak = nearest(&app, "lat=51.88&lon=-176.6581&limit=1").await;
        assert_eq!(codes(&from_adak), ["ATTU"]);
        assert_eq!(
            (&from_adak["data"][0]["distance_m"], &from_adak["data"][0]["distance_mi"]),
            (&json!(718_588), &json!(446.5))
        );
        assert_eq!(from_adak["data"][0]["bearing"], "W");
        let from_the_pole = nearest(&app, "lat=90&lon=12").await;
        assert_eq!(codes(&from_the_pole), ["NOME", "ATTU"]);
        assert_eq!(from_the_pole["data"][0]["bearing"], "S");
    })
    .await;
}

#[tokio::test]
async fn n6_far_and_across_water_are_told() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let marks = |answer: &Value| (answer["data"][0]["far"].clone(), answer["data"][0]["across_water"].clone());
        assert_eq!(marks(&nearest(&app, "near=02110").await), (json!(false), json!(false)));
        assert_eq!(marks(&nearest(&app, "near=70130").await), (json!(true), json!(false)));
        assert_eq!(marks(&nearest(&app, "near=96910").await), (json!(true), json!(true)));
        // St. Thomas, 100 miles from Ponce and San Juan, is another island.
        assert_eq!(marks(&nearest(&app, "near=00802").await), (json!(false), json!(true)));
    })
    .await;
}

#[tokio::test]
async fn n9_every_absence_is_explained() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for (near, clinic, reason, rank) in [
            ("02110", "stipplecrown-boston-waterfront", Value::Null, json!(1)),
            ("02110", "stipplecrown-providence-downcity", json!("radius"), json!(3)),
            ("02110&limit=1", "stipplecrown-boston-back-bay", json!("limit"), json!(2)),
            ("02110&service=haircut", "stipplecrown-boston-back-bay", json!("filtered_by"), Value::Null),
            ("70130", "stipplecrown-new-orleans-warehouse-district", json!("temporarily_closed"), Value::Null),
        ] {
            let why = app.anon().get(&format!("/api/v1/explain?near={near}&clinic={clinic}")).await.ok();
            assert_eq!((&why["reason"], &why["rank"]), (&reason, &rank), "{near} {clinic}");
            assert_eq!(why["in_answer"], json!(reason.is_null()), "{near} {clinic}");
            assert!(why["data_version"].is_i64() && why["detail"].is_string());
        }
        let unknown = app.anon().get("/api/v1/explain?near=02110&clinic=nowhere").await;
        unknown.problem(404, "clinic_unknown");
        assert_eq!(
            app.anon().get("/api/v1/explain?near=02110").await.problem(422, "invalid")["errors"][0]["field"],
            "clinic"
        );
    })
    .await;
}

#[tokio::test]
async fn n10_answers_carry_the_minute_and_the_version() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        app.clock.set("2026-12-01T15:42:59.9Z");
        let before = nearest(&app, "near=02110").await;
        assert_eq!((&before["as_of"], &before["demo"]), (&json!("2026-12-01T15:42:00Z"), &json!(false)));
        app.edit("BOS-01").with("phone", "(617) 555-0100").create().await;
        let after = nearest(&app, "near=02110").await;
        assert!(after["data_version"].as_i64() > before["data_version"].as_i64());
    })
    .await;
}

#[tokio::test]
async fn n10_a_clinic_has_the_same_facts_in_its_zips_answer_and_in_its_citys() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let by_zip = nearest(&app, "near=02110").await;
        let by_city = nearest(&app, "near=Boston,+MA").await;
        let facts = |answer: &Value| -> Vec<Value> {
            let mut clinics: Vec<Value> =
                answer["data"].as_array().unwrap().iter().map(|item| item["clinic"].clone()).collect();
            clinics.sort_by_key(|clinic| clinic["code"].to_string());
            clinics
        };
        assert_eq!(facts(&by_zip), facts(&by_city));
    })
    .await;
}

#[tokio::test]
async fn n11_the_gulf_of_guinea_is_answered_with_a_warning() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let answer = nearest(&app, "lat=0&lon=0").await;
        assert_eq!(answer["warnings"].as_array().map(Vec::len), Some(1));
        assert!(!codes(&answer).is_empty());
        assert_eq!(nearest(&app, "near=02110").await["warnings"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn geojson_is_the_same_list_with_longitude_first() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let plain = nearest(&app, "near=02110").await;
        let response = app.anon().get("/api/v1/nearest?near=02110").header("accept", "application/geo+json").await;
        assert_eq!(response.header("content-type"), "application/geo+json");
        let collection = response.ok();
        assert_eq!(collection["type"], "FeatureCollection");
        let features = collection["features"].as_array().unwrap();
        assert_eq!(features.len(), codes(&plain).len());
        for (feature, item) in features.iter().zip(plain["data"].as_array().unwrap()) {
            let clinic = &item["clinic"];
            assert_eq!(feature["geometry"], json!({"type": "Point", "coordinates": [clinic["lon"], clinic["lat"]]}));
            assert_eq!(&feature["properties"], item);
        }
    })
    .await;
}
