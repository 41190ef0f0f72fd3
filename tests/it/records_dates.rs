//! Dates set ahead: the status flips by itself at the clinic's own midnight (rule I11).

use axum::http::Method;
use serde_json::{Value, json};

use crate::records::patch;
use crate::support::{TestApp, on_each_database};

const CLINICS: &str = "/api/v1/admin/clinics";

/// The public status of both clinics at an instant, without a restart and without any write.
async fn statuses(app: &TestApp, at: &str) -> [String; 2] {
    app.clock.set(at);
    app.refresh().await;
    let mut found = ["east", "west"].map(str::to_owned);
    for slug in &mut found {
        let answer = app.anon().get(&format!("/api/v1/clinics/{slug}")).await;
        let status = answer.json()["status"].as_str().map(str::to_owned);
        *slug = if answer.status() == 410 { "closed".to_owned() } else { status.expect("a status") };
    }
    found
}

async fn two_clinics(app: &TestApp, members: &Value) {
    let editor = app.editor().await;
    for (name, city, state, zip) in [("East", "Boston", "MA", "02110"), ("West", "Los Angeles", "CA", "90012")] {
        let body = json!({ "code": name, "name": name, "city": city, "state": state, "zip": zip, "hours": "24/7" });
        assert_eq!(editor.post(CLINICS, &body).await.status(), 201);
        assert_eq!(patch(&editor, name, members).await.status(), 200);
    }
}

#[tokio::test]
async fn i11_a_clinic_closes_for_good_at_its_own_midnight() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        two_clinics(&app, &json!({ "closed_on": "2026-12-05" })).await;
        for (at, expected) in [
            ("2026-12-05T04:59:59Z", ["open", "open"]),
            ("2026-12-05T05:00:00Z", ["closed", "open"]),
            ("2026-12-05T07:59:59Z", ["closed", "open"]),
            ("2026-12-05T08:00:00Z", ["closed", "closed"]),
        ] {
            assert_eq!(statuses(&app, at).await, expected, "{at}");
        }
    })
    .await;
}

/// The day of an edit is the clinic's, too: here Boston has Saturday, Los Angeles still Friday.
#[tokio::test]
async fn i11_an_edit_between_two_midnights_acts_where_the_day_has_begun() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clock.set("2026-12-05T05:30:00Z");
        two_clinics(&app, &json!({ "closed_on": "2026-12-05" })).await;
        assert_eq!(statuses(&app, "2026-12-05T05:30:00Z").await, ["closed", "open"]);
        app.clock.set("2026-12-06T00:30:00Z");
        for name in ["East", "West"] {
            assert_eq!(patch(&app.editor().await, name, &json!({ "closed_on": "2026-12-06" })).await.status(), 200);
        }
        assert_eq!(statuses(&app, "2026-12-06T00:30:00Z").await, ["open", "open"], "tomorrow in both");
    })
    .await;
}

#[tokio::test]
async fn i11_a_clinic_closes_for_a_while_and_reopens_at_its_own_midnight() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        two_clinics(&app, &json!({ "temporarily_closed_on": "2026-12-05", "reopens_on": "2026-12-07" })).await;
        for (at, expected) in [
            ("2026-12-05T04:59:59Z", ["open", "open"]),
            ("2026-12-05T05:00:00Z", ["temporarily_closed", "open"]),
            ("2026-12-05T08:00:00Z", ["temporarily_closed", "temporarily_closed"]),
            ("2026-12-07T05:00:00Z", ["open", "temporarily_closed"]),
            ("2026-12-07T08:00:00Z", ["open", "open"]),
        ] {
            assert_eq!(statuses(&app, at).await, expected, "{at}");
        }
    })
    .await;
}

#[tokio::test]
async fn i11_a_clinic_opens_at_its_own_midnight_and_nearest_has_it_from_then_on() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        two_clinics(&app, &json!({ "opens_on": "2026-12-05" })).await;
        for (at, expected, nearest) in [
            ("2026-12-05T04:59:59Z", ["coming_soon", "coming_soon"], 0),
            ("2026-12-05T05:00:00Z", ["open", "coming_soon"], 1),
            ("2026-12-05T08:00:00Z", ["open", "open"], 2),
        ] {
            assert_eq!(statuses(&app, at).await, expected, "{at}");
            let found = app.anon().get("/api/v1/nearest?near=02110").await.ok();
            assert_eq!(found["data"].as_array().unwrap().len(), nearest.min(1), "{at}");
            let listed = app.anon().get("/api/v1/nearest?near=90012").await.ok();
            assert_eq!(listed["data"].as_array().unwrap().len(), nearest.min(1), "{at}");
        }
    })
    .await;
}

/// A date in the past acts at once, and clearing it takes that back.
#[tokio::test]
async fn i11_dates_are_set_and_cleared_by_edits() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        two_clinics(&app, &json!({ "closed_on": "2026-11-30" })).await;
        let gone = app.anon().get("/api/v1/clinics/east").await;
        assert_eq!(gone.status(), 410);
        let editor = app.editor().await;
        let reopened = patch(&editor, "East", &json!({ "closed_on": null })).await.ok();
        assert_eq!((&reopened["status_today"], &reopened["closed_on"]), (&json!("open"), &Value::Null));
        assert_eq!(app.anon().get("/api/v1/clinics/east").await.status(), 200);
        let retired = editor.request(Method::DELETE, &format!("{CLINICS}/East")).header("if-match", "*").await;
        assert_eq!(retired.ok()["status_today"], "closed");
        let back = patch(&editor, "East", &json!({ "status": "open", "closed_on": null })).await.ok();
        assert_eq!(back["status_today"], "open");
    })
    .await;
}
