//! What was decided is written, all of it or nothing, and every change is in the log (rule I2).

use serde_json::{Value, json};

use crate::import_plan::{apply, planned, undo};
use crate::support::{Response, TestApp, on_each_database, tables};

/// One row that is fine, one with a swapped pin, one with a ZIP of another state.
const MIXED: &str = "code,name,city,state,zip,lat,lon\n\
                     A,Fine,Austin,TX,78701,,\n\
                     B,Swapped,Austin,TX,78701,-97.7431,30.2672\n\
                     C,Far,Austin,TX,78701,33.0,-101.0\n\
                     D,Wrong,Austin,TX,02110,,\n";

#[tokio::test]
async fn i2_every_row_in_doubt_or_error_has_to_be_decided_by_name() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let editor = app.editor().await;
        let plan = planned(&editor, MIXED).await;
        let fix = json!({"row": 3, "use_fix": true});
        let keep = json!({"row": 4, "override": true, "reason": "a ranch by the border"});
        let skip = json!({"row": 5, "skip": true});
        let before = tables::contents(&app.state.db).await;
        for (decisions, open) in [(json!([]), 3), (json!([fix]), 2), (json!([fix, keep]), 1), (json!([keep, skip]), 1)]
        {
            let problem = apply(&editor, &plan, decisions).await.problem(409, "decisions_needed");
            assert_eq!((&problem["open"], problem["rows"].as_array().map(Vec::len)), (&json!(open), Some(open)));
        }
        for (wrong, detail) in [
            (json!({"row": 5, "override": true, "reason": "no"}), "can only be skipped"),
            (json!({"row": 5, "use_fix": true}), "can only be skipped"),
            (json!({"row": 4, "use_fix": true}), "no fix is proposed"),
            (json!({"row": 3, "override": true, "reason": "no"}), "cannot be stored"),
            (json!({"row": 2, "use_fix": true}), "nothing is open"),
            (json!({"row": 1, "skip": true}), "nothing to decide"),
            (json!({"row": 4, "override": true}), "needs a reason"),
            (json!({"row": 4, "override": true, "reason": "x".repeat(301)}), "300"),
            (json!({"row": 4, "override": true, "skip": true, "reason": "both"}), "exactly one"),
            (json!({"row": 4}), "exactly one"),
            (json!({"row": 4, "drop": true}), "not known"),
            (json!({"row": -4, "skip": true}), "kind"),
        ] {
            let problem = apply(&editor, &plan, json!([wrong])).await.problem(422, "invalid");
            assert!(problem["detail"].as_str().expect("text").contains(detail), "{problem}");
        }
        let twice = apply(&editor, &plan, json!([skip, skip])).await.problem(422, "invalid");
        assert_eq!(twice["errors"][0]["field"], "decisions[1]");
        assert_eq!(tables::contents(&app.state.db).await, before, "nothing was written");
        let applied = apply(&editor, &plan, json!([fix, keep, skip])).await.ok();
        let counts = ["created", "changed", "same", "skipped"].map(|name| applied[name].as_u64());
        assert_eq!(counts, [Some(3), Some(0), Some(0), Some(1)]);
        let pin = async |slug: &str| {
            let clinic = app.anon().get(&format!("/api/v1/clinics/{slug}")).await.ok();
            (clinic["lat"].as_f64(), clinic["lon"].as_f64(), clinic["time_zone"].clone())
        };
        assert_eq!(pin("swapped").await, (Some(30.2672), Some(-97.7431), json!("America/Chicago")));
        assert_eq!(pin("far").await.0, Some(33.0));
        app.anon().get("/api/v1/clinics/wrong").await.problem(404, "clinic_unknown");
        apply(&editor, &plan, json!([])).await.problem(409, "import_applied");
    })
    .await;
}

#[tokio::test]
async fn i8_an_import_is_in_the_log_clinic_by_clinic() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let plan =
            planned(&editor, "code,name,city,state,zip,phone\nBOS-01,,,,,(617) 555-0100\nA,A,Austin,TX,78701,\n").await;
        let far = planned(&editor, "code,lat,lon\nBOS-02,41.0,-71.05\n").await;
        apply(&editor, &far, json!([{"row": 2, "override": true, "reason": "a boat"}])).await.ok();
        apply(&editor, &plan, json!([])).await.ok();
        undo(&editor, &plan).await.ok();
        let log = editor.get("/api/v1/admin/audit?limit=100").await.ok();
        let told: Vec<(&str, Value, &str)> = log["data"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|entry| entry["via"] == "token")
            .map(|entry| {
                (
                    entry["action"].as_str().expect("text"),
                    entry["clinic"].clone(),
                    entry["reason"].as_str().unwrap_or(""),
                )
            })
            .collect();
        let (id, far) = (&plan["id"], &far["id"]);
        let reasons = [format!("undo of import {id}"), format!("import {id}"), format!("import {far}: a boat")];
        assert_eq!(
            told,
            [
                ("import.undo", Value::Null, ""),
                ("clinic.remove", Value::Null, &*reasons[0]),
                ("clinic.update", json!("BOS-01"), &*reasons[0]),
                ("import.apply", Value::Null, ""),
                ("clinic.create", Value::Null, &*reasons[1]),
                ("clinic.update", json!("BOS-01"), &*reasons[1]),
                ("import.apply", Value::Null, ""),
                ("clinic.update", json!("BOS-02"), &*reasons[2]),
            ]
        );
        let change = json!([{"field": "phone", "old": "+16175550100", "new": "+16175550168"}]);
        assert_eq!(log["data"][2]["changes"], change, "the way back");
    })
    .await;
}

#[tokio::test]
async fn i2_a_plan_whose_clinics_moved_on_is_stale_and_one_whose_did_not_is_fine() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let change = planned(&editor, "code,phone\nBOS-01,(617) 555-0100\nBOS-02,(617) 555-0100\n").await;
        let create = planned(&editor, "code,name,city,state,zip\nA,A,Austin,TX,78701\n").await;
        let apart = planned(&editor, "code,phone\nNYC-01,(212) 555-0100\n").await;
        app.edit("BOS-02").with("unit", "9").create().await;
        app.clinic("A").zip("78702").create().await;
        let before = tables::contents(&app.state.db).await;
        let stale = apply(&editor, &change, json!([])).await.problem(409, "plan_stale");
        assert_eq!((stale["rows"].as_array().map(Vec::len), &stale["rows"][0]["code"]), (Some(1), &json!("BOS-02")));
        apply(&editor, &create, json!([])).await.problem(409, "plan_stale");
        assert_eq!(tables::contents(&app.state.db).await, before);
        assert_eq!(apply(&editor, &apart, json!([])).await.ok()["changed"], 1);
    })
    .await;
}

#[tokio::test]
async fn i2_of_many_who_apply_one_plan_one_does() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let editor = app.editor().await;
        let plan = planned(&editor, "code,name,city,state,zip\nA,A,Austin,TX,78701\n").await;
        let tries = (0..8).map(|_| apply(&editor, &plan, json!([])));
        let mut statuses: Vec<u16> = futures_util::future::join_all(tries).await.iter().map(Response::status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    })
    .await;
}

#[tokio::test]
async fn i9_a_slug_that_once_led_elsewhere_is_not_given_away() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let id = tables::rows(&app.state.db, "clinics").await[0]["id"].clone();
        let old = format!(
            "INSERT INTO slug_redirects (slug, clinic_id, created_at) VALUES ('the-old-name', {id}, '2026-01-01T00:00:00Z')"
        );
        sea_orm::ConnectionTrait::execute_unprepared(&app.state.db, &old).await.expect("inserted");
        let editor = app.editor().await;
        let plan = planned(&editor, "code,name,city,state,zip\nA,The old name,Austin,TX,78701\n").await;
        apply(&editor, &plan, json!([])).await.ok();
        let name = app.anon().get("/api/v1/clinics/the-old-name-austin").await.ok()["name"].clone();
        assert_eq!(name, "The old name");
    })
    .await;
}
