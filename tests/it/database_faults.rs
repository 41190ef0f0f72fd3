//! A database that cannot be used: one clear line, an exit code other than 0, and nothing that only a programmer reads.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use sea_orm::ConnectionTrait;

use crate::support::{BINARY, Backend, Finished, Program, TestDatabase, connect, on_each_database};

const KEY: &str = "a key of the tests, long enough to be one";
/// Somebody without rights: nobody, on every Unix.
const NOBODY: u32 = 65_534;
const OWN: &str = "code,name,city,state,zip\nOWN-1,The First,Austin,TX,78701\n";

/// Every command that opens a database.
const COMMANDS: [&[&str]; 5] = [
    &["serve", "--listen", "127.0.0.1:0"],
    &["import", "data/clinics.csv"],
    &["export"],
    &["check"],
    &["migrate", "up"],
];

/// Each of the commands refuses this database with one line that says this.
fn assert_refused(url: &str, says: &str) {
    for command in COMMANDS {
        let refused = Program::new(command.iter().copied())
            .env("DATABASE_URL", url)
            .env("CLINIC_DIRECTORY_SECRET_KEY", KEY)
            .run();
        let line = refused.one_line_error();
        assert!(line.contains(says), "{command:?} on {url}: {line}");
    }
}

#[test]
fn a_url_that_names_no_database_is_refused() {
    for url in ["mysql://localhost/clinics", "clinics.db", ""] {
        assert_refused(url, "must start with sqlite:// or postgres://");
    }
    assert_refused("sqlite::memory:", "name a file");
}

#[test]
fn no_message_shows_the_password() {
    // Nobody listens on port 1; the other port is none.
    for (port, says) in [("1", "no answer within 10 s"), ("port", "invalid port number")] {
        let url = format!("postgres://clinics:s3cret@127.0.0.1:{port}/clinics?password=s3cret");
        let refused = Program::new(["check"]).env("DATABASE_URL", &url).run();
        let line = refused.one_line_error();
        assert!(line.contains(says) && !line.contains("s3cret"), "{line}");
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_refused() {
    let database = TestDatabase::sqlite();
    let folder = database.folder.path().display();
    assert_refused(&format!("sqlite://{folder}"), "unable to open database file");
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["import", "data/clinics.csv"], &["migrate", "up"]] {
        let url = format!("sqlite://{folder}/no/such/folder/clinics.db");
        let refused = Program::new(command.iter().copied()).env("DATABASE_URL", &url);
        let refused = refused.env("CLINIC_DIRECTORY_SECRET_KEY", KEY).run();
        assert!(refused.one_line_error().contains("unable to open database file"), "{command:?}: {}", refused.stderr);
    }
}

#[tokio::test]
async fn a_database_that_the_server_does_not_have_is_refused() {
    on_each_database(async |database| {
        if database.backend == Backend::Postgres {
            assert_refused(&database.url.replace("/test_", "/no_such_"), "does not exist");
        }
    })
    .await;
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let database = TestDatabase::sqlite();
    let file = database.folder.path().join("clinics.db");
    let garbage = OWN.repeat(100);
    fs::write(&file, &garbage).expect("written");
    assert_refused(&database.url, "file is not a database");
    assert_eq!(fs::read_to_string(&file).expect("readable"), garbage);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    on_each_database(async |database| {
        Program::new(["migrate", "up"]).on(database).run().success();
        let db = connect(&database.url).await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_of_the_future', 0)";
        db.execute_unprepared(newer).await.expect("written");
        db.close().await.expect("closes");
        assert_refused(
            &database.url,
            "newer than this program (it knows the change \"m29990101_000001_of_the_future\")",
        );
        for look in [&["migrate", "down"], &["migrate", "status"]] {
            assert!(Program::new(*look).on(database).run().one_line_error().contains("newer than this program"));
        }
    })
    .await;
}

/// An empty one, and one that is full: a service on it would lose every booking.
#[tokio::test]
async fn a_database_that_can_only_be_read_is_refused() {
    on_each_database(async |first| {
        for prepare in [&["migrate", "up"][..], &["import", "data/clinics.csv"]] {
            let database = first.another().await;
            Program::new(prepare.iter().copied()).on(&database).run().success();
            let reader = Reader::of(&database).await;
            for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["import", "own.csv"], &["check"]] {
                let refused = reader.run(command);
                let line = refused.one_line_error();
                assert!(line.contains("readonly database") || line.contains("read-only"), "{command:?}: {line}");
            }
            drop(reader);
            database.dispose().await;
        }
    })
    .await;
}

/// Somebody who may read a database and no more.
struct Reader<'d> {
    database: &'d TestDatabase,
}

impl<'d> Reader<'d> {
    async fn of(database: &'d TestDatabase) -> Self {
        let folder = database.folder.path();
        fs::write(folder.join("own.csv"), OWN).expect("written");
        // Where the program lies, nobody may be allowed to look.
        fs::copy(BINARY, folder.join("program")).expect("copied");
        if database.backend == Backend::Postgres {
            let db = connect(&database.url).await;
            let read_only = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$";
            db.execute_unprepared(read_only).await.expect("altered");
            db.close().await.expect("closes");
        }
        forbid_writing(folder, true);
        Self { database }
    }

    fn run(&self, command: &[&str]) -> Finished {
        let folder = self.database.folder.path();
        let program = Program::at(&folder.join("program")).arguments(command.iter().copied()).folder(folder);
        let program = program.on(self.database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY);
        // Permissions do not hold root back.
        let is_root = folder.metadata().expect("it is there").uid() == 0;
        if is_root && self.database.backend == Backend::Sqlite { program.user(NOBODY) } else { program }.run()
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // So that the folder can be removed.
        forbid_writing(self.database.folder.path(), false);
    }
}

fn forbid_writing(folder: &Path, forbid: bool) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        let mode = if path.ends_with("program") { 0o555 } else { 0o444 };
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("changed");
    }
    fs::set_permissions(folder, Permissions::from_mode(if forbid { 0o555 } else { 0o755 })).expect("changed");
}

/// A full disk makes SQLite end a transaction by itself, which the driver does not notice.
#[tokio::test]
async fn a_transaction_that_sqlite_ended_by_itself_leaves_no_connection_that_loses_writes() {
    let database = TestDatabase::sqlite();
    let db = clinic_directory::db::open(&database.url).await.expect("it opens");
    for round in 0..4 {
        let transaction = clinic_directory::db::begin_write(&db).await.expect("it begins");
        transaction.execute_unprepared("ROLLBACK").await.expect("as SQLite does");
        if round % 2 == 0 { transaction.rollback().await } else { transaction.commit().await }
            .expect_err("there is no transaction any more");
        // To the driver the next one is inside the first: undoing it would leave the outer one open for ever.
        let refusal = clinic_directory::db::begin_write(&db).await.expect("it begins");
        refusal.rollback().await.expect("it is undone");
        for number in 0..8 {
            let table = format!("CREATE TABLE written_{round}_{number} (x)");
            let transaction = clinic_directory::db::begin_write(&db).await.expect("it begins");
            transaction.execute_unprepared(&table).await.expect("it writes");
            transaction.commit().await.expect("it commits");
        }
    }
    let elsewhere = connect(&database.url).await;
    let written = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'written_%'";
    assert_eq!(crate::bookings_support::count(&elsewhere, written).await, 32);
}
