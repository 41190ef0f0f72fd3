//! A plan says per row what would happen, field by field, and writes nothing (rules I2 to I4).

use clinic_directory::accounts::{Role, Scope};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, on_each_database, tables};

const IMPORTS: &str = "/api/v1/admin/imports";

/// The plan of a file, which must be one.
pub async fn planned(editor: &Client, file: impl AsRef<[u8]>) -> Value {
    let response = editor.upload(IMPORTS, file).await;
    assert_eq!(response.status(), 201, "{}", response.text());
    response.json()
}

/// Applies a plan with these decisions.
pub async fn apply(editor: &Client, plan: &Value, decisions: Value) -> crate::support::Response {
    editor.post(&format!("{IMPORTS}/{}/apply", plan["id"]), &json!({"decisions": decisions})).await
}

pub async fn undo(editor: &Client, plan: &Value) -> crate::support::Response {
    editor.post(&format!("{IMPORTS}/{}/undo", plan["id"]), &json!({})).await
}

fn row(plan: &Value, number: usize) -> &Value {
    let rows = plan["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["row"] == number).unwrap_or_else(|| panic!("row {number} of {plan}"))
}

#[tokio::test]
async fn i2_a_plan_tells_every_row_field_by_field_and_writes_nothing() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let before = tables::contents(&app.state.db).await;
        let editor = app.editor().await;
        let plan = planned(
            &editor,
            "code,name,city,state,zip,phone,lat,lon\n\
             BOS-01,,,,,(617) 555-0100,,\n\
             BOS-02,,,,,,,\n\
             NEW-1,The New One,Austin,TX,78701,,,\n\
             NEW-2,Swapped,Austin,TX,78701,,-97.7431,30.2672\n\
             NEW-3,Wrong,Austin,TX,2210,555,,\n",
        )
        .await;
        assert_eq!(plan["summary"], json!({"create": 1, "change": 1, "same": 1, "decision": 1, "error": 1}));
        assert_eq!((&plan["status"], &plan["next"], &plan["raw"]), (&json!("planned"), &Value::Null, &json!(false)));
        let changed = row(&plan, 2);
        assert_eq!(changed["result"], "change");
        assert_eq!(
            changed["changes"],
            json!([{"field": "phone", "old": "+16175550168", "new": "+16175550100"}]),
            "{changed}"
        );
        assert_eq!(row(&plan, 4)["result"], "create");
        let decision = row(&plan, 5);
        assert_eq!((&decision["result"], &decision["problems"][0]["column"]), (&json!("decision"), &json!("lat")));
        let fix = &decision["problems"][0]["fix"];
        assert_eq!(fix["detail"], "swap lat and lon? 30.2672, -97.7431");
        assert_eq!(fix["cells"], json!({"lat": "30.2672", "lon": "-97.7431"}));
        let columns: Vec<_> =
            row(&plan, 6)["problems"].as_array().expect("a list").iter().map(|p| &p["column"]).collect();
        assert_eq!(columns, ["phone", "zip"], "both stages at once");
        assert!(
            plan["rows"].as_array().expect("a list").iter().all(|row| row["row"] != 3),
            "what is the same is counted"
        );
        assert_eq!(tables::contents(&app.state.db).await, before);
    })
    .await;
}

#[tokio::test]
async fn i2_rows_are_paged_and_found_by_result() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let editor = app.editor().await;
        let mut file = "code,name,city,state,zip\n".to_owned();
        for number in 0..250 {
            file += &format!("N{number},Clinic {number},Austin,TX,78701\n");
        }
        let plan = planned(&editor, file + "BAD,Bad,Austin,TX,2210\n").await;
        assert_eq!((plan["rows"].as_array().map(Vec::len), &plan["next"]), (Some(100), &json!("101")));
        let address = format!("{IMPORTS}/{}", plan["id"]);
        let mut seen = Vec::new();
        let mut next = json!("0");
        while let Some(cursor) = next.as_str() {
            let page = editor.get(&format!("{address}?limit=60&cursor={cursor}")).await.ok();
            seen.extend(page["rows"].as_array().expect("rows").iter().map(|row| row["row"].as_u64().expect("a row")));
            next = page["next"].clone();
        }
        assert_eq!(seen, (2..=252).collect::<Vec<u64>>());
        let errors = editor.get(&format!("{address}?result=error")).await.ok();
        assert_eq!((errors["rows"].as_array().map(Vec::len), &errors["rows"][0]["code"]), (Some(1), &json!("BAD")));
        for wrong in ["result=wrong", "outcome=gone", "limit=0", "limit=101", "cursor=x", "page=2"] {
            editor.get(&format!("{address}?{wrong}")).await.problem(422, "invalid");
        }
        let list = editor.get(&format!("{IMPORTS}?limit=1")).await.ok();
        assert_eq!((&list["data"][0]["id"], &list["next"]), (&plan["id"], &Value::Null));
        assert_eq!(list["data"][0]["summary"]["create"], 250);
        editor.get(&format!("{IMPORTS}/999")).await.problem(404, "import_unknown");
    })
    .await;
}

#[tokio::test]
async fn i4_a_stored_pin_is_not_asked_about_again() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        // Tests may put clinics anywhere: this one is 300 miles from its ZIP.
        app.clinic("A").zip("78701").at(33.0, -101.0).create().await;
        let editor = app.editor().await;
        let of = async |file: &str| planned(&editor, file).await["summary"].clone();
        let same = json!({"create": 0, "change": 0, "same": 1, "decision": 0, "error": 0});
        assert_eq!(of("code,lat,lon\nA,33.0,-101.0\n").await, same);
        assert_eq!(of("code,zip\nA,78701\n").await, same);
        assert_eq!(of("code,phone\nA,(512) 555-0100\n").await["change"], 1);
        assert_eq!(of("code,lat,lon\nA,33.1,-101.0\n").await["decision"], 1, "another pin");
        assert_eq!(of("code,zip\nA,78702\n").await["decision"], 1, "another ZIP");
    })
    .await;
}

#[tokio::test]
async fn i5_a_code_without_its_leading_zeros_is_a_decision() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("00123").zip("78701").create().await;
        let editor = app.editor().await;
        let plan = planned(&editor, "code,phone\n123,(512) 555-0100\n").await;
        let found = row(&plan, 2);
        assert_eq!((&found["result"], &found["problems"][0]["column"]), (&json!("decision"), &json!("code")));
        assert_eq!(found["problems"][0]["fix"]["cells"], json!({"code": "00123"}));
        assert_eq!(found["changes"], json!([]), "as a clinic of its own it lacks a name");
        let refused = apply(&editor, &plan, json!([{"row": 2, "override": true, "reason": "it is another"}])).await;
        assert_eq!(refused.problem(422, "invalid")["errors"][0]["field"], "decisions[0]");
        apply(&editor, &plan, json!([{"row": 2, "use_fix": true}])).await.ok();
        let clinic = app.anon().get("/api/v1/clinics/clinic-00123").await.ok();
        assert_eq!((&clinic["code"], &clinic["phone"]), (&json!("00123"), &json!("+15125550100")));
        let both = planned(&editor, "code,phone\n123,(512) 555-0101\n00123,(512) 555-0102\n").await;
        assert_eq!(row(&both, 3)["result"], "error", "one clinic twice");
    })
    .await;
}

#[tokio::test]
async fn i4_a_city_far_from_its_zip_is_a_note() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let plan = planned(
            &app.editor().await,
            "code,name,city,state,zip\nA,A,Austin,TX,75201\nB,B,Nowhere At All,TX,75201\nC,C,Plano,TX,75201\n",
        )
        .await;
        assert_eq!(plan["summary"]["create"], 3);
        let note = row(&plan, 2)["notes"][0]["reason"].as_str().expect("a note");
        assert!(note.starts_with("Austin lies") && note.contains("75201 (Dallas)"), "{note}");
        assert_eq!((&row(&plan, 3)["notes"], &row(&plan, 4)["notes"]), (&json!([]), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn i2_an_editor_of_some_clinics_touches_no_others() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let scope = Scope::from_parts(["region:Mine", "clinic:BOS-01"]).expect("a scope");
        let editor = app.user(Role::Editor, &scope).await;
        app.import("code,region\nAUS-01,Mine\n").await;
        let file = "code,name,city,state,zip,region,phone\n\
                    BOS-01,,,,,,(617) 555-0100\n\
                    BOS-02,,,,,,(617) 555-0100\n\
                    AUS-01,,,,,North,\n\
                    NEW-1,Mine,Austin,TX,78701,Mine,\n\
                    NEW-2,Not mine,Austin,TX,78701,North,\n\
                    NEW-3,Nobodys,Austin,TX,78701,,\n";
        let plan = planned(&editor, file).await;
        let results: Vec<_> = (2..=7).map(|number| row(&plan, number)["result"].as_str().expect("a result")).collect();
        assert_eq!(results, ["change", "error", "error", "create", "error", "error"]);
        let outside = row(&plan, 3);
        assert!(outside["problems"][0]["reason"].as_str().expect("text").contains("outside the scope"), "{outside}");
        assert_eq!(outside["changes"], json!([]), "nothing of what is stored is shown");
        let skips = [3, 4, 6, 7].map(|row| json!({"row": row, "skip": true}));
        // A scope that shrank since is judged anew, and others do not see the import.
        let other = app.user(Role::Editor, &Scope::from_parts(["clinic:BOS-01"]).expect("a scope")).await;
        for address in ["", "/apply", "/undo"] {
            let method = if address.is_empty() { "GET" } else { "POST" };
            let method = axum::http::Method::from_bytes(method.as_bytes()).expect("a method");
            other
                .send(method, &format!("{IMPORTS}/{}{address}", plan["id"]), &json!({}))
                .await
                .problem(404, "import_unknown");
        }
        assert_eq!(other.get(IMPORTS).await.ok()["data"], json!([]));
        apply(&editor, &plan, json!(skips)).await.ok();
        assert_eq!(app.editor().await.get(IMPORTS).await.ok()["data"][0]["id"], plan["id"], "who sees all sees it");
        let export = editor.get("/api/v1/admin/export.csv").await.text();
        let codes: Vec<&str> = export.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(codes, ["AUS-01", "BOS-01", "NEW-1"]);
    })
    .await;
}

#[tokio::test]
async fn i13_an_editor_of_some_clinics_does_not_replace_the_demonstration() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let scope = Scope::from_parts(["clinic:NEW-1"]).expect("a scope");
        let file = "code,name,city,state,zip\nNEW-1,Mine,Austin,TX,78701\n";
        let editor = app.user(Role::Editor, &scope).await;
        editor.upload(IMPORTS, file).await.problem(409, "demonstration");
        let all = app.admin().await;
        let plan = planned(&all, file).await;
        assert_eq!((&plan["retires_demonstration"], &plan["summary"]["create"]), (&json!(true), &json!(1)));
        assert_eq!(apply(&all, &plan, json!([])).await.ok()["retired_demonstration"], 76);
        assert_eq!(app.anon().get("/readyz").await.ok()["demo"], false);
    })
    .await;
}
