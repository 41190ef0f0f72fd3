//! Holds: who gets a time, for how long, and what the others are told (rules B1 to B5, B8, B19).

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, clinic_with, count, created, form, held, instant, post, post_with_key,
    slug, text, try_book, try_hold,
};
use crate::support::{TestApp, on_each_database};

const HOLD: TimeDelta = TimeDelta::minutes(10);

#[tokio::test]
async fn b1_the_third_of_two_seats_is_told_when_to_retry_and_what_else_is_free() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        app.clinic("B1").at(30.30, -97.70).zip("78702").open("Mo-Su 09:00-17:00").create().await;
        let first = held(&app, SLOT).await;
        assert_eq!(text(&first["slot"]["starts_at"]), "2026-12-04T10:00:00-06:00");
        app.clock.advance(TimeDelta::seconds(5));
        held(&app, SLOT).await;
        let problem = try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert_eq!(instant(text(&problem["retry_at"])), instant(text(&first["expires_at"])));
        let in_time = problem["alternatives"]["in_time"].as_array().expect("a list");
        let starts: Vec<&str> = in_time.iter().map(|other| text(&other["slot"]["starts_at"])).collect();
        assert_eq!(starts, ["2026-12-04T09:00:00-06:00", "2026-12-04T09:30:00-06:00", "2026-12-04T10:30:00-06:00"]);
        let in_place = problem["alternatives"]["in_place"].as_array().expect("a list");
        assert_eq!(in_place.len(), 1);
        assert_eq!(text(&in_place[0]["clinic"]), slug(&app, "B1"));
        assert_eq!(text(&in_place[0]["slot"]["starts_at"]), "2026-12-04T10:00:00-06:00");
        assert_invariants(&app.state.db, 2).await;
    })
    .await;
}

#[tokio::test]
async fn b1_without_a_hold_in_the_way_there_is_nothing_to_wait_for() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        created(&try_book(&app, &hold).await);
        let problem = try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert!(problem["retry_at"].is_null());
    })
    .await;
}

#[tokio::test]
async fn b2_a_hold_ends_at_the_instant_it_expires() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        held(&app, SLOT).await;
        app.clock.advance(HOLD - TimeDelta::milliseconds(1));
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        app.clock.advance(TimeDelta::milliseconds(1));
        held(&app, SLOT).await;
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM bookings WHERE status = 'expired'").await, 1);
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b3_a_hold_is_confirmed_until_it_expires_and_then_offered_again() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let (kept, lost) = (held(&app, SLOT).await, held(&app, LATER_SLOT).await);
        app.clock.advance(HOLD - TimeDelta::seconds(1));
        let booked = created(&try_book(&app, &kept).await);
        assert_eq!(booked["booking"]["status"], "confirmed");
        assert_eq!(text(&booked["booking"]["reference"]).len(), 6);
        app.clock.advance(TimeDelta::seconds(1));
        let problem = try_book(&app, &lost).await.problem(410, "hold_expired");
        assert_eq!(
            problem["rehold"],
            json!({ "clinic": slug(&app, CLINIC), "starts_at": "2026-12-04T11:00:00-06:00" })
        );
        created(&post(&app, "/api/v1/holds", &problem["rehold"]).await);
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b4_who_comes_back_too_late_leaves_the_next_one_alone() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let late = held(&app, SLOT).await;
        app.clock.advance(HOLD);
        let next = held(&app, SLOT).await;
        let problem = try_book(&app, &late).await.problem(410, "hold_expired");
        assert!(problem["rehold"].is_null());
        created(&try_book(&app, &next).await);
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b5_who_holds_twice_gives_the_first_time_back() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold =
            |starts_at: &str| json!({ "clinic": slug(&app, CLINIC), "starts_at": starts_at, "visitor_token": "v" });
        let first = created(&post(&app, "/api/v1/holds", &hold(SLOT)).await);
        created(&post(&app, "/api/v1/holds", &hold(LATER_SLOT)).await);
        try_book(&app, &first).await.problem(410, "hold_released");
        held(&app, SLOT).await;
        post(&app, "/api/v1/holds", &hold(SLOT)).await.problem(409, "slot_taken");
        // A refusal takes nothing back: the second hold stands.
        try_hold(&app, LATER_SLOT).await.problem(409, "slot_taken");
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b5_of_two_holds_at_the_same_moment_one_stays() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold =
            |starts_at: &str| json!({ "clinic": slug(&app, CLINIC), "starts_at": starts_at, "visitor_token": "v" });
        for day in 4..14 {
            let (one, other) = (format!("2026-12-{day:02}T16:00:00Z"), format!("2026-12-{day:02}T18:00:00Z"));
            let (one, other) = (hold(&one), hold(&other));
            let answers = tokio::join!(post(&app, "/api/v1/holds", &one), post(&app, "/api/v1/holds", &other));
            created(&answers.0);
            created(&answers.1);
            assert_eq!(count(&app.state.db, "SELECT count(*) FROM bookings WHERE status = 'held'").await, 1);
        }
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b8_a_press_adds_up_to_five_minutes_and_ten_of_them_count() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let path = format!("/api/v1/holds/{}/extend", text(&hold["hold_token"]));
        let extend = async || post(&app, &path, &json!({})).await.ok();
        let full = extend().await;
        assert_eq!(
            (&full["expires_at"], &full["extensions_left"]),
            (&hold["expires_at"], &json!(10)),
            "nothing to add"
        );
        for press in 1..=10 {
            app.clock.advance(TimeDelta::minutes(5));
            let extended = extend().await;
            assert_eq!(instant(text(&extended["expires_at"])), app.clock.now() + HOLD, "never beyond a new hold's");
            assert_eq!(extended["extensions_left"], 10 - press);
        }
        app.clock.advance(TimeDelta::minutes(5));
        post(&app, &path, &json!({})).await.problem(409, "too_many_extensions");
        app.clock.advance(TimeDelta::minutes(5) - TimeDelta::milliseconds(1));
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        app.clock.advance(TimeDelta::milliseconds(1));
        post(&app, &path, &json!({})).await.problem(410, "hold_expired");
    })
    .await;
}

#[tokio::test]
async fn b8_presses_that_are_not_counted_hold_no_longer_than_those_that_are() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let path = format!("/api/v1/holds/{}/extend", text(&hold["hold_token"]));
        let began = app.clock.now();
        loop {
            app.clock.advance(TimeDelta::seconds(59));
            let answer = post(&app, &path, &json!({})).await;
            if answer.status() != 200 {
                answer.problem(409, "too_many_extensions");
                break;
            }
            let extended = answer.json();
            assert_eq!(extended["extensions_left"], 10, "59 seconds do not count");
            assert!(instant(text(&extended["expires_at"])) <= began + TimeDelta::minutes(60));
        }
        assert!(app.clock.now() - began > TimeDelta::minutes(50), "until then it was held");
    })
    .await;
}

#[tokio::test]
async fn a_released_hold_is_free_at_once_and_can_be_released_again() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let address = format!("/api/v1/holds/{}", text(&hold["hold_token"]));
        for _ in 0..2 {
            assert_eq!(app.anon().request(Method::DELETE, &address).await.status(), 204);
        }
        let next = held(&app, SLOT).await;
        created(&try_book(&app, &next).await);
        let booked = format!("/api/v1/holds/{}", text(&next["hold_token"]));
        app.anon().request(Method::DELETE, &booked).await.problem(409, "already_confirmed");
        app.anon().request(Method::DELETE, "/api/v1/holds/nonsense").await.problem(404, "hold_unknown");
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b19_what_cannot_be_booked_is_refused_with_the_reason_and_nothing_is_written() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        app.clinic("B1").at(30.30, -97.70).zip("78702").open("Mo-Su 12:00-17:00").create().await;
        app.clinic("C1")
            .at(30.31, -97.70)
            .zip("78702")
            .open("Mo-Su 09:00-17:00")
            .with("offers_consultations", "no")
            .create()
            .await;
        for (code, starts_at, reason) in [
            (CLINIC, "2026-11-30T16:00:00Z", "past"),
            (CLINIC, "2027-02-10T16:00:00Z", "horizon"),
            (CLINIC, "9999-12-31T23:59:59Z", "horizon"),
            (CLINIC, "2026-12-04T04:00:00Z", "hours"),
            (CLINIC, "2026-12-04T23:00:00Z", "hours"),
            (CLINIC, "2026-12-04T16:10:00Z", "off_grid"),
            (CLINIC, "2026-12-04T16:00:00.5Z", "off_grid"),
            (CLINIC, "2026-12-01T16:00:00Z", "notice"),
            ("B1", SLOT, "hours"),
            ("C1", SLOT, "no_consultations"),
        ] {
            let hold = json!({ "clinic": slug(&app, code), "starts_at": starts_at });
            let problem = post(&app, "/api/v1/holds", &hold).await.problem(422, "not_offered");
            assert_eq!(problem["reason"], reason, "{code} {starts_at}");
        }
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM bookings").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a9_turnover_keeps_the_time_behind_a_visit_free() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let clinic = app.clinic(CLINIC).at(30.2672, -97.7431).zip("78701").open("Mo-Su 09:00-17:00");
        clinic.with("turnover_min", "15").with("step_min", "15").create().await;
        held(&app, SLOT).await;
        for taken in ["2026-12-04T15:30:00Z", "2026-12-04T16:15:00Z", "2026-12-04T16:30:00Z"] {
            try_hold(&app, taken).await.problem(409, "slot_taken");
        }
        held(&app, "2026-12-04T16:45:00Z").await;
        held(&app, "2026-12-04T15:15:00Z").await;
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b17_the_notice_may_pass_between_hold_and_booking() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        app.clock.set("2026-12-03T15:59:00Z");
        let hold = held(&app, SLOT).await;
        app.clock.advance(TimeDelta::minutes(5));
        try_hold(&app, "2026-12-04T15:30:00Z").await.problem(422, "not_offered");
        let answer = post_with_key(&app, "/api/v1/bookings", "notice", &form(&hold)).await;
        assert_eq!(created(&answer)["booking"]["status"], "confirmed");
    })
    .await;
}
