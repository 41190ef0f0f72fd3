//! `kill -9` at a random moment of an import: the database is as it was, or as it was to be, never between (SQLite, where
//! the program itself writes the file). `KILLS` sets how often.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use clinic_directory::clinics::generate::generate;
use sea_orm::{FromQueryResult, JsonValue, Statement};

use crate::support::{Program, Random, TestDatabase, connect, tables};

const DEFAULT_KILLS: usize = 20;
/// Enough that writing takes many statements; the second file changes every clinic of the first and adds others.
const CLINICS: [u32; 2] = [600, 900];

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

fn import_and_kill(database: &TestDatabase, file: &Path, delay: Duration) {
    let mut child = import(database, file).start();
    std::thread::sleep(delay);
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
    let started = Instant::now();
    import(&whole, &second).run().success();
    let took = started.elapsed();
    let after = tables::contents_without_keys(&whole).await;

    // Other moments in every run; what a moment of a run was is told when it fails.
    let mut random = Random::new(std::process::id().into());
    let mut finished = 0;
    for round in 0..kills {
        let database = copy(&original);
        // Beyond the whole time too: the last moments count most, and no two imports take equally long.
        let delay = took.mul_f64(random.between(0.0, 1.25));
        import_and_kill(&database, &second, delay);
        assert_eq!(
            integrity(&database).await,
            [serde_json::json!({"integrity_check": "ok"})],
            "round {round}: {delay:?}"
        );
        let found = tables::contents_without_keys(&database).await;
        assert!(found == before || found == after, "round {round}, killed after {delay:?}, left something between");
        finished += usize::from(found == after);
        import(&database, &second).run().success();
        assert!(tables::contents_without_keys(&database).await == after, "round {round}: once more makes it whole");
    }
    eprintln!("{kills} kills of an import of {took:?}: {} as before, {finished} as after", kills - finished);
}
