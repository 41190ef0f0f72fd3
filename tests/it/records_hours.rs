//! Hours that an editor replaces are what can be booked, at once.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Response, TestApp, on_each_database};

const HOURS: &str = "/api/v1/admin/clinics/BOS-01/hours";

async fn put(app: &TestApp, body: &Value) -> Response {
    app.editor().await.send(Method::PUT, HOURS, body).header("if-match", "*").await
}

/// The first and last local start on a date, and how many there are.
async fn starts(app: &TestApp, date: &str) -> (usize, String, String) {
    let path = format!("/api/v1/clinics/stipplecrown-boston-waterfront/availability?from={date}&days=1");
    let answer = app.anon().get(&path).await.ok();
    let slots = answer["days"][0]["slots"].as_array().expect("slots").clone();
    let start = |slot: Option<&Value>| {
        slot.map_or_else(String::new, |slot| slot["starts_at"].as_str().unwrap()[11..16].to_owned())
    };
    (slots.len(), start(slots.first()), start(slots.last()))
}

#[tokio::test]
async fn i6_new_hours_are_offered_at_once_in_either_spelling() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        // A Friday; consultations are from ten to five.
        let friday = "2026-12-04";
        assert_eq!(starts(&app, friday).await, (14, "10:00".to_owned(), "16:30".to_owned()));
        let body = json!({ "hours": { "fri": [["08:00", "09:00"], ["20:00", "21:00"]] }, "consultation_hours": null });
        let record = put(&app, &body).await.ok();
        assert_eq!(record["hours"]["mon"], json!([]), "a missing day is closed");
        assert_eq!(starts(&app, friday).await, (4, "08:00".to_owned(), "20:30".to_owned()));
        assert_eq!(record["special_hours"].as_array().unwrap().len(), 2, "what is not named stays");
        put(&app, &json!({ "hours": "Mo-Fr 12:00-13:00", "special_hours": "2026-12-04 off" })).await.ok();
        assert_eq!(starts(&app, friday).await.0, 0);
        put(&app, &json!({ "hours": "Mo-Fr 12:00-13:00", "special_hours": null })).await.ok();
        assert_eq!(starts(&app, friday).await, (2, "12:00".to_owned(), "12:30".to_owned()));
        put(&app, &json!({ "hours": null })).await.ok();
        assert_eq!(starts(&app, friday).await.0, 0);
        let open = app.anon().get("/api/v1/clinics/stipplecrown-boston-waterfront").await.ok()["open"]["state"].clone();
        assert_eq!(open, "unknown");
    })
    .await;
}

#[tokio::test]
async fn i6_hours_that_are_none_are_refused() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        for (body, field) in [
            (json!({}), "hours"),
            (json!({ "special_hours": null }), "hours"),
            (json!({ "hours": [] }), "hours"),
            (json!({ "hours": "sunrise-sunset" }), "hours"),
            (json!({ "hours": null, "name": "x" }), "name"),
            (json!({ "hours": null, "consultation_hours": { "mon": "09:00" } }), "consultation_hours"),
            (json!({ "hours": null, "special_hours": [{ "date": "2026-12-04", "windows": [] }, { "date": "2026-12-04", "windows": [] }] }), "special_hours"),
        ] {
            let told = put(&app, &body).await.problem(422, "invalid");
            assert_eq!(told["errors"][0]["field"], field, "{body}: {told}");
        }
    })
    .await;
}
