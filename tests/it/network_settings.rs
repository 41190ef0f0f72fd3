//! The network's settings: read and changed as one record, in force at once.

use axum::http::Method;
use chrono::TimeDelta;
use clinic_directory::accounts::{Role, Scope};
use clinic_directory::bookings;
use serde_json::{Value, json};

use crate::support::tables::rows;
use crate::support::{Client, Response, TestApp, on_each_database};

const NETWORK: &str = "/api/v1/admin/network";
const SLUG: &str = "stipplecrown-boston-waterfront";

async fn patch(admin: &Client, body: &Value) -> Response {
    let seen = admin.get(NETWORK).await;
    admin.send(Method::PATCH, NETWORK, body).header("if-match", seen.header("etag")).await
}

async fn first_slots(app: &TestApp) -> Value {
    let path = format!("/api/v1/clinics/{SLUG}/availability?from=2026-12-04&days=1");
    app.anon().get(&path).await.ok()["days"][0]["slots"].clone()
}

#[tokio::test]
async fn settings_are_changed_where_named_and_the_log_tells_old_and_new() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let admin = app.admin().await;
        let before = admin.get(NETWORK).await.ok();
        assert_eq!((&before["retention_days"], &before["wait_day_mi"]), (&json!(180), &json!(10.0)));
        assert_eq!((&before["services"], &before["wordings"], &before["version"]), (&json!({}), &json!([]), &json!(0)));
        let edit = json!({
            "name": "Stipplecrown", "phone": "(617) 555-0100", "policy": { "step_min": 15, "hold_min": 5 }, "wait_day_mi": 2.5,
            "services": { "smp": { "en": "Scalp", "es": "Cuero cabelludo" }, "density": { "en": "Density" } },
            "retention_days": 90, "privacy_url": "https://example.com/privacy", "colors": { "primary": "#1A2b3C" },
        });
        let after = patch(&admin, &edit).await.ok();
        assert_eq!((&after["phone"], &after["policy"]["step_min"]), (&json!("+16175550100"), &json!(15)));
        assert_eq!((&after["policy"]["duration_min"], &after["terms_url"]), (&json!(30), &Value::Null));
        assert_eq!((&after["colors"]["primary"], &after["version"]), (&json!("#1a2b3c"), &json!(1)));
        assert_eq!(after["services"]["density"], json!({ "en": "Density", "es": null }));
        let warned: Vec<&str> =
            after["warnings"].as_array().unwrap().iter().map(|w| w["detail"].as_str().unwrap()).collect();
        assert!(warned.iter().any(|detail| detail.starts_with("\"touch_up\" is not in the catalogue")), "{warned:?}");
        assert!(!warned.iter().any(|detail| detail.contains("smp")), "{warned:?}");
        let entry = admin.get("/api/v1/admin/audit").await.ok()["data"][0].clone();
        assert_eq!(entry["action"], "network.update");
        let changes = entry["changes"].as_array().unwrap();
        assert!(changes.contains(&json!({ "field": "retention_days", "old": 180, "new": 90 })), "{changes:?}");
        assert!(changes.contains(&json!({ "field": "step_min", "old": 30, "new": 15 })), "{changes:?}");
        let cleared = patch(&admin, &json!({ "phone": null, "policy": null, "retention_days": null, "colors": null })).await.ok();
        assert_eq!((&cleared["phone"], &cleared["policy"]["step_min"]), (&Value::Null, &json!(30)));
        assert_eq!((&cleared["retention_days"], &cleared["colors"]), (&json!(180), &json!({})));
        let same = patch(&admin, &json!({ "name": "Stipplecrown" })).await;
        assert_eq!(same.header("etag"), "\"2\"", "what changes nothing is no version");
    })
    .await;
}

/// The name, the policy and the words are those of clinics outside the scope as well.
#[tokio::test]
async fn an_admin_of_some_clinics_sees_the_settings_and_changes_none() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let south = app.user(Role::Admin, &Scope::from_parts(["region:South"]).expect("a scope")).await;
        patch(&south, &json!({ "name": "The South" })).await.problem(403, "scope_too_small");
        assert_eq!(south.get(NETWORK).await.header("etag"), "\"0\"");
    })
    .await;
}

#[tokio::test]
async fn i8_settings_have_a_version_of_their_own() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let admin = app.admin().await;
        let seen = admin.get(NETWORK).await;
        app.edit("BOS-01").with("status_note", "x").create().await;
        assert_eq!(
            admin.get(NETWORK).await.header("etag"),
            seen.header("etag"),
            "an edit of a clinic is none of theirs"
        );
        let send = |body: Value| admin.send(Method::PATCH, NETWORK, &body);
        send(json!({ "name": "A" })).await.problem(428, "precondition_required");
        assert_eq!(send(json!({ "name": "A" })).header("if-match", seen.header("etag")).await.status(), 200);
        let lost = send(json!({ "name": "B" })).header("if-match", seen.header("etag")).await;
        assert_eq!((lost.status(), &lost.json()["current"]["name"]), (412, &json!("A")));
        assert_eq!(lost.header("etag"), admin.get(NETWORK).await.header("etag"));
    })
    .await;
}

#[tokio::test]
async fn a12_the_network_s_policy_is_in_the_slots_at_once() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let admin = app.admin().await;
        assert_eq!(first_slots(&app).await.as_array().unwrap().len(), 14);
        patch(&admin, &json!({ "policy": { "step_min": 60, "duration_min": 60 } })).await.ok();
        let slots = first_slots(&app).await;
        assert_eq!(slots.as_array().unwrap().len(), 7);
        assert!(slots[0]["ends_at"].as_str().unwrap().contains("T11:00"));
    })
    .await;
}

#[tokio::test]
async fn wrong_settings_are_named_and_nothing_is_written() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let admin = app.admin().await;
        let wording = |purpose: &str, version: &str, locale: &str| {
            json!({ "wordings": [{ "purpose": purpose, "version": version, "locale": locale, "text": "x" }] })
        };
        for (body, field) in [
            (json!({ "nmae": "x" }), "nmae"),
            (json!({ "demo": true }), "demo"),
            (json!({ "name": null }), "name"),
            (json!({ "name": " " }), "name"),
            (json!({ "name": "x\u{0}" }), "name"),
            (json!({ "phone": "CALL-US" }), "phone"),
            (json!({ "policy": { "step_min": 7 } }), "policy.step_min"),
            (json!({ "policy": { "capacity": 0, "hold_min": 61 } }), "policy.capacity"),
            (json!({ "policy": { "capcity": 1 } }), "policy.capcity"),
            (json!({ "policy": { "capacity": "2" } }), "policy.capacity"),
            (json!({ "wait_day_mi": -1 }), "wait_day_mi"),
            (json!({ "retention_days": 0 }), "retention_days"),
            (json!({ "retention_days": 3651 }), "retention_days"),
            (json!({ "retention_days": i64::MAX }), "retention_days"),
            (json!({ "privacy_url": "javascript:alert(1)" }), "privacy_url"),
            (json!({ "colors": { "primary": "red" } }), "colors.primary"),
            (json!({ "colors": { "primary": "#12345é" } }), "colors.primary"),
            (json!({ "colors": { "border": "#123456" } }), "colors.border"),
            (json!({ "services": { "Big One": { "en": "x" } } }), "services.Big One"),
            (json!({ "services": { "smp": { "en": "" } } }), "services.smp.en"),
            (json!({ "services": { "smp": { "fr": "x" } } }), "services.smp.fr"),
            (wording("spam", "v1", "en"), "wordings[0].purpose"),
            (wording("privacy", "", "en"), "wordings[0].version"),
            (wording("privacy", "v1", "fr"), "wordings[0].locale"),
        ] {
            let told = patch(&admin, &body).await.problem(422, "invalid");
            assert_eq!(told["errors"][0]["field"], field, "{body}: {told}");
        }
        assert_eq!(admin.get(NETWORK).await.header("etag"), "\"0\"");
    })
    .await;
}

/// The four are judged beside each other, as they are to be.
#[tokio::test]
async fn colours_that_nobody_can_read_are_refused_with_what_would_work() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let admin = app.admin().await;
        let mut colors =
            json!({ "primary": "#0b5f58", "accent": "#e8b89f", "background": "#FFFFFF", "text": "#ffffcc" });
        let told = patch(&admin, &json!({ "name": "Pale", "colors": colors })).await.problem(422, "invalid");
        let accent = "Accent is too pale on white: 1.8 to 1. Text needs 4.5 to 1. The nearest that works is #946851.";
        let text = "Text is too pale on white: 1.0 to 1. Text needs 7 to 1. The nearest that works is #58572a.";
        let wrong = |field: &str, detail: &str| json!({ "field": field, "code": "invalid_value", "detail": detail });
        assert_eq!(told["errors"], json!([wrong("colors.accent", accent), wrong("colors.text", text)]));
        let unchanged = admin.get(NETWORK).await;
        assert_eq!((unchanged.header("etag"), &unchanged.json()["colors"]), ("\"0\"", &json!({})));
        colors["accent"] = json!("#946851");
        patch(&admin, &json!({ "colors": colors })).await.problem(422, "invalid");
        colors["text"] = json!("#58572a");
        let stored = patch(&admin, &json!({ "colors": colors })).await.ok();
        assert_eq!((&stored["colors"]["accent"], &stored["colors"]["text"]), (&json!("#946851"), &json!("#58572a")));
        // What suits a white page is nothing for a dark one.
        let dark = patch(&admin, &json!({ "colors": { "background": "#101010", "text": "#1b1d21" } })).await;
        assert_eq!(dark.problem(422, "invalid")["errors"][0]["field"], "colors.text");
        patch(&admin, &json!({ "colors": { "background": "#101010" } })).await.ok();
        // Unreadable ones are not judged as if they had not been given.
        let half = json!({ "colors": { "background": "dark", "text": "#ffffff" } });
        let told = patch(&admin, &half).await.problem(422, "invalid");
        assert_eq!(
            (told["errors"].as_array().unwrap().len(), &told["errors"][0]["field"]),
            (1, &json!("colors.background"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_wording_once_published_never_changes() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let admin = app.admin().await;
        let wording = |text: &str| json!({ "purpose": "privacy", "version": "v1", "locale": "en", "text": text });
        let published = patch(&admin, &json!({ "wordings": [wording("We keep it safe.")] })).await.ok();
        assert_eq!(published["wordings"][0]["text"], "We keep it safe.");
        let again = patch(&admin, &json!({ "wordings": [wording("We keep it safe.")] })).await;
        assert_eq!(again.header("etag"), "\"1\"");
        let told = patch(&admin, &json!({ "wordings": [wording("We sell it.")] })).await.problem(422, "invalid");
        assert_eq!(told["errors"][0]["code"], "wording_published");
        let twice = json!({ "wordings": [{ "purpose": "marketing", "version": "v1", "locale": "en", "text": "a" },
                                         { "purpose": "marketing", "version": "v1", "locale": "en", "text": "b" }] });
        patch(&admin, &twice).await.problem(422, "invalid");
        let spanish =
            json!({ "wordings": [{ "purpose": "privacy", "version": "v1", "locale": "es", "text": "Con cuidado." }] });
        assert_eq!(patch(&admin, &spanish).await.ok()["wordings"].as_array().unwrap().len(), 2);
        assert_eq!(rows(&app.state.db, "consent_wordings").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_booking_agrees_to_words_that_were_published_if_any_were() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let book = async |key: &str, wording: &str| {
            let (anon, free) = (app.anon(), first_slots(&app).await);
            let slot =
                free.as_array().unwrap().iter().find(|slot| slot["remaining"] != 0).expect("a free time").clone();
            let hold =
                anon.post("/api/v1/holds", &json!({ "clinic": SLUG, "starts_at": slot["starts_at"] })).await.json();
            let body = json!({
                "hold_token": hold["hold_token"], "name": "Ana Example", "phone": "(617) 555-0123",
                "consents": [{ "purpose": "privacy", "granted": true, "wording_version": wording }],
            });
            anon.post("/api/v1/bookings", &body).header("idempotency-key", key).await
        };
        assert_eq!(book("one", "whatever").await.status(), 201);
        let edit = json!({ "wordings": [{ "purpose": "privacy", "version": "v1", "locale": "en", "text": "x" }] });
        patch(&app.admin().await, &edit).await.ok();
        let told = book("two", "whatever").await.problem(422, "wording_unknown");
        assert_eq!(told["errors"][0]["field"], "consents[0].wording_version");
        assert_eq!(book("three", "v1").await.status(), 201);
        assert_eq!(rows(&app.state.db, "booking_consents").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn personal_data_is_kept_as_long_as_the_network_says() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let slot = first_slots(&app).await[0]["starts_at"].clone();
        let hold = app.anon().post("/api/v1/holds", &json!({ "clinic": SLUG, "starts_at": slot })).await.json();
        let body = json!({ "hold_token": hold["hold_token"], "name": "Ana Example", "phone": "(617) 555-0123" });
        assert_eq!(app.anon().post("/api/v1/bookings", &body).header("idempotency-key", "k").await.status(), 201);
        app.clock.set("2026-12-04T20:00:00Z");
        patch(&app.admin().await, &json!({ "retention_days": 10 })).await.ok();
        app.clock.advance(TimeDelta::days(9));
        assert_eq!(bookings::erase(&app.state.bookings).await.expect("readable"), 0);
        app.clock.advance(TimeDelta::days(2));
        assert_eq!(bookings::erase(&app.state.bookings).await.expect("readable"), 1);
        assert_eq!(rows(&app.state.db, "bookings").await[0]["name"], Value::Null);
    })
    .await;
}
