//! One clinic's record through the API: created, read, changed and retired, with what is told about each.

use axum::http::Method;
use clinic_directory::accounts::{Role, Scope};
use serde_json::{Value, json};

use crate::support::{Client, Response, TestApp, codes, on_each_database};

const CLINICS: &str = "/api/v1/admin/clinics";

/// A clinic that can be created: nothing but what is needed.
pub fn austin(code: &str) -> Value {
    json!({ "code": code, "name": format!("Austin {code}"), "city": "Austin", "state": "TX", "zip": "78701" })
}

/// Changes a record as somebody who has just read it.
pub async fn patch(client: &Client, code: &str, body: &Value) -> Response {
    let path = format!("{CLINICS}/{code}");
    let seen = client.get(&path).await;
    client.send(Method::PATCH, &path, body).header("if-match", seen.header("etag")).await
}

/// The newest entry of a clinic's history.
async fn newest(client: &Client, code: &str) -> Value {
    client.get(&format!("/api/v1/admin/audit?clinic={code}")).await.ok()["data"][0].clone()
}

#[tokio::test]
async fn a_clinic_is_created_with_its_location_and_is_public_at_once() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let body = json!({
            "code": "AUS 9/ñ", "name": "  Northside  ", "city": "Austin", "state": "Texas", "zip": "78758",
            "lat": 30.38, "lon": -97.71, "phone": "(512) 555-0134", "services": ["smp", "density"], "languages": ["en", "es"],
            "hours": { "mon": [["09:00", "18:00"]], "sat": [["10:00", "14:00"]], "closed_on_holidays": true },
            "special_hours": [{ "date": "2026-12-24", "windows": [["09:00", "12:00"]], "note": "Christmas Eve" }],
            "capacity": 2, "offers_consultations": true, "description": null,
        });
        let created = editor.post(CLINICS, &body).await;
        assert_eq!(created.status(), 201, "{}", created.text());
        let location = created.header("location").to_owned();
        assert_eq!(location, "http://127.0.0.1:8080/api/v1/admin/clinics/AUS%209%2F%C3%B1");
        let record = created.json();
        for (member, expected) in [
            ("name", json!("Northside")),
            ("slug", json!("northside")),
            ("state", json!("TX")),
            ("phone", json!("+15125550134")),
            ("services", json!(["smp", "density"])),
            ("time_zone", json!("America/Chicago")),
            ("pin_precision", json!("exact")),
            ("status", json!("open")),
            ("capacity", json!(2)),
            ("step_min", json!(null)),
            ("warnings", json!([])),
        ] {
            assert_eq!(record[member], expected, "{member}");
        }
        assert_eq!(record["hours"]["sat"], json!([["10:00", "14:00"]]));
        assert_eq!(record["special_hours"][0]["note"], "Christmas Eve");
        let read = editor.get(location.trim_start_matches("http://127.0.0.1:8080")).await;
        assert_eq!(read.header("etag"), created.header("etag"));
        assert_eq!(read.ok(), record);
        let public = app.anon().get("/api/v1/clinics/northside").await.ok();
        assert_eq!((&public["code"], &public["hours"]["mon"]), (&json!("AUS 9/ñ"), &json!([["09:00", "18:00"]])));
        let entry = newest(&editor, "AUS%209/%C3%B1").await;
        assert_eq!(entry["action"], "clinic.create");
        assert!(entry["changes"].as_array().unwrap().iter().any(|change| change["new"] == "Northside"));
    })
    .await;
}

#[tokio::test]
async fn i3_a_zip_that_lost_its_zero_is_repaired_and_the_editor_is_told() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let body = json!({ "code": "B9", "name": "Harbor", "city": "Boston", "state": "MA", "zip": "2210" });
        let record = app.editor().await.post(CLINICS, &body).await.json();
        assert_eq!((&record["zip"], &record["pin_precision"]), (&json!("02210"), &json!("zip")));
        assert_eq!(record["warnings"][0]["field"], "zip");
    })
    .await;
}

#[tokio::test]
async fn i8_an_edit_leaves_field_old_and_new_and_an_old_value_is_put_back_as_the_log_tells_it() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let before = editor.get(&format!("{CLINICS}/BOS-01")).await.ok();
        let edit = json!({
            "phone": "(617) 555-0199", "services": ["smp"], "photo_url": null, "priority": 7, "offers_consultations": false,
            "special_hours": [], "hours": "Mo 09:00-12:00",
        });
        let after = patch(&editor, "BOS-01", &edit).await.ok();
        assert_eq!((&after["phone"], &after["photo_url"]), (&json!("+16175550199"), &Value::Null));
        assert_eq!(after["name"], before["name"], "what is absent stays");
        let entry = newest(&editor, "BOS-01").await;
        assert_eq!((&entry["action"], &entry["via"]), (&json!("clinic.update"), &json!("token")));
        assert!(entry["actor"].as_str().unwrap().starts_with("editor-"));
        let changes = entry["changes"].as_array().unwrap();
        let told: Vec<&str> = changes.iter().map(|change| change["field"].as_str().unwrap()).collect();
        assert_eq!(
            told,
            ["phone", "services", "priority", "photo_url", "hours", "special_hours", "offers_consultations"]
        );
        assert_eq!((&changes[0]["old"], &changes[0]["new"]), (&json!("+16175550168"), &json!("+16175550199")));
        let back: serde_json::Map<String, Value> =
            changes.iter().map(|change| (change["field"].as_str().unwrap().to_owned(), change["old"].clone())).collect();
        let restored = patch(&editor, "BOS-01", &Value::Object(back)).await.ok();
        for member in before.as_object().unwrap().keys().filter(|member| !["version", "updated_at"].contains(&&***member)) {
            assert_eq!(restored[member], before[member], "{member}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_edit_that_changes_nothing_leaves_no_trace() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let before = editor.get(&format!("{CLINICS}/BOS-01")).await;
        let same = json!({ "name": before.ok()["name"], "code": "BOS-01", "hours": before.ok()["hours"] });
        let answer = patch(&editor, "BOS-01", &same).await;
        assert_eq!((answer.status(), answer.header("etag")), (200, before.header("etag")));
        assert_eq!(editor.get("/api/v1/admin/audit?clinic=BOS-01").await.ok()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_clinic_retires_today_on_its_own_calendar_and_stays_as_a_record() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        // Past midnight in London and in Boston, not yet in California.
        app.clock.set("2026-12-02T06:30:00Z");
        let retire = async |path: &str| editor.request(Method::DELETE, path).header("if-match", "*").await;
        let body = json!({ "code": "LA-9", "name": "Gone", "city": "Los Angeles", "state": "CA", "zip": "90012" });
        assert_eq!(editor.post(CLINICS, &body).await.status(), 201);
        let retired = retire(&format!("{CLINICS}/LA-9?moved_to=BOS-01")).await.ok();
        assert_eq!((&retired["status"], &retired["closed_on"]), (&json!("closed"), &json!("2026-12-01")));
        assert_eq!(newest(&editor, "LA-9").await["action"], "clinic.retire");
        let moved = app.anon().get("/api/v1/clinics/gone").await;
        assert_eq!(moved.status(), 301);
        assert!(moved.header("location").ends_with("/stipplecrown-boston-waterfront"));
        app.clock.set("2026-12-05T06:30:00Z");
        let again = retire(&format!("{CLINICS}/LA-9")).await.ok();
        assert_eq!((&again["closed_on"], &again["moved_to"]), (&json!("2026-12-01"), &json!("BOS-01")));
        assert_eq!(editor.get(&format!("{CLINICS}/LA-9")).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn the_list_has_every_status_within_the_scope_page_by_page_and_what_to_look_at() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        assert_eq!(editor.post(CLINICS, &austin("A1")).await.status(), 201);
        assert_eq!(patch(&editor, "BOS-01", &json!({ "status": "closed" })).await.status(), 200);
        let whole = editor.get(&format!("{CLINICS}?limit=100")).await.ok();
        assert_eq!(whole["total"], 77);
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = editor.get(&format!("{CLINICS}?limit=10{cursor}")).await.ok();
            paged.extend(codes(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, codes(&whole));
        let odd = editor.get(&format!("{CLINICS}?problem=zip_pin&state=texas&q=austin")).await.ok();
        assert_eq!(codes(&odd), ["A1"]);
        assert_eq!(odd["data"][0]["problems"], json!(["no_hours", "zip_pin", "no_phone"]));
        let boston = editor.get(&format!("{CLINICS}?q=BOS-01")).await.ok();
        assert_eq!(boston["data"][0]["status_today"], "closed");
        let scope = Scope::from_parts(["clinic:BOS-01", "clinic:A1"]).unwrap();
        let own = app.user(Role::Editor, &scope).await.get(CLINICS).await.ok();
        assert_eq!((codes(&own), &own["total"]), (vec!["BOS-01", "A1"], &json!(2)));
        for wrong in ["problem=x", "state=zz", "limit=0", "cursor=zz", "q=!", "page=2"] {
            assert_eq!(editor.get(&format!("{CLINICS}?{wrong}")).await.status(), 422, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_lies_outside_the_scope_is_not_there_and_nothing_leaves_it() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let scope = Scope::from_parts(["region:Northeast", "clinic:A9"]).unwrap();
        let editor = app.user(Role::Editor, &scope).await;
        let outside = ["AUS-01"].map(|code| format!("{CLINICS}/{code}"));
        for path in &outside {
            assert_eq!(editor.get(path).await.problem(404, "clinic_unknown")["status"], 404);
            for method in [Method::PATCH, Method::DELETE] {
                let answer = editor.send(method, path, &json!({})).header("if-match", "*").await;
                answer.problem(404, "clinic_unknown");
            }
            let hours = editor.send(Method::PUT, &format!("{path}/hours"), &json!({ "hours": null }));
            hours.header("if-match", "*").await.problem(404, "clinic_unknown");
        }
        assert_eq!(patch(&editor, "BOS-01", &json!({ "status_note": "x" })).await.status(), 200);
        let moved = patch(&editor, "BOS-01", &json!({ "moved_to": "AUS-01" })).await.problem(422, "invalid");
        assert_eq!(moved["errors"][0]["field"], "moved_to");
        let leaves = patch(&editor, "BOS-01", &json!({ "region": "South" })).await.problem(422, "invalid");
        assert_eq!(
            (&leaves["errors"][0]["field"], &leaves["errors"][0]["code"]),
            (&json!("region"), &json!("outside_scope"))
        );
        let elsewhere = editor.post(CLINICS, &austin("A1")).await.problem(422, "invalid");
        assert_eq!(elsewhere["errors"][0]["code"], "outside_scope");
        assert_eq!(editor.post(CLINICS, &austin("A9")).await.status(), 201);
    })
    .await;
}
