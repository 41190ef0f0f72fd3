//! What is held about a person is shown and erased on request; what was erased stays erased, whatever is restored later.

use std::path::PathBuf;

use clinic_directory::accounts::{Role, Scope};
use clinic_directory::bookings::flush_views;
use clinic_directory::bookings::subjects::{ErasureLog, reapply};
use clinic_directory::token::SecretKey;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::bookings_support::{
    LATER_SLOT, SLOT, assert_invariants, booked, clinic_with, count, created, held, new_key, own, post_with_key, text,
    try_hold,
};
use crate::support::{Backend, Client, TestApp, TestDatabase, connect, on_each_database, postgres_server, tables};

const EXPORT: &str = "/api/v1/admin/subjects/export";
const ERASE: &str = "/api/v1/admin/subjects/erase";
/// As `bookings_support::form` has it, and as it is stored.
const PHONE: &str = "(512) 555-0134";
/// What must be found nowhere afterwards.
const TRACES: [&str; 4] = ["5125550134", "Ana Example", "Ana.Example@example.org", "gluten"];

/// Somebody books with everything that is personal, by phone and e-mail.
async fn book(app: &TestApp, slot: &str) -> Value {
    let mut form = crate::bookings_support::form(&held(app, slot).await);
    form["email"] = json!("Ana.Example@example.org");
    form["note"] = json!("no gluten please");
    form["consents"] = json!([{ "purpose": "privacy", "granted": true, "wording_version": "v1" }]);
    created(&post_with_key(app, "/api/v1/bookings", &new_key(), &form).await)
}

async fn erase(admin: &Client) -> Value {
    admin.post(ERASE, &json!({ "phone": PHONE, "confirm": true })).await.ok()
}

async fn assert_no_trace(app: &TestApp) {
    flush_views(&app.state.bookings).await.expect("the log can be written");
    let stored = tables::everything(&app.state.db, &[]).await;
    for trace in TRACES {
        let line = stored.lines().find(|line| line.contains(trace));
        assert_eq!(line, None, "{trace}");
    }
}

#[tokio::test]
async fn everything_that_is_held_about_a_person_is_shown_and_nothing_of_others() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let (booking, admin) = (book(&app, SLOT).await, app.admin().await);
        let mut other = crate::bookings_support::form(&held(&app, LATER_SLOT).await);
        other["phone"] = json!("(512) 555-0177");
        created(&post_with_key(&app, "/api/v1/bookings", &new_key(), &other).await);
        for asked in [json!({ "phone": "+1 512-555-0134" }), json!({ "email": "ana.example@EXAMPLE.org" })] {
            let shown = admin.post(EXPORT, &asked).await;
            assert_eq!(shown.header("cache-control"), "no-store, private");
            let shown = shown.ok();
            assert_eq!(shown["bookings"].as_array().expect("a list").len(), 1, "{shown}");
            let shown = &shown["bookings"][0];
            assert_eq!(shown["reference"], booking["booking"]["reference"]);
            assert_eq!((&shown["phone"], &shown["note"]), (&json!("+15125550134"), &json!("no gluten please")));
            assert_eq!(shown["consents"][0]["purpose"], "privacy");
            assert_eq!(shown["clinic"], "A1");
        }
        let nobody = admin.post(EXPORT, &json!({ "phone": "(512) 555-0199" })).await.ok();
        assert_eq!(nobody, json!({ "bookings": [], "erasures": [] }));
    })
    .await;
}

#[tokio::test]
async fn a_look_at_a_person_is_audited_without_saying_at_whom() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let admin = app.admin().await;
        book(&app, SLOT).await;
        admin.post(EXPORT, &json!({ "phone": PHONE })).await.ok();
        erase(&admin).await;
        let log = admin.get("/api/v1/admin/audit").await.ok();
        let actions: Vec<&str> = log["data"].as_array().unwrap().iter().map(|entry| text(&entry["action"])).collect();
        // Before them, the clinic was imported.
        assert_eq!(actions[..4], ["booking.erase", "person.erase", "booking.seen", "person.export"]);
        assert!(log["data"][0]["actor"].is_string() && log["data"][0]["clinic"] == "A1", "{log}");
        let log = log.to_string();
        for trace in TRACES {
            assert!(!log.contains(trace), "{trace}: {log}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_erased_phone_is_found_in_no_table_and_the_receipt_can_be_confirmed() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let admin = app.admin().await;
        for slot in [SLOT, LATER_SLOT] {
            book(&app, slot).await;
        }
        app.clock.set("2026-12-04T16:10:00Z");
        let receipt = erase(&admin).await;
        assert_eq!((&receipt["bookings"], &receipt["cancelled"]), (&json!(2), &json!(1)), "one visit has begun");
        assert_no_trace(&app).await;
        let shown = admin.post(EXPORT, &json!({ "phone": PHONE })).await.ok();
        assert_eq!(shown, json!({ "bookings": [], "erasures": [receipt] }));
        let again = erase(&admin).await;
        assert_eq!(again["bookings"], 0);
        assert_eq!(again["fingerprint"], receipt["fingerprint"]);
        assert_ne!(again["id"], receipt["id"]);
    })
    .await;
}

#[tokio::test]
async fn visits_to_come_are_cancelled_only_by_somebody_who_has_seen_them() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let admin = app.admin().await;
        let booking = booked(&app, SLOT).await;
        let problem = admin.post(ERASE, &json!({ "phone": PHONE })).await.problem(409, "needs_confirm");
        assert_eq!(problem["bookings"].as_array().map(Vec::len), Some(1), "{problem}");
        assert!(!PathBuf::from(app.state.erasures.path()).exists(), "what was refused is in no log");
        assert_eq!(app.anon().get(&own(&booking, "")).await.ok()["booking"]["status"], "confirmed");
        assert_eq!(try_hold(&app, SLOT).await.status(), 409);
        assert_eq!(erase(&admin).await["cancelled"], 1);
        let left = &app.anon().get(&own(&booking, "")).await.ok()["booking"];
        assert_eq!((&left["status"], &left["name"]), (&json!("cancelled"), &Value::Null));
        assert_eq!(try_hold(&app, SLOT).await.status(), 201, "the seat is free");
        assert_invariants(&app.state.db, 1).await;
    })
    .await;
}

#[tokio::test]
async fn somebody_of_whom_nothing_is_held_gets_a_receipt_and_is_in_the_log() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let receipt = app.admin().await.post(ERASE, &json!({ "email": "nobody@example.org" })).await.ok();
        assert_eq!((&receipt["bookings"], &receipt["by"]), (&json!(0), &json!("email")));
        let lines = app.state.erasures.read().expect("readable");
        assert_eq!(lines.erasures[0].id, text(&receipt["id"]));
        let log = std::fs::read_to_string(app.state.erasures.path()).expect("readable");
        assert!(log.contains(text(&receipt["fingerprint"])) && !log.contains("nobody"), "{log}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_logged_is_not_erased() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let admin = app.admin().await;
        booked(&app, SLOT).await;
        std::fs::create_dir(app.state.erasures.path()).expect("a folder in its place");
        let refused = admin.post(ERASE, &json!({ "phone": PHONE, "confirm": true })).await;
        refused.problem(503, "erasure_log");
        let shown = admin.post(EXPORT, &json!({ "phone": PHONE })).await.ok();
        assert_eq!(shown["bookings"][0]["status"], "confirmed", "{shown}");
        assert_eq!(shown["erasures"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn bad_input_is_told_by_field_and_not_repeated() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        let admin = app.admin().await;
        for path in [EXPORT, ERASE] {
            for (body, field) in [
                (json!({}), "phone"),
                (json!({ "phone": "secret-1" }), "phone"),
                (json!({ "phone": "" }), "phone"),
                (json!({ "email": "secret\u{0}@example.org" }), "email"),
                (json!({ "email": "secret" }), "email"),
                (json!({ "phone": PHONE, "email": "secret@example.org" }), "email"),
                (json!({ "phone": ["secret"] }), "phone"),
                (json!({ "phones": PHONE }), "phones"),
            ] {
                let problem = admin.post(path, &body).await.problem(422, "invalid");
                assert_eq!(problem["errors"][0]["field"], field, "{body}: {problem}");
                assert!(!problem.to_string().contains("secret"), "{problem}");
            }
        }
        admin.post(&format!("{ERASE}?confirm=true"), &json!({ "phone": PHONE })).await.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn an_admin_of_some_clinics_neither_sees_nor_erases_half_a_person() {
    on_each_database(async |database| {
        let app = clinic_with(database, 1).await;
        booked(&app, SLOT).await;
        let scope = Scope::from_parts(["clinic:A1"]).expect("a scope");
        let admin = app.user(Role::Admin, &scope).await;
        for path in [EXPORT, ERASE] {
            admin.post(path, &json!({ "phone": PHONE })).await.problem(403, "scope_too_small");
        }
    })
    .await;
}

/// Not in the pages that a write freed either, nor in the write-ahead log once it was written back.
#[tokio::test]
async fn an_erased_phone_is_not_in_the_bytes_of_the_file() {
    let database = TestDatabase::sqlite();
    let app = clinic_with(&database, 5).await;
    for slot in [SLOT, LATER_SLOT] {
        book(&app, slot).await;
    }
    let file = database.folder.path().join("clinics.db");
    let write_back = "PRAGMA wal_checkpoint(TRUNCATE)";
    app.state.db.execute_unprepared(write_back).await.expect("written back");
    let contains = |trace: &str| {
        let bytes = std::fs::read(&file).expect("readable");
        bytes.windows(trace.len()).any(|window| window == trace.as_bytes())
    };
    assert!(contains("5125550134") && contains("gluten"));
    erase(&app.admin().await).await;
    app.state.db.execute_unprepared(write_back).await.expect("written back");
    for trace in TRACES {
        assert!(!contains(trace), "{trace}");
    }
}

/// The database as it is at this moment, as one of its own.
async fn older_state(database: &TestDatabase) -> TestDatabase {
    let copy = database.another().await;
    match database.backend {
        Backend::Sqlite => {
            let db = connect(&database.url).await;
            let to = copy.folder.path().join("clinics.db");
            db.execute_unprepared(&format!("VACUUM INTO '{}'", to.display())).await.expect("copied");
            db.close().await.expect("closes");
        }
        Backend::Postgres => {
            let db = connect(postgres_server().expect("it is there").as_str()).await;
            let name = |url: &str| url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
            let (from, to) = (name(&database.url), name(&copy.url));
            db.execute_unprepared(&format!("DROP DATABASE {to} WITH (FORCE)")).await.expect("dropped");
            db.execute_unprepared(&format!("CREATE DATABASE {to} TEMPLATE {from}")).await.expect("copied");
            db.close().await.expect("closes");
        }
    }
    copy
}

/// What `serve` does before it serves, with the key and the log of the service.
async fn start_again(app: &TestApp, log: &ErasureLog, secret: Option<&SecretKey>) -> usize {
    let reapplied = reapply(&app.state.db, secret, log, app.clock.now()).await.expect("erased again");
    assert_eq!(reapplied.unreadable, Vec::<usize>::new());
    reapplied.bookings
}

#[tokio::test]
async fn what_was_erased_stays_erased_when_an_older_state_is_restored() {
    on_each_database(async |database| {
        let first = clinic_with(database, 1).await;
        book(&first, SLOT).await;
        first.state.db.clone().close().await.expect("closes");
        let backup = older_state(database).await;

        let app = TestApp::empty(database).await;
        app.clock.set("2026-12-02T15:00:00Z");
        erase(&app.admin().await).await;
        let (log, secret) = (app.state.erasures.clone(), app.state.bookings.secret.clone());

        let restored = TestApp::empty(&backup).await;
        restored.clock.set("2026-12-03T15:00:00Z");
        let stored = tables::everything(&restored.state.db, &[]).await;
        assert!(TRACES.iter().all(|trace| stored.contains(trace)), "the backup holds them");
        assert_eq!(start_again(&restored, &log, Some(&secret)).await, 1);
        assert_no_trace(&restored).await;
        assert_invariants(&restored.state.db, 1).await;
        let cancelled = "SELECT count(*) FROM bookings WHERE status = 'cancelled'";
        assert_eq!(count(&restored.state.db, cancelled).await, 1, "as it was after the erasure");
        // Who comes back is welcome, and stays.
        booked(&restored, LATER_SLOT).await;
        assert_eq!(start_again(&restored, &log, Some(&secret)).await, 0);
        assert_eq!(count(&restored.state.db, "SELECT count(*) FROM bookings WHERE phone IS NOT NULL").await, 1);
        restored.state.db.clone().close().await.expect("closes");
        backup.dispose().await;
    })
    .await;
}

/// A replica that starts late with a log of its own, or a log that lay elsewhere.
#[tokio::test]
async fn who_booked_again_after_their_erasure_is_not_erased_by_an_old_line() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let (admin, secret) = (app.admin().await, app.state.bookings.secret.clone());
        book(&app, SLOT).await;
        erase(&admin).await;
        app.clock.set("2026-12-02T15:00:00Z");
        book(&app, LATER_SLOT).await;
        app.state.db.execute_unprepared("DELETE FROM erasures").await.expect("as if never seen");
        assert_eq!(start_again(&app, &app.state.erasures, Some(&secret)).await, 0);
        let shown = admin.post(EXPORT, &json!({ "phone": PHONE })).await.ok();
        assert_eq!(shown["bookings"].as_array().map(Vec::len), Some(1), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn with_the_key_lost_every_booking_that_was_erased_is_found_by_its_mark() {
    on_each_database(async |database| {
        let first = clinic_with(database, 5).await;
        book(&first, SLOT).await;
        first.state.db.clone().close().await.expect("closes");
        let backup = older_state(database).await;
        let app = TestApp::empty(database).await;
        erase(&app.admin().await).await;

        let restored = TestApp::empty(&backup).await;
        let other = SecretKey::new("another key, as long as a key has to be").expect("long enough");
        for secret in [Some(&other), None] {
            let log = &app.state.erasures;
            let reapplied = reapply(&restored.state.db, secret, log, restored.clock.now()).await.expect("erased");
            assert_eq!(reapplied.other_key, reapplied.erasures, "which is told");
        }
        assert_no_trace(&restored).await;
        restored.state.db.clone().close().await.expect("closes");
        backup.dispose().await;
    })
    .await;
}

/// A backup may hold a booking of theirs that was no longer there when they were erased: only the fingerprint leads to it.
#[tokio::test]
async fn a_backup_gives_back_nobody_who_was_erased_when_nothing_of_them_was_left() {
    on_each_database(async |database| {
        let app = clinic_with(database, 5).await;
        let admin = app.admin().await;
        admin.post(ERASE, &json!({ "email": "ana.example@example.org" })).await.ok();
        let secret = app.state.bookings.secret.clone();
        // The backup: an earlier booking, and no erasure seen.
        app.clock.set("2026-11-30T15:00:00Z");
        book(&app, SLOT).await;
        app.state.db.execute_unprepared("DELETE FROM erasures").await.expect("as if never seen");
        app.clock.set("2026-12-02T15:00:00Z");
        assert_eq!(start_again(&app, &app.state.erasures, Some(&secret)).await, 1);
        assert_no_trace(&app).await;
    })
    .await;
}
