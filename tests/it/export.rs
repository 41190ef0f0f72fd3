//! Export is import's inverse, and safe to open in a spreadsheet (rule I7).

use clinic_directory::clinics::Flavour;
use clinic_directory::clinics::import::Loaded;
use clinic_directory::places::gazetteer;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::{Program, Random, TestApp, on_each_database, tables};

const FLAVOURS: [Flavour; 2] = [Flavour::Spreadsheet, Flavour::Raw];

/// Texts that a spreadsheet would run, misread or tear apart.
const RISKY: [&str; 16] = [
    "=HYPERLINK(\"http://example.com\")",
    "+1 is a country",
    "-5 % off",
    "@SUM(1,2)",
    "'quoted'",
    "''twice",
    "'=both",
    "'",
    "-10.5",
    "+15125550134",
    "a,b;c\td",
    "two\nlines",
    "two\r\nlines",
    "say \"hello\"",
    "\"",
    "日本語 – ñ 🏥",
];

async fn write_csv(app: &TestApp, column: &'static str, cells: &[impl AsRef<str>]) {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["code", "name", "city", "state", "zip", column]).expect("in memory");
    for (i, cell) in cells.iter().enumerate() {
        let row = [&format!("C{i}"), "Clinic", "Austin", "TX", "78701", cell.as_ref()];
        writer.write_record(row).expect("in memory");
    }
    app.import_as(writer.into_inner().expect("in memory"), Flavour::Raw).await.expect("the file is fine");
}

/// Imports the export over what is there, which must change nothing, and into an empty database, which must become equal.
async fn comes_back(app: &TestApp, database: &crate::support::TestDatabase) {
    let before = tables::contents(&app.state.db).await;
    let clinics = app.state.directory.snapshot().entries().len();
    for flavour in FLAVOURS {
        let file = app.export(flavour).await;
        let again = app.import_as(&file, flavour).await.expect("an export is a fine file");
        assert_eq!(again, Loaded { import: again.import, same: clinics, ..Loaded::default() }, "{flavour:?}");
        assert_eq!(tables::contents(&app.state.db).await, before, "{flavour:?}");
        let empty = database.another().await;
        let copy = TestApp::empty(&empty).await;
        copy.import_as(&file, flavour).await.expect("an export is a fine file");
        assert_eq!(copy.export(Flavour::Raw).await, app.export(Flavour::Raw).await, "{flavour:?}");
        drop(copy);
        empty.dispose().await;
    }
}

#[tokio::test]
async fn i7_the_demonstration_network_comes_back_in_both_flavours() {
    on_each_database(async |database| {
        comes_back(&TestApp::demonstration(database).await, database).await;
    })
    .await;
}

#[tokio::test]
async fn i7_a_pin_that_stands_for_its_zip_comes_back_as_such() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("A").zip("78701").create().await;
        comes_back(&app, database).await;
        assert_eq!(app.anon().get("/api/v1/clinics/clinic-a").await.ok()["pin_precision"], "zip");
    })
    .await;
}

#[tokio::test]
async fn i7_risky_texts_come_back_and_nothing_in_a_spreadsheet_can_run() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        write_csv(&app, "description", &RISKY).await;
        comes_back(&app, database).await;
        let file = app.export(Flavour::Spreadsheet).await;
        for record in csv::Reader::from_reader(&*file).records() {
            for cell in &record.expect("CSV") {
                let is_harmless =
                    cell.parse::<f64>().is_ok() || cell.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit());
                assert!(is_harmless || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?} would run");
            }
        }
        let stored = app.anon().get("/api/v1/clinics?limit=100").await.text();
        assert!(
            stored.contains("\"=HYPERLINK(\\\"http://example.com\\\")\""),
            "the prefix is the file's, not the text's"
        );
    })
    .await;
}

#[tokio::test]
async fn i7_any_text_comes_back() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let mut runner = TestRunner::deterministic();
        let text = "[-=+@' \\PC\n\t]{1,12}".prop_map(|text| text.trim().to_owned()).prop_filter("a value", |text| {
            !text.is_empty() && text != "-" && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        });
        let texts: Vec<String> = (0..300).map(|_| text.new_tree(&mut runner).expect("a text").current()).collect();
        write_csv(&app, "internal_notes", &texts).await;
        comes_back(&app, database).await;
    })
    .await;
}

#[tokio::test]
async fn i7_the_commands_are_each_others_inverse() {
    on_each_database(async |database| {
        Program::new(["import", "data/clinics.csv"]).on(database).run().success();
        let raw = Program::new(["export", "--raw"]).on(database).run().success().stdout;
        for flag in [&[][..], &["--raw"]] {
            let exported = Program::new(["export"]).arguments(flag.iter().copied()).on(database).run().success().stdout;
            assert_eq!(exported.lines().next(), raw.lines().next());
            let file = database.folder.path().join("export.csv");
            std::fs::write(&file, &exported).expect("written");
            let name = file.to_str().expect("UTF-8");
            let empty = database.another().await;
            Program::new(["import"]).arguments(flag.iter().copied()).arguments([name]).on(&empty).run().success();
            assert_eq!(Program::new(["export", "--raw"]).on(&empty).run().success().stdout, raw);
            empty.dispose().await;
        }
    })
    .await;
}

/// A network of every kind of cell, drawn at random.
fn random_network(clinics: usize, random: &mut Random) -> Vec<u8> {
    const TEXTS: [&str; 8] =
        ["", "plain", "=1+1", "+1 two", "@home; \"quoted\"", "two\nlines", "a,b;c\td", "日本語 \u{202e}ñ"];
    const HOURS: [&str; 5] = ["", "off", "24/7", "Mo-Fr 09:00-12:00,13:00-18:00; PH off", "Fr-Sa 20:00-02:00"];
    const SPECIAL: [&str; 4] =
        ["", "2026-12-25 off", "2026-12-24 09:00-12:00 \"Eve; \"\"x\"\"\"", "2027-01-01 22:00-02:00; 2027-01-02 off"];
    const STATUSES: [&str; 5] = ["", "open", "temporarily_closed", "coming_soon", "closed"];
    let zips = gazetteer().zips();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["code", "name", "city", "state", "zip", "lat", "lon", "description", "internal_notes", "hours"];
    let more =
        ["consultation_hours", "special_hours", "status", "opens_on", "phone", "services", "priority", "capacity"];
    writer.write_record(header.iter().chain(&more)).expect("in memory");
    for number in 0..clinics {
        let mut one_of = |texts: &[&'static str]| texts[random.below(texts.len())];
        let [text, note] = [(); 2].map(|()| one_of(&TEXTS));
        let (hours, own, special) = (one_of(&HOURS), one_of(&HOURS), one_of(&SPECIAL));
        let (status, date) = (one_of(&STATUSES), one_of(&["", "2027-05-01"]));
        let (phone, services) = (one_of(&["", "+15125550134", "+442079460000"]), one_of(&["", "a", "a;b"]));
        let (priority, capacity) = (one_of(&["", "-7", "12"]), one_of(&["", "3"]));
        let zip = &zips[random.below(zips.len())];
        let pin = (random.below(3) > 0)
            .then(|| [zip.point.lat(), zip.point.lon()].map(|at| at + random.between(-0.001, 0.001)));
        let [lat, lon] = pin.map_or_else(|| [const { String::new() }; 2], |pin| pin.map(|at| at.to_string()));
        // Codes of digits, with zeros in front and without.
        let (code, zip_code) = (format!("{number:05}"), zip.code.to_string());
        let cells = [&code, zip.city, zip.city, zip.state.code, &zip_code, &lat, &lon, text, note, hours];
        let more = [own, special, status, date, phone, services, priority, capacity];
        writer.write_record(cells.iter().chain(&more)).expect("in memory");
    }
    writer.into_inner().expect("in memory")
}

#[tokio::test]
async fn i7_ten_thousand_random_clinics_come_back_in_both_flavours() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let mut random = Random::new(11);
        app.import_as(random_network(10_000, &mut random), Flavour::Raw).await.expect("the file is fine");
        let editor = app.editor().await;
        for (flavour, raw) in [("spreadsheet", false), ("raw", true)] {
            let export = editor.get(&format!("/api/v1/admin/export.csv?flavour={flavour}")).await;
            assert_eq!((export.status(), export.header("content-type")), (200, "text/csv; charset=utf-8"));
            assert!(export.header("cache-control").contains("private"), "{}", export.header("cache-control"));
            let plan = editor.upload(&format!("/api/v1/admin/imports?raw={raw}"), &export.body).await.json();
            let same = serde_json::json!({"create": 0, "change": 0, "same": 10_000, "decision": 0, "error": 0});
            assert_eq!(plan["summary"], same, "{flavour}: {}", plan["rows"][0]);
        }
        editor.get("/api/v1/admin/export.csv?flavour=xlsx").await.problem(422, "invalid");
    })
    .await;
}
