//! Every combination of what is hard about a globe (rules N2, N7): where it happens, how many clinics stand on one point,
//! whether the searcher stands there too, and whether the radius ends exactly there.

use std::fmt::Write;

use clinic_directory::directory::{Filter, Found, Question, Snapshot, Sort, search};
use clinic_directory::geo::{Metres, Point, geodesic};
use serde_json::Value;

use crate::support::{TestApp, TestDatabase, codes};

/// A clinic's place, how a searcher may write the very same place, and a searcher elsewhere.
struct Scene {
    name: &'static str,
    clinic: (f64, f64),
    same: (f64, f64),
    away: (f64, f64),
}

const SCENES: [Scene; 7] = [
    Scene { name: "plain", clinic: (30.2672, -97.7431), same: (30.2672, -97.7431), away: (30.5, -97.9) },
    Scene { name: "across", clinic: (52.9022, 172.9097), same: (52.9022, 172.9097), away: (51.88, -176.6581) },
    Scene { name: "meridian", clinic: (51.5, 180.0), same: (51.5, -180.0), away: (51.4, -179.9) },
    Scene { name: "north", clinic: (90.0, 0.0), same: (90.0, 123.4), away: (89.9, 77.0) },
    Scene { name: "south", clinic: (-90.0, 10.0), same: (-90.0, -170.0), away: (-89.8, 179.9) },
    Scene { name: "corner", clinic: (90.0, 180.0), same: (90.0, -180.0), away: (89.95, -179.99) },
    Scene { name: "near-pole", clinic: (89.99, 180.0), same: (89.99, -180.0), away: (89.99, 0.0) },
];

/// At each scene one clinic that is found alone, and with two more on its point.
const STANDING: [(&str, i32, &str); 3] = [("B", 0, "all;one"), ("A", 0, "all"), ("Z", 7, "all")];

fn network() -> String {
    let mut csv = String::from("code,name,city,state,lat,lon,time_zone,priority,services\n");
    for Scene { name, clinic: (lat, lon), .. } in &SCENES {
        for (letter, priority, services) in STANDING {
            let services = services.split(';').map(|service| format!("{name}-{service}")).collect::<Vec<_>>().join(";");
            writeln!(csv, "{letter}-{name},N,Adak,AK,{lat},{lon},America/Adak,{priority},{services}").unwrap();
        }
    }
    csv
}

/// By N2: the higher priority first, then the code.
fn expected(scene: &Scene, standing: &str) -> Vec<String> {
    let letters: &[&str] = if standing == "one" { &["B"] } else { &["Z", "A", "B"] };
    letters.iter().map(|letter| format!("{letter}-{}", scene.name)).collect()
}

struct Asked<'a> {
    app: &'a TestApp,
    scene: &'a Scene,
    standing: &'static str,
    from: Point,
}

impl Asked<'_> {
    fn within(&self, snapshot: &Snapshot, radius: f64) -> Found {
        let filter = Filter { service: Some(format!("{}-{}", self.scene.name, self.standing)), ..Filter::default() };
        let as_of = self.app.clock.now();
        let question =
            Question { from: self.from, limit: 10, radius: Metres(radius), filter, sort: Sort::Distance, as_of };
        search(snapshot, &question)
    }

    /// All of them, at one distance, which prints as the geodesic.
    fn check(&self, snapshot: &Snapshot, radius: f64, is_within: bool) {
        let what = format!("{} {} within {radius} m of {:?}", self.scene.name, self.standing, self.from);
        let found = self.within(snapshot, radius);
        let entry = |position: u32| snapshot.entry(position);
        let found_codes: Vec<_> =
            found.places.iter().map(|place| entry(place.position).clinic.code.to_string()).collect();
        assert_eq!(found_codes, expected(self.scene, self.standing), "{what}");
        assert_eq!(found.expanded, !is_within, "{what}");
        assert_eq!(found.used_radius == Some(Metres(radius)), is_within, "{what}");
        for place in &found.places {
            let (told, exact) = (place.distance.unwrap().0, geodesic(self.from, entry(place.position).point).0);
            assert_eq!(told.round().to_bits(), exact.round().to_bits(), "{what}: {told} is not {exact}");
        }
    }
}

fn point((lat, lon): (f64, f64)) -> Point {
    Point::new(lat, lon).unwrap()
}

#[tokio::test]
async fn n2_n7_antimeridian_pole_equal_points_same_point_and_boundary_in_every_combination() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    app.import(network()).await;
    let snapshot = app.state.directory.snapshot();
    for scene in &SCENES {
        let exact = geodesic(point(scene.away), point(scene.clinic)).0;
        assert!(exact > 1_000.0 && exact < 800_000.0, "{}", scene.name);
        for standing in ["one", "all"] {
            let away = Asked { app: &app, scene, standing, from: point(scene.away) };
            away.check(&snapshot, 2.0 * exact, true);
            away.check(&snapshot, exact, true);
            away.check(&snapshot, exact.next_down(), false);
            let here = Asked { from: point(scene.same), ..away };
            for radius in [0.0, f64::MIN_POSITIVE, exact] {
                here.check(&snapshot, radius, true);
            }
        }
    }
}

#[tokio::test]
async fn n2_n7_the_same_place_however_it_is_written_is_exactly_nought_away_and_has_no_bearing() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    app.import(network()).await;
    for scene in &SCENES {
        for (lat, lon) in [scene.clinic, scene.same] {
            let question = format!("/api/v1/nearest?lat={lat}&lon={lon}&radius=0.001&service={}-all", scene.name);
            let answer = app.anon().get(&question).await.ok();
            assert_eq!(codes(&answer), expected(scene, "all"), "{question}");
            assert_eq!(answer["search"]["expanded"], false, "{question}");
            for item in answer["data"].as_array().unwrap() {
                assert_eq!((&item["distance_m"], &item["bearing"]), (&Value::from(0), &Value::Null), "{question}");
                assert_eq!(item["distance_mi"].to_string(), "0.0", "{question}");
            }
        }
    }
}
