//! The command: a plan to read, what it takes on its own, and the way back (rules I2, I4).

use crate::support::{Finished, Program, TestDatabase, connect, on_each_database, tables};

/// One clinic that changes, one that is created, one whose pin is swapped.
const FILE: &str = "code,name,city,state,zip,phone,lat,lon\n\
                    BOS-01,,,,,(617) 555-0100,,\n\
                    NEW-1,The \u{1b}New,Austin,TX,78701,,,\n\
                    NEW-2,Swapped,Austin,TX,78701,,-97.7431,30.2672\n";

fn import(database: &TestDatabase, file: &str, flags: &[&str]) -> Finished {
    let path = database.folder.path().join("own.csv");
    std::fs::write(&path, file).expect("written");
    Program::new(["import", path.to_str().expect("UTF-8")]).arguments(flags.iter().copied()).on(database).run()
}

async fn stored(database: &TestDatabase) -> (String, usize) {
    let db = connect(&database.url).await;
    let (records, imports) = (tables::records(&db).await, tables::rows(&db, "imports").await.len());
    db.close().await.expect("closes");
    (records, imports)
}

async fn everything(database: &TestDatabase) -> String {
    let db = connect(&database.url).await;
    let everything = tables::everything(&db, &[]).await;
    db.close().await.expect("closes");
    everything
}

/// The demonstration as a network's own: with one more line it is a file like any other.
async fn network(database: &TestDatabase) -> (String, usize) {
    let file = include_str!("../../data/clinics.csv").to_owned() + "\n";
    import(database, &file, &[]).success();
    stored(database).await
}

#[tokio::test]
async fn i2_a_dry_run_shows_all_and_writes_nothing() {
    on_each_database(async |database| {
        network(database).await;
        let before = everything(database).await;
        let good = FILE.replace('\u{1b}', "").replace(",-97.7431,30.2672", ",30.2672,-97.7431");
        let shown = import(database, &good, &["--dry-run"]).success();
        for line in [
            "2 to create, 1 to change, 0 unchanged",
            "phone: +16175550168 -> +16175550100",
            "row 3  NEW-1  The New, Austin, TX, 78701",
        ] {
            assert!(shown.stdout.contains(line), "{line}: {}", shown.stdout);
        }
        assert_eq!(shown.stderr, "nothing was written\n");
        let refused = import(database, FILE, &["--dry-run"]);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        for line in
            ["-> swap lat and lon? 30.2672, -97.7431", "name: contains a control character", "1 to decide, 1 in error"]
        {
            assert!(refused.stdout.contains(line), "{line}: {}", refused.stdout);
        }
        assert!(!refused.stdout.contains('\u{1b}'), "what a file says does not steer the terminal");
        assert_eq!(everything(database).await, before);
    })
    .await;
}

#[tokio::test]
async fn i4_an_open_decision_refuses_the_file_unless_the_fix_or_the_pin_is_taken() {
    on_each_database(async |database| {
        let before = network(database).await;
        let lonely = "code,name,city,state,zip,lat,lon\nNEW-2,Missing minus,Austin,TX,78701,30.2672,97.7431\n";
        let refused = import(database, lonely, &["--yes"]);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("(turn the sign of lon? 30.2672, -97.7431)"), "{}", refused.stderr);
        assert_eq!(stored(database).await, before);
        import(database, lonely, &["--accept-fixes"]).success();
        assert!(stored(database).await.0.contains("\"lon\":-97.7431"));
        let far = "code,name,city,state,zip,lat,lon\nNEW-3,Far,Austin,TX,78701,33.0,-101.0\n";
        assert_eq!(import(database, far, &["--accept-fixes"]).code, Some(2), "nothing explains it");
        import(database, far, &["--keep-pins"]).success();
        assert!(stored(database).await.0.contains("\"lon\":-101.0"));
        assert_eq!(import(database, far, &["--keep-pins", "--accept-fixes"]).code, Some(2), "one or the other");
    })
    .await;
}

#[tokio::test]
async fn i2_the_command_takes_an_import_back_once() {
    on_each_database(async |database| {
        let (before, imports) = network(database).await;
        import(database, "code,name,city,state,zip\nBOS-01,Renamed,,,\nNEW-1,New,Austin,TX,78701\n", &[]).success();
        let id = (imports + 1).to_string();
        let undo = || Program::new(["import", "--undo", &id]).on(database).run();
        assert_eq!(undo().success().stderr, format!("import {id} undone: 1 restored, 1 removed, 0 closed, 0 kept\n"));
        assert_eq!(stored(database).await.0, before);
        let again = undo();
        assert_eq!((again.code, again.stderr.contains("this import is undone")), (Some(2), true), "{}", again.stderr);
        assert_eq!(Program::new(["import"]).on(database).run().code, Some(2), "neither a file nor an import");
    })
    .await;
}
