//! A clinic's free times (rules A6 to A8, A14) follow holds, bookings and the clock.

use serde_json::Value;

use crate::bookings_support::{CLINIC, SLOT, booked, clinic_with, create, held, slug, text};
use crate::support::{TestApp, on_each_database};

async fn availability(app: &TestApp, query: &str) -> Value {
    app.anon().get(&format!("/api/v1/clinics/{}/availability{query}", slug(app, CLINIC))).await.ok()
}

fn starts(answer: &Value, day: usize) -> Vec<&str> {
    answer["days"][day]["slots"].as_array().expect("a list").iter().map(|slot| text(&slot["starts_at"])).collect()
}

#[tokio::test]
async fn a7_days_begin_with_the_notice_and_hold_what_is_free() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let answer = availability(&app, "?days=3").await;
        assert_eq!(answer["time_zone"], "America/Chicago");
        assert_eq!(answer["policy"]["min_notice_min"], 1_440);
        assert_eq!(starts(&answer, 0), Vec::<&str>::new());
        // It is nine in Austin: tomorrow from nine on.
        assert_eq!(starts(&answer, 1).len(), 16);
        assert_eq!(text(&answer["next"]["starts_at"]), "2026-12-02T09:00:00-06:00");
        assert_eq!(answer["days"].as_array().map(Vec::len), Some(3));
        assert_eq!(app.anon().get("/api/v1/clinics/nowhere/availability").await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn a8_a_seat_that_is_taken_is_shown_as_taken() {
    on_each_database(async |database| {
        let app = clinic_with(database, 2).await;
        held(&app, SLOT).await;
        let remaining = async || availability(&app, "?from=2026-12-04&days=1").await["days"][0]["slots"].clone();
        assert_eq!(remaining().await[2]["remaining"], 1);
        booked(&app, SLOT).await;
        let left = remaining().await;
        assert_eq!(left.as_array().map(Vec::len), Some(15));
        assert!(
            left.as_array()
                .is_some_and(|slots| slots.iter().all(|slot| slot["starts_at"] != "2026-12-04T10:00:00-06:00"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_range_without_times_names_the_next_one() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        create(&app, 1, "Mo 09:00-10:00").await;
        let answer = availability(&app, "?days=2").await;
        assert_eq!(text(&answer["next"]["starts_at"]), "2026-12-07T09:00:00-06:00");
        let beyond = availability(&app, "?from=2027-06-01&days=62").await;
        assert!(beyond["next"].is_null());
    })
    .await;
}

#[tokio::test]
async fn wrong_ranges_are_refused_and_the_past_is_clipped() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let past = availability(&app, "?from=2020-01-01&days=1").await;
        assert_eq!((past["clipped"].clone(), past["days"][0]["date"].clone()), (true.into(), "2026-12-01".into()));
        assert_eq!(availability(&app, "?from=2026-12-01").await["clipped"], false);
        assert_eq!(availability(&app, "?days=62").await["days"].as_array().map(Vec::len), Some(62));
        for (query, field) in [("days=0", "days"), ("days=63", "days"), ("days=x", "days"), ("from=tomorrow", "from")] {
            let address = format!("/api/v1/clinics/{}/availability?{query}", slug(&app, CLINIC));
            let problem = app.anon().get(&address).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["field"], field);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_of_another_site_may_read_the_times() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let address = format!("/api/v1/clinics/{}/availability", slug(&app, CLINIC));
        let answer = app.anon().get(&address).header("origin", "https://example.com").await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "no-store");
    })
    .await;
}
