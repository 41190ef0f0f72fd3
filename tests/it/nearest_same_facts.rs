//! A caller who gives a ZIP and one who gives that ZIP's city hear the same about each clinic (rule N10).

use std::collections::BTreeMap;
use std::path::Path;

use clinic_directory::places::{Zip, ZipKind, gazetteer};
use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, real_data};

/// What may differ between two callers: all of it follows from where they are.
const OF_THE_CALLER: [&str; 5] = ["distance_m", "distance_mi", "bearing", "tie_group", "far"];

/// Where somebody is who looks for a clinic, in both ways of saying it.
struct Caller {
    zip: String,
    city: String,
}

impl From<&Zip> for Caller {
    fn from(zip: &Zip) -> Self {
        Self { zip: zip.code.to_string(), city: format!("{}, {}", zip.city, zip.state.code) }
    }
}

/// What an answer says of each clinic, the ones it left out included.
fn facts(answer: &Value) -> BTreeMap<String, Value> {
    let items = ["data", "excluded"].into_iter().flat_map(|list| answer[list].as_array().unwrap());
    let facts = items.map(|item| {
        let mut item = item.clone();
        item.as_object_mut().unwrap().retain(|name, _| !OF_THE_CALLER.contains(&name.as_str()));
        let slug = item["clinic"]["slug"].as_str().or(item["slug"].as_str()).unwrap().to_owned();
        (slug, item)
    });
    facts.collect()
}

async fn answer(app: &TestApp, near: &str) -> Value {
    let near: String = url::form_urlencoded::byte_serialize(near.as_bytes()).collect();
    app.anon().get(&format!("/api/v1/nearest?near={near}")).await.ok()
}

/// How many clinics both answers named.
async fn compare(app: &TestApp, caller: &Caller) -> usize {
    let Caller { zip, city } = caller;
    let (by_zip, by_city) = (answer(app, zip).await, answer(app, city).await);
    for answer in [&by_zip, &by_city] {
        assert_ne!(answer["data"], json!([]), "{zip} {city}: {}", answer["search"]);
    }
    assert_eq!((&by_zip["resolved"]["kind"], &by_city["resolved"]["kind"]), (&json!("zip"), &json!("city")), "{city}");
    for member in ["as_of", "data_version", "demo"] {
        assert_eq!(by_zip[member], by_city[member], "{zip} {city}: {member}");
    }
    let (of_zip, of_city) = (facts(&by_zip), facts(&by_city));
    let both = of_zip.keys().filter(|slug| of_city.contains_key(*slug));
    both.inspect(|slug| assert_eq!(of_zip[*slug], of_city[*slug], "{zip} {city}")).count()
}

async fn compare_all(callers: &[Caller]) {
    let database = TestDatabase::sqlite();
    let app = TestApp::demonstration(&database).await;
    let mut shared = 0;
    for caller in callers {
        shared += compare(&app, caller).await;
    }
    assert!(shared >= callers.len(), "{} callers, {shared} clinics in both answers", callers.len());
}

#[tokio::test]
async fn n10_a_zip_and_its_city_agree_about_every_clinic_from_all_over_the_gazetteer() {
    const EVERY: usize = 83;
    let standard = gazetteer().zips().iter().filter(|zip| zip.kind == ZipKind::Standard);
    let callers: Vec<Caller> = standard.step_by(EVERY).map(Caller::from).collect();
    assert!(callers.len() > 300);
    compare_all(&callers).await;
}

#[tokio::test]
async fn n10_a_thousand_real_pharmacies_hear_the_same_by_zip_and_by_city() {
    let Some(file) = real_data("albertsons_pharmacies.csv") else { return };
    let callers = pharmacies(&file);
    assert_eq!(callers.len(), 1_000);
    compare_all(&callers).await;
}

/// A thousand of them, spread over the whole file.
fn pharmacies(file: &Path) -> Vec<Caller> {
    let mut reader = csv::Reader::from_path(file).expect("the file opens");
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().collect::<Result<_, _>>().expect("a whole CSV");
    let chosen = (0..1_000).map(|number| &rows[number * rows.len() / 1_000]);
    chosen.map(|row| Caller { zip: row["zip"].clone(), city: format!("{}, {}", row["city"], row["state"]) }).collect()
}
