//! What surrounds a booking on the wire: bad input, headers, masks, limits.

use axum::http::Method;
use serde_json::json;

use crate::bookings_support::{
    CLINIC, SLOT, booked, clinic_with, count, form, held, own, post, post_with_key, slug, try_hold,
};
use crate::support::{Response, on_each_database};

fn assert_private(response: &Response) {
    assert_eq!(response.header("cache-control"), "no-store, private");
    assert_eq!(response.header("referrer-policy"), "no-referrer");
    assert_eq!(response.header("x-robots-tag"), "noindex");
    assert_eq!(response.header("access-control-allow-origin"), "");
    assert_eq!(response.header("etag"), "");
}

#[tokio::test]
async fn what_is_behind_a_token_stays_private_and_masked() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        let ask = app.anon().get(&own(&visit, "")).header("origin", "https://example.com");
        let answer = ask.await;
        assert_private(&answer);
        assert_eq!(answer.ok()["booking"]["phone"], "**********34");
        assert!(!answer.text().contains("5550134") && !answer.text().contains("555-0134"));
        assert_private(&try_hold(&app, SLOT).await);
        assert_private(&app.anon().get("/api/v1/bookings/nonsense").await);
        app.anon().get("/api/v1/bookings/nonsense").await.problem(404, "booking_unknown");
        let unknown = "x".repeat(43);
        app.anon().get(&format!("/api/v1/bookings/{unknown}")).await.problem(404, "booking_unknown");
    })
    .await;
}

#[tokio::test]
async fn a_body_is_refused_by_kind_and_by_field() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let send = async |content_type: &str, body: String| {
            let ask = app.anon().request(Method::POST, "/api/v1/holds").header("content-type", content_type);
            ask.body(body).await
        };
        send("text/plain", "{}".to_owned()).await.problem(415, "unsupported_media_type");
        send("application/json", "{".to_owned()).await.problem(400, "malformed_json");
        let large = json!({ "clinic": "x".repeat(70_000) }).to_string();
        send("application/json", large).await.problem(413, "payload_too_large");
        for (body, field) in [
            (json!({ "starts_at": SLOT }), "clinic"),
            (json!({ "clinic": "nowhere", "starts_at": SLOT }), "clinic"),
            (json!({ "clinic": slug(&app, CLINIC) }), "starts_at"),
            (json!({ "clinic": slug(&app, CLINIC), "starts_at": "tomorrow" }), "starts_at"),
            (json!({ "clinic": slug(&app, CLINIC), "starts_at": SLOT, "visitor_token": "" }), "visitor_token"),
            (json!({ "clinic": slug(&app, CLINIC), "start_at": SLOT }), "start_at"),
            (json!({ "clinic": 5, "starts_at": SLOT }), "clinic"),
        ] {
            let problem = post(&app, "/api/v1/holds", &body).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["field"], field, "{body}");
        }
        let none = "SELECT count(*) FROM bookings";
        assert_eq!(count(&app.state.db, none).await, 0);
        app.anon().get("/api/v1/holds").await.problem(405, "method_not_allowed");
    })
    .await;
}

#[tokio::test]
async fn a_refused_form_names_each_field_and_repeats_nothing() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let mut wrong = form(&hold);
        wrong["name"] = json!("Q".repeat(10_000));
        wrong["phone"] = json!("1-800-SECRETS");
        wrong["email"] = json!("ana@example.com\r\nBcc: everyone@example.com");
        let answer = post_with_key(&app, "/api/v1/bookings", "k", &wrong).await;
        let problem = answer.problem(422, "invalid");
        let fields: Vec<_> = problem["errors"].as_array().expect("a list").iter().map(|e| e["field"].clone()).collect();
        assert_eq!(fields, [json!("name"), json!("phone"), json!("email")]);
        assert!(!answer.text().contains("QQ") && !answer.text().contains("SECRETS") && !answer.text().contains("Bcc"));
        // A corrected form with the same key is judged anew: the refused one had no effect.
        let booked = post_with_key(&app, "/api/v1/bookings", "k", &form(&hold)).await;
        assert_eq!(booked.status(), 201);
    })
    .await;
}

#[tokio::test]
async fn consents_are_dated_records_of_their_own() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let mut with_consents = form(&hold);
        with_consents["locale"] = json!("es");
        with_consents["consents"] = json!([
            { "purpose": "privacy", "granted": true, "wording_version": "2026-11" },
            { "purpose": "marketing", "granted": false, "wording_version": "2026-11" },
        ]);
        assert_eq!(post_with_key(&app, "/api/v1/bookings", "k", &with_consents).await.status(), 201);
        let kept = "SELECT count(*) FROM booking_consents WHERE channel = 'web' AND locale = 'es'";
        assert_eq!(count(&app.state.db, kept).await, 2);
        assert_eq!(count(&app.state.db, &format!("{kept} AND granted")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_visitor_in_another_zone_is_shown_both_times() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let mut from_guam = form(&hold);
        from_guam["visitor_time_zone"] = json!("Pacific/Guam");
        let booked = post_with_key(&app, "/api/v1/bookings", "k", &from_guam).await.json();
        assert_eq!(booked["booking"]["slot"]["local"], "Fri Dec 4, 2026, 10:00 AM CST");
        assert_eq!(booked["booking"]["visitor_local"], "Sat Dec 5, 2026, 2:00 AM ChST");
        assert_eq!(booked["booking"]["visitor_date_differs"], true);
    })
    .await;
}
