//! Bad input about records: refused with the member and the way out, nothing written, nothing broken.

use axum::http::Method;
use serde_json::{Value, json};

use crate::records::{austin, patch};
use crate::support::tables::contents;
use crate::support::{TestApp, on_each_database};

const CLINICS: &str = "/api/v1/admin/clinics";

/// Edits of BOS-01 and the member that is wrong in each.
fn wrong_values() -> Vec<(Value, &'static str)> {
    let long = "x".repeat(201);
    vec![
        (json!({ "nmae": "x" }), "nmae"),
        (json!({ "version": 7 }), "version"),
        (json!({ "id": 7 }), "id"),
        (json!({ "data_version": 7 }), "data_version"),
        (json!({ "code": "BOS-99" }), "code"),
        (json!({ "code": null }), "code"),
        (json!({ "name": null }), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "-" }), "name"),
        (json!({ "name": long }), "name"),
        (json!({ "name": ["x"] }), "name"),
        (json!({ "name": "x\u{0}y" }), "name"),
        (json!({ "status": "shut" }), "status"),
        (json!({ "closed_on": "12/24/2026" }), "closed_on"),
        (json!({ "closed_on": 20_261_224 }), "closed_on"),
        (json!({ "phone": "1-800-FLOWERS" }), "phone"),
        (json!({ "phone": "617-555-016" }), "phone"),
        (json!({ "email": "a@b\r\nBcc: c@d.example" }), "email"),
        (json!({ "website": "javascript:alert(1)" }), "website"),
        (json!({ "photo_url": "data:text/html,x" }), "photo_url"),
        (json!({ "legacy_urls": ["https://old.example.com/a;b"] }), "legacy_urls"),
        (json!({ "legacy_urls": ["/old"] }), "legacy_urls"),
        (json!({ "services": ["Smart Tattoo"] }), "services"),
        (json!({ "services": "a b" }), "services"),
        (json!({ "priority": 1.5 }), "priority"),
        (json!({ "priority": 1e300 }), "priority"),
        (json!({ "capacity": 0 }), "capacity"),
        (json!({ "duration_min": 7 }), "duration_min"),
        (json!({ "horizon_days": 1001 }), "horizon_days"),
        (json!({ "offers_consultations": 1 }), "offers_consultations"),
        (json!({ "hours": "Mo-Fr 9-5" }), "hours"),
        (json!({ "hours": { "mon": [["09:00", "25:00"]] } }), "hours"),
        (json!({ "hours": { "monday": [] } }), "hours"),
        (json!({ "special_hours": [{ "date": "2026-12-24", "windows": [], "note": "x\u{0}" }] }), "special_hours"),
        (json!({ "special_hours": "tomorrow off" }), "special_hours"),
    ]
}

/// The same about where it is and what leads to it.
fn wrong_places() -> Vec<(Value, &'static str)> {
    vec![
        (json!({ "state": "XX" }), "state"),
        (json!({ "zip": 2110 }), "zip"),
        (json!({ "zip": "73301" }), "zip"),
        (json!({ "zip": "00000" }), "zip"),
        (json!({ "lat": 91, "lon": -71.05 }), "lat"),
        (json!({ "lat": 42.36 }), "lon"),
        (json!({ "lat": 0, "lon": 0 }), "lat"),
        (json!({ "lat": "NaN", "lon": "inf" }), "lat"),
        (json!({ "time_zone": "Boston" }), "time_zone"),
        (json!({ "moved_to": "NOWHERE" }), "moved_to"),
        (json!({ "moved_to": "BOS-01" }), "moved_to"),
        (json!({ "slug": null }), "slug"),
        (json!({ "override_pin_reason": "x\u{0}" }), "override_pin_reason"),
    ]
}

#[tokio::test]
async fn each_wrong_member_is_named_and_nothing_is_written() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let before = contents(&app.state.db).await;
        for (edit, field) in wrong_values().into_iter().chain(wrong_places()) {
            let told = patch(&editor, "BOS-01", &edit).await.problem(422, "invalid");
            assert_eq!(told["errors"][0]["field"], field, "{edit}: {told}");
            assert!(told["errors"][0]["detail"].as_str().unwrap().len() > 8, "{told}");
        }
        assert_eq!(contents(&app.state.db).await, before);
        assert_eq!(editor.get("/api/v1/admin/audit").await.ok()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn several_wrong_members_are_told_at_once() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let body = json!({ "code": "A1", "city": "Austin", "phone": "x", "capacity": 0, "zip": true });
        let told = app.editor().await.post(CLINICS, &body).await.problem(422, "invalid");
        assert_eq!(told["errors"][0]["field"], "zip", "another kind of value is told before its meaning");
        let body = json!({ "code": "A1", "city": "Austin", "phone": "x", "capacity": 0 });
        let told = app.editor().await.post(CLINICS, &body).await.problem(422, "invalid");
        let fields: Vec<&str> =
            told["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["capacity", "phone", "name", "state"]);
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_none_and_codes_that_cannot_be_are_told() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        for body in ["", "[]", "null", "{", "{\"lat\":1e999,\"lon\":0}"] {
            let asked = editor.request(Method::POST, CLINICS).header("content-type", "application/json").body(body);
            assert_eq!(asked.await.status(), 400, "{body}");
        }
        let form = editor.request(Method::POST, CLINICS).body("code=A1").await;
        form.problem(415, "unsupported_media_type");
        let large = json!({ "code": "A1", "description": "x".repeat(70_000) });
        editor.post(CLINICS, &large).await.problem(413, "payload_too_large");
        for code in ["", "..", ".", "a\nb", "a\u{0}b", &"x".repeat(61)] {
            let body = json!({ "code": code, "name": "x", "city": "Austin", "state": "TX", "zip": "78701" });
            let told = editor.post(CLINICS, &body).await.problem(422, "invalid");
            assert_eq!(told["errors"][0]["field"], "code", "{code:?}");
        }
        for path in ["nowhere", "%00", "%F0%9F%92%89", "BOS-01%00", "bos-01"] {
            editor.get(&format!("{CLINICS}/{path}")).await.problem(404, "clinic_unknown");
        }
        editor.post(CLINICS, &austin("BOS-01")).await.problem(409, "code_taken");
    })
    .await;
}

/// Rule I4 judges edits too.
#[tokio::test]
async fn i4_a_suspect_pin_needs_its_fix_or_somebody_s_word() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let swapped = patch(&editor, "BOS-01", &json!({ "lat": -71.05408, "lon": 42.36094 })).await;
        let told = swapped.problem(422, "pin_suspect");
        assert_eq!(told["fix"]["point"], json!({ "lat": 42.36094, "lon": -71.05408 }), "{told}");
        assert!(told["fix"]["question"].as_str().unwrap().starts_with("swap lat and lon?"), "{told}");
        let far = json!({ "lat": 30.2672, "lon": -97.7431 });
        patch(&editor, "BOS-01", &far).await.problem(422, "pin_suspect");
        assert_eq!(patch(&editor, "BOS-01", &json!({ "phone": "(617) 555-0111" })).await.status(), 200);
        let mut vouched = far.clone();
        vouched["override_pin_reason"] = json!("moved to Texas on a truck");
        assert_eq!(patch(&editor, "BOS-01", &vouched).await.ok()["lat"], 30.2672);
        let entry = editor.get("/api/v1/admin/audit?clinic=BOS-01").await.ok()["data"][0].clone();
        assert_eq!(entry["reason"], "moved to Texas on a truck");
        let nowhere = json!({ "lat": -171.05408, "lon": 42.36094, "override_pin_reason": "x" });
        assert_eq!(patch(&editor, "BOS-01", &nowhere).await.status(), 422);
    })
    .await;
}

/// What looks dangerous elsewhere is text here, in Unicode's composed form: pages isolate it, exports guard it.
#[tokio::test]
async fn names_with_markup_formulas_and_marks_of_direction_are_text() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        for name in [
            "<script>alert(1)</script>",
            "=HYPERLINK(\"x\")",
            "Clinic \u{202e}gnihtyna\u{202c}",
            "'; DROP TABLE clinics",
        ] {
            assert_eq!(patch(&editor, "BOS-01", &json!({ "name": name })).await.ok()["name"], name);
            let public = app.anon().get("/api/v1/clinics/stipplecrown-boston-waterfront").await.ok();
            assert_eq!(public["name"], name);
        }
        let decomposed = patch(&editor, "BOS-01", &json!({ "name": "Espan\u{303}ola" })).await.ok();
        assert_eq!(decomposed["name"], "Espa\u{f1}ola");
    })
    .await;
}

/// Rule B16: a change of dates that takes visits asks first.
#[tokio::test]
async fn visits_that_lose_their_clinic_are_named_before_and_wait_for_another_time_after() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let booking = book(&app).await;
        let path = format!("{CLINICS}/BOS-01");
        let ask = async |method: Method, query: &str, body: Value| {
            editor.send(method, &format!("{path}{query}"), &body).header("if-match", "*").await
        };
        for (method, body) in [
            (Method::DELETE, json!({})),
            (Method::PATCH, json!({ "status": "closed" })),
            (Method::PATCH, json!({ "temporarily_closed_on": "2026-12-01" })),
        ] {
            let told = ask(method, "", body).await.problem(409, "needs_confirm");
            assert_eq!((&told["count"], told["bookings"].as_array().unwrap().len()), (&json!(1), 1));
        }
        assert_eq!(status(&app, &booking).await, "confirmed");
        assert_eq!(editor.get(&path).await.ok()["status"], "open");
        assert_eq!(ask(Method::PATCH, "", json!({ "closed_on": "2027-06-01" })).await.status(), 200, "after the visit");
        let again = ask(Method::DELETE, "?confirm=yes", json!({})).await.problem(422, "invalid");
        assert_eq!(again["errors"][0]["field"], "confirm");
        assert_eq!(ask(Method::DELETE, "?confirm=true", json!({})).await.ok()["status"], "closed");
        assert_eq!(status(&app, &booking).await, "needs_rebooking");
    })
    .await;
}

/// The token of a visit at BOS-01 that was just booked.
async fn book(app: &TestApp) -> String {
    let anon = app.anon();
    let slug = "stipplecrown-boston-waterfront";
    let free = anon.get(&format!("/api/v1/clinics/{slug}/availability")).await.ok();
    let hold =
        anon.post("/api/v1/holds", &json!({ "clinic": slug, "starts_at": free["next"]["starts_at"] })).await.json();
    let body = json!({ "hold_token": hold["hold_token"], "name": "Ana Example", "phone": "(617) 555-0123" });
    let booked = anon.post("/api/v1/bookings", &body).header("idempotency-key", "one").await;
    assert_eq!(booked.status(), 201, "{}", booked.text());
    booked.json()["manage_token"].as_str().expect("a token").to_owned()
}

async fn status(app: &TestApp, token: &str) -> String {
    let own = app.anon().get(&format!("/api/v1/bookings/{token}")).await.ok();
    own["booking"]["status"].as_str().or(own["status"].as_str()).expect("a status").to_owned()
}
