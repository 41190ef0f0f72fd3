//! An import that is taken back leaves what was there before, and keeps what was edited since (rule I2).

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::import_plan::{apply, planned, undo};
use crate::support::{TestApp, on_each_database, tables};

#[tokio::test]
async fn i2_undo_restores_what_was_changed_and_removes_what_was_created() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let before = tables::records(&app.state.db).await;
        let plan = planned(
            &editor,
            "code,name,city,state,zip,special_hours,moved_to,hours,lat,lon\n\
             BOS-01,Renamed,,,,-,,-,,\n\
             BOS-02,,,,,2026-12-24 off,NEW-1,,-,-\n\
             NEW-1,Brand new,Austin,TX,78701,2026-12-24 09:00-12:00,NEW-2,,,\n\
             NEW-2,Newer,Austin,TX,78701,,,,30.27,-97.74\n",
        )
        .await;
        assert_eq!(apply(&editor, &plan, json!([])).await.ok()["created"], 2);
        assert_ne!(tables::records(&app.state.db).await, before);
        let undone = undo(&editor, &plan).await.ok();
        let counts = ["restored", "removed", "closed", "kept"].map(|name| undone[name].as_u64().expect("a number"));
        assert_eq!(counts, [2, 2, 0, 0]);
        assert_eq!(tables::records(&app.state.db).await, before);
        app.anon().get("/api/v1/clinics/brand-new").await.problem(404, "clinic_unknown");
        assert_eq!(app.anon().get("/readyz").await.ok()["clinics"], 76);
        undo(&editor, &plan).await.problem(409, "import_undone");
        apply(&editor, &plan, json!([])).await.problem(409, "import_undone");
        let fresh = planned(&editor, "code,name\nBOS-01,Renamed\n").await;
        undo(&editor, &fresh).await.problem(409, "import_not_applied");
    })
    .await;
}

#[tokio::test]
async fn i2_undo_keeps_what_was_edited_since_and_says_so() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let file = "code,name,city,state,zip,phone\nBOS-01,,,,,(617) 555-0100\nBOS-02,,,,,(617) 555-0100\n\
                    NEW-1,Brand new,Austin,TX,78701,\nNEW-2,Booked,Austin,TX,78701,\n";
        let plan = planned(&editor, file).await;
        apply(&editor, &plan, json!([])).await.ok();
        app.edit("BOS-02").with("unit", "9").create().await;
        app.edit("NEW-1").with("unit", "9").create().await;
        // An edit that was taken back is none.
        let unit = app.anon().get("/api/v1/clinics/stipplecrown-boston-waterfront").await.ok()["unit"].clone();
        app.edit("BOS-01").with("unit", "9").create().await;
        app.edit("BOS-01").with("unit", unit.as_str().expect("a unit")).create().await;
        // Somebody points at the other new clinic.
        app.edit("AUS-01").with("moved_to", "NEW-2").create().await;
        let undone = undo(&editor, &plan).await.ok();
        let counts = ["restored", "removed", "closed", "kept"].map(|name| undone[name].as_u64().expect("a number"));
        assert_eq!(counts, [1, 0, 1, 2]);
        let told: Vec<_> =
            undone["rows"].as_array().expect("rows").iter().map(|row| (&row["code"], &row["outcome"])).collect();
        let [kept, closed] = ["kept", "closed"].map(|outcome| json!(outcome));
        let codes = ["BOS-02", "NEW-1", "NEW-2"].map(|code| json!(code));
        assert_eq!(told, [(&codes[0], &kept), (&codes[1], &kept), (&codes[2], &closed)]);
        let clinic = app.anon().get("/api/v1/clinics/stipplecrown-boston-waterfront").await.ok();
        assert_eq!((&clinic["phone"], &clinic["unit"]), (&json!("+16175550168"), &unit));
        assert_eq!(app.anon().get("/api/v1/clinics/brand-new").await.ok()["unit"], "9");
        app.anon().get("/api/v1/clinics/booked").await.problem(410, "clinic_closed");
    })
    .await;
}

#[tokio::test]
async fn i2_two_imports_are_taken_back_one_after_the_other() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let states = [tables::records(&app.state.db).await];
        let first = planned(&editor, "code,name\nBOS-01,First\n").await;
        apply(&editor, &first, json!([])).await.ok();
        let between = tables::records(&app.state.db).await;
        let second = planned(&editor, "code,name\nBOS-01,Second\n").await;
        apply(&editor, &second, json!([])).await.ok();
        assert_eq!(undo(&editor, &second).await.ok()["restored"], 1);
        assert_eq!(tables::records(&app.state.db).await, between);
        assert_eq!(undo(&editor, &first).await.ok()["restored"], 1);
        assert_eq!(tables::records(&app.state.db).await, states[0]);
    })
    .await;
}

#[tokio::test]
async fn i2_what_somebody_booked_is_closed_and_not_removed() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let plan = planned(&editor, "code,name,city,state,zip,hours\nNEW,Brand new,Austin,TX,78701,24/7\n").await;
        apply(&editor, &plan, json!([])).await.ok();
        let hold = json!({"clinic": "brand-new", "starts_at": "2026-12-04T15:00:00Z"});
        assert_eq!(app.anon().post("/api/v1/holds", &hold).await.status(), 201);
        let undone = undo(&editor, &plan).await.ok();
        assert_eq!((&undone["removed"], &undone["closed"]), (&json!(0), &json!(1)));
        app.anon().get("/api/v1/clinics/brand-new").await.problem(410, "clinic_closed");
    })
    .await;
}

/// Random changes of random clinics of the demonstration, and some that are created.
fn any_file() -> impl Strategy<Value = String> {
    let codes = ["BOS-01", "BOS-02", "CHI-01", "CHI-02", "LAS-01", "MSY-01", "TUS-01", "BIL-01", "NEW-1", "NEW-2"];
    let cell = |cells: &'static [&'static str]| prop::sample::select(cells);
    let row = (
        cell(&["", "Renamed", "Ñandú; \"quoted\", <b>"]),
        cell(&["", "-", "(512) 555-0134"]),
        cell(&["", "-", "Mo-Fr 09:00-17:00; PH off", "24/7", "off"]),
        cell(&["", "-", "2026-12-24 off \"a; note\"", "2026-12-24 09:00-12:00; 2027-01-01 off"]),
        cell(&["", "-", "a;b;c"]),
        cell(&["", "-", "7"]),
        cell(&["", "-", "closed"]),
        cell(&["", "-", "2027-05-01"]),
    );
    prop::collection::vec(prop::option::of(row), codes.len()).prop_map(move |rows| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header =
            ["code", "city", "state", "zip", "name", "phone", "hours", "special_hours", "services", "priority"];
        writer.write_record(header.iter().chain(&["status", "opens_on"])).expect("in memory");
        for (code, row) in codes.iter().zip(rows) {
            let Some((name, phone, hours, special, services, priority, status, opens)) = row else { continue };
            let place = if code.starts_with("NEW") { ["Austin", "TX", "78701"] } else { [""; 3] };
            let name = if code.starts_with("NEW") { "A new one" } else { name };
            let cells = [name, phone, hours, special, services, priority, status, opens];
            writer.write_record(std::iter::once(code).chain(&place).chain(&cells)).expect("in memory");
        }
        String::from_utf8(writer.into_inner().expect("in memory")).expect("UTF-8")
    })
}

#[tokio::test]
async fn i2_undo_of_any_import_restores_the_tables() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let mut runner = TestRunner::deterministic();
        let before = tables::records(&app.state.db).await;
        for _ in 0..24 {
            let file = any_file().new_tree(&mut runner).expect("a file").current();
            let plan = planned(&editor, &file).await;
            apply(&editor, &plan, json!([])).await.ok();
            undo(&editor, &plan).await.ok();
            assert_eq!(tables::records(&app.state.db).await, before, "{file}");
        }
    })
    .await;
}
