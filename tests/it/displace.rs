//! Visits on dates on which their clinic is not open (rules A14, I11).

use clinic_directory::bookings::{Displaced, displace, displaced_by};
use clinic_directory::clinics::status::StatusDates;
use serde_json::{Value, json};

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, booked, clinic_with, count, held, own, try_book, try_hold,
};
use crate::support::{TestApp, on_each_database};

async fn told(app: &TestApp, visit: &Value) -> Value {
    app.anon().get(&own(visit, "")).await.ok()["booking"].clone()
}

#[tokio::test]
async fn i11_a_visit_on_a_date_its_clinic_is_not_open_waits_for_another_time() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        let before = booked(&app, "2026-12-03T16:00:00Z").await;
        let (hit, hold) = (booked(&app, SLOT).await, held(&app, LATER_SLOT).await);
        assert!(displace(&app.state.bookings).await.expect("it runs").needs_rebooking.is_empty());

        app.edit(CLINIC).with("closed_on", "2026-12-04").create().await;
        let displaced = displace(&app.state.bookings).await.expect("it runs");
        assert_eq!((displaced.needs_rebooking.len(), displaced.ended_holds.len()), (1, 1));
        let waits = told(&app, &hit).await;
        assert_eq!((&waits["status"], &waits["reference"]), (&json!("needs_rebooking"), &hit["booking"]["reference"]));
        assert_eq!(waits["phone"], "**********34", "contact data stay");
        assert_eq!(told(&app, &before).await["status"], "confirmed");
        try_book(&app, &hold).await.problem(410, "hold_released");
        assert_invariants(&app.state.db, 2).await;
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'booking.displace' AND via = 'system'";
        assert_eq!(count(&app.state.db, audited).await, 1);

        assert_eq!(
            displace(&app.state.bookings).await.expect("it runs"),
            Displaced::default(),
            "a second time nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn i11_what_dates_would_do_is_told_before_they_are_set() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        booked(&app, SLOT).await;
        held(&app, LATER_SLOT).await;
        let id = app.state.directory.snapshot().by_code(CLINIC).expect("it is there").id;
        let day = |text: &str| Some(text.parse().expect("a date"));
        let away = StatusDates { temporarily_closed_on: day("2026-12-02"), ..StatusDates::default() };
        for (reopens_on, hit) in [("2026-12-04", 0), ("2026-12-05", 1)] {
            let dates = StatusDates { reopens_on: day(reopens_on), ..away };
            let ids = displaced_by(&app.state.bookings, &app.state.db, id, &dates).await.expect("it reads");
            assert_eq!(ids.len(), hit, "{reopens_on}");
        }
        try_hold(&app, SLOT).await.problem(409, "slot_taken");
    })
    .await;
}
