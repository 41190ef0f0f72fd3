//! The files that people have: workbooks, other separators and encodings, a Google Business Profile (rules I5, I6).

use serde_json::{Value, json};

use crate::import_plan::{apply, planned};
use crate::support::xlsx::{Cell, workbook, workbook_of};
use crate::support::{TestApp, on_each_database};

async fn clinic(app: &TestApp, slug: &str) -> Value {
    app.anon().get(&format!("/api/v1/clinics/{slug}")).await.ok()
}

async fn imported(app: &TestApp, file: impl AsRef<[u8]>) -> Value {
    let editor = app.editor().await;
    let plan = planned(&editor, file).await;
    apply(&editor, &plan, json!([])).await.ok();
    plan
}

#[tokio::test]
async fn i5_a_workbook_is_read_as_a_person_sees_it() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let header = [
            "Clinic Code",
            "name",
            "city",
            "state",
            "Zip Code",
            "lat",
            "lon",
            "phone",
            "closed_on",
            "special_hours",
            "priority",
            "offers_consultations",
        ];
        let row = vec![
            Cell::Number(42.0),
            Cell::Formula("CONCATENATE(\"The \",\"Formula\")", "The Formula"),
            Cell::from("Boston"),
            Cell::from("MA"),
            Cell::Number(2210.0),
            Cell::Number(42.3601),
            Cell::Number(-71.0589),
            Cell::Number(6_175_550_100.0),
            Cell::Date(46_748.0),
            Cell::from("2026-12-24 off"),
            Cell::Number(7.0),
            Cell::Blank,
        ];
        let plan = imported(&app, workbook(&[header.map(Cell::from).to_vec(), Vec::new(), row])).await;
        assert_eq!(plan["rows"][0]["row"], 3, "rows are numbered as the sheet shows them: {plan}");
        assert_eq!(plan["rows"][0]["notes"][0]["column"], "Zip Code", "as the file calls it");
        let clinic = clinic(&app, "the-formula").await;
        let facts = ["code", "zip", "lat", "lon", "phone", "closed_on"].map(|member| clinic[member].clone());
        let expected =
            [json!("42"), json!("02210"), json!(42.3601), json!(-71.0589), json!("+16175550100"), json!("2027-12-27")];
        assert_eq!(facts, expected);
    })
    .await;
}

#[tokio::test]
async fn i5_what_a_workbook_cannot_say_is_refused_with_row_and_column() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let header = ["code", "name", "city", "state", "zip", "mon_hours"].map(Cell::from).to_vec();
        let row = |name: Cell, hours: Cell| {
            vec![Cell::from("A"), name, Cell::from("Austin"), Cell::from("TX"), Cell::Number(78_701.0), hours]
        };
        for (bad, column) in
            [(row(Cell::Error("#REF!"), Cell::Blank), "name"), (row(Cell::from("A"), Cell::Time(0.375)), "mon_hours")]
        {
            let plan = planned(&app.editor().await, workbook(&[header.clone(), bad])).await;
            assert_eq!(plan["summary"]["error"], 1, "{plan}");
            assert_eq!(plan["rows"][0]["problems"][0]["column"], column, "{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn i5_a_workbook_and_its_csv_are_one_network() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let csv = include_str!("../../data/clinics.csv");
        assert_eq!(imported(&app, workbook_of(csv)).await["summary"]["create"], 76);
        let again = planned(&app.editor().await, format!("{csv}\n")).await;
        assert_eq!(again["summary"], json!({"create": 0, "change": 0, "same": 76, "decision": 0, "error": 0}));
    })
    .await;
}

#[tokio::test]
async fn i5_semicolons_come_with_decimal_commas() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let text = "code;name;city;state;zip;lat;lon;description\r\nA;Ñ;Austin;TX;78701;30,2672;-97,7431;\"one; two\"\r\n;;;;;;;\r\n";
        let windows: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
        imported(&app, windows).await;
        let read = clinic(&app, "n").await;
        assert_eq!((&read["lat"], &read["lon"]), (&json!(30.2672), &json!(-97.7431)));
        assert_eq!((&read["name"], &read["description"]), (&json!("Ñ"), &json!("one; two")));
    })
    .await;
}

#[tokio::test]
async fn i6_a_google_business_profile_is_understood() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let file = "Store code,Business name,Address line 1,Address line 2,Address line 3,Locality,Administrative area,\
                    Country / Region,Postal code,Latitude,Longitude,Primary phone,Additional phones,Website,Primary category,\
                    Sunday hours,Monday hours,Tuesday hours,Special hours,From the business,Opening date,Labels,\
                    Accessibility: Wheelchair accessible entrance (has_wheelchair_accessible_entrance)\n\
                    G1,Google One,1 Main Street,Suite 4,Second floor,Austin,TX,US,78701,30.2672,-97.7431,(512) 555-0134,\
                    (512) 555-0135,https://example.com/,Clinic,x,9:00AM-6:00PM,\"9:00AM-12:00PM, 1:00PM-5:00PM\",\
                    \"2026-12-25: x, 2026-12-24: 9:00AM-12:00PM\",About us,2019-05-01,north;south,Yes\n";
        let plan = imported(&app, file).await;
        let ignored: Vec<_> = plan["notes"].as_array().expect("notes").iter().map(|note| note["column"].clone()).collect();
        assert_eq!(ignored.len(), 4, "{ignored:?}");
        let read = clinic(&app, "google-one").await;
        assert_eq!((&read["street"], &read["unit"]), (&json!("1 Main Street"), &json!("Suite 4, Second floor")));
        assert_eq!((&read["description"], &read["opens_on"]), (&json!("About us"), &json!("2019-05-01")));
        assert_eq!(read["hours"]["mon"], json!([["09:00", "18:00"]]));
        assert_eq!(read["hours"]["tue"], json!([["09:00", "12:00"], ["13:00", "17:00"]]));
        assert_eq!((&read["hours"]["sun"], &read["hours"]["wed"]), (&json!([]), &json!([])));
        let days = read["special_hours"].as_array().expect("a list");
        assert_eq!((&days[0]["windows"], &days[1]["windows"]), (&json!([["09:00", "12:00"]]), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn i5_hostile_texts_are_stored_as_texts() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let names =
            ["<script>alert(1)</script>", "=HYPERLINK(\"http://x\")", "a\u{202e}b", "Espan\u{303}ola", "{{7*7}}"];
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["code", "name", "city", "state", "zip"]).expect("in memory");
        for (at, name) in names.iter().enumerate() {
            writer.write_record([&format!("H{at}"), *name, "Austin", "TX", "78701"]).expect("in memory");
        }
        imported(&app, writer.into_inner().expect("in memory")).await;
        let list = app.anon().get("/api/v1/clinics").await.ok();
        let mut stored: Vec<_> =
            list["data"].as_array().expect("a list").iter().map(|c| c["name"].as_str().expect("text")).collect();
        stored.sort_unstable();
        let mut expected = names;
        expected[3] = "Española";
        expected.sort_unstable();
        assert_eq!(stored, expected);
    })
    .await;
}
