//! Idempotency keys (rules B6, B7): one effect, the same answer, for 48 hours.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, clinic_with, count, created, form, held, post, post_with_key, slug,
    text, try_book, try_hold,
};
use crate::support::{TestApp, on_each_database};

fn hold_body(app: &TestApp) -> Value {
    json!({ "clinic": slug(app, CLINIC), "starts_at": SLOT })
}

#[tokio::test]
async fn b6_a_repeated_request_has_one_effect_and_the_same_answer() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let hold = created(&post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await);
        assert_eq!(created(&post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await), hold);
        let first = created(&post_with_key(&app, "/api/v1/bookings", "k", &form(&hold)).await);
        assert_eq!(created(&post_with_key(&app, "/api/v1/bookings", "k", &form(&hold)).await), first);
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM bookings").await, 1);
        // Another key is another request.
        post_with_key(&app, "/api/v1/bookings", "l", &form(&hold)).await.problem(409, "already_confirmed");
        assert_invariants(&app.state.db, 5).await;
    })
    .await;
}

#[tokio::test]
async fn b6_two_visitors_who_chose_the_same_key_do_not_share_a_hold() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let hold = async |visitor: &str| {
            let mut body = hold_body(&app);
            body["visitor_token"] = json!(visitor);
            created(&post_with_key(&app, "/api/v1/holds", "1", &body).await)["hold_token"].clone()
        };
        assert_ne!(hold("one").await, hold("another").await);
        let from = async |address: &str| {
            let ask = app.anon().request(axum::http::Method::POST, "/api/v1/holds").peer(address);
            let ask = ask.header("content-type", "application/json").header("idempotency-key", "1");
            created(&ask.body(hold_body(&app).to_string()).await)["hold_token"].clone()
        };
        let first = from("203.0.113.1:1000").await;
        assert_eq!(from("203.0.113.1:2000").await, first);
        assert_ne!(from("203.0.113.2:1000").await, first);
    })
    .await;
}

#[tokio::test]
async fn b6_parallel_repetitions_have_one_effect_and_the_same_answer() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        for round in 0..5 {
            let (hold_key, key) = (format!("hold-{round}"), format!("book-{round}"));
            let body =
                json!({ "clinic": slug(&app, CLINIC), "starts_at": format!("2026-12-{:02}T16:00:00Z", 4 + round) });
            let all = (0..8).map(|_| post_with_key(&app, "/api/v1/holds", &hold_key, &body));
            let holds: Vec<Value> = futures_util::future::join_all(all).await.iter().map(created).collect();
            assert!(holds.iter().all(|hold| *hold == holds[0]));
            let form = form(&holds[0]);
            let all = (0..8).map(|_| post_with_key(&app, "/api/v1/bookings", &key, &form));
            let booked: Vec<Value> = futures_util::future::join_all(all).await.iter().map(created).collect();
            assert!(booked.iter().all(|booking| *booking == booked[0]));
            assert_eq!(count(&app.state.db, "SELECT count(*) FROM bookings").await, round + 1);
        }
        assert_invariants(&app.state.db, 5).await;
    })
    .await;
}

#[tokio::test]
async fn b6_an_extension_with_a_key_is_made_once() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let extend = format!("/api/v1/holds/{}/extend", text(&hold["hold_token"]));
        app.clock.advance(TimeDelta::minutes(5));
        let first = post_with_key(&app, &extend, "k", &json!({})).await.ok();
        assert_eq!(post_with_key(&app, &extend, "k", &json!({})).await.ok(), first);
        assert_eq!(first["extensions_left"], 9);
    })
    .await;
}

#[tokio::test]
async fn b6_a_repetition_is_answered_alike_also_after_a_change() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let hold = created(&post_with_key(&app, "/api/v1/holds", "h", &hold_body(&app)).await);
        let first = created(&post_with_key(&app, "/api/v1/bookings", "k", &form(&hold)).await);
        let own = format!("/api/v1/bookings/{}", text(&first["manage_token"]));
        let moved =
            post_with_key(&app, &format!("{own}/reschedule"), "m", &json!({ "starts_at": LATER_SLOT })).await.ok();
        app.clock.advance(TimeDelta::minutes(1));
        let cancelled = post_with_key(&app, &format!("{own}/cancel"), "c", &json!({})).await.ok();
        assert_eq!(cancelled["booking"]["status"], "cancelled");
        assert_eq!(created(&post_with_key(&app, "/api/v1/holds", "h", &hold_body(&app)).await), hold);
        assert_eq!(created(&post_with_key(&app, "/api/v1/bookings", "k", &form(&hold)).await), first);
        let repeated =
            post_with_key(&app, &format!("{own}/reschedule"), "m", &json!({ "starts_at": LATER_SLOT })).await;
        assert_eq!(repeated.ok(), moved);
        assert_eq!(post_with_key(&app, &format!("{own}/cancel"), "c", &json!({})).await.ok(), cancelled);
        assert_eq!(app.anon().get(&own).await.ok()["booking"]["status"], "cancelled", "nothing was done again");
    })
    .await;
}

#[tokio::test]
async fn b6_two_visitors_who_chose_the_same_key_do_not_share_a_booking() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let (one, another) = (held(&app, SLOT).await, held(&app, LATER_SLOT).await);
        let first = created(&post_with_key(&app, "/api/v1/bookings", "1", &form(&one)).await);
        let second = created(&post_with_key(&app, "/api/v1/bookings", "1", &form(&another)).await);
        assert_ne!(first["booking"]["reference"], second["booking"]["reference"]);
    })
    .await;
}

#[tokio::test]
async fn b7_a_key_belongs_to_one_request() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let hold = created(&post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await);
        let other = json!({ "clinic": slug(&app, CLINIC), "starts_at": LATER_SLOT });
        post_with_key(&app, "/api/v1/holds", "k", &other).await.problem(422, "idempotency_mismatch");
        created(&post_with_key(&app, "/api/v1/bookings", "k", &form(&hold)).await);
        let mut renamed = form(&hold);
        renamed["name"] = json!("Somebody Else");
        post_with_key(&app, "/api/v1/bookings", "k", &renamed).await.problem(422, "idempotency_mismatch");
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM bookings").await, 1);
    })
    .await;
}

#[tokio::test]
async fn b6_a_refusal_leaves_the_key_free() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        held(&app, SLOT).await;
        post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await.problem(409, "slot_taken");
        app.clock.advance(TimeDelta::minutes(10));
        created(&post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await);
    })
    .await;
}

#[tokio::test]
async fn b6_a_key_is_forgotten_after_two_days() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let first = created(&post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await);
        app.clock.advance(TimeDelta::hours(48));
        let again = created(&post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await);
        assert_eq!(again, first, "still remembered at 48 hours");
        app.clock.advance(TimeDelta::milliseconds(1));
        let next = created(&post_with_key(&app, "/api/v1/holds", "k", &hold_body(&app)).await);
        assert_ne!(next["hold_token"], first["hold_token"]);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_needed_to_book_and_must_be_usable() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let problem = post(&app, "/api/v1/bookings", &form(&hold)).await.problem(400, "idempotency_key_missing");
        assert_eq!(problem["documentation"], "http://127.0.0.1:8080/api/docs/");
        for key in ["", &"k".repeat(256)] {
            let answer = post_with_key(&app, "/api/v1/bookings", key, &form(&hold)).await;
            answer.problem(400, "idempotency_key_invalid");
        }
        created(&post_with_key(&app, "/api/v1/bookings", &"k".repeat(255), &form(&hold)).await);
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_no_usable_token_and_no_answer() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let booked = created(&try_book(&app, &hold).await);
        for token in [&hold["hold_token"], &booked["manage_token"]] {
            for column in ["hold_token_hash", "manage_token_hash", "token_nonce"] {
                let sql = format!("SELECT count(*) FROM bookings WHERE {column} = '{}'", text(token));
                assert_eq!(count(&app.state.db, &sql).await, 0, "{column}");
            }
        }
        let kept = "SELECT count(*) FROM idempotency_keys WHERE status = 201 AND booking_id IS NOT NULL";
        assert_eq!(count(&app.state.db, kept).await, 1);
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
    })
    .await;
}
