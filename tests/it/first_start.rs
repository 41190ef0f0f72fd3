//! Several programs at one database at the same moment: each waits for the others, and none undoes or repeats their work.
//! The last one leaves a whole file.

use std::thread;
use std::time::Duration;

use clinic_directory::clinics::Flavour;
use clinic_directory::clinics::import::{Open, Progress, Request, load};
use clinic_directory::clock::Clock;
use clinic_directory::db;

use crate::support::{Program, Running, TestDatabase, connect, on_each_database, tables};

const OWN: &str = "code,name,city,state,zip\nOWN-1,The First,Austin,TX,78701\nOWN-2,The Second,Boston,MA,02110\n";

/// A first start makes the file of the secret key too.
fn first_start(database: &TestDatabase) -> Program {
    let key = database.folder.path().join("secret.key");
    Program::new(["serve"]).on(database).env("CLINIC_DIRECTORY_SECRET_FILE", key.to_str().expect("UTF-8"))
}

fn ready(service: &Running) -> serde_json::Value {
    let answer = service.get("/readyz");
    serde_json::from_str(answer.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
}

async fn clinics(database: &TestDatabase) -> usize {
    let db = connect(&database.url).await;
    let clinics = tables::rows(&db, "clinics").await.len();
    db.close().await.expect("closes");
    clinics
}

#[tokio::test]
async fn i13_services_that_start_together_all_serve_one_demonstration() {
    on_each_database(async |first| {
        for _ in 0..3 {
            let database = first.another().await;
            let starts = [(); 3].map(|()| first_start(&database));
            let starting = starts.map(|start| thread::spawn(|| start.serve()));
            let services = starting.map(|service| service.join().expect("every one of them serves"));
            for service in &services {
                let ready = ready(service);
                assert_eq!(
                    (&ready["clinics"], &ready["data_version"], &ready["demo"]),
                    (&76.into(), &1.into(), &true.into())
                );
            }
            assert_eq!(clinics(&database).await, 76, "loaded once");
            for service in services {
                service.terminate();
                assert_eq!(service.wait().1.code, Some(0));
            }
            database.dispose().await;
        }
    })
    .await;
}

/// The directory looks empty while the first import is still being written.
#[tokio::test]
async fn i13_a_service_that_starts_during_the_first_import_adds_no_invented_clinics() {
    on_each_database(async |database| {
        let db = db::open(&database.url).await.expect("the database opens");
        let mut starting = None;
        let request = Request { file: OWN.as_bytes(), flavour: Flavour::Raw, open: Open::Ask };
        let progress = |progress| {
            if matches!(progress, Progress::Writing { .. }) && starting.is_none() {
                let start = first_start(database);
                starting = Some(thread::spawn(|| start.serve()));
                // Time to look for clinics; with less the test would see less, but never fail.
                thread::sleep(Duration::from_secs(1));
            }
        };
        load(&db, Clock::system().now(), request, progress).await.expect("the file is fine");
        db.close().await.expect("closes");
        let service = starting.expect("it was writing").join().expect("it serves");
        let ready = ready(&service);
        assert_eq!((&ready["clinics"], &ready["demo"]), (&2.into(), &false.into()));
        assert_eq!(clinics(database).await, 2);
    })
    .await;
}

/// What lies beside a SQLite file is part of it: whoever copies the file alone would lose it.
#[test]
fn a_program_that_ended_leaves_one_whole_file() {
    // Left to themselves, connections often close in time.
    for _ in 0..4 {
        let database = TestDatabase::sqlite();
        Program::new(["import", "data/clinics.csv"]).on(&database).run().success();
        assert_eq!(files(&database), ["clinics.db"]);
        let service = first_start(&database).serve();
        assert_eq!(ready(&service)["clinics"], 76);
        service.terminate();
        assert_eq!(service.wait().1.code, Some(0));
        assert_eq!(files(&database), ["clinics.db", "secret.key"]);
    }
}

fn files(database: &TestDatabase) -> Vec<std::ffi::OsString> {
    let entries = database.folder.path().read_dir().expect("a folder");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn imports_that_run_together_have_the_outcome_of_one_after_the_other() {
    on_each_database(async |database| {
        Program::new(["migrate", "up"]).on(database).run().success();
        let columns =
            [("phone", "(512) 555-0101"), ("website", "https://example.com/"), ("region", "South"), ("unit", "4")];
        let imports = columns.map(|(column, cell)| {
            let file = database.folder.path().join(format!("{column}.csv"));
            std::fs::write(
                &file,
                format!("code,name,city,state,zip,{column}\nOWN-1,The First,Austin,TX,78701,{cell}\n"),
            )
            .expect("written");
            let import = Program::new(["import", file.to_str().expect("UTF-8")]).on(database);
            thread::spawn(|| import.run().success())
        });
        for import in imports {
            import.join().expect("every one of them succeeds");
        }
        let db = connect(&database.url).await;
        let stored = tables::rows(&db, "clinics").await;
        db.close().await.expect("closes");
        assert_eq!(stored.len(), 1);
        for (column, _) in columns {
            assert!(stored[0][column].is_string(), "no import undid another's {column}: {}", stored[0]);
        }
    })
    .await;
}
