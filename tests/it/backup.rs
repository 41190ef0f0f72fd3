//! A backup is whole whenever it is made, and a restore puts it back whole or changes nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use clinic_directory::accounts::Actor;
use clinic_directory::bookings::subjects::{Person, erase};
use sea_orm::{ConnectionTrait, FromQueryResult, JsonValue, Statement};
use serde_json::{Value, json};

use crate::bookings_support::{LATER_SLOT, SLOT, booked, clinic_with};
use crate::support::{
    Backend, Finished, Program, Running, TestApp, TestDatabase, connect, on_each_database, socket, tables,
};

/// Open day and night, with room for everybody.
const CLINIC: &str = "code,name,city,state,zip,lat,lon,hours,min_notice_min,capacity\nA1,The First,Austin,TX,78701,30.25,-97.75,24/7,0,100\n";
const KEY: &str = "a key of the tests, long enough to be one";
const OWN: &str = "code,name,city,state,zip\nOWN-1,The First,Austin,TX,78701\n";

fn file(database: &TestDatabase, name: &str) -> PathBuf {
    database.folder.path().join(name)
}

fn run(database: &TestDatabase, command: &str, file: &Path, more: &[&str]) -> Finished {
    let arguments = [command, file.to_str().expect("UTF-8")].into_iter().chain(more.iter().copied());
    Program::new(arguments).on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).run()
}

fn backup(database: &TestDatabase, to: &Path) -> Finished {
    run(database, "backup", to, &[])
}

fn restore(database: &TestDatabase, from: &Path, more: &[&str]) -> Finished {
    run(database, "restore", from, more)
}

/// Every row of every table of a file, but for links and sessions: a service makes a link, and a restore ends all.
async fn everything(file: &Path) -> String {
    let db = connect(&format!("sqlite://{}", file.display())).await;
    let text = tables::everything(&db, &[]).await;
    db.close().await.expect("closes");
    let ended = ["sessions ", "one_time_links ", "setup_links "];
    // SQLite counts the keys of a table for as long as there is one.
    let is_kept = |line: &&str| !ended.iter().any(|table| line.starts_with(table)) && !line.contains("one_time_links");
    text.lines().filter(is_kept).collect::<Vec<_>>().join("\n")
}

async fn texts(file: &Path, sql: &str) -> Vec<String> {
    let db = connect(&format!("sqlite://{}?mode=ro", file.display())).await;
    let rows = JsonValue::find_by_statement(Statement::from_string(db.get_database_backend(), sql));
    let rows = rows.all(&db).await.expect("readable");
    db.close().await.expect("closes");
    let first = |row: &JsonValue| row.as_object().expect("a row").values().next().expect("a column").clone();
    rows.iter().map(|row| first(row).as_str().expect("a text").to_owned()).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().expect("a folder");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn post(service: &Running, path: &str, key: &str, body: &Value) -> Value {
    let body = body.to_string();
    let answer = socket::exchange(
        service.address,
        format!(
            "POST {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert!(head.starts_with("HTTP/1.1 201"), "{answer}");
    serde_json::from_str(body).expect("JSON")
}

/// Visitors who book one time after the other until they are stopped.
struct Load {
    stop: Arc<AtomicBool>,
    /// The references that were answered, in that order.
    booked: Arc<Mutex<Vec<String>>>,
    visitors: Vec<thread::JoinHandle<()>>,
}

impl Load {
    fn start(service: &Arc<Running>) -> Self {
        let days = service.get("/api/v1/clinics/the-first/availability?days=40");
        let days: Value = serde_json::from_str(days.split_once("\r\n\r\n").expect("a body").1).expect("JSON");
        let slots =
            days["days"].as_array().expect("days").iter().skip(1).flat_map(|day| day["slots"].as_array().unwrap());
        let slots: Arc<Vec<Value>> = Arc::new(slots.map(|slot| slot["starts_at"].clone()).collect());
        let (next, stop, booked) = (Arc::new(AtomicUsize::new(0)), Arc::<AtomicBool>::default(), Arc::default());
        let visitors = (0..4).map(|_| {
            let (service, slots, next) = (Arc::clone(service), Arc::clone(&slots), Arc::clone(&next));
            let (stop, booked): (_, Arc<Mutex<Vec<String>>>) = (Arc::clone(&stop), Arc::clone(&booked));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let slot = &slots[number % slots.len()];
                    let wanted = json!({ "clinic": "the-first", "starts_at": slot });
                    let hold = post(&service, "/api/v1/holds", &format!("hold-{number}"), &wanted);
                    let form =
                        json!({ "hold_token": hold["hold_token"], "name": "Ana Example", "phone": "(512) 555-0134" });
                    let booking = post(&service, "/api/v1/bookings", &format!("book-{number}"), &form);
                    let reference = booking["booking"]["reference"].as_str().expect("a reference").to_owned();
                    booked.lock().expect("no panic").push(reference);
                }
            })
        });
        let visitors = visitors.collect();
        Self { stop, booked, visitors }
    }

    fn so_far(&self) -> Vec<String> {
        self.booked.lock().expect("no panic").clone()
    }

    fn wait_for(&self, bookings: usize) {
        while self.so_far().len() < bookings {
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn stop(self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        for visitor in self.visitors {
            visitor.join().expect("nobody was refused");
        }
        Arc::try_unwrap(self.booked).expect("the last one").into_inner().expect("no panic")
    }
}

#[tokio::test]
async fn a_backup_under_booking_load_is_whole_and_is_restored_elsewhere_to_the_last_row() {
    let database = TestDatabase::sqlite();
    fs::write(file(&database, "clinics.csv"), CLINIC).expect("written");
    let serve = Program::new(["serve", "--load", "clinics.csv"]).folder(database.folder.path());
    let service = Arc::new(serve.on(&database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve());
    let load = Load::start(&service);
    let mut backups = Vec::new();
    for round in 1..=3 {
        load.wait_for(20 * round);
        let (before, to) = (load.so_far(), file(&database, &format!("backup-{round}")));
        let during = backup(&database, &to).success();
        assert!(during.stderr.contains("bookings"), "{}", during.stderr);
        backups.push((before, to));
    }
    load.wait_for(backups.last().expect("three").0.len() + 10);
    let all = load.stop();
    service.terminate();
    drop(service);
    for (before, copy) in backups {
        assert_eq!(fs::metadata(&copy).expect("it is there").permissions().mode() & 0o777, 0o600);
        assert_eq!(texts(&copy, "PRAGMA integrity_check").await, ["ok"]);
        let kept = texts(&copy, "SELECT reference FROM bookings WHERE status = 'confirmed'").await;
        for reference in &before {
            assert!(kept.contains(reference), "{reference} was booked before the backup began");
        }
        assert!(kept.len() < all.len(), "booking went on");
        let elsewhere = TestDatabase::sqlite();
        restore(&elsewhere, &copy, &[]).success();
        let restored = file(&elsewhere, "clinics.db");
        assert_eq!(everything(&restored).await, everything(&copy).await, "the same rows");
        assert_eq!(texts(&restored, "PRAGMA integrity_check").await, ["ok"]);
        assert_eq!(fs::metadata(&restored).expect("it is there").permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_backup_of_a_quiet_database_is_the_same_and_lies_alone() {
    let database = TestDatabase::sqlite();
    Program::new(["import", "data/clinics.csv"]).on(&database).run().success();
    let copy = file(&database, "copy.db");
    let said = backup(&database, &copy).success().stderr;
    assert!(said.contains("76 clinics, 0 bookings") && said.contains("secret key"), "{said}");
    assert_eq!(names(database.folder.path()), ["clinics.db", "copy.db"]);
    assert_eq!(everything(&copy).await, everything(&file(&database, "clinics.db")).await);
}

/// The time for a backup is before a newer program migrates.
#[test]
fn a_backup_leaves_the_schema_as_it_is() {
    let database = TestDatabase::sqlite();
    Program::new(["import", "data/clinics.csv"]).on(&database).run().success();
    Program::new(["migrate", "down", "--yes"]).on(&database).run().success();
    let copy = file(&database, "copy.db");
    backup(&database, &copy).success();
    for url in [database.url.clone(), format!("sqlite://{}", copy.display())] {
        let status = Program::new(["migrate", "status"]).env("DATABASE_URL", &url).run().success().stdout;
        assert_eq!(status.matches("pending").count(), 1, "{url}: {status}");
    }
}

#[test]
fn a_backup_takes_the_place_of_nothing() {
    let database = TestDatabase::sqlite();
    Program::new(["migrate", "up"]).on(&database).run().success();
    let taken = file(&database, "taken");
    fs::write(&taken, "precious").expect("written");
    let refused = backup(&database, &taken);
    assert!(refused.one_line_error().contains("exists"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&taken).expect("readable"), "precious");
    let itself = backup(&database, &file(&database, "clinics.db"));
    assert!(itself.one_line_error().contains("exists"), "{}", itself.stderr);
    let nowhere = backup(&database, &file(&database, "no/such/folder/copy"));
    assert!(nowhere.one_line_error().contains("cannot write"), "{}", nowhere.stderr);
    assert_eq!(names(database.folder.path()), ["clinics.db", "taken"]);
}

#[test]
fn of_no_database_there_is_no_backup() {
    let database = TestDatabase::sqlite();
    let refused = backup(&database, &file(&database, "copy.db"));
    assert!(refused.one_line_error().contains("there is no database at"), "{}", refused.stderr);
    assert!(names(database.folder.path()).is_empty(), "neither is made");
}

#[tokio::test]
async fn postgresql_is_told_its_own_tools_without_the_password() {
    on_each_database(async |database| {
        if database.backend == Backend::Postgres {
            let url = "postgres://clinics:s3cret@127.0.0.1:1/clinics?password=s3cret";
            for (command, tool) in [("backup", "pg_dump --format=custom"), ("restore", "pg_restore --clean")] {
                let told = Program::new([command, "a.dump"]).env("DATABASE_URL", url).run();
                let line = told.one_line_error();
                assert!(line.contains(tool) && line.contains("postgres://clinics@127.0.0.1:1/clinics"), "{line}");
                assert!(!line.contains("s3cret"), "{line}");
            }
        }
    })
    .await;
}

/// A database with one clinic of its own, and a backup of the demonstration's clinics.
fn other_database_and_backup() -> (TestDatabase, PathBuf) {
    let database = TestDatabase::sqlite();
    Program::new(["import", "data/clinics.csv"]).on(&database).run().success();
    let copy = file(&database, "backup");
    backup(&database, &copy).success();
    fs::write(file(&database, "own.csv"), OWN).expect("written");
    let own = file(&database, "own.csv");
    run(&database, "import", &own, &[]).success();
    (database, copy)
}

#[tokio::test]
async fn a_database_that_holds_something_is_replaced_only_with_yes_and_then_kept() {
    let (database, copy) = other_database_and_backup();
    let place = file(&database, "clinics.db");
    let held = everything(&place).await;
    let refused = restore(&database, &copy, &[]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("holds 1 clinics") && refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert_eq!(everything(&place).await, held);
    restore(&database, &copy, &["--yes"]).success();
    assert_eq!(everything(&place).await, everything(&copy).await);
    let kept: Vec<_> = names(database.folder.path()).into_iter().filter(|name| name.contains(".replaced-")).collect();
    // An old database takes its journal along, if it has one at that moment.
    let kept: Vec<_> = kept.into_iter().filter(|name| !name.ends_with("-journal")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(everything(&file(&database, &kept[0])).await, held, "what was there");
}

#[tokio::test]
async fn a_restore_under_a_running_service_is_refused_and_harms_nothing() {
    let (database, copy) = other_database_and_backup();
    let held = everything(&file(&database, "clinics.db")).await;
    let service = Program::new(["serve"]).on(&database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
    let refused = restore(&database, &copy, &["--yes"]);
    assert!(refused.one_line_error().contains("stop the service first"), "{}", refused.stderr);
    assert!(service.get("/readyz").contains("\"writes\":\"up\""));
    service.terminate();
    assert_eq!(service.wait().1.code, Some(0));
    assert_eq!(everything(&file(&database, "clinics.db")).await, held);
    assert!(names(database.folder.path()).iter().all(|name| !name.contains(".part") && !name.contains("replaced")));
}

/// After a crash the newest changes are in the write-ahead log, and nowhere else.
#[tokio::test]
async fn the_log_of_a_crashed_service_is_neither_lost_nor_taken_for_the_restored_ones() {
    let (database, copy) = other_database_and_backup();
    let service = Program::new(["serve"]).on(&database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
    let db = connect(&database.url).await;
    db.execute_unprepared("UPDATE clinics SET name = 'Only in the log'").await.expect("written");
    let crashed = TestDatabase::sqlite();
    for suffix in ["", "-wal"] {
        let name = format!("clinics.db{suffix}");
        fs::copy(file(&database, &name), file(&crashed, &name)).expect("as a crash leaves it");
    }
    db.close().await.expect("closes");
    drop(service);
    assert!(fs::metadata(file(&crashed, "clinics.db-wal")).expect("it is there").len() > 0);
    // The log of a database that somebody deleted: whole, and of another file than the restored one.
    let stray = TestDatabase::sqlite();
    fs::copy(file(&crashed, "clinics.db-wal"), file(&stray, "clinics.db-wal")).expect("copied");
    restore(&crashed, &copy, &["--yes"]).success();
    assert_eq!(everything(&file(&crashed, "clinics.db")).await, everything(&copy).await);
    let kept = names(crashed.folder.path()).into_iter().find(|name| name.contains(".replaced-")).expect("kept");
    assert!(everything(&file(&crashed, &kept)).await.contains("Only in the log"));
    restore(&stray, &copy, &[]).success();
    assert_eq!(everything(&file(&stray, "clinics.db")).await, everything(&copy).await);
}

#[tokio::test]
async fn what_is_no_whole_backup_of_ours_is_refused_and_the_database_left_alone() {
    let (database, copy) = other_database_and_backup();
    let held = everything(&file(&database, "clinics.db")).await;
    let bytes = fs::read(&copy).expect("readable");
    let bad = file(&database, "bad");
    let mut torn = bytes.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 8_192].fill(0x5a);
    let other = TestDatabase::sqlite();
    let db = connect(&format!("{}?mode=rwc", other.url)).await;
    db.execute_unprepared("CREATE TABLE recipes (id INTEGER PRIMARY KEY)").await.expect("made");
    db.close().await.expect("closes");
    let others = fs::read(file(&other, "clinics.db")).expect("readable");
    for (content, says) in [
        (Vec::new(), "no database of this program"),
        (others, "no database of this program"),
        (OWN.as_bytes().repeat(100), "not a database"),
        (bytes[..bytes.len() / 2].to_vec(), "malformed"),
        (torn, "damaged"),
    ] {
        fs::write(&bad, content).expect("written");
        let refused = restore(&database, &bad, &["--yes"]);
        let line = refused.one_line_error();
        assert!(line.contains("nothing was restored"), "{line}");
        assert!(line.contains(says) || line.contains("malformed") || line.contains("damaged"), "{says}: {line}");
    }
    for missing in ["no-such-file", "."] {
        assert!(
            restore(&database, &file(&database, missing), &["--yes"]).one_line_error().contains("nothing was restored")
        );
    }
    let itself = restore(&database, &file(&database, "clinics.db"), &["--yes"]);
    assert!(itself.one_line_error().contains("is the database itself"), "{}", itself.stderr);
    assert_eq!(everything(&file(&database, "clinics.db")).await, held);
    assert_eq!(fs::read(&copy).expect("readable"), bytes, "the backup is never written to");
}

#[tokio::test]
async fn a_backup_of_a_newer_program_is_refused_and_one_of_an_older_is_brought_up_to_date() {
    let (database, copy) = other_database_and_backup();
    let db = connect(&format!("sqlite://{}", copy.display())).await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_of_the_future', 0)";
    db.execute_unprepared(newer).await.expect("written");
    let refused = restore(&database, &copy, &["--yes"]);
    assert!(refused.one_line_error().contains("newer than this program"), "{}", refused.stderr);
    db.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'm2999%'").await.expect("written");
    db.close().await.expect("closes");
    let at_copy = format!("sqlite://{}", copy.display());
    Program::new(["migrate", "down", "--yes"]).env("DATABASE_URL", &at_copy).run().success();
    restore(&database, &copy, &["--yes"]).success();
    let status = Program::new(["migrate", "status"]).on(&database).run().success().stdout;
    assert!(!status.contains("pending"), "{status}");
}

/// What cannot be opened any more is what a backup is for.
#[tokio::test]
async fn a_ruined_database_is_replaced_with_yes_and_kept() {
    let (database, copy) = other_database_and_backup();
    let place = file(&database, "clinics.db");
    fs::write(&place, OWN.repeat(100)).expect("written");
    let refused = restore(&database, &copy, &[]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("cannot be read"), "{}", refused.stderr);
    restore(&database, &copy, &["--yes"]).success();
    assert_eq!(everything(&place).await, everything(&copy).await);
}

#[tokio::test]
async fn a_restored_backup_holds_nobody_who_was_erased_since() {
    let database = TestDatabase::sqlite();
    let copy = file(&database, "backup");
    let log = {
        let app: TestApp = clinic_with(&database, 1).await;
        for slot in [SLOT, LATER_SLOT] {
            booked(&app, slot).await;
        }
        backup(&database, &copy).success();
        let phone = Person::of_phone("(512) 555-0134").expect("a phone");
        erase(&app.state.bookings, &app.state.erasures, &Actor::command(), &phone, true).await.expect("erased");
        app.state.db.clone().close().await.expect("closes");
        app.state.erasures.path().to_owned()
    };
    assert!(everything(&copy).await.contains("5125550134"));
    let log = log.to_str().expect("UTF-8");
    let said = restore(&database, &copy, &["--yes", "--erasure-log", log]).success().stderr;
    assert!(said.contains("2 bookings were erased again"), "{said}");
    let place = file(&database, "clinics.db");
    assert!(!everything(&place).await.contains("5125550134"));
    let bytes = fs::read(&place).expect("readable");
    assert!(!bytes.windows(10).any(|window| window == b"5125550134"), "not in the free space of the file either");
    // Whoever copies the file back by hand is caught when the service starts.
    for name in names(database.folder.path()).iter().filter(|name| name.starts_with("clinics.db")) {
        fs::remove_file(file(&database, name)).expect("removed");
    }
    fs::copy(&copy, &place).expect("copied");
    let serve = Program::new(["serve", "--erasure-log", log]).on(&database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY);
    let service = serve.serve();
    service.terminate();
    assert!(service.wait().1.stderr.contains("2 bookings were erased again"));
    assert!(!everything(&place).await.contains("5125550134"));
}
