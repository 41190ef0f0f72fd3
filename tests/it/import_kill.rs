//! `kill -9` at a random moment of an import: the database is as it was, or as it was to be, never between (SQLite, where
//! the program itself writes the file). `KILLS` sets how often.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use clinic_directory::clinics::generate::generate;
use sea_orm::{FromQueryResult, JsonValue, Statement};
use serde_json::json;

use crate::support::{Program, Random, TestDatabase, connect, tables};

const DEFAULT_KILLS: usize = 20;
/// The second file changes every clinic of the first and adds others: more than SQLite's page cache holds, so that much of it
/// reaches the disk before it is committed.
const CLINICS: [u32; 2] = [5_000, 7_500];

fn import(database: &TestDatabase, file: &Path) -> Program {
    Program::new(["import", file.to_str().expect("UTF-8")]).on(database)
}

/// A database beside `original`, byte by byte, with what SQLite keeps beside the file.
fn copy(original: &TestDatabase) -> TestDatabase {
    let copy = TestDatabase::sqlite();
    for entry in fs::read_dir(original.folder.path()).expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, copy.folder.path().join(path.file_name().expect("a name"))).expect("copied");
    }
    copy
}

async fn integrity(database: &TestDatabase) -> Vec<JsonValue> {
    let db = connect(&database.url).await;
    let check = Statement::from_string(db.get_database_backend(), "PRAGMA integrity_check");
    let found = JsonValue::find_by_statement(check).all(&db).await.expect("readable");
    db.close().await.expect("closes");
    found
}

/// Bytes in the write-ahead log, where a transaction goes before it is committed.
fn logged(database: &TestDatabase) -> u64 {
    fs::metadata(database.folder.path().join("clinics.db-wal")).map_or(0, |log| log.len())
}

/// Starts the import and waits until it ends, or until it writes if that is asked for.
fn start(database: &TestDatabase, file: &Path, until_it_writes: bool) -> Child {
    let mut child = import(database, file).start();
    while until_it_writes && logged(database) == 0 && child.try_wait().expect("our own child").is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    child
}

fn kill(mut child: Child) {
    child.kill().expect("our own child");
    child.wait().expect("it is gone");
}

#[tokio::test]
async fn an_import_that_is_killed_has_happened_whole_or_not_at_all() {
    let kills = std::env::var("KILLS").map_or(DEFAULT_KILLS, |kills| kills.parse().expect("a number of kills"));
    let files = tempfile::TempDir::new().expect("a temporary folder");
    let [first, second] = [0, 1].map(|index| {
        let path = files.path().join(format!("{index}.csv"));
        generate(CLINICS[index], index as u64 + 1, fs::File::create(&path).expect("a file")).expect("written");
        path
    });
    let original = TestDatabase::sqlite();
    import(&original, &first).run().success();
    let before = tables::contents_without_keys(&original).await;
    let whole = copy(&original);
    let began = Instant::now();
    let child = start(&whole, &second, true);
    let reading = began.elapsed();
    assert!(child.wait_with_output().expect("our own child").status.success());
    let all = began.elapsed();
    let after = tables::contents_without_keys(&whole).await;

    // Other moments in every run; what a moment of a run was is told when it fails.
    let mut random = Random::new(std::process::id().into());
    let mut finished = 0;
    for round in 0..kills {
        let database = copy(&original);
        // Any moment, and any moment of the writing, in turn; a little beyond, as no two imports take equally long.
        let is_writing = round % 2 == 0;
        let span = if is_writing { all.saturating_sub(reading) } else { all };
        let delay = span.mul_f64(random.between(0.0, 1.2));
        let child = start(&database, &second, is_writing);
        thread::sleep(delay);
        kill(child);
        let moment =
            format!("round {round}, killed {delay:?} after it began{}", if is_writing { " to write" } else { "" });
        assert_eq!(integrity(&database).await, [json!({"integrity_check": "ok"})], "{moment}");
        let found = tables::contents_without_keys(&database).await;
        assert!(found == before || found == after, "{moment}, it left something between");
        finished += usize::from(found == after);
        if round + 1 == kills {
            import(&database, &second).run().success();
            assert!(tables::contents_without_keys(&database).await == after, "once more makes it whole");
        }
    }
    eprintln!("{kills} kills of an import of {all:?}: {} as before, {finished} as after", kills - finished);
}
