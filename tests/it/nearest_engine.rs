//! The engine against an oracle that knows no index, no chords and no snapshot layers: every clinic, the geodesic, a sort.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clinic_directory::clinics::status::ClinicStatus;
use clinic_directory::directory::{Dates, Entry, Filter, Question, Snapshot, Sort, search};
use clinic_directory::geo::{Metres, Point, geodesic};

use crate::support::{Random, TestApp, TestDatabase};

/// How many questions are asked; `QUESTIONS=100000` takes two minutes.
fn questions() -> usize {
    std::env::var("QUESTIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000)
}

/// A network with everything that can decide between clinics: shared points, priorities, services, hours, statuses.
pub fn network(clinics: usize) -> String {
    let mut random = Random::new(7);
    let mut csv = String::from(
        "code,name,city,state,lat,lon,status,services,languages,priority,hours,offers_consultations,time_zone\n",
    );
    let mut at = (0.0, 0.0);
    for number in 0..clinics {
        if number % 10 != 1 {
            at = (random.between(24.0, 49.0), random.between(-125.0, -67.0));
        }
        let status = ["open", "open", "open", "temporarily_closed", "coming_soon"][random.below(5)];
        let services = ["smp", "smp;density", "density"][random.below(3)];
        let languages = ["en", "en;es"][random.below(2)];
        let hours = ["", "24/7", "Mo-Fr 09:00-17:00", "Sa 10:00-12:00"][random.below(4)];
        let offers = ["yes", "yes", "no"][random.below(3)];
        let (lat, lon, priority) = (at.0, at.1, random.below(3));
        csv += &format!(
            "C{number:05},N,Austin,TX,{lat},{lon},{status},{services},{languages},{priority},{hours},{offers},"
        );
        csv += "America/Chicago\n";
    }
    csv
}

pub struct Expected {
    pub codes: Vec<String>,
    used_radius: Option<f64>,
}

/// Rules N1 to N3 word by word.
fn expected(entries: &[Arc<Entry>], question: &Question) -> Expected {
    let passes = |entry: &&Arc<Entry>| {
        entry.status == ClinicStatus::Open && question.filter.refuses(entry, question.as_of).is_none()
    };
    let mut ranked: Vec<(f64, &Arc<Entry>)> =
        entries.iter().filter(passes).map(|entry| (geodesic(question.from, entry.point).0, entry)).collect();
    ranked.sort_by(|(a, x), (b, y)| {
        let by_priority = || y.clinic.priority.cmp(&x.clinic.priority);
        a.total_cmp(b).then_with(by_priority).then_with(|| x.clinic.code.cmp(&y.clinic.code))
    });
    if question.sort == Sort::Soonest {
        let used_radius = used_radius(ranked.first().map(|(nearest, _)| *nearest), question);
        ranked.retain(|(distance, _)| *distance <= used_radius.unwrap_or(f64::INFINITY));
        ranked.sort_by_key(|(_, entry)| question.first_slot(entry).map(|slot| slot.starts_at));
        ranked.truncate(question.limit);
        let codes = ranked.iter().map(|(_, entry)| entry.clinic.code.to_string()).collect();
        return Expected { codes, used_radius };
    }
    let ranked = ranked.into_iter().map(|(distance, entry)| (distance, entry.clinic.code.to_string()));
    expected_of(ranked.collect(), question)
}

fn used_radius(nearest: Option<f64>, question: &Question) -> Option<f64> {
    let steps = [25.0, 50.0, 100.0, 250.0].map(|miles| miles * 1609.344);
    let asked = question.radius.0;
    let mut radii = std::iter::once(asked).chain(steps.into_iter().filter(|step| *step > asked));
    radii.find(|radius| nearest.is_some_and(|nearest| nearest <= *radius))
}

/// What is within the radius, or within the first wider one that holds something (rule N3), of clinics in their order.
pub fn expected_of(ranked: Vec<(f64, String)>, question: &Question) -> Expected {
    let used_radius = used_radius(ranked.first().map(|(nearest, _)| *nearest), question);
    let within = used_radius.unwrap_or(f64::INFINITY);
    let found = ranked.into_iter().take_while(|(distance, _)| *distance <= within).take(question.limit);
    Expected { codes: found.map(|(_, code)| code).collect(), used_radius }
}

pub fn any_question(random: &mut Random, entries: &[Arc<Entry>], as_of: DateTime<Utc>) -> Question {
    let anywhere = [(24.0, 49.0, -125.0, -67.0), (-90.0, 90.0, -180.0, 180.0)][random.below(2)];
    let point = Point::new(random.between(anywhere.0, anywhere.1), random.between(anywhere.2, anywhere.3)).unwrap();
    // Now and then from a clinic's own door, with a radius that ends exactly at another's.
    let from = if random.below(8) == 0 { entries[random.below(entries.len())].point } else { point };
    let exact = geodesic(from, entries[random.below(entries.len())].point);
    let radius = if random.below(4) == 0 && exact.0 > 0.0 { exact } else { Metres(random.between(1.0, 600_000.0)) };
    let service = ["smp", "density", "none"][random.below(3)].to_owned();
    let sort = [Sort::Distance, Sort::Distance, Sort::Distance, Sort::Soonest][random.below(4)];
    let days = [0, 1, 3, 1_000][random.below(4)];
    let filter = Filter {
        service: (random.below(3) == 0).then_some(service),
        open_now: random.below(3) == 0,
        language: (random.below(4) == 0).then(|| "es".to_owned()),
        times: (sort == Sort::Soonest || random.below(3) == 0).then(|| Dates::within(days)),
    };
    Question { from, limit: 1 + random.below(100), radius, filter, sort, as_of }
}

pub fn codes(snapshot: &Snapshot, question: &Question) -> Vec<String> {
    let found = search(snapshot, question);
    found.places.iter().map(|place| snapshot.entry(place.position).clinic.code.to_string()).collect()
}

#[tokio::test]
async fn n1_n2_n3_the_engine_equals_brute_force_with_the_geodesic() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    app.import(network(700)).await;
    let snapshot = app.state.directory.snapshot();
    let mut random = Random::new(11);
    for number in 0..questions() {
        let question = any_question(&mut random, snapshot.entries(), app.clock.now());
        let Expected { codes: expected, used_radius } = expected(snapshot.entries(), &question);
        assert_eq!(codes(&snapshot, &question), expected, "question {number}: {question:?}");
        let found = search(&snapshot, &question);
        assert_eq!(found.used_radius.map(|radius| radius.0), used_radius, "question {number}: {question:?}");
        for place in &found.places {
            let exact = geodesic(question.from, snapshot.entry(place.position).point);
            let printed = place.distance.unwrap();
            assert_eq!(format!("{:.0}", printed.0), format!("{:.0}", exact.0), "question {number}: the printed metre");
        }
    }
}

/// Rule N4: what was left out, nearest first, is nearer than the last result, and names its reason.
#[tokio::test]
async fn n4_nearer_clinics_that_were_left_out_equal_brute_force() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    app.import(network(300)).await;
    let snapshot = app.state.directory.snapshot();
    let mut random = Random::new(13);
    for number in 0..300 {
        let question = any_question(&mut random, snapshot.entries(), app.clock.now());
        let found = search(&snapshot, &question);
        let far = |position| geodesic(question.from, snapshot.entry(position).point).0;
        let last = found.places.iter().map(|place| far(place.position)).reduce(f64::max).unwrap_or(f64::INFINITY);
        let is_left_out = |entry: &&Arc<Entry>| {
            entry.status != ClinicStatus::Open || question.filter.refuses(entry, question.as_of).is_some()
        };
        let mut nearer: Vec<f64> = snapshot
            .entries()
            .iter()
            .filter(is_left_out)
            .map(|entry| geodesic(question.from, entry.point).0)
            .filter(|distance| *distance < last)
            .collect();
        nearer.sort_by(f64::total_cmp);
        nearer.truncate(5);
        let told: Vec<f64> = found.excluded.iter().map(|excluded| excluded.distance.0.round()).collect();
        assert_eq!(told, nearer.iter().map(|d| d.round()).collect::<Vec<_>>(), "question {number}: {question:?}");
    }
}

#[tokio::test]
async fn n2_a_clinic_exactly_at_the_radius_is_inside_and_just_beyond_is_not() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    app.clinic("A1").at(30.2672, -97.7431).create().await;
    let snapshot = app.state.directory.snapshot();
    let from = Point::new(30.5, -97.9).unwrap();
    let exact = geodesic(from, snapshot.entries()[0].point);
    let ask = |radius: f64| {
        let (radius, filter, as_of) = (Metres(radius), Filter::default(), app.clock.now());
        search(&snapshot, &Question { from, limit: 1, radius, filter, sort: Sort::Distance, as_of })
    };
    assert!(!ask(exact.0).expanded);
    assert!(ask(exact.0.next_down()).expanded);
}

#[tokio::test]
async fn n7_the_antimeridian_and_the_poles_are_ordinary() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    app.clinic("ATTU").at(52.9022, 172.9097).city("Attu Station", "AK").create().await;
    app.clinic("ADAK").at(51.88, -176.6581).city("Adak", "AK").create().await;
    let answer = app.anon().get("/api/v1/nearest?lat=51.88&lon=-176.6581&radius=12500").await.ok();
    assert_eq!(answer["data"][0]["distance_m"], 0);
    assert_eq!(answer["data"][0]["bearing"], serde_json::Value::Null);
    assert_eq!(answer["data"][1]["clinic"]["code"], "ATTU");
    assert_eq!(answer["data"][1]["distance_mi"], 446.5);
    app.clinic("EAST").at(0.0, 179.5).city("Wake", "GU").with("time_zone", "Pacific/Guam").create().await;
    let answer = app.anon().get("/api/v1/nearest?lat=0&lon=-179.5&limit=1").await.ok();
    assert_eq!(answer["data"][0]["distance_m"], 111_319);
    assert_eq!(answer["data"][0]["bearing"], "W");
    let from_the_pole = app.anon().get("/api/v1/nearest?lat=90&lon=0&limit=1").await.ok();
    assert_eq!(from_the_pole["data"][0]["clinic"]["code"], "ATTU");
}

#[tokio::test]
async fn n2_clinics_in_one_building_all_stay_by_priority_then_code() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    for (code, priority) in [("C", "0"), ("A", "0"), ("B", "5")] {
        app.clinic(code).at(30.0, -97.0).with("priority", priority).create().await;
    }
    let answer = app.anon().get("/api/v1/nearest?lat=30&lon=-97").await.ok();
    let codes: Vec<_> = answer["data"].as_array().unwrap().iter().map(|found| &found["clinic"]["code"]).collect();
    assert_eq!(codes, ["B", "A", "C"]);
}
