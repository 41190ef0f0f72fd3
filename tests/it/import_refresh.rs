//! Good files: what is created, what is changed, what is left alone (rules A1, I1, I3, I4, I6, I9, I13).

use clinic_directory::clinics::import::{DEMONSTRATION, Loaded};
use serde_json::{Value, json};

use crate::support::{Program, TestApp, on_each_database, tables};

async fn clinic(app: &TestApp, slug: &str) -> Value {
    app.anon().get(&format!("/api/v1/clinics/{slug}")).await.ok()
}

#[tokio::test]
async fn i1_a_blank_cell_leaves_the_value_and_a_dash_clears_it() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let slug = "stipplecrown-boston-waterfront";
        let before = clinic(&app, slug).await;
        let columns = "phone,street,unit,services,hours,special_hours,website";
        app.import(format!("code,{columns}\nBOS-01,(617) 555-0100,,-,,,-,-\n")).await;
        let after = clinic(&app, slug).await;
        assert_eq!(after["phone"], "+16175550100");
        for left in ["name", "street", "hours", "city", "zip", "lat", "lon", "slug", "description"] {
            assert_eq!(after[left], before[left], "{left}");
        }
        assert_eq!((&after["unit"], &after["website"]), (&Value::Null, &Value::Null));
        assert_eq!((&after["special_hours"], &after["services"]), (&json!([]), &before["services"]));
        app.import("code,hours,services\nBOS-01,-,-\n").await;
        let cleared = clinic(&app, slug).await;
        assert_eq!((&cleared["hours"], &cleared["services"]), (&Value::Null, &json!([])));
        assert!(!tables::contents(&app.state.db).await.contains("\"-\""), "a lone dash is never stored");
    })
    .await;
}

#[tokio::test]
async fn i1_unchanged_rows_are_the_same_and_missing_rows_stay() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let before = tables::contents(&app.state.db).await;
        let again = app.import([DEMONSTRATION, b"\n"].concat()).await;
        assert_eq!(again, Loaded { import: again.import, same: 76, ..Loaded::default() });
        assert_eq!(tables::contents(&app.state.db).await, before, "the same file changes nothing at all");
        let some =
            app.import("code,name,city,state,zip\nBOS-01,Renamed,,,\nNEW,New,Austin,TX,78701\nBOS-02,,,,\n").await;
        assert_eq!((some.created, some.changed, some.same, some.retired_demonstration), (1, 1, 1, 0));
        assert_eq!(app.anon().get("/readyz").await.ok()["clinics"], 77);
    })
    .await;
}

#[tokio::test]
async fn i1_a_new_clinic_is_open_and_offers_consultations() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.import("state,zip,code,city,name\nTX,78701,A1,Austin,The First\n").await;
        let clinic = clinic(&app, "the-first").await;
        assert_eq!((&clinic["status"], &clinic["consultation"]["offered"]), (&json!("open"), &json!(true)));
        assert_eq!((&clinic["country"], &clinic["hours"]), (&json!("US"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn i3_lost_zeros_of_a_zip_come_back_when_the_state_proves_them() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let loaded = app
            .import("code,name,city,state,zip\nA,A,Boston,MA,2210\nB,B,San Juan,PR,907\nC,C,Austin,TX,78701-1234\n")
            .await;
        let notes: Vec<String> = loaded.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].starts_with("row 2, zip: \"2210\" was read as 02210"), "{notes:?}");
        for (slug, zip) in [("a", "02210"), ("b", "00907"), ("c", "78701")] {
            assert_eq!(clinic(&app, slug).await["zip"], zip);
        }
    })
    .await;
}

#[tokio::test]
async fn i4_a_blank_pin_takes_the_point_of_the_zip_and_says_so() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let pin = async |file: &str| {
            app.import(file).await;
            let clinic = clinic(&app, "a").await;
            (clinic["pin_precision"].as_str().unwrap().to_owned(), clinic["lat"].as_f64(), clinic["lon"].as_f64())
        };
        let by_zip = pin("code,name,city,state,zip,lat,lon\nA,A,Boston,MA,02110,,\n").await;
        assert_eq!(by_zip, ("zip".to_owned(), Some(42.3576), Some(-71.0514)));
        let moved = pin("code,zip\nA,02116\n").await;
        assert_eq!(moved.0, "zip");
        assert_ne!((moved.1, moved.2), (by_zip.1, by_zip.2), "another ZIP, another point");
        assert_eq!(pin("code,lat,lon\nA,42.36,-71.05\n").await, ("exact".to_owned(), Some(42.36), Some(-71.05)));
        assert_eq!(
            pin("code,zip\nA,02110\n").await,
            ("exact".to_owned(), Some(42.36), Some(-71.05)),
            "a given pin stays"
        );
        assert_eq!(pin("code,lat,lon\nA,-,-\n").await, by_zip);
    })
    .await;
}

#[tokio::test]
async fn a1_the_zone_comes_from_the_pin_and_a_given_one_is_kept_with_a_note() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let loaded = app
            .import(
                "code,name,city,state,zip,time_zone\nA,A,El Paso,TX,79901,\nB,B,El Paso,TX,79901,America/Chicago\n\
                 C,C,Phenix City,AL,36867,\nD,D,Pensacola,FL,32502,\n",
            )
            .await;
        assert_eq!(loaded.notes.len(), 1, "{:?}", loaded.notes);
        assert_eq!((loaded.notes[0].row, loaded.notes[0].column.as_deref()), (3, Some("time_zone")));
        for (slug, zone) in
            [("a", "America/Denver"), ("b", "America/Chicago"), ("c", "America/Chicago"), ("d", "America/Chicago")]
        {
            assert_eq!(clinic(&app, slug).await["time_zone"], zone, "{slug}");
        }
    })
    .await;
}

#[tokio::test]
async fn a1_a_zone_that_came_from_the_pin_moves_with_it_and_a_chosen_one_stays() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let moved = |code: &str| app.edit(code).city("Los Angeles", "CA").zip("90012").at(34.06, -118.24);
        for (code, zone) in [("DERIVED", ""), ("CHOSEN", "America/Chicago")] {
            let new = app.clinic(code).city("New York", "NY").zip("10001").at(40.75, -73.99);
            new.with("time_zone", zone).create().await;
            moved(code).create().await;
        }
        for (slug, zone) in [("clinic-derived", "America/Los_Angeles"), ("clinic-chosen", "America/Chicago")] {
            assert_eq!(clinic(&app, slug).await["time_zone"], zone, "{slug}");
        }
    })
    .await;
}

#[tokio::test]
async fn i6_hours_come_by_the_week_or_by_the_day() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.import(
            "code,name,city,state,zip,monday_hours,tue_hours,wed_hours\n\
             A,A,Austin,TX,78701,9:00 AM - 6:00 PM,\"8:00 AM - 12:00 PM, 1:00 PM - 5:00 PM\",Closed\n",
        )
        .await;
        let hours = clinic(&app, "a").await["hours"].clone();
        assert_eq!(hours["mon"], json!([["09:00", "18:00"]]));
        assert_eq!(hours["tue"], json!([["08:00", "12:00"], ["13:00", "17:00"]]));
        assert_eq!((&hours["wed"], &hours["thu"]), (&json!([]), &json!([])), "a blank day of a new clinic is closed");
        app.import("code,tue_hours,wed_hours\nA,,10:00 AM - 2:00 PM\n").await;
        let refreshed = clinic(&app, "a").await["hours"].clone();
        assert_eq!((&refreshed["tue"], &refreshed["wed"]), (&hours["tue"], &json!([["10:00", "14:00"]])));
        app.import(
            "code,hours,special_hours\nA,24/7,\"11/26/2026 off; 2026-12-24 09:00-12:00 \"\"Christmas Eve\"\"\"\n",
        )
        .await;
        let clinic = clinic(&app, "a").await;
        assert_eq!(clinic["hours"]["sun"], json!([["00:00", "24:00"]]));
        let special = json!([
            {"date": "2026-11-26", "windows": [], "note": null},
            {"date": "2026-12-24", "windows": [["09:00", "12:00"]], "note": "Christmas Eve"}
        ]);
        assert_eq!(clinic["special_hours"], special);
    })
    .await;
}

#[tokio::test]
async fn i9_a_slug_stays_for_good_and_is_nobody_elses() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.import("code,name,city,state,zip\nA,Main Street,Austin,TX,78701\nB,Main Street,Austin,TX,78701\nC,Search,Austin,TX,78701\n").await;
        app.import("code,name\nA,Renamed\n").await;
        app.import("code,name,city,state,zip\nD,Main Street,Austin,TX,78701\n").await;
        assert_eq!(clinic(&app, "main-street").await["name"], "Renamed");
        let list = app.anon().get("/api/v1/clinics").await.ok();
        let mut slugs: Vec<_> = list["data"].as_array().unwrap().iter().map(|clinic| clinic["slug"].as_str().unwrap()).collect();
        slugs.sort_unstable();
        assert_eq!(slugs, ["main-street", "main-street-austin", "main-street-d", "search-austin"]);
    })
    .await;
}

#[tokio::test]
async fn i13_the_first_other_file_retires_the_demonstration_and_says_so() {
    on_each_database(async |database| {
        let file = database.folder.path().join("own.csv");
        std::fs::write(&file, "code,name,city,state,zip\nBOS-01,Our own,Boston,MA,02110\n").expect("written");
        let name = file.to_str().expect("UTF-8");
        Program::new(["import", "data/clinics.csv"]).on(database).run().success();
        let first = Program::new(["import", name]).on(database).run().success();
        let said = format!("the demonstration network is retired: 76 invented clinics removed\n{name}: 1 created, 0 changed, 0 unchanged\n");
        let told: Vec<&str> = first.stderr.lines().filter(|line| !line.contains(" INFO ") && !line.starts_with("to take it back: import --undo ")).collect();
        assert_eq!(told, said.lines().collect::<Vec<_>>());
        let second = Program::new(["import", name]).on(database).run().success();
        assert_eq!(second.stderr, format!("{name}: 0 created, 0 changed, 1 unchanged\n"));
        // Nothing of the invented clinic with the same code is left.
        let app = TestApp::empty(database).await;
        let own = clinic(&app, "our-own").await;
        assert_eq!((&own["phone"], &own["hours"], &own["street"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!(app.anon().get("/readyz").await.ok()["demo"], false);
    })
    .await;
}

#[tokio::test]
async fn i13_a_file_that_changes_nothing_leaves_the_demonstration_a_demonstration() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        for file in [&b"code,name\n"[..], &[DEMONSTRATION, b"\n"].concat(), b"code,name\nBOS-01,\n"] {
            assert_eq!(app.import(file).await.retired_demonstration, 0);
            assert_eq!(
                app.anon().get("/readyz").await.ok(),
                json!({"status": "ready", "demo": true, "clinics": 76, "data_version": 1, "writes": "up"})
            );
        }
    })
    .await;
}
