//! Results that an uncertain place cannot tell apart (rule N5), against the words of the rule taken literally: somewhere
//! within `uncertainty_m` of the centre, the second clinic is as near as the first.

use clinic_directory::geo::{Metres, Point, geodesic};
use geo::{Destination, Geodesic};
use serde_json::Value;

use crate::support::{Random, TestApp, TestDatabase};

/// Directions that are tried from the centre.
const AZIMUTHS: u32 = 720;

fn point(value: &Value) -> Point {
    Point::new(value["lat"].as_f64().unwrap(), value["lon"].as_f64().unwrap()).unwrap()
}

/// Whether the bisector of the two passes within `radius`: walking so far in some direction, the second becomes the nearer.
fn bisector_is_within(radius: f64, centre: Point, first: Point, second: Point) -> bool {
    (0..AZIMUTHS).any(|step| {
        let azimuth = f64::from(step) * 360.0 / f64::from(AZIMUTHS);
        let there = Geodesic.destination(geo::Point::new(centre.lon(), centre.lat()), azimuth, radius);
        let there = Point::new(there.y(), there.x()).unwrap();
        geodesic(there, second) <= geodesic(there, first)
    })
}

/// `None` when half a percent more or less uncertainty would decide otherwise.
fn tie(uncertainty: f64, centre: Point, first: Point, second: Point) -> Option<bool> {
    let [less, more] = [0.995, 1.005].map(|factor| bisector_is_within(factor * uncertainty, centre, first, second));
    (less == more).then_some(less)
}

/// A run of consecutive results that each tie with its first.
fn expected(uncertainty: f64, centre: Point, results: &[Point]) -> Option<Vec<Option<u64>>> {
    let mut groups = vec![None; results.len()];
    let (mut first, mut last_group) = (0, 0);
    for i in 1..results.len() {
        if !tie(uncertainty, centre, results[first], results[i])? {
            first = i;
            continue;
        }
        last_group += u64::from(groups[first].is_none());
        groups[first] = Some(last_group);
        groups[i] = groups[first];
    }
    Some(groups)
}

/// Some fifty clinics in and around Houston.
async fn houston(database: &TestDatabase) -> TestApp {
    let app = TestApp::empty(database).await;
    let mut random = Random::new(5);
    let mut csv = String::from("code,name,city,state,lat,lon\n");
    for number in 0..50 {
        let (lat, lon) = (random.between(29.5, 30.1), random.between(-95.8, -95.0));
        csv += &format!("H{number:02},N,Houston,TX,{lat:.5},{lon:.5}\n");
    }
    app.import(csv).await;
    app
}

#[tokio::test]
async fn n5_tie_groups_are_what_the_rule_says_in_words() {
    let database = TestDatabase::sqlite();
    let app = houston(&database).await;
    let (mut judged, mut ties, mut apart) = (0, 0, 0);
    let zips = (77_002..77_099).step_by(4).map(|zip| zip.to_string());
    for near in zips.chain(["Houston,+TX", "Pasadena,+TX", "Katy,+TX", "Sugar+Land,+TX"].map(str::to_owned)) {
        let response = app.anon().get(&format!("/api/v1/nearest?near={near}&limit=8")).await;
        if response.status() == 404 {
            continue;
        }
        let answer = response.ok();
        let items = answer["data"].as_array().unwrap();
        let results: Vec<Point> = items.iter().map(|item| point(&item["clinic"])).collect();
        let uncertainty = answer["resolved"]["uncertainty_m"].as_f64().unwrap();
        let told: Vec<Option<u64>> = items.iter().map(|item| item["tie_group"].as_u64()).collect();
        let Some(groups) = expected(uncertainty, point(&answer["resolved"]), &results) else { continue };
        assert_eq!(told, groups, "{near}: {uncertainty} m");
        judged += 1;
        ties += groups.iter().flatten().count();
        apart += groups.iter().filter(|group| group.is_none()).count();
    }
    assert!(judged >= 15 && ties >= 20 && apart >= 20, "{judged} answers, {ties} tied, {apart} apart");
}

#[tokio::test]
async fn n5_only_places_with_an_extent_tie() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    for code in ["A", "B"] {
        app.clinic(code).at(29.76, -95.37).city("Houston", "TX").create().await;
    }
    for (near, group) in [
        ("near=77002", Value::from(1)),
        ("near=Houston,+TX", Value::from(1)),
        ("near=29.7,-95.3", Value::Null),
        ("lat=29.7&lon=-95.3", Value::Null),
        ("near=TX", Value::Null),
        ("near=Louisiana", Value::Null),
    ] {
        let answer = app.anon().get(&format!("/api/v1/nearest?{near}")).await.ok();
        for item in answer["data"].as_array().unwrap() {
            assert_eq!(item["tie_group"], group, "{near}");
        }
        assert_eq!(answer["data"].as_array().unwrap().len(), 2, "{near}");
    }
}

#[test]
fn the_oracle_knows_a_bisector_when_it_sees_one() {
    let at = |lat, lon| Point::new(lat, lon).unwrap();
    // 1,113.195 m to the degree's hundredth on the equator: the bisector of 0.00 and 0.10 passes at 0.05.
    let centre = at(0.0, 0.03);
    let off = geodesic(centre, at(0.0, 0.05));
    assert!((off.0 - Metres(2_226.39).0).abs() < 0.01);
    assert_eq!(tie(off.0 * 1.02, centre, at(0.0, 0.0), at(0.0, 0.1)), Some(true));
    assert_eq!(tie(off.0 * 0.98, centre, at(0.0, 0.0), at(0.0, 0.1)), Some(false));
    assert_eq!(tie(off.0, centre, at(0.0, 0.0), at(0.0, 0.1)), None);
}
