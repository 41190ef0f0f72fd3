//! Closures (rules I12, B16): no visit is lost silently, and what was closed comes back when it is lifted.

use chrono::NaiveDate;
use clinic_directory::accounts::Actor;
use clinic_directory::bookings::{
    BookingError, CloseRequest, Closed, ClosureChange, Over, Seen, amend_closure, close as close_clinics, lift_closure,
};
use clinic_directory::clinics::closures::{Closure, Scope};
use clinic_directory::clinics::hours::Window;
use clinic_directory::web::IfMatch;
use serde_json::{Value, json};

use crate::bookings_support::{
    CLINIC, LATER_SLOT, SLOT, assert_invariants, booked, clinic_with, count, held, own, slug, try_book,
};
use crate::support::{TestApp, on_each_database};

/// The date of the slots.
const DAY: &str = "2026-12-04";

fn closure(scope: Scope, from: &str, to: &str, windows: &[&str]) -> Closure {
    let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
    Closure {
        scope,
        from: date(from),
        to: date(to),
        windows: windows.iter().map(|text| Window::parse(text).expect("a window")).collect(),
        note: Some("Storm".to_owned()),
        note_es: Some("Tormenta".to_owned()),
    }
}

async fn close(app: &TestApp, closure: &Closure, over: Over<'_>) -> Result<Closed, BookingError> {
    let request = CloseRequest { closure, over, actor: &Actor::command() };
    close_clinics(&app.state.bookings, &request, None).await
}

async fn end(app: &TestApp, id: i64, to: &str) -> Result<Closed, BookingError> {
    let change = ClosureChange { to: to.parse().ok(), ..ClosureChange::default() };
    let seen = Seen { id, version: &IfMatch::Any, actor: &Actor::command() };
    amend_closure(&app.state.bookings, seen, &change, Over::NONE).await
}

async fn lift(app: &TestApp, id: i64) -> Result<(), BookingError> {
    lift_closure(&app.state.bookings, Seen { id, version: &IfMatch::Any, actor: &Actor::command() }).await
}

fn this_clinic() -> Scope {
    Scope::Clinics(vec![CLINIC.to_owned()])
}

async fn starts_on(app: &TestApp, code: &str, date: &str) -> Vec<String> {
    let path = format!("/api/v1/clinics/{}/availability?from={date}&days=1", slug(app, code));
    let day = app.anon().get(&path).await.ok()["days"][0]["slots"].clone();
    day.as_array().unwrap().iter().map(|slot| slot["starts_at"].as_str().unwrap().to_owned()).collect()
}

async fn status(app: &TestApp, booking: &Value) -> Value {
    app.anon().get(&own(booking, "")).await.json()["booking"]["status"].clone()
}

#[tokio::test]
async fn b16_a_closure_over_a_visit_asks_first_and_then_drops_nothing_silently() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let visit = booked(&app, SLOT).await;
        let whole_day = closure(this_clinic(), DAY, DAY, &[]);
        let refused = close(&app, &whole_day, Over::NONE).await;
        let Err(BookingError::NeedsConfirm(listed)) = refused else { panic!("{refused:?}") };
        assert_eq!(count(&app.state.db, "SELECT count(*) FROM closures").await, 0);
        assert_eq!(status(&app, &visit).await, "confirmed");

        let hold = held(&app, LATER_SLOT).await;
        let closed = close(&app, &whole_day, Over::These(&listed)).await.expect("it was confirmed");
        assert_eq!(closed.needs_rebooking, listed);
        let told = app.anon().get(&own(&visit, "")).await.json()["booking"].clone();
        assert_eq!((&told["status"], &told["reference"]), (&json!("needs_rebooking"), &visit["booking"]["reference"]));
        assert_eq!(told["phone"], "**********34", "contact data stay");
        try_book(&app, &hold).await.problem(410, "hold_released");
        assert_invariants(&app.state.db, 1).await;
        assert!(starts_on(&app, CLINIC, DAY).await.is_empty());

        lift(&app, closed.id).await.expect("lifted");
        assert_eq!(starts_on(&app, CLINIC, DAY).await.len(), 16, "lifting restores the slots");
        assert!(matches!(lift(&app, closed.id).await, Err(BookingError::ClosureLifted)), "once");
        assert_eq!(status(&app, &visit).await, "needs_rebooking", "its visitor was told");
    })
    .await;
}

#[tokio::test]
async fn i12_a_part_of_a_day_hits_only_the_visits_in_it() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let (hit, spared) = (booked(&app, SLOT).await, booked(&app, LATER_SLOT).await);
        // SLOT is ten in Austin, LATER_SLOT eleven.
        let morning = closure(this_clinic(), DAY, DAY, &["09:15-11:00"]);
        close(&app, &morning, Over::All).await.expect("it was confirmed");
        assert_eq!(
            (status(&app, &hit).await, status(&app, &spared).await),
            (json!("needs_rebooking"), json!("confirmed"))
        );
        let left = starts_on(&app, CLINIC, DAY).await;
        assert_eq!(left[..2], ["2026-12-04T11:30:00-06:00", "2026-12-04T12:00:00-06:00"]);
    })
    .await;
}

#[tokio::test]
async fn i12_dates_are_those_of_each_clinic_and_the_note_is_told_in_its_language() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let all = closure(Scope::All, "2026-12-10", "2026-12-11", &[]);
        let closed = close(&app, &all, Over::NONE).await.expect("nobody has booked");
        for code in ["BOS-01", "HNL-01"] {
            assert!(starts_on(&app, code, "2026-12-10").await.is_empty(), "{code}");
            assert!(!starts_on(&app, code, "2026-12-09").await.is_empty(), "{code}");
        }
        let notes = async |lang: &str| {
            let clinic = app.anon().get(&format!("/api/v1/clinics/{}?lang={lang}", slug(&app, "BOS-01"))).await.ok();
            let days = clinic["special_hours"].as_array().unwrap().clone();
            days.into_iter().find(|day| day["date"] == "2026-12-11").expect("it is shown")
        };
        assert_eq!(notes("en").await, json!({ "date": "2026-12-11", "windows": [], "note": "Storm" }));
        assert_eq!(notes("es").await["note"], "Tormenta");
        // Shortened, the last day is open again.
        end(&app, closed.id, "2026-12-10").await.expect("shortened");
        assert!(starts_on(&app, "BOS-01", "2026-12-10").await.is_empty());
        assert!(!starts_on(&app, "BOS-01", "2026-12-11").await.is_empty());
        assert!(matches!(end(&app, closed.id, "2026-12-09").await, Err(BookingError::Closure(_))));
    })
    .await;
}

#[tokio::test]
async fn i12_a_clinic_that_is_imported_later_is_closed_too() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let state = closure(Scope::State("TX".to_owned()), DAY, DAY, &[]);
        close(&app, &state, Over::NONE).await.expect("nobody has booked");
        app.clinic("A2").at(30.3, -97.7).zip("78701").open("Mo-Su 09:00-17:00").create().await;
        assert!(starts_on(&app, "A2", DAY).await.is_empty());
        assert_eq!(starts_on(&app, "A2", "2026-12-05").await.len(), 16);
    })
    .await;
}
