//! Bad files: nothing is written, and every problem is told with its row, its column and its reason (rules I1, I3 to I6).

use clinic_directory::clinics::import::{LoadError, Problem};

use crate::support::{Program, TestApp, on_each_database, tables};

/// A file with one clinic that is fine but for one cell.
fn with_cell(column: &str, cell: &str) -> String {
    let mut header = vec!["code", "name", "city", "state", "zip"];
    let mut cells = vec!["NEW", "A new clinic", "Austin", "TX", "78701"];
    if let Some(at) = header.iter().position(|name| *name == column) {
        cells[at] = cell;
    } else {
        header.push(column);
        cells.push(cell);
    }
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    format!("{}\n{}\n", header.join(","), quoted.join(","))
}

/// Imports it into a directory with a clinic, and checks that nothing has changed.
async fn refused(app: &TestApp, file: &str) -> Vec<Problem> {
    let before = tables::contents(&app.state.db).await;
    let outcome = app.try_import(file).await;
    assert_eq!(tables::contents(&app.state.db).await, before, "something was written: {file}");
    match outcome {
        Err(LoadError::Refused(problems)) => problems,
        other => panic!("not refused: {other:?}: {file}"),
    }
}

#[tokio::test]
async fn every_bad_cell_is_named_with_its_row_and_column() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("OLD").zip("78701").create().await;
        for (column, cell, reason) in BAD_CELLS {
            let problems = refused(&app, &with_cell(column, cell)).await;
            let found: Vec<_> = problems.iter().map(|problem| (problem.row, problem.column.as_deref())).collect();
            assert_eq!(found, [(2, Some(column))], "{column} = {cell:?}: {problems:?}");
            assert!(problems[0].reason.contains(reason), "{column} = {cell:?}: {}", problems[0]);
        }
    })
    .await;
}

const BAD_CELLS: [(&str, &str, &str); 54] = [
    ("code", "", "needed"),
    ("code", "-", "cannot be cleared"),
    ("code", "0123456789012345678901234567890123456789012345678901234567890", "61 characters"),
    ("name", "", "needed"),
    ("name", "-", "cannot be cleared"),
    ("name", "a\u{0}b", "control character"),
    ("name", "a\u{1b}[31mb", "control character"),
    ("city", "", "needed"),
    ("state", "", "needed"),
    ("state", "Bavaria", "not a US state"),
    ("state", "T", "not a US state"),
    ("zip", "", "give a ZIP, or both coordinates"),
    ("zip", "2210", "not a ZIP of five digits"),
    ("zip", "02110", "02110 belongs to MA"),
    ("zip", "21345", "not a ZIP that the post office uses"),
    ("zip", "7870A", "not a ZIP of five digits"),
    ("zip", "787011", "not a ZIP of five digits"),
    ("status", "shut", "coming_soon"),
    ("opens_on", "31/12/2026", "31/12/2026"),
    ("opens_on", "2026-02-30", "2026-02-30"),
    ("closed_on", "tomorrow", "tomorrow"),
    ("country", "CA", "not supported"),
    ("time_zone", "Mars/Base", "not an IANA time zone"),
    ("phone", "call us", "not a phone number"),
    ("phone", "555-0134", "not a phone number"),
    ("booking_phone", "(512) 555-01345", "not a phone number"),
    ("email", "somebody@", "not an e-mail address"),
    ("email", "somebody@localhost", "not an e-mail address"),
    ("website", "javascript:alert(1)", "not a web address"),
    ("website", "ftp://example.com", "not a web address"),
    ("website", "example.com", "not a web address"),
    ("photo_url", "https://", "not a web address"),
    ("legacy_urls", "https://example.com/a;file:///etc/passwd", "not a web address"),
    ("services", "smp, touch up", "not a code"),
    ("languages", "español", "not a code"),
    ("priority", "high", "not a whole number"),
    ("priority", "1001", "not a whole number"),
    ("duration_min", "7", "multiple of 5"),
    ("duration_min", "485", "from 5 to 480"),
    ("step_min", "0", "from 5 to 480"),
    ("turnover_min", "245", "from 0 to 240"),
    ("capacity", "0", "from 1 to 100"),
    ("capacity", "1.5", "not a whole number"),
    ("min_notice_min", "43201", "from 0 to 43200"),
    ("horizon_days", "1001", "from 0 to 1000"),
    ("offers_consultations", "maybe", "neither yes nor no"),
    ("hours", "Mo-Fr 09:00-25:00", ""),
    ("hours", "Mo-Fr sunrise-sunset", ""),
    ("hours", "Mo-Fr 09:00-09:00", ""),
    ("hours", "by appointment", ""),
    ("consultation_hours", "Xx 09:00-12:00", ""),
    ("special_hours", "2026-11-26", ""),
    ("special_hours", "2026-11-26 09:00-25:00", ""),
    ("tue_hours", "9 to whenever", ""),
];

#[tokio::test]
async fn i4_a_pin_is_two_numbers_on_the_earth_and_never_0_0() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        for (lat, lon, column) in [
            ("30.27", "", "lon"),
            ("", "-97.74", "lat"),
            ("30.27", "-", "lon"),
            ("-", "-97.74", "lat"),
            ("0", "0", "lat"),
            ("0.0", "-0.000", "lat"),
            ("90.1", "-97.74", "lat"),
            ("30.27", "180.5", "lon"),
            ("NaN", "-97.74", "lat"),
            ("30.27", "inf", "lon"),
            ("1e309", "-97.74", "lat"),
            ("30,27", "-97.74", "lat"),
            ("30.27 N", "-97.74", "lat"),
        ] {
            let file = format!("code,name,city,state,zip,lat,lon\nNEW,New,Austin,TX,78701,\"{lat}\",\"{lon}\"\n");
            let problems = refused(&app, &file).await;
            let found: Vec<_> = problems.iter().map(|problem| (problem.row, problem.column.as_deref())).collect();
            assert_eq!(found, [(2, Some(column))], "{lat:?} {lon:?}: {problems:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn i5_a_malformed_file_is_refused_with_its_rows() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let good = "A,A,Austin,TX,78701";
        let head = "code,name,city,state,zip";
        for (file, expected) in [
            (String::new(), vec![(1, None)]),
            ("\n\n".to_owned(), vec![(1, None)]),
            ("name,city,state,zip\nA,Austin,TX,78701\n".to_owned(), vec![(1, Some("code"))]),
            (format!("{head},Name\n{good},B\n"), vec![(1, Some("Name"))]),
            (format!("{head},nmae,zipp\n{good},B,1\n"), vec![(1, Some("nmae")), (1, Some("zipp"))]),
            (format!("{head},hours,mon_hours\n{good},off,off\n"), vec![(1, Some("hours"))]),
            (format!("{head},mon_hours,Monday_Hours\n{good},off,off\n"), vec![(1, Some("Monday_Hours"))]),
            (format!("{head}\n{good}\nB,B,Austin,TX\n"), vec![(3, None)]),
            (format!("{head}\n{good}\nB,B,Austin,TX,78701,more\n"), vec![(3, None)]),
            (format!("{head}\n{good}\n\"B,B,Austin,TX,78701\nC,C,Austin,TX,78701\n"), vec![(3, Some("code"))]),
            (format!("{head}\n{good}\nB,B,Austin,TX,78701\nA,Again,Austin,TX,78701\n"), vec![(4, Some("code"))]),
            // Rows are numbered as the spreadsheet shows them, blank ones and line ends within cells included.
            (format!("{head}\n\n{good}\n,,,,\n\nB,B,Austin,TX,2210\n"), vec![(6, Some("zip"))]),
            (
                format!("{head}\r\n\"A\",\"two\r\nlines\",Austin,TX,78701\r\nB,B,Austin,TX,2210\r\n"),
                vec![(3, Some("zip"))],
            ),
            (format!("{head}\r{good}\r\rB,B,Austin,TX,2210\r"), vec![(4, Some("zip"))]),
            // All problems at once, not one per attempt.
            (
                format!("{head}\nA,A,Austin,TX,2210\nB,,Austin,TX,78701\nC,C,,ZZ,78701\n"),
                vec![(2, Some("zip")), (3, Some("name")), (4, Some("state")), (4, Some("city"))],
            ),
        ] {
            let problems = refused(&app, &file).await;
            let found: Vec<_> = problems.iter().map(|problem| (problem.row, problem.column.as_deref())).collect();
            assert_eq!(found, expected, "{file:?}: {problems:?}");
        }
        let unknown = refused(&app, "code,nmae\nA,B\n").await;
        assert!(unknown[0].to_string().contains("did you mean \"name\"?"), "{}", unknown[0]);
    })
    .await;
}

#[tokio::test]
async fn one_bad_row_among_many_good_ones_writes_nothing() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let mut file = String::from("code,name,city,state,zip\n");
        for number in 0..1_200 {
            file += &format!("N{number},Clinic {number},Austin,TX,78701\n");
        }
        file += "BAD,Bad,Austin,TX,2210\n";
        let problems = refused(&app, &file).await;
        assert_eq!((problems.len(), problems[0].row), (1, 1_202));
    })
    .await;
}

#[tokio::test]
async fn i13_a_refused_file_does_not_retire_the_demonstration() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        refused(&app, &with_cell("zip", "2210")).await;
        app.refresh().await;
        assert_eq!(app.anon().get("/readyz").await.ok()["clinics"], 76);
    })
    .await;
}

#[tokio::test]
async fn the_command_reports_every_problem_and_exits_with_2() {
    on_each_database(async |database| {
        Program::new(["import", "data/clinics.csv"]).on(database).run().success();
        let before = tables::contents_without_keys(database).await;
        let file = database.folder.path().join("bad.csv");
        std::fs::write(&file, "code,name,city,state,zip\nA,A,Austin,TX,2210\nB,,Austin,TX,78701\n").expect("written");
        let name = file.to_str().expect("UTF-8");
        for command in [&["import", name][..], &["import", "--raw", name]] {
            let refused = Program::new(command.iter().copied()).on(database).run();
            assert_eq!(refused.code, Some(2), "{}", refused.stderr);
            let lines: Vec<&str> = refused.stderr.lines().collect();
            assert!(lines[0].starts_with(&format!("{name}: row 2, zip: \"2210\" is not a ZIP")), "{lines:?}");
            assert_eq!(lines[1], format!("{name}: row 3, name: is needed for a new clinic"));
            assert_eq!(lines[2..], ["2 problems to put right; nothing was written"]);
            assert_eq!(refused.stdout, "");
        }
        assert_eq!(tables::contents_without_keys(database).await, before);
        let missing = Program::new(["import", "no-such-file.csv"]).on(database).run();
        assert!(missing.one_line_error().contains("cannot read no-such-file.csv"), "{}", missing.stderr);
    })
    .await;
}

#[tokio::test]
async fn a_service_that_is_to_start_with_a_bad_file_does_not_start() {
    on_each_database(async |database| {
        let file = database.folder.path().join("bad.csv");
        std::fs::write(&file, with_cell("zip", "2210")).expect("written");
        let name = file.to_str().expect("UTF-8");
        let refused = Program::new(["serve", "--listen", "127.0.0.1:0", "--load", name]).on(database);
        let refused = refused.env("CLINIC_DIRECTORY_SECRET_KEY", "a key of the tests, long enough to be one").run();
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("row 2, zip:"), "{}", refused.stderr);
    })
    .await;
}
