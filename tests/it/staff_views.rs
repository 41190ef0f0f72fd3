//! Staff are shown visits while somebody else writes, and each look is in the audit log once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use clinic_directory::accounts::{Actor, Role, Scope, TOKEN_PREFIX, store};
use clinic_directory::bookings::flush_views;
use clinic_directory::clinics::import::{Terms, apply};
use clinic_directory::db::begin_write;
use clinic_directory::token::TokenHash;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::bookings_support::{CLINIC, SLOT, clinic_with, count, instant, slug, text};
use crate::import_plan::planned;
use crate::staff_support::{STAFF, booked_by, id, phoned, seen};
use crate::support::{Backend, Client, Program, Response, TestApp, TestDatabase, connect, on_each_database, socket};

const AUDIT: &str = "/api/v1/admin/audit";
const SEEN: &str = "SELECT count(*) FROM audit_entries WHERE action = 'booking.seen'";
const KEY: &str = "a key of the tests, long enough to be one";

/// A clinic with one visit, and somebody at its desk.
struct Desk {
    app: TestApp,
    staff: Client,
    visit: Value,
    path: String,
}

impl Desk {
    async fn with_a_visit(database: &TestDatabase) -> Self {
        let app = clinic_with(database, 1).await;
        let visit = booked_by(&app.agent().await, &phoned(&app, SLOT)).await;
        let staff = app.clinic_staff(&[CLINIC]).await;
        let path = format!("{STAFF}/bookings?clinic={}&from=2026-12-04", slug(&app, CLINIC));
        Self { app, staff, visit, path }
    }

    async fn look(&self) -> Response {
        self.staff.get(&self.path).await
    }

    /// A look that must succeed.
    async fn see(&self) {
        let shown = self.look().await.ok();
        assert_eq!(shown["data"][0]["phone"], "+15125550134");
    }

    async fn assert_refused(&self) {
        let refused = self.look().await;
        assert_eq!(refused.header("retry-after"), "1");
        let problem = refused.problem(503, "unavailable");
        assert!(!problem.to_string().contains("555"), "{problem}");
    }

    async fn assert_seen(&self, times: usize) {
        assert_eq!(seen(&self.app).await, BTreeMap::from([(id(&self.visit), times)]));
    }

    /// What the program's own writer does each second; it has begun when this returns.
    async fn try_to_write(&self) -> JoinHandle<Result<(), DbErr>> {
        let state = self.app.state.bookings.clone();
        let writing = tokio::spawn(async move { flush_views(&state).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        writing
    }
}

/// Another program that writes: it has SQLite's one write lock, or PostgreSQL's on the audit log.
struct OtherWriter {
    db: DatabaseConnection,
    transaction: DatabaseTransaction,
}

impl OtherWriter {
    async fn begin(database: &TestDatabase) -> Self {
        let db = connect(&database.url).await;
        let transaction = begin_write(&db).await.expect("nobody else writes");
        if database.backend == Backend::Postgres {
            transaction.execute_unprepared("LOCK TABLE audit_entries IN EXCLUSIVE MODE").await.expect("locked");
        }
        Self { db, transaction }
    }

    async fn end(self) {
        self.transaction.rollback().await.expect("nothing was written");
        self.db.close().await.expect("closes");
    }
}

#[tokio::test]
async fn a_look_does_not_wait_for_another_writer_and_is_in_the_log_after_it() {
    on_each_database(async |database| {
        let desk = Desk::with_a_visit(database).await;
        let admin = desk.app.admin().await;
        let other = OtherWriter::begin(database).await;
        let (began, first) = (Instant::now(), desk.app.clock.now());
        desk.see().await;
        desk.app.clock.advance(TimeDelta::seconds(3));
        desk.see().await;
        // A token's first use waits for the writer a fifth of a second, a write of SQLite would wait ten.
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        assert_eq!(count(&desk.app.state.db, SEEN).await, 0);
        other.end().await;

        desk.app.clock.advance(TimeDelta::minutes(1));
        let log = admin.get(AUDIT).await.ok()["data"].clone();
        let looks = [&log[1], &log[0]];
        for (look, seconds) in looks.into_iter().zip([0, 3]) {
            assert_eq!((&look["action"], &look["subject_id"]), (&json!("booking.seen"), &desk.visit["id"]));
            assert_eq!(instant(text(&look["at"])), first + TimeDelta::seconds(seconds), "when it was seen");
            let fields = json!([{ "field": "name", "personal": true }, { "field": "phone", "personal": true }]);
            assert_eq!((&look["changes"], &look["clinic"]), (&fields, &json!(CLINIC)));
            assert!(text(&look["actor"]).starts_with("clinic-") && look["via"] == "token", "{look}");
        }
        assert_ne!(log[2]["action"], "booking.seen");
    })
    .await;
}

#[tokio::test]
async fn when_the_log_cannot_be_written_for_five_seconds_nobody_is_shown_anything_until_it_is() {
    on_each_database(async |database| {
        let desk = Desk::with_a_visit(database).await;
        desk.see().await;
        let other = OtherWriter::begin(database).await;
        let writing = desk.try_to_write().await;
        desk.see().await;
        desk.app.clock.advance(TimeDelta::seconds(5) - TimeDelta::milliseconds(1));
        desk.see().await;
        desk.app.clock.advance(TimeDelta::milliseconds(1));
        desk.assert_refused().await;
        other.end().await;
        writing.await.expect("no panic").expect("written in the end");
        // What came while the first batch was written still waits.
        desk.assert_refused().await;
        desk.assert_seen(3).await;
        desk.see().await;
        desk.assert_seen(4).await;
    })
    .await;
}

#[tokio::test]
async fn a_log_that_refuses_is_no_matter_of_patience() {
    on_each_database(async |database| {
        let desk = Desk::with_a_visit(database).await;
        let db = &desk.app.state.db;
        desk.see().await;
        db.execute_unprepared("ALTER TABLE audit_entries RENAME TO lost_entries").await.expect("renamed");
        flush_views(&desk.app.state.bookings).await.expect_err("there is no log");
        desk.assert_refused().await;
        db.execute_unprepared("ALTER TABLE lost_entries RENAME TO audit_entries").await.expect("renamed");
        desk.assert_refused().await;
        desk.assert_seen(1).await;
        desk.see().await;
        desk.assert_seen(2).await;
    })
    .await;
}

/// An import of this process that stops in the middle of its transaction.
struct Import {
    go_on: std::sync::mpsc::Sender<()>,
    task: JoinHandle<()>,
}

impl Import {
    async fn stopped_midway(app: &TestApp) -> Self {
        let plan = planned(&app.editor().await, "code,name,city,state,zip\nB1,Second,Austin,TX,78701\n").await;
        let plan = plan["id"].as_i64().expect("an id");
        let (reached, is_reached) = oneshot::channel();
        let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
        let (records, now, mut reached) = (app.state.records.clone(), app.clock.now(), Some(reached));
        let task = tokio::spawn(async move {
            let mut stop = move |_, _| {
                if let Some(reached) = reached.take() {
                    reached.send(()).expect("the test waits");
                    // A test that failed sends nothing.
                    let _gone = tokio::task::block_in_place(|| may_go_on.recv());
                }
            };
            let applied = apply(&records, &Actor::command(), now, plan, &Terms::default(), &mut stop).await;
            assert_eq!(applied.expect("applied").created, 1);
        });
        is_reached.await.expect("it writes");
        Self { go_on, task }
    }

    async fn finish(self) {
        self.go_on.send(()).expect("it waits");
        self.task.await.expect("it ends");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_import_of_this_process_is_waited_for_without_complaint() {
    on_each_database(async |database| {
        let desk = Desk::with_a_visit(database).await;
        let admin = desk.app.admin().await;
        let import = Import::stopped_midway(&desk.app).await;
        for _ in 0..3 {
            desk.see().await;
            desk.app.clock.advance(TimeDelta::minutes(1));
        }
        let asked = Instant::now();
        admin.get(AUDIT).await.ok();
        assert!(asked.elapsed() < Duration::from_secs(3), "who reads the log waits for no import");
        let is_sqlite = database.backend == Backend::Sqlite;
        assert_eq!(count(&desk.app.state.db, SEEN).await, if is_sqlite { 0 } else { 3 });
        // Begun before the import could be seen.
        let writing = desk.try_to_write().await;
        desk.app.clock.advance(TimeDelta::minutes(1));
        desk.see().await;
        import.finish().await;
        writing.await.expect("no panic").expect("written after it");
        desk.see().await;
        desk.assert_seen(5).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_looks_at_once_none_is_lost_and_none_written_twice() {
    const READERS: usize = 64;
    const LOOKS: usize = 4;
    on_each_database(async |database| {
        let desk = Desk::with_a_visit(database).await;
        let looking = |_| {
            let (staff, path) = (desk.staff.clone(), desk.path.clone());
            tokio::spawn(async move {
                for _ in 0..LOOKS {
                    staff.get(&path).await.ok();
                }
            })
        };
        // Writers that are cut off at any moment.
        let writing = |number: u64| {
            let state = desk.app.state.bookings.clone();
            tokio::spawn(async move {
                for micros in (0..5_000).step_by(500) {
                    let cut_off = Duration::from_micros(micros + number);
                    let _either = tokio::time::timeout(cut_off, flush_views(&state)).await;
                }
            })
        };
        let tasks: Vec<JoinHandle<()>> = (0..READERS).map(looking).chain((0..8).map(writing)).collect();
        for ended in join_all(tasks).await {
            ended.expect("no panic");
        }
        desk.assert_seen(READERS * LOOKS).await;
    })
    .await;
}

#[tokio::test]
async fn a_service_that_is_stopped_writes_the_last_looks_first() {
    on_each_database(async |database| {
        let Desk { app, path, visit, .. } = Desk::with_a_visit(database).await;
        let (db, now) = (&app.state.db, app.clock.now());
        let user = store::insert_user(db, "desk@example.com", Role::Clinic, &Scope::All, now).await.expect("new");
        let token = format!("{TOKEN_PREFIX}of-the-desk");
        store::insert_token(db, user, "tests", None, &TokenHash::of(&token), now).await.expect("new");
        let service = Program::new(["serve"]).on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY);
        let service = service.folder(database.folder.path()).serve();
        let shown = socket::get(service.address, &path, &format!("Authorization: Bearer {token}\r\n"));
        assert!(shown.contains("+15125550134"), "{shown}");
        service.terminate();
        let ended = service.wait().1;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(seen(&app).await, BTreeMap::from([(id(&visit), 1)]));
    })
    .await;
}
