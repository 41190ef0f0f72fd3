//! What one text box resolves to over HTTP, by the worked cases of the domain (rules P).

use clinic_directory::geo::{Point, geodesic};
use serde::Deserialize;
use serde_json::Value;

use crate::support::{TestApp, TestDatabase};

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    input: String,
    kind: Option<String>,
    zip: Option<String>,
    state: Option<String>,
    state_in: Option<Vec<String>>,
    lat: Option<f64>,
    lon: Option<f64>,
    within_mi: Option<f64>,
    status: Option<u16>,
    status_in: Option<Vec<u16>>,
    or_status: Option<Vec<u16>>,
    code: Option<String>,
    did_you_mean: Option<Vec<String>>,
    alternatives: Option<bool>,
    alternatives_min: Option<usize>,
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn check(case: &Case, status: u16, body: &Value) {
    let refusals = case.status.into_iter().chain(case.status_in.clone().into_iter().flatten());
    let refusals: Vec<u16> = refusals.chain(case.or_status.clone().into_iter().flatten()).collect();
    if status == 200 {
        assert!(case.status.is_none() && case.status_in.is_none(), "{case:?} was not refused: {body}");
    } else {
        assert!(refusals.contains(&status), "{case:?}: {status} {body}");
    }
    for (wanted, found) in [(&case.code, &body["code"]), (&case.kind, &body["kind"]), (&case.state, &body["state"])] {
        assert!(wanted.as_ref().is_none_or(|wanted| found == wanted), "{case:?}: {body}");
    }
    if let Some(wanted) = &case.did_you_mean {
        assert_eq!(body["did_you_mean"], serde_json::json!(wanted), "{case:?}");
    }
    if status == 200 {
        check_place(case, body);
    }
}

fn check_place(case: &Case, body: &Value) {
    if let Some(states) = &case.state_in {
        assert!(states.iter().any(|state| body["state"] == *state), "{case:?}: {body}");
    }
    if let Some(zip) = &case.zip {
        assert!(body["label"].as_str().unwrap().ends_with(zip), "{case:?}: {body}");
    }
    let alternatives = body["alternatives"].as_array().unwrap().len();
    let fewest = case.alternatives_min.unwrap_or(usize::from(case.alternatives == Some(true)));
    assert!(alternatives >= fewest, "{case:?}: {body}");
    if let (Some(lat), Some(lon), Some(miles)) = (case.lat, case.lon, case.within_mi) {
        let found = Point::new(body["lat"].as_f64().unwrap(), body["lon"].as_f64().unwrap()).unwrap();
        let off = geodesic(found, Point::new(lat, lon).unwrap());
        assert!(off.miles() <= miles, "{case:?}: {} mi off", off.miles());
    }
}

#[tokio::test]
async fn p_every_worked_case_resolves_as_it_must() {
    let cases: Cases = serde_json::from_str(include_str!("../cases/places.json")).unwrap();
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    for case in &cases.cases {
        let response = app.anon().get(&format!("/api/v1/places/resolve?q={}", encoded(&case.input))).await;
        check(case, response.status(), &response.json());
    }
    assert_eq!(cases.cases.len(), 48);
}

#[tokio::test]
async fn p_the_first_suggestion_for_aus_is_austin() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    let suggested = app.anon().get("/api/v1/places/suggest?q=aus").await.ok();
    assert_eq!(suggested["data"][0]["label"], "Austin, TX");
    assert!(suggested["data"][0]["clinics_within_25mi"].as_u64().unwrap() > 0);
}
