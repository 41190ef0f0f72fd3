//! Why a clinic is or is not in an answer (rule N9), and that the explanation and the answer never disagree.

use chrono::Days;
use clinic_directory::availability::{Agenda, Claims};
use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, on_each_database};

async fn explain(app: &TestApp, question: &str) -> Value {
    app.anon().get(&format!("/api/v1/explain?{question}")).await.ok()
}

/// Clinics around (40, -100): two that answer, and one for each reason not to.
async fn around(database: &TestDatabase) -> TestApp {
    let app = TestApp::empty(database).await;
    for (code, lat, column, cell) in [
        ("FIRST", 40.1, "services", "smp"),
        ("SECOND", 40.2, "services", "smp"),
        ("LACKS", 40.15, "services", "density"),
        ("BEYOND", 41.0, "services", "smp"),
        ("SHUT", 40.05, "status", "temporarily_closed"),
        ("COMING", 40.06, "opens_on", "2027-03-01"),
        ("MOVED", 40.07, "moved_to", "FIRST"),
        ("GONE", 40.08, "status", "closed"),
    ] {
        let clinic = app.clinic(code).at(lat, -100.0).with(column, cell);
        let clinic = if code == "MOVED" { clinic.with("status", "closed") } else { clinic };
        clinic.create().await;
    }
    app
}

#[tokio::test]
async fn n9_each_reason_is_told() {
    on_each_database(async |database| {
        let app = around(database).await;
        for (rest, clinic, reason, filter, rank) in [
            ("", "first", Value::Null, Value::Null, json!(1)),
            ("", "second", Value::Null, Value::Null, json!(3)),
            ("&limit=1", "second", json!("limit"), Value::Null, json!(3)),
            ("&radius=10", "second", json!("radius"), Value::Null, json!(3)),
            ("", "beyond", json!("radius"), Value::Null, json!(4)),
            ("&service=smp", "second", Value::Null, Value::Null, json!(2)),
            ("&service=smp", "lacks", json!("filtered_by"), json!("service"), Value::Null),
            ("&open_now=true", "first", json!("filtered_by"), json!("open_now"), Value::Null),
            ("", "shut", json!("temporarily_closed"), Value::Null, Value::Null),
            ("", "coming", json!("coming_soon"), Value::Null, Value::Null),
            ("", "moved", json!("closed"), Value::Null, Value::Null),
            ("", "gone", json!("closed"), Value::Null, Value::Null),
            // A closed clinic is told to be closed, whatever filter it fails as well.
            ("&service=smp", "shut", json!("temporarily_closed"), Value::Null, Value::Null),
        ] {
            let question = format!("lat=40&lon=-100&clinic=clinic-{clinic}{rest}");
            let why = explain(&app, &question).await;
            assert_eq!((&why["reason"], &why["filter"], &why["rank"]), (&reason, &filter, &rank), "{question}");
            assert_eq!(why["in_answer"], json!(reason.is_null()), "{question}");
        }
    })
    .await;
}

/// Takes every time of the next days at a clinic.
pub fn fill(app: &TestApp, code: &str) {
    let (snapshot, now) = (app.state.directory.snapshot(), app.clock.now());
    let entry = snapshot.by_code(code).unwrap();
    let schedule = entry.schedule();
    let agenda = Agenda { schedule: &schedule, policy: &entry.policy, claims: &Claims::default(), now };
    let mut claims = Claims::default();
    for slot in agenda.slots(now..now + Days::new(9)) {
        claims.add(slot.starts_at.timestamp() / 300..slot.ends_at.timestamp() / 300, 1, None);
    }
    app.state.directory.show_claims(entry.id, claims);
}

#[tokio::test]
async fn n9_n4_a_clinic_without_a_time_is_full_or_shut_or_offers_none() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let at = |code: &'static str, lat: f64| app.clinic(code).at(lat, -100.0).open("Mo-Fr 09:00-17:00");
        at("FREE", 40.4).create().await;
        at("FULL", 40.1).create().await;
        at("NONE", 40.2).with("offers_consultations", "no").create().await;
        at("WEEKEND", 40.3).open("Su 09:00-17:00").create().await;
        fill(&app, "FULL");
        for (clinic, reason, filter, rank) in [
            ("free", Value::Null, Value::Null, json!(1)),
            ("full", json!("full"), Value::Null, Value::Null),
            ("none", json!("no_consultations"), Value::Null, Value::Null),
            ("weekend", json!("filtered_by"), json!("available_within_days"), Value::Null),
        ] {
            let why = explain(&app, &format!("lat=40&lon=-100&available_within_days=3&clinic=clinic-{clinic}")).await;
            assert_eq!((&why["reason"], &why["filter"], &why["rank"]), (&reason, &filter, &rank), "{clinic}");
            let anyway = explain(&app, &format!("lat=40&lon=-100&radius=50&clinic=clinic-{clinic}")).await;
            assert_eq!(anyway["in_answer"], true, "who asks for no time finds them all: {clinic}");
        }
    })
    .await;
}

#[tokio::test]
async fn n9_the_facts_are_the_clinics_own() {
    on_each_database(async |database| {
        let app = around(database).await;
        app.clinic("BY-ZIP").city("North Platte", "NE").zip("69101").create().await;
        let why = explain(&app, "near=40,-100&clinic=clinic-first").await;
        assert_eq!(
            (&why["clinic"], &why["name"], &why["status"]),
            (&json!("clinic-first"), &json!("Clinic FIRST"), &json!("open"))
        );
        assert_eq!(why["pin"], json!({"lat": 40.1, "lon": -100.0, "precision": "exact"}));
        assert_eq!((&why["distance_m"], &why["distance_mi"]), (&json!(11_104), &json!(6.9)));
        assert_eq!(why["resolved"]["kind"], "point");
        assert_eq!(why["as_of"], "2026-12-01T15:00:00Z");
        assert_eq!(why["data_version"], json!(app.state.directory.snapshot().data_version));
        assert_eq!(explain(&app, "near=69101&clinic=clinic-by-zip").await["pin"]["precision"], "zip");
    })
    .await;
}

#[tokio::test]
async fn n9_p8_in_a_states_list_distance_means_nothing_and_the_state_decides() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let listed = explain(&app, "near=Texas&clinic=stipplecrown-el-paso-downtown").await;
        assert_eq!((&listed["in_answer"], &listed["rank"]), (&json!(true), &json!(4)), "{listed}");
        assert_eq!((&listed["distance_m"], &listed["distance_mi"]), (&Value::Null, &Value::Null));
        let elsewhere = explain(&app, "near=Texas&clinic=stipplecrown-boston-waterfront").await;
        assert_eq!((&elsewhere["reason"], &elsewhere["rank"]), (&json!("state"), &Value::Null));
        let cut_off = explain(&app, "near=Texas&limit=1&clinic=stipplecrown-el-paso-downtown").await;
        assert_eq!((&cut_off["reason"], &cut_off["rank"]), (&json!("limit"), &json!(4)));
    })
    .await;
}

#[tokio::test]
async fn n9_unknown_clinics_and_half_questions_are_refused() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for clinic in ["nowhere", "", "%00", "%F0%9F%98%80", "BOS-01"] {
            app.anon().get(&format!("/api/v1/explain?near=02110&clinic={clinic}")).await.problem(404, "clinic_unknown");
        }
        for (question, field) in [
            ("near=02110", "clinic"),
            ("clinic=stipplecrown-boston-waterfront", "near"),
            ("clinic=stipplecrown-boston-waterfront&lat=1", "lon"),
            ("clinic=stipplecrown-boston-waterfront&near=02110&limit=0", "limit"),
            ("clinic=a&clinic=b&near=02110", "clinic"),
        ] {
            let problem = app.anon().get(&format!("/api/v1/explain?{question}")).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["field"], field, "{question}");
        }
        let of_slug = "clinic=stipplecrown-boston-waterfront";
        app.anon().get(&format!("/api/v1/explain?near=21345&{of_slug}")).await.problem(404, "zip_unknown");
        app.anon().get(&format!("/api/v1/explain?near=2110&{of_slug}")).await.problem(422, "zip_format");
    })
    .await;
}

/// Every clinic of the demonstration, against the answer to the same question.
#[tokio::test]
async fn n9_the_explanation_agrees_with_the_answer() {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    let snapshot = app.state.directory.snapshot();
    for question in [
        "near=02110",
        "near=Wyoming",
        "near=TX&limit=3",
        "near=96910",
        "near=70130&service=density",
        "lat=39&lon=-95&open_now=1",
    ] {
        let answer = app.anon().get(&format!("/api/v1/nearest?{question}")).await.ok();
        let data = answer["data"].as_array().unwrap();
        for entry in snapshot.entries() {
            let why = explain(&app, &format!("{question}&clinic={}", entry.clinic.slug)).await;
            let place = data.iter().position(|item| item["clinic"]["slug"] == *entry.clinic.slug);
            assert_eq!(why["in_answer"], json!(place.is_some()), "{question}: {why}");
            assert_eq!(why["reason"].is_null(), place.is_some(), "{question}: {why}");
            if let Some(place) = place {
                assert_eq!(why["rank"], json!(place + 1), "{question}: {why}");
                assert_eq!(why["distance_m"], data[place]["distance_m"], "{question}: {why}");
            }
            let excluded = answer["excluded"].as_array().unwrap().iter().find(|it| it["slug"] == *entry.clinic.slug);
            if let Some(excluded) = excluded {
                assert_eq!((&why["reason"], &why["filter"]), (&excluded["reason"], &excluded["filter"]), "{question}");
                assert_eq!(why["distance_m"], excluded["distance_m"], "{question}: {why}");
            }
        }
    }
}
