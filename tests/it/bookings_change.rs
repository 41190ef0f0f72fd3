//! Moving and cancelling a visit (rules B10 to B12), and what edits of the clinic do to it (B15, B18).

use clinic_directory::bookings::{is_outside_hours, look, over_capacity};
use clinic_directory::entities::booking;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, booked, clinic_with, create, created, held, own, post, post_with_key,
    slug, text, try_book, try_hold,
};
use crate::support::{TestApp, on_each_database};

#[tokio::test]
async fn b10_a_visit_is_cancelled_once_and_its_seat_is_free() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        let cancelled = post(&app, &own(&visit, "/cancel"), &json!({})).await.ok();
        assert_eq!(cancelled["booking"]["status"], "cancelled");
        post(&app, &own(&visit, "/cancel"), &json!({})).await.problem(409, "already_cancelled");
        let to = json!({ "starts_at": LATER_SLOT });
        post(&app, &own(&visit, "/reschedule"), &to).await.problem(409, "already_cancelled");
        held(&app, SLOT).await;
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b10_a_visit_whose_time_has_come_cannot_be_changed() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        app.clock.set(SLOT);
        post(&app, &own(&visit, "/cancel"), &json!({})).await.problem(409, "too_late");
        let to = json!({ "starts_at": "2026-12-08T16:00:00Z" });
        post(&app, &own(&visit, "/reschedule"), &to).await.problem(409, "too_late");
    })
    .await;
}

#[tokio::test]
async fn b11_when_the_new_time_is_taken_the_visit_stands() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        booked(&app, LATER_SLOT).await;
        let problem = post(&app, &own(&visit, "/reschedule"), &json!({ "starts_at": LATER_SLOT })).await;
        let problem = problem.problem(409, "slot_taken");
        assert_eq!(problem["alternatives"]["in_time"].as_array().map(Vec::len), Some(3));
        let stands = app.anon().get(&own(&visit, "")).await.ok();
        assert_eq!(stands["booking"], visit["booking"]);
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b12_ones_own_visit_is_no_obstacle() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        app.clinic(CLINIC).with("step_min", "15").create().await;
        let visit = booked(&app, SLOT).await;
        let overlapping = json!({ "starts_at": "2026-12-04T16:15:00Z" });
        let moved = post(&app, &own(&visit, "/reschedule"), &overlapping).await.ok();
        assert_eq!(text(&moved["booking"]["slot"]["starts_at"]), "2026-12-04T10:15:00-06:00");
        assert_eq!(moved["booking"]["reference"], visit["booking"]["reference"]);
        assert_invariants(&app.state.db, 1).await;
        held(&app, "2026-12-04T15:45:00Z").await;
    })
    .await;
}

/// How many times are shown as free at the usual clinic on a slot's date.
async fn free_at(app: &TestApp, slot: &str) -> usize {
    let path = format!("/api/v1/clinics/{}/availability?from={}&days=1", slug(app, CLINIC), &slot[..10]);
    app.anon().get(&path).await.ok()["days"][0]["slots"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_visit_moves_to_another_clinic() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        app.clinic("B1")
            .at(33.4484, -112.074)
            .city("Phoenix", "AZ")
            .zip("85003")
            .open("Mo-Su 09:00-17:00")
            .create()
            .await;
        let free_before = free_at(&app, SLOT).await;
        let visit = booked(&app, SLOT).await;
        let other = TestApp::empty(database).await;
        assert_eq!(free_at(&other, SLOT).await, free_before - 1);
        let to = json!({ "starts_at": "2026-12-05T16:00:00Z", "clinic": slug(&app, "B1") });
        let moved = post(&app, &own(&visit, "/reschedule"), &to).await.ok();
        assert_eq!(text(&moved["booking"]["clinic"]), slug(&app, "B1"));
        assert_eq!(text(&moved["booking"]["slot"]["local"]), "Sat Dec 5, 2026, 9:00 AM MST");
        assert_eq!(free_at(&app, SLOT).await, free_before, "the old clinic's time is shown again");
        look(&other.state.bookings).await.expect("it reads");
        assert_eq!(free_at(&other, SLOT).await, free_before, "and by other processes");
        held(&app, SLOT).await;
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b12_two_who_swap_their_times_at_once_never_lose_one() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let (one, other) = (booked(&app, SLOT).await, booked(&app, LATER_SLOT).await);
        let (paths, to_later, to_slot) = (
            (own(&one, "/reschedule"), own(&other, "/reschedule")),
            json!({ "starts_at": LATER_SLOT }),
            json!({ "starts_at": SLOT }),
        );
        let answers = tokio::join!(post(&app, &paths.0, &to_later), post(&app, &paths.1, &to_slot));
        for answer in [answers.0, answers.1] {
            answer.problem(409, "slot_taken");
        }
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b15_a_lowered_capacity_leaves_visits_standing_listed_and_full() {
    on_each_database(async |database| {
        let app = clinic_with(database, 3).await;
        for _ in 0..3 {
            booked(&app, SLOT).await;
        }
        create(&app, 1, "Mo-Su 09:00-17:00").await;
        let snapshot = app.state.directory.snapshot();
        let entry = snapshot.by_code(CLINIC).expect("it is there");
        let listed = over_capacity(&app.state.db, entry.id, 1, app.clock.now()).await.expect("it is read");
        assert_eq!(listed.len(), 2);
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        held(&app, LATER_SLOT).await;
        assert_invariants(&app.state.db, 3).await;
    })
    .await;
}

#[tokio::test]
async fn b15_a_low_seat_that_became_free_is_not_given_away_above_the_capacity() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        let first = booked(&app, SLOT).await;
        booked(&app, SLOT).await;
        create(&app, 1, "Mo-Su 09:00-17:00").await;
        post(&app, &own(&first, "/cancel"), &json!({})).await.ok();
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
    })
    .await;
}

#[tokio::test]
async fn b18_a_hold_outlives_an_edit_of_the_hours_and_staff_is_told() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        let is_outside = async || {
            let snapshot = app.state.directory.snapshot();
            let entry = snapshot.by_code(CLINIC).expect("it is there");
            let booking = booking::Entity::find().one(&app.state.db).await.expect("it is read").expect("it is there");
            is_outside_hours(&booking, &entry.schedule())
        };
        assert!(!is_outside().await);
        create(&app, 1, "Mo-Su 13:00-17:00").await;
        created(&try_book(&app, &hold).await);
        assert!(is_outside().await);
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn b6_a_repeated_cancel_and_move_with_a_key_are_answered_alike() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        let to = json!({ "starts_at": LATER_SLOT });
        let moved = post_with_key(&app, &own(&visit, "/reschedule"), "move", &to).await.ok();
        assert_eq!(post_with_key(&app, &own(&visit, "/reschedule"), "move", &to).await.ok(), moved);
        let cancelled = post_with_key(&app, &own(&visit, "/cancel"), "cancel", &json!({})).await.ok();
        assert_eq!(post_with_key(&app, &own(&visit, "/cancel"), "cancel", &json!({})).await.ok(), cancelled);
    })
    .await;
}
