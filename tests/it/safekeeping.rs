//! What the program does by itself so that nothing is lost: copies before the schema changes, private files, a check before the
//! start, and a word when what is written would go nowhere.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{Backend, Program, Running, TestDatabase, connect, on_each_database, socket, tables};

const KEY: &str = "a key of the tests, long enough to be one";

fn names(database: &TestDatabase, part: &str) -> Vec<String> {
    let entries = database.folder.path().read_dir().expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let mut names: Vec<String> = names.filter(|name| name.contains(part)).collect();
    names.sort();
    names
}

fn file(database: &TestDatabase, name: &str) -> PathBuf {
    database.folder.path().join(name)
}

fn mode(path: PathBuf) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn filled() -> TestDatabase {
    let database = TestDatabase::sqlite();
    Program::new(["import", "data/clinics.csv"]).on(&database).run().success();
    database
}

#[tokio::test]
async fn a_copy_is_made_before_the_schema_of_a_database_in_use_changes() {
    let database = filled();
    assert_eq!(names(&database, ""), ["clinics.db"], "nothing was lost, so nothing is copied");
    let before = connect(&database.url).await;
    let held = tables::everything(&before, &[]).await;
    before.close().await.expect("closes");
    Program::new(["migrate", "down", "--yes"]).on(&database).run().success();
    let copies = names(&database, ".bak");
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert!(copies[0].starts_with("clinics.db.before-down-m"), "{copies:?}");
    assert_eq!(mode(file(&database, &copies[0])), 0o600);
    let copy = connect(&format!("sqlite://{}", file(&database, &copies[0]).display())).await;
    assert_eq!(tables::everything(&copy, &[]).await, held);
    copy.close().await.expect("closes");
    let said = Program::new(["migrate", "up"]).on(&database).run().success().stderr;
    assert!(said.contains("a copy of the database as it is before its schema changes: "), "{said}");
    assert_eq!(names(&database, ".bak").len(), 2);
    for _ in 0..4 {
        Program::new(["migrate", "down", "--yes"]).on(&database).run().success();
    }
    let kept = names(&database, ".bak");
    assert_eq!(kept.len(), 3, "the newest three: {kept:?}");
}

#[tokio::test]
async fn a_change_that_fails_leaves_the_database_as_it_was_and_says_where_the_copy_is() {
    let database = filled();
    Program::new(["migrate", "down", "--yes"]).on(&database).run().success();
    let db = connect(&database.url).await;
    db.execute_unprepared("ALTER TABLE idempotency_keys ADD COLUMN answered text").await.expect("it is in the way");
    let held = tables::everything(&db, &[]).await;
    let failed = Program::new(["migrate", "up"]).on(&database).run();
    let line = failed.one_line_error();
    assert!(line.contains("the database is as it was, and a copy of it is ") && line.contains(".bak"), "{line}");
    assert_eq!(tables::everything(&db, &[]).await, held);
    db.close().await.expect("closes");
}

#[tokio::test]
async fn reverting_is_meant_or_does_not_happen() {
    on_each_database(async |database| {
        Program::new(["migrate", "up"]).on(database).run().success();
        let refused = Program::new(["migrate", "down"]).on(database).run();
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
        let status = || Program::new(["migrate", "status"]).on(database).run().success().stdout;
        assert!(!status().contains("pending"));
        for left_behind in ["YES", "CLINIC_DIRECTORY_YES"] {
            let refused = Program::new(["migrate", "down"]).on(database).env(left_behind, "true").run();
            assert_eq!(refused.code, Some(2), "{left_behind}: {}", refused.stderr);
        }
        assert!(!status().contains("pending"), "no word in an environment means it");
        Program::new(["migrate", "down", "--yes"]).on(database).run().success();
        assert_eq!(status().matches("pending").count(), 1);
    })
    .await;
}

#[test]
fn files_that_hold_visitors_data_are_for_their_owner_alone() {
    let database = TestDatabase::sqlite();
    let service = Program::new(["serve"]).on(&database).serve();
    for name in ["clinics.db", "clinics.db-wal", "clinics.db-shm", "clinics.db.key"] {
        assert_eq!(mode(file(&database, name)), 0o600, "{name}");
    }
    service.terminate();
    assert_eq!(service.wait().1.code, Some(0));
}

#[tokio::test]
async fn check_says_in_a_line_each_what_serve_would_start_with() {
    on_each_database(async |database| {
        Program::new(["migrate", "up"]).on(database).run().success();
        let erasures = file(database, "erasures");
        let check = || {
            let check = Program::new(["check", "--erasure-log", erasures.to_str().expect("UTF-8")]);
            check.on(database).env("CLINIC_DIRECTORY_LISTEN", "127.0.0.1:0")
        };
        let fine = check().env("CLINIC_DIRECTORY_SECRET_KEY", KEY).run().success().stdout;
        for what in [
            "public URL: http://127.0.0.1:0",
            "listen: ",
            "secret key: given",
            "erasure log: ",
            "trusted proxies: 127.0.0.0/8",
            "schema: up to date",
            "directory: 0 clinics",
            "users: none",
            "first admin: none yet: `serve` prints a link",
        ] {
            assert_eq!(fine.lines().filter(|line| line.starts_with(what)).count(), 1, "{what}: {fine}");
        }
        let version = if database.backend == Backend::Sqlite { "journal mode wal" } else { "PostgreSQL 1" };
        assert!(fine.contains(version), "{fine}");
        let short = check().env("CLINIC_DIRECTORY_SECRET_KEY", "secret").run();
        assert_eq!(short.code, Some(1), "{short:?}");
        assert!(
            short.stdout.contains("secret key: WRONG: ") && !short.stdout.contains("public URL: WRONG"),
            "{short:?}"
        );
        let keyless = check().run();
        let is_sqlite = database.backend == Backend::Sqlite;
        assert_eq!(keyless.code, Some(i32::from(!is_sqlite)), "{keyless:?}");
        assert!(
            keyless.stdout.contains(if is_sqlite {
                "will be made in"
            } else {
                "PostgreSQL needs CLINIC_DIRECTORY_SECRET_KEY"
            }),
            "{keyless:?}"
        );
        assert!(names(database, "key").is_empty(), "a look makes nothing");
        let slip = check().env("CLINIC_DIRECTORY_SECRET_KEY", KEY).env("CLINIC_DIRECTORY_LISTN", "0.0.0.0:80").run();
        assert!(slip.success().stdout.contains("environment: UNKNOWN, and without effect: CLINIC_DIRECTORY_LISTN\n"));
        fs::write(&erasures, "what is this\n").expect("written");
        let unreadable = check().env("CLINIC_DIRECTORY_SECRET_KEY", KEY).run();
        assert!(unreadable.code == Some(1) && unreadable.stdout.contains("erasure log: WRONG: "), "{unreadable:?}");
        fs::remove_file(&erasures).expect("removed");
        let load = check().env("CLINIC_DIRECTORY_SECRET_KEY", KEY).env("CLINIC_DIRECTORY_LOAD", "no-such.csv").run();
        assert!(
            load.code == Some(1) && load.stdout.contains("first clinics: WRONG: cannot read no-such.csv"),
            "{load:?}"
        );
    })
    .await;
}

fn ready(service: &Running) -> Value {
    let answer = service.get("/readyz");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
}

fn hold(service: &Running) -> String {
    let body = json!({ "near": "02110", "within_days": 30 }).to_string();
    let request = format!(
        "POST /api/v1/holds HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket::exchange(service.address, request.as_bytes())
}

fn wait_for_writes(service: &Running, state: &str) {
    let begun = Instant::now();
    while ready(service)["writes"] != state {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", ready(service));
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_file_that_is_deleted_under_the_service_takes_no_bookings_into_nothing() {
    let database = TestDatabase::sqlite();
    let service = Program::new(["serve"]).on(&database).serve();
    assert!(hold(&service).starts_with("HTTP/1.1 201"));
    fs::remove_file(file(&database, "clinics.db")).expect("removed");
    wait_for_writes(&service, "down");
    let refused = hold(&service);
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    let read = service.get("/api/v1/nearest?near=02110&limit=1");
    assert!(read.starts_with("HTTP/1.1 200") && read.contains("BOS-01"), "reads go on: {read}");
    assert!(!file(&database, "clinics.db").exists(), "no empty one in its place");
    service.terminate();
    let (_, ended) = service.wait();
    assert!(ended.stderr.contains("deleted or replaced under the running service"), "{}", ended.stderr);
}

#[tokio::test]
async fn readiness_tells_that_writes_are_down_while_reads_go_on_and_that_they_are_back() {
    on_each_database(async |database| {
        if database.backend == Backend::Postgres {
            let service = Program::new(["serve"]).on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
            let db = connect(&database.url).await;
            let read_only = |is: &str| {
                format!(
                    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {is}', current_database()); END $$"
                )
            };
            // What is connected keeps what it has: those connections end as when a server changes its part.
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
            for (is, state) in [("on", "down"), ("off", "up")] {
                let sql = read_only(is);
                db.execute_unprepared("SET default_transaction_read_only = off").await.expect("set");
                db.execute_unprepared(&sql).await.expect("altered");
                db.execute_unprepared(end).await.expect("ended");
                wait_for_writes(&service, state);
            }
            db.close().await.expect("closes");
        }
    })
    .await;
}
