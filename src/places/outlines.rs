//! The outlines of the states, and how far beyond one a point lies (rule I4). They are simplified to some hundred metres.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::State;
use crate::geo::{Metres, Point};

const OUTLINES: &[u8] = include_bytes!("../../data/places/us_states_10m.geojson.gz");

/// Longitude and latitude in degrees.
type Corner = [f64; 2];

/// A state's polygons: closed rings, of which those inside another are holes.
struct Outline {
    rings: Vec<Vec<Corner>>,
}

static BY_CODE: LazyLock<HashMap<&'static str, Outline>> = LazyLock::new(|| {
    let mut text = Vec::new();
    GzDecoder::new(OUTLINES).read_to_end(&mut text).expect("the embedded file is a whole gzip");
    let file: Value = serde_json::from_slice(&text).expect("the embedded file is GeoJSON");
    let features = file["features"].as_array().expect("features");
    features.iter().map(|feature| (state_of(feature).code, outline_of(feature))).collect()
});

fn state_of(feature: &Value) -> &'static State {
    let name = feature["properties"]["name"].as_str().expect("a state has a name");
    let short = name.strip_prefix("Commonwealth of the ").unwrap_or(name);
    State::by_key(&super::fold::key(short)).expect("one of the 56").state
}

fn outline_of(feature: &Value) -> Outline {
    let polygons = feature["geometry"]["coordinates"].as_array().expect("a MultiPolygon");
    let rings = polygons.iter().flat_map(|polygon| polygon.as_array().expect("rings")).map(|ring| {
        let corner = |corner: &Value| [0, 1].map(|axis| corner[axis].as_f64().expect("a coordinate is a number"));
        ring.as_array().expect("corners").iter().map(corner).collect()
    });
    Outline { rings: rings.collect() }
}

impl State {
    /// How far a point lies beyond the simplified outline; 0 within.
    #[must_use]
    pub fn distance_to(&self, point: Point) -> Metres {
        BY_CODE.get(self.code).map_or(Metres(0.0), |outline| outline.distance_to(point))
    }

    /// The closed rings of the simplified outline, longitude before latitude; neighbours share their border's corners.
    pub fn rings(&self) -> impl Iterator<Item = &'static [[f64; 2]]> {
        BY_CODE.get(self.code).into_iter().flat_map(|outline| outline.rings.iter().map(Vec::as_slice))
    }
}

impl Outline {
    fn distance_to(&self, point: Point) -> Metres {
        if self.contains(point) {
            return Metres(0.0);
        }
        let plane = Plane::around(point);
        let sides = self.rings.iter().flat_map(|ring| ring.windows(2));
        Metres(sides.map(|side| plane.distance_to(side[0], side[1])).fold(f64::INFINITY, f64::min))
    }

    /// A ray to the east crosses the outline an odd number of times; a hole's border counts like any other.
    fn contains(&self, point: Point) -> bool {
        let (x, y) = (point.lon(), point.lat());
        let crosses = |side: &&[Corner]| {
            let [[x1, y1], [x2, y2]] = [side[0], side[1]];
            (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        };
        self.rings.iter().flat_map(|ring| ring.windows(2)).filter(crosses).count() % 2 == 1
    }
}

/// The neighbourhood of a point as a plane in metres: good to a per cent where borders are near, which is where it counts.
struct Plane {
    at: Point,
    metres_per_degree: [f64; 2],
}

impl Plane {
    fn around(at: Point) -> Self {
        const METRES_PER_DEGREE: f64 = 111_195.0;
        Self { at, metres_per_degree: [METRES_PER_DEGREE * at.lat().to_radians().cos(), METRES_PER_DEGREE] }
    }

    fn place(&self, [lon, lat]: Corner) -> Corner {
        // The short way round: the Aleutians lie on both sides of the antimeridian.
        let east = (lon - self.at.lon() + 540.0).rem_euclid(360.0) - 180.0;
        [east * self.metres_per_degree[0], (lat - self.at.lat()) * self.metres_per_degree[1]]
    }

    /// From the point to a side of the outline.
    fn distance_to(&self, from: Corner, to: Corner) -> f64 {
        let [[x1, y1], [x2, y2]] = [self.place(from), self.place(to)];
        let (dx, dy) = (x2 - x1, y2 - y1);
        let length = dx * dx + dy * dy;
        let along = if length == 0.0 { 0.0 } else { (-(x1 * dx + y1 * dy) / length).clamp(0.0, 1.0) };
        (x1 + along * dx).hypot(y1 + along * dy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::gazetteer;

    fn beyond(state: &str, lat: f64, lon: f64) -> f64 {
        State::by_code(state).unwrap().distance_to(Point::new(lat, lon).unwrap()).0
    }

    #[test]
    fn i4_a_point_is_within_its_state_or_so_far_beyond_it() {
        assert_eq!(beyond("TX", 30.2672, -97.7431).to_bits(), 0.0_f64.to_bits());
        assert_eq!(beyond("AK", 51.88, -176.6581).to_bits(), 0.0_f64.to_bits(), "Adak");
        assert!(beyond("AK", 52.9022, 172.9097) < 2_000.0, "Attu, beyond the antimeridian");
        // A tenth of a degree beyond Colorado's straight southern border is 11 km; from Los Angeles to Arizona is far.
        assert!((beyond("CO", 36.9, -105.0) - 10_600.0).abs() < 500.0, "{}", beyond("CO", 36.9, -105.0));
        assert!((300_000.0..350_000.0).contains(&beyond("AZ", 34.05, -118.24)));
        assert!(beyond("TX", 30.2672, 97.7431) > 1_000_000.0, "the minus is missing");
    }

    #[test]
    fn i4_every_state_has_an_outline_and_its_zips_lie_in_it() {
        for state in State::all() {
            assert!(BY_CODE.contains_key(state.code), "{}", state.code);
        }
        let beyond = |zip: &&crate::places::Zip| zip.state.distance_to(zip.point) > Metres(2_000.0);
        let beyond: Vec<_> = gazetteer().zips().iter().filter(beyond).collect();
        assert_eq!(beyond.len(), 55, "of 41,194; most lie in the water off their city");
        let on_land =
            |zip: &&&crate::places::Zip| State::all().iter().any(|other| other.distance_to(zip.point) == Metres(0.0));
        let codes: Vec<String> = beyond.iter().filter(on_land).map(|zip| zip.code.to_string()).collect();
        assert_eq!(codes, ["61204", "63880"], "in another state, as data/README.md says");
    }
}
