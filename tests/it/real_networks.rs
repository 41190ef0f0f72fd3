//! Real networks, as their owners keep them: what loads, what is refused and why, and the nearest of them against brute force.
//! They are not ours to keep here: these checks run when `REAL_DATA_DIR` names their folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clinic_directory::clinics::import::LoadError;
use clinic_directory::geo::{Point, geodesic};
use clinic_directory::places::gazetteer;
use serde_json::{Value, json};

use crate::import_plan::{apply, planned, undo};
use crate::support::{Random, TestApp, codes, on_each_database, tables, xlsx};

/// A file of the folder, or `None` where these checks are no part of the run.
fn real(file: &str) -> Option<String> {
    let folder = PathBuf::from(std::env::var_os("REAL_DATA_DIR")?);
    Some(std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}")))
}

/// A network in our columns.
struct Network {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Network {
    fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns).expect("in memory");
        self.rows.iter().for_each(|row| writer.write_record(row).expect("in memory"));
        String::from_utf8(writer.into_inner().expect("in memory")).expect("UTF-8")
    }

    fn cell<'r>(&self, row: &'r [String], column: &str) -> &'r str {
        &row[self.columns.iter().position(|name| *name == column).expect("a column")]
    }

    fn in_our_columns(file: &str) -> Self {
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        let columns = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
        Self { columns, rows: rows.collect() }
    }

    /// Loads the rows that are fine; those that are refused are printed and taken out.
    async fn load(&mut self, app: &TestApp) -> Tally {
        let refused = match app.try_import(self.csv()).await {
            Ok(loaded) => return Tally { created: loaded.created, refused: BTreeMap::new() },
            Err(LoadError::Refused(problems)) => problems,
            Err(LoadError::Failed(error)) => panic!("{error:#}"),
        };
        let mut by_column = BTreeMap::new();
        for problem in &refused {
            eprintln!("refused: {problem}");
            *by_column.entry(problem.column.clone().unwrap_or_default()).or_default() += 1;
        }
        // Row 1 is the header.
        let mut row = 1;
        self.rows.retain(|_| {
            row += 1;
            refused.iter().all(|problem| problem.row != row)
        });
        Tally { created: app.import(self.csv()).await.created, refused: by_column }
    }
}

/// What became of a file's rows.
#[derive(Debug, PartialEq, Eq)]
struct Tally {
    created: usize,
    /// Problems by column.
    refused: BTreeMap<String, usize>,
}

impl Tally {
    fn new<const N: usize>(created: usize, refused: [(&str, usize); N]) -> Self {
        Self { created, refused: refused.map(|(column, problems)| (column.to_owned(), problems)).into() }
    }
}

/// A feed of FHIR locations.
fn new_jersey(file: &str) -> Network {
    let columns = ["code", "name", "street", "city", "state", "zip", "phone", "website", "lat", "lon"];
    let rows = file.lines().map(|line| {
        let location: Value = serde_json::from_str(line).expect("JSON");
        let text = |pointer| {
            let value = location.pointer(pointer).unwrap_or(&Value::Null);
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        };
        let pointers = [
            "/id",
            "/name",
            "/address/line/0",
            "/address/city",
            "/address/state",
            "/address/postalCode",
            "/telecom/0/value",
            "/telecom/1/value",
            "/position/latitude",
            "/position/longitude",
        ];
        pointers.map(text).to_vec()
    });
    Network { columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// Codes are row numbers: four of the store ids occur twice, two are blank.
fn pharmacies(file: &str) -> Network {
    let columns = ["code", "name", "street", "city", "state", "zip", "phone", "lat", "lon", "time_zone"];
    let theirs = ["name", "address", "city", "state", "zip", "phone", "lat", "lon", "timezone"];
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows = reader.deserialize::<BTreeMap<String, String>>().enumerate().map(|(number, row)| {
        let row = row.expect("a row");
        let code = format!("P{:04}", number + 2);
        std::iter::once(code).chain(theirs.map(|column| row[column].clone())).collect()
    });
    Network { columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// Where each clinic is, by the file's own word; a row without a pin lies at its ZIP's point (I4).
fn pins(network: &Network) -> Vec<(String, Point)> {
    let pin = |row: &Vec<String>| {
        let [code, zip, lat, lon] = ["code", "zip", "lat", "lon"].map(|column| network.cell(row, column));
        let point = match (lat.parse(), lon.parse()) {
            (Ok(lat), Ok(lon)) => Point::new(lat, lon).expect("a position"),
            _ => gazetteer().zip(zip).expect("a known ZIP").point,
        };
        (code.to_owned(), point)
    };
    network.rows.iter().map(pin).collect()
}

#[tokio::test]
async fn n1_n2_the_ten_nearest_pharmacies_equal_brute_force() {
    let Some(file) = real("albertsons_pharmacies.csv") else { return };
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let mut network = pharmacies(&file);
        assert_eq!(network.load(&app).await, Tally::new(1_706, []));
        let pins = pins(&network);
        let mut random = Random::new(5);
        for number in 0..1_000 {
            let anywhere = Point::new(random.between(18.0, 72.0), random.between(-178.0, -65.0)).expect("a position");
            // Every other searcher is among the pharmacies, where answers lie close together.
            let from = if number % 2 == 0 { anywhere } else { near(pins[random.below(pins.len())].1, &mut random) };
            let mut ranked: Vec<_> = pins.iter().map(|(code, pin)| (geodesic(from, *pin).0, code)).collect();
            ranked.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
            let question = format!("/api/v1/nearest?lat={}&lon={}&radius=12500&limit=10", from.lat(), from.lon());
            let answer = app.anon().get(&question).await.ok();
            let expected: Vec<&str> = ranked[..10].iter().map(|(_, code)| code.as_str()).collect();
            assert_eq!(codes(&answer), expected, "{question}");
        }
    })
    .await;
}

/// Some miles from it.
fn near(pin: Point, random: &mut Random) -> Point {
    Point::new(pin.lat() + random.between(-0.3, 0.3), pin.lon() + random.between(-0.3, 0.3)).expect("a position")
}

/// Townships and neighbourhoods that the gazetteer does not have: the caller hears so, and is asked for a ZIP.
const UNKNOWN_CITIES: [&str; 4] = ["Anaheim Hills, CA", "Berlin, VT", "Falcon, CO", "Wall Township, NJ"];

/// The pharmacies' customers as callers: by ZIP and by city they hear of the same clinics the same facts.
#[tokio::test]
async fn n10_answers_by_zip_and_by_city_agree_and_none_is_empty() {
    let Some(file) = real("albertsons_pharmacies.csv") else { return };
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let callers = pharmacies(&file);
        let mut in_both = 0;
        for caller in &callers.rows {
            let [city, state, zip] = ["city", "state", "zip"].map(|column| callers.cell(caller, column));
            let by_zip = clinics(&app, zip).await.expect("every ZIP is known");
            let city = format!("{city}, {state}");
            let Some(by_city) = clinics(&app, &city).await else {
                assert!(UNKNOWN_CITIES.contains(&&*city), "{city}");
                continue;
            };
            for (code, facts) in by_zip.iter().filter(|(code, _)| by_city.contains_key(*code)) {
                assert_eq!(*facts, by_city[code], "{code} for {zip} and for {city}");
                in_both += 1;
            }
        }
        assert!(in_both > 1_000, "{in_both} comparisons");
    })
    .await;
}

/// The clinics of a nearest answer, by code; `None` when the place is not known.
async fn clinics(app: &TestApp, near: &str) -> Option<BTreeMap<String, Value>> {
    let query: String = url::form_urlencoded::byte_serialize(near.as_bytes()).collect();
    let response = app.anon().get(&format!("/api/v1/nearest?near={query}")).await;
    if response.status() == 404 {
        response.problem(404, "place_unknown");
        return None;
    }
    let answer = response.ok();
    let found = answer["data"].as_array().expect("a list");
    assert!(!found.is_empty(), "{near}");
    Some(found.iter().map(|item| (item["clinic"]["code"].to_string(), item["clinic"].clone())).collect())
}

/// Weekly hours as people type them, in a file that has our columns already. Refused are an Arkansas ZIP in Alaska, two days
/// from midnight to midnight, a phone of zeros, and addresses on the web that are none without their scheme.
#[tokio::test]
async fn i6_alaskas_providers_load_but_for_what_nobody_could_mean() {
    let Some(file) = real("alaska_providers.csv") else { return };
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let tally = Network::in_our_columns(&file).load(&app).await;
        assert_eq!(tally, Tally::new(232, [("zip", 1), ("sunday_hours", 2), ("phone", 1), ("website", 11)]));
        let clinic = app.anon().get("/api/v1/clinics/rons-apothecary-shoppe").await.ok();
        assert_eq!(clinic["hours"]["mon"], json!([["10:15", "14:00"]]));
        assert_eq!((&clinic["hours"]["sun"], &clinic["time_zone"]), (&json!([]), &json!("America/Juneau")));
    })
    .await;
}

/// ZIPs without their leading zero, which the state proves, and phones that lack a digit, which nobody can repair.
#[tokio::test]
async fn i3_new_jerseys_pharmacies_get_their_zeros_back() {
    let Some(file) = real("riteaid_nj_locations.ndjson") else { return };
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        assert_eq!(new_jersey(&file).load(&app).await, Tally::new(83, [("phone", 29)]));
        let list = app.anon().get("/api/v1/clinics?state=NJ&limit=100").await.ok();
        let clinics = list["data"].as_array().expect("a list");
        assert_eq!(clinics.len(), 83);
        for clinic in clinics {
            let zip = clinic["zip"].as_str().expect("a ZIP");
            assert!(zip.len() == 5 && zip.starts_with('0'), "{zip}");
        }
    })
    .await;
}

/// Plans a file, leaves out its errors and takes its doubts as they are, and takes it all back. How many rows were created,
/// in doubt and in error.
async fn there_and_back(app: &TestApp, file: impl AsRef<[u8]>) -> [usize; 3] {
    let editor = app.editor().await;
    let before = tables::records(&app.state.db).await;
    let plan = planned(&editor, file).await;
    let mut decisions = Vec::new();
    for result in ["decision", "error"] {
        let rows = editor.get(&format!("/api/v1/admin/imports/{}?result={result}", plan["id"])).await.ok();
        for row in rows["rows"].as_array().expect("rows") {
            let reason = |problem: &Value| format!("{}: {}", problem["column"], problem["reason"]);
            let reasons: Vec<String> = row["problems"].as_array().expect("a list").iter().map(reason).collect();
            eprintln!("{result}, row {}: {}", row["row"], reasons.join("; "));
            decisions.push(match result {
                "error" => json!({"row": row["row"], "skip": true}),
                _ => json!({"row": row["row"], "override": true, "reason": "large ZIPs"}),
            });
        }
    }
    let summary = ["create", "decision", "error"].map(|name| plan["summary"][name].as_u64().expect("a number"));
    let applied = apply(&editor, &plan, json!(decisions)).await.ok();
    assert_eq!(applied["created"], summary[0] + summary[1]);
    let undone = undo(&editor, &plan).await.ok();
    assert_eq!((&undone["removed"], &undone["kept"]), (&applied["created"], &json!(0)));
    assert_eq!(tables::records(&app.state.db).await, before);
    summary.map(|count| usize::try_from(count).expect("small"))
}

#[tokio::test]
async fn i2_real_files_go_through_plan_apply_and_undo_as_csv_and_as_workbooks() {
    let (Some(alaska), Some(albertsons)) = (real("alaska_providers.csv"), real("albertsons_pharmacies.csv")) else {
        return;
    };
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let albertsons = pharmacies(&albertsons).csv();
        for (file, expected) in [(&alaska, [214, 18, 15]), (&albertsons, [1_705, 1, 0])] {
            assert_eq!(there_and_back(&app, file).await, expected);
            assert_eq!(there_and_back(&app, xlsx::workbook_of(file)).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn i3_every_zip_of_new_jersey_gets_its_zero_back() {
    let Some(file) = real("riteaid_nj_locations.ndjson") else { return };
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let mut network = new_jersey(&file);
        let editor = app.editor().await;
        let with_phones = planned(&editor, network.csv()).await;
        assert_eq!(with_phones["summary"]["error"], 29);
        let errors = editor.get(&format!("/api/v1/admin/imports/{}?result=error", with_phones["id"])).await.ok();
        for row in errors["rows"].as_array().expect("rows") {
            let reason = row["problems"][0]["reason"].as_str().expect("text");
            eprintln!("refused, row {}: {reason}", row["row"]);
            assert!(reason.contains("digits, an American one has 10"), "{reason}");
        }
        let phone = network.columns.iter().position(|column| column == "phone").expect("a column");
        network.rows.iter_mut().for_each(|row| row[phone].clear());
        let plan = planned(&editor, network.csv()).await;
        assert_eq!(plan["summary"]["create"], 112, "{}", plan["summary"]);
        let rest = editor.get(&format!("/api/v1/admin/imports/{}?cursor=101", plan["id"])).await.ok();
        let rows = plan["rows"].as_array().expect("rows").iter().chain(rest["rows"].as_array().expect("rows"));
        let repaired = rows.filter(|row| {
            row["notes"][0]["reason"].as_str().is_some_and(|note| note.contains("the state proves the lost zeros"))
        });
        assert_eq!(repaired.count(), 112);
    })
    .await;
}
