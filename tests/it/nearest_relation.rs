//! How a clinic lies from the searcher: direction, distance worth a warning, water between (rule N6).

use serde_json::{Value, json};

use crate::support::{TestApp, codes, on_each_database};

async fn nearest(app: &TestApp, question: &str) -> Value {
    app.anon().get(&format!("/api/v1/nearest?{question}")).await.ok()
}

fn of<'a>(answer: &'a Value, code: &str) -> &'a Value {
    let items = answer["data"].as_array().unwrap();
    items.iter().find(|item| item["clinic"]["code"] == code).unwrap_or_else(|| panic!("{code} is not in {answer}"))
}

#[tokio::test]
async fn n6_the_bearing_is_one_of_eight_from_the_searcher_to_the_clinic() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        // A degree of longitude is 0.766 of one of latitude at 40 north.
        let around = [
            ("N", 0.1, 0.0),
            ("NE", 0.1, 0.1305),
            ("E", 0.0, 0.1305),
            ("SE", -0.1, 0.1305),
            ("S", -0.1, 0.0),
            ("SW", -0.1, -0.1305),
            ("W", 0.0, -0.1305),
            ("NW", 0.1, -0.1305),
            ("HERE", 0.0, 0.0),
        ];
        for (code, north, east) in around {
            app.clinic(code).at(40.0 + north, -100.0 + east).create().await;
        }
        let answer = nearest(&app, "lat=40&lon=-100").await;
        for (code, ..) in around {
            let bearing = if code == "HERE" { Value::Null } else { json!(code) };
            assert_eq!(of(&answer, code)["bearing"], bearing, "{code}");
        }
    })
    .await;
}

#[tokio::test]
async fn n6_far_is_more_than_150_miles() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        // 241,401.6 m along the equator are 2.168548 degrees.
        app.clinic("NEAR").at(0.0, 2.16854).create().await;
        app.clinic("FAR").at(0.0, 2.16856).create().await;
        let answer = nearest(&app, "lat=0&lon=0&radius=200").await;
        assert_eq!((codes(&answer), &answer["data"][0]["distance_mi"]), (vec!["NEAR", "FAR"], &json!(150.0)));
        assert_eq!((&of(&answer, "NEAR")["far"], &of(&answer, "FAR")["far"]), (&json!(false), &json!(true)));
    })
    .await;
}

/// One clinic on each landmass.
const LANDMASSES: [(&str, &str, &str, f64, f64); 8] = [
    ("MAIN", "Denver", "CO", 39.74, -104.99),
    ("ALASKA", "Anchorage", "AK", 61.2, -149.9),
    ("HAWAII", "Honolulu", "HI", 21.3, -157.85),
    ("PUERTO-RICO", "San Juan", "PR", 18.46, -66.1),
    ("VIRGIN", "Charlotte Amalie", "VI", 18.34, -64.93),
    ("GUAM", "Hagatna", "GU", 13.475, 144.75),
    ("MARIANAS", "Saipan", "MP", 15.19, 145.75),
    ("SAMOA", "Pago Pago", "AS", -14.28, -170.7),
];

#[tokio::test]
async fn n6_water_lies_between_any_two_landmasses_and_nowhere_else() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        for (code, city, state, lat, lon) in LANDMASSES {
            app.clinic(code).at(lat, lon).city(city, state).create().await;
        }
        let places = ["80202", "99501", "96813", "00907", "00802", "96910", "96950", "96799"];
        let texts = ["Denver", "Alaska", "Honolulu", "Ponce", "VI", "Guam", "Saipan", "American+Samoa"];
        for near in [places, texts] {
            for (i, near) in near.into_iter().enumerate() {
                // A state that has a clinic lists its own: then there is one, on the same ground.
                let answer = nearest(&app, &format!("near={near}&radius=12500")).await;
                for (item, code) in answer["data"].as_array().unwrap().iter().zip(codes(&answer)) {
                    assert_eq!(item["across_water"], json!(code != LANDMASSES[i].0), "from {near} to {code}");
                }
            }
        }
        for (i, (.., lat, lon)) in LANDMASSES.into_iter().enumerate() {
            let answer = nearest(&app, &format!("lat={lat}&lon={lon}&radius=12500")).await;
            assert_eq!(answer["data"].as_array().unwrap().len(), LANDMASSES.len());
            for (item, code) in answer["data"].as_array().unwrap().iter().zip(codes(&answer)) {
                assert_eq!(item["across_water"], json!(code != LANDMASSES[i].0), "from {lat}, {lon} to {code}");
            }
        }
    })
    .await;
}
