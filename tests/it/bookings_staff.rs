//! What staff will do through the same verbs: overrides (B9), blocks (A17), and housekeeping.

use chrono::TimeDelta;
use clinic_directory::accounts::Actor;
use clinic_directory::bookings::{BlockRequest, BlockSeats, BookingError, Over, block, erase, lift_block, reap};
use clinic_directory::entities::booking;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, booked, clinic_with, count, held, hold_as_staff, instant, own, post,
    try_book, try_hold,
};
use crate::support::{TestApp, on_each_database};

#[tokio::test]
async fn b9_the_last_seat_under_a_hold_takes_an_override_with_a_reason() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let hold = held(&app, SLOT).await;
        assert!(matches!(hold_as_staff(&app, SLOT, None).await, Err(BookingError::SlotTaken { retry_at: Some(_) })));
        let above = hold_as_staff(&app, SLOT, Some("the visitor is at the desk")).await.expect("it is allowed");
        assert_eq!((above.seat, above.override_reason.as_deref()), (2, Some("the visitor is at the desk")));
        let next = hold_as_staff(&app, SLOT, Some("and a friend")).await.expect("it is allowed");
        assert_eq!(next.seat, 3);
        // The one below keeps what was promised; nobody else gets in.
        assert_eq!(try_book(&app, &hold).await.status(), 201);
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert_invariants(&app.state.db, 3).await;
    })
    .await;
}

#[tokio::test]
async fn b9_an_override_of_a_free_seat_takes_the_free_seat() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let held = hold_as_staff(&app, SLOT, Some("just in case")).await.expect("it is free");
        assert_eq!((held.seat, held.override_reason), (1, None));
        let outside = hold_as_staff(&app, "2026-12-04T04:00:00Z", Some("at night")).await;
        assert!(matches!(outside, Err(BookingError::NotOffered(_))));
    })
    .await;
}

async fn lay(app: &TestApp, seats: BlockSeats, over: &[i64]) -> Result<i64, BookingError> {
    let snapshot = app.state.directory.snapshot();
    let entry = snapshot.by_code(CLINIC).expect("it is there");
    let request = BlockRequest {
        clinic: entry.id,
        from: instant(SLOT),
        to: instant(LATER_SLOT),
        seats,
        reason: "dentist",
        over: Over::These(over),
        actor: &Actor::command(),
    };
    block(&app.state.bookings, &request, None).await.map(|laid| laid.block.id)
}

#[tokio::test]
async fn a17_a_block_cannot_be_booked_over_and_lifting_it_frees_the_time() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        let id = lay(&app, BlockSeats::All, &[]).await.expect("nothing is in the way");
        let problem = try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert!(problem["retry_at"].is_null());
        held(&app, LATER_SLOT).await;
        assert!(lift_block(&app.state.bookings, &Actor::command(), id).await.expect("it is lifted"));
        assert!(!lift_block(&app.state.bookings, &Actor::command(), id).await.expect("nothing to lift"));
        held(&app, SLOT).await;
        assert_invariants(&app.state.db, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a17_a_block_of_one_seat_leaves_the_others() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        lay(&app, BlockSeats::One, &[]).await.expect("a seat is free");
        held(&app, SLOT).await;
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert!(matches!(lay(&app, BlockSeats::One, &[]).await, Err(BookingError::InTheWay(ids)) if ids.len() == 1));
        assert_invariants(&app.state.db, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a17_a_block_says_which_bookings_are_in_the_way_and_lies_over_those_it_names() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        let visit = booked(&app, SLOT).await;
        held(&app, SLOT).await;
        let Err(BookingError::InTheWay(ids)) = lay(&app, BlockSeats::All, &[]).await else {
            panic!("the booking and the hold are in the way")
        };
        assert_eq!(ids.len(), 2);
        assert!(
            matches!(lay(&app, BlockSeats::All, &ids[..1]).await, Err(BookingError::InTheWay(left)) if left == ids[1..])
        );
        assert_eq!(app.anon().get(&own(&visit, "")).await.ok()["booking"]["status"], "confirmed");
        lay(&app, BlockSeats::All, &ids).await.expect("both were named");
        let waiting = app.anon().get(&own(&visit, "")).await.ok();
        assert_eq!(waiting["booking"]["status"], "needs_rebooking");
        assert_eq!(waiting["booking"]["name"], "Ana Example");
        assert_invariants(&app.state.db, 2).await;
        let moved = post(&app, &own(&visit, "/reschedule"), &json!({ "starts_at": LATER_SLOT })).await.ok();
        assert_eq!(moved["booking"]["status"], "confirmed");
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
        assert_invariants(&app.state.db, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a17_an_expired_hold_is_not_in_the_way() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        held(&app, SLOT).await;
        app.clock.advance(TimeDelta::minutes(10));
        lay(&app, BlockSeats::All, &[]).await.expect("the hold is over");
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn the_reaper_ends_holds_and_forgets_them_and_their_keys() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        held(&app, LATER_SLOT).await;
        app.clock.advance(TimeDelta::minutes(10));
        let reaped = reap(&app.state.bookings).await.expect("it runs");
        assert_eq!((reaped.expired_holds, reaped.forgotten_keys, reaped.forgotten_holds), (1, 0, 0));
        assert_invariants(&app.state.db, 1).await;
        app.clock.advance(TimeDelta::hours(49));
        let reaped = reap(&app.state.bookings).await.expect("it runs");
        assert_eq!((reaped.expired_holds, reaped.forgotten_keys, reaped.forgotten_holds), (0, 1, 1));
        assert_eq!(app.anon().get(&own(&visit, "")).await.ok()["booking"]["status"], "confirmed");
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn personal_data_is_erased_180_days_after_the_visit() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        app.clock.set("2027-06-02T16:30:00Z");
        assert_eq!(erase(&app.state.bookings).await.expect("it runs"), 0, "180 days to the instant");
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(erase(&app.state.bookings).await.expect("it runs"), 1);
        let kept = booking::Entity::find().one(&app.state.db).await.expect("it is read").expect("it is there");
        assert_eq!((&kept.name, &kept.phone, &kept.email, &kept.note), (&None, &None, &None, &None));
        assert!(kept.reference.is_some() && kept.erased_at.is_some());
        assert!(app.anon().get(&own(&visit, "")).await.ok()["booking"]["phone"].is_null());
        assert_eq!(erase(&app.state.bookings).await.expect("it runs"), 0);
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM bookings WHERE phone IS NOT NULL").await, 0);
    })
    .await;
}
