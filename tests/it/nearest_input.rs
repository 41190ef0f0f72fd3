//! What is no question is refused with the field named (rule N11), by every way in.

use crate::support::{TestApp, TestDatabase};

/// Not one of these is a number of degrees.
const NO_NUMBERS: [&str; 17] = [
    "",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "infinity",
    "1e309",
    "1e1",
    "0x10",
    "%EF%BC%93%EF%BC%90",
    "%D9%A3",
    "+30",
    "%2030",
    "30%20",
    "3,5",
    "1.2.3",
    "30.2672000000000000000000000000001",
];

async fn refused_field(app: &TestApp, question: &str) -> String {
    let response = app.anon().get(&format!("/api/v1/nearest?{question}")).await;
    let problem = response.problem(422, "invalid");
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{question}: {problem}");
    assert!(errors[0]["detail"].as_str().is_some_and(|detail| detail.len() > 8), "{problem}");
    errors[0]["field"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn n11_coordinates_are_plain_finite_degrees_in_range_once_and_both() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    for text in NO_NUMBERS {
        assert_eq!(refused_field(&app, &format!("lat={text}&lon=-97")).await, "lat", "{text}");
        assert_eq!(refused_field(&app, &format!("lat=30&lon={text}")).await, "lon", "{text}");
    }
    for (question, field) in [
        ("lat=90.0001&lon=0", "lat"),
        ("lat=-91&lon=0", "lat"),
        ("lat=30&lon=180.0001", "lon"),
        ("lat=30&lon=-181", "lon"),
        ("lat=30", "lon"),
        ("lon=-97", "lat"),
        ("lat=30&lat=30&lon=-97", "lat"),
        ("lat=30&lon=-97&lon=-97", "lon"),
        ("near=78701&lat=30&lon=-97", "near"),
        ("near=78701&lat=30", "near"),
        ("near=78701&lon=", "near"),
        ("near=78701&near=78701", "near"),
        ("", "near"),
        ("limit=3", "near"),
    ] {
        assert_eq!(refused_field(&app, question).await, field, "{question}");
    }
    for question in ["lat=90&lon=180", "lat=-90&lon=-180", "lat=%2B30&lon=-97.", "lat=-0&lon=0.0"] {
        app.anon().get(&format!("/api/v1/nearest?{question}")).await.ok();
    }
}

#[tokio::test]
async fn n11_every_other_parameter_has_its_range() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    for (field, wrong, right) in [
        (
            "limit",
            &["0", "101", "-1", "1.5", "", "ten", "%EF%BC%91", "%2B5", "99999999999999999999"][..],
            &["1", "100"][..],
        ),
        (
            "radius",
            &["0", "-5", "12500.001", "NaN", "inf", "1e3", "1e309", "0x5", "", "0.0", "%EF%BC%95", "5%20"],
            &["0.001", "12500"],
        ),
        ("unit", &["", "m", "MI", "miles", "%00"], &["mi", "km"]),
        ("sort", &["", "price", "DISTANCE", "-distance"], &["distance", "soonest"]),
        ("available_within_days", &["", "-1", "1001", "soon", "%EF%BC%95"], &["0", "7", "1000"]),
        ("open_now", &["", "maybe", "2", "TRUE"], &["true", "false", "1", "0", "yes", "no"]),
        ("service", &["", "%00", "a%20b", "smp;drop", "%F0%9F%98%80"], &["smp", "no-such-service"]),
        ("lang", &["", "fr", "EN", "es-MX"], &["en", "es"]),
        ("radios", &["5"], &[]),
        ("radius[]", &["5"], &[]),
    ] {
        for value in wrong {
            let question = format!("near=02110&{field}={value}");
            assert_eq!(refused_field(&app, &question).await, field, "{question}");
        }
        for value in right {
            app.anon().get(&format!("/api/v1/nearest?near=02110&{field}={value}")).await.ok();
            let twice = format!("near=02110&{field}={value}&{field}={value}");
            assert_eq!(refused_field(&app, &twice).await, field, "{twice}");
        }
    }
    assert_eq!(refused_field(&app, "near=02110&radius=20116.9&unit=km").await, "radius");
    app.anon().get("/api/v1/nearest?near=02110&radius=20116.8&unit=km").await.ok();
}

#[tokio::test]
async fn n11_every_wrong_field_is_named_at_once() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    let question = "/api/v1/nearest?lat=x&lon=181&limit=0&radius=-1&unit=ell&sort=price&open_now=perhaps";
    let problem = app.anon().get(question).await.problem(422, "invalid");
    let fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    for field in ["lat", "limit", "radius", "unit", "sort", "open_now"] {
        assert!(fields.contains(&field), "{field}: {problem}");
    }
}

/// A text that can be no place is a wrong field too; one that could be and is none, is not found.
#[tokio::test]
async fn n11_p6_texts_that_can_be_no_place_name_their_field() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    for (text, code) in [
        ("", "place_required"),
        ("+,+", "place_required"),
        ("NaN,NaN", "coordinates"),
        ("inf+0", "coordinates"),
        ("1e309,0", "coordinates"),
        ("91,0", "coordinates"),
        ("1,2,3", "coordinates"),
        ("2110", "zip_format"),
        ("09001", "zip_military"),
        ("%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95", "place_characters"),
    ] {
        let explain = "explain?clinic=stipplecrown-boston-waterfront&near=";
        for (address, field) in [("nearest?near=", "near"), ("places/resolve?q=", "q"), (explain, "near")] {
            let problem = app.anon().get(&format!("/api/v1/{address}{text}")).await.problem(422, code);
            assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&field.into(), &code.into()));
        }
    }
    for text in ["Xqzwv", "00000"] {
        let response = app.anon().get(&format!("/api/v1/nearest?near={text}")).await;
        assert_eq!((response.status(), &response.json()["errors"]), (404, &serde_json::Value::Null));
    }
}
