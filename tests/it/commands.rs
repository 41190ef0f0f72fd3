//! What a command leaves behind: one that only looks, nothing; `serve`, nothing either until all that it was given holds.

use std::net::TcpListener;

use crate::bookings_support::count;
use crate::support::{Backend, Finished, Program, TestDatabase, connect, on_each_database, tables};

const KEY: &str = "a key of the tests, long enough to be one";
const LOOKS: [&[&str]; 5] = [
    &["check", "--listen", "127.0.0.1:0"],
    &["export"],
    &["import", "--dry-run", "clinics.csv"],
    &["migrate", "status"],
    &["user", "list"],
];

/// Beside a file to import.
fn look(database: &TestDatabase, command: &[&str]) -> Finished {
    let folder = database.folder.path();
    std::fs::copy("data/clinics.csv", folder.join("clinics.csv")).expect("copied");
    let program = Program::new(command.iter().copied()).on(database).folder(folder);
    program.env("CLINIC_DIRECTORY_SECRET_KEY", KEY).run()
}

/// Where a command that looks says what is wrong.
fn told<'f>(command: &[&str], looked: &'f Finished) -> &'f str {
    assert_eq!(looked.code, Some(1), "{command:?}: {looked:?}");
    if command[0] == "check" { &looked.stdout } else { looked.one_line_error() }
}

fn names(database: &TestDatabase) -> Vec<String> {
    let entries = database.folder.path().read_dir().expect("a folder");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Neither a file nor a table.
async fn assert_untouched(database: &TestDatabase, what: &str) {
    let made: Vec<_> = names(database).into_iter().filter(|name| name != "clinics.csv").collect();
    assert!(made.is_empty(), "{what}: {made:?}");
    if database.backend == Backend::Postgres {
        let db = connect(&database.url).await;
        let tables = count(&db, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'").await;
        db.close().await.expect("closes");
        assert_eq!(tables, 0, "{what}");
    }
}

async fn everything(database: &TestDatabase) -> String {
    let db = connect(&database.url).await;
    let everything = tables::everything(&db, &[]).await;
    db.close().await.expect("closes");
    everything
}

#[tokio::test]
async fn a_look_makes_no_database() {
    on_each_database(async |database| {
        for command in LOOKS {
            let looked = look(database, command);
            match database.backend {
                Backend::Sqlite => {
                    let told = told(command, &looked);
                    assert!(told.contains("there is no database at ") && told.contains("clinics.db"), "{told}");
                }
                // There is one, and nothing in it.
                Backend::Postgres if command == ["migrate", "status"] => {
                    assert!(looked.success().stdout.contains("pending"));
                }
                Backend::Postgres => assert!(told(command, &looked).contains("`migrate up`"), "{looked:?}"),
            }
            assert_untouched(database, command[0]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_look_leaves_a_schema_that_is_behind_where_it_is() {
    on_each_database(async |database| {
        Program::new(["migrate", "up"]).on(database).run().success();
        Program::new(["migrate", "down", "--yes"]).on(database).run().success();
        let before = everything(database).await;
        for command in LOOKS {
            let looked = look(database, command);
            if command == ["migrate", "status"] {
                assert_eq!(looked.success().stdout.matches("pending").count(), 1);
            } else {
                let told = told(command, &looked);
                assert!(told.contains("1 change is pending: run `migrate up` first"), "{command:?}: {told}");
            }
            assert_eq!(everything(database).await, before, "{command:?}");
        }
    })
    .await;
}

/// Not even what the first use of a database writes.
#[tokio::test]
async fn a_look_changes_no_row() {
    on_each_database(async |database| {
        Program::new(["migrate", "up"]).on(database).run().success();
        let before = everything(database).await;
        for command in LOOKS {
            look(database, command).success();
            assert_eq!(everything(database).await, before, "{command:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_command_that_changes_something_makes_the_database_first() {
    on_each_database(async |first| {
        for command in
            [&["import", "data/clinics.csv"][..], &["user", "add", "--email", "a@example.com", "--role", "agent"]]
        {
            let database = first.another().await;
            Program::new(command.iter().copied()).on(&database).run().success();
            assert!(!look(&database, &["migrate", "status"]).success().stdout.contains("pending"), "{command:?}");
            database.dispose().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_service_whose_settings_are_refused_has_touched_nothing() {
    on_each_database(async |database| {
        let serve = |flags: &[&str]| {
            let folder = database.folder.path();
            let arguments = ["serve", "--listen", "127.0.0.1:0"].into_iter().chain(flags.iter().copied());
            Program::new(arguments).on(database).folder(folder)
        };
        for (flags, says) in [
            (["--logo", "no-such.svg"], "no-such.svg"),
            (["--load", "no-such.csv"], "cannot read no-such.csv"),
            (["--secret-file", "no/such/folder/key"], "cannot make the secret key in no/such/folder/key"),
            (["--secret-key", "secret"], "at least 32 characters"),
        ] {
            let is_about_key = flags[0].starts_with("--secret");
            let given =
                if is_about_key { serve(&flags) } else { serve(&flags).env("CLINIC_DIRECTORY_SECRET_KEY", KEY) };
            let refused = given.run();
            assert!(refused.one_line_error().contains(says), "{flags:?}: {}", refused.stderr);
            assert_untouched(database, flags[0]).await;
        }
        if database.backend == Backend::Postgres {
            let keyless = serve(&[]).run();
            assert!(
                keyless.one_line_error().contains("PostgreSQL needs CLINIC_DIRECTORY_SECRET_KEY"),
                "{}",
                keyless.stderr
            );
            assert_untouched(database, "without a key").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_service_whose_address_is_taken_has_touched_nothing() {
    on_each_database(async |database| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let taken = listener.local_addr().expect("an address").to_string();
        for arguments in
            [&["serve", "--listen", &taken][..], &["serve", "--listen", "127.0.0.1:0", "--metrics-listen", &taken]]
        {
            let serve = Program::new(arguments.iter().copied()).on(database).folder(database.folder.path());
            // Beside SQLite the first start would make the file of the key, too.
            let serve = match database.backend {
                Backend::Sqlite => serve,
                Backend::Postgres => serve.env("CLINIC_DIRECTORY_SECRET_KEY", KEY),
            };
            let refused = serve.run();
            assert!(refused.one_line_error().contains(&format!("cannot listen on {taken}")), "{}", refused.stderr);
            assert_untouched(database, arguments[1]).await;
        }
    })
    .await;
}
