//! Twenty planted faults in one file: each is told with its row and column, and nothing is written (rules I3 to I5).

use serde_json::{Value, json};

use crate::import_plan::{apply, planned};
use crate::support::{TestApp, on_each_database, tables};

const HEADER: &str = "code,name,city,state,zip,lat,lon,phone,email,website,hours,opens_on,capacity,mystery";

/// The row as it is in the file, and what is wrong with it: result, column, a word of the reason.
const FAULTS: [(&[u8], &str, &str, &str); 20] = [
    (b"F01,Swapped pin,Austin,TX,78701,-97.7431,30.2672,,,,,,,", "decision", "lat", "latitude"),
    (b"F02,Missing minus,Austin,TX,78701,30.2672,97.7431,,,,,,,", "decision", "lon", "miles from ZIP 78701"),
    (b"F03,Far pin,Austin,TX,78701,32.7767,-96.797,,,,,,,", "decision", "lat", "miles from ZIP 78701"),
    (b"F04,A zero,Austin,TX,78701,30.2672,0,,,,,,,", "decision", "lon", "miles"),
    (b"F05,Null island,Austin,TX,78701,0,0,,,,,,,", "error", "lat", "ocean"),
    (b"F06,ZIP of another state,Austin,TX,02110,,,,,,,,,", "error", "zip", "belongs to MA"),
    (b"F07,Lost zero that the state denies,Austin,TX,2210,,,,,,,,,", "error", "zip", "five digits"),
    (b"GOOD,Duplicate code,Austin,TX,78701,,,,,,,,,", "error", "code", "already in row 2"),
    (b"F09,Ragged row,Austin,TX,78701", "error", "", "5 cells where the header has 14"),
    (b"F10,Too many cells,Austin,TX,78701,,,,,,,,,,,,", "error", "", "17 cells"),
    (b"F11,#REF!,Austin,TX,78701,,,,,,,,,", "error", "name", "#REF!"),
    ("F12,Española,Austin\u{1b}[2J,TX,78701,,,,,,,,,".as_bytes(), "error", "city", "control character"),
    (b"F13,Latin-1 byte \xf1,Austin,TX,78701,,,,,,,,,", "error", "name", "byte that is no letter"),
    (b"F14,Phone short of a digit,Austin,TX,78701,,,(512) 555-013,,,,,,", "error", "phone", "9 digits"),
    (b"F15,Bad e-mail,Austin,TX,78701,,,,ana@,,,,,", "error", "email", "e-mail"),
    (b"F16,Bad address,Austin,TX,78701,,,,,javascript:alert(1),,,,", "error", "website", "https://"),
    (b"F17,Bad hours,Austin,TX,78701,,,,,,Mo-Fr 09:00-25:00,,,", "error", "hours", "25:00"),
    (b"F18,No such day,Austin,TX,78701,,,,,,,2027-02-30,,", "error", "opens_on", "not a date"),
    (b"F19,Formula for a number,Austin,TX,78701,,,,,,,,=1+1,", "error", "capacity", "whole number"),
    (b"123,Lost zeros of a code,Austin,TX,78701,,,,,,,,,", "decision", "code", "00123"),
];

fn file() -> Vec<u8> {
    let mut file = format!("{HEADER}\nGOOD,Fine,Austin,TX,78701,,,,,,,,,\n").into_bytes();
    for (row, ..) in FAULTS {
        file.extend_from_slice(row);
        file.push(b'\n');
    }
    file
}

#[tokio::test]
async fn every_planted_fault_is_told_and_nothing_is_written() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("00123").zip("78701").create().await;
        let before = tables::contents(&app.state.db).await;
        let editor = app.editor().await;
        let plan = planned(&editor, file()).await;
        assert_eq!(plan["summary"], json!({"create": 1, "change": 0, "same": 0, "decision": 5, "error": 16}), "{plan}");
        let rows = plan["rows"].as_array().expect("rows");
        // The unknown column is told with the header.
        assert_eq!((&rows[0]["row"], &rows[0]["problems"][0]["column"]), (&json!(1), &json!("mystery")));
        for (at, (_, result, column, word)) in FAULTS.iter().enumerate() {
            let row = rows.iter().find(|row| row["row"] == at + 3).unwrap_or_else(|| panic!("row {}", at + 3));
            let problem = &row["problems"][0];
            eprintln!("row {}, {}: {}", row["row"], problem["column"], problem["reason"]);
            let named = problem["column"].as_str().unwrap_or_default();
            assert_eq!((&row["result"], named), (&json!(result), *column), "{row}");
            assert!(problem["reason"].as_str().expect("text").contains(word), "{row}");
            let is_explained = !matches!(row["code"].as_str(), Some("F03"));
            assert!(*result == "error" || problem["fix"].is_object() == is_explained, "{row}");
        }
        let skips: Vec<Value> = (2..=22).map(|row| json!({"row": row, "skip": true})).collect();
        let refused = apply(&editor, &plan, json!(skips[1..])).await.problem(409, "decisions_needed");
        assert_eq!(refused["open"], 1, "the header cannot be skipped");
        assert_eq!(tables::contents(&app.state.db).await, before);
    })
    .await;
}
