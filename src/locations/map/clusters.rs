//! The two files that the browser's map fetches: all clinics in one compact list, and the states' outlines.

use std::fmt::Write;

use serde_json::{Value, json};

use super::albers::Corner;
use super::outline::simplified;
use crate::clinics::slugify;
use crate::directory::Snapshot;
use crate::places::{Landmass, State};

/// How far the outlines may be off, in degrees: a few pixels where a state fills the screen.
const TOLERANCE: f64 = 0.04;
/// Alaska's coast would be half of the file.
const ALASKAN_TOLERANCE: f64 = 0.12;

/// Every open clinic as `[lat, lon, "state/city/slug", "name"]` in `c`, in list order. Four decimals are eleven metres.
#[must_use]
pub fn clinics_json(snapshot: &Snapshot) -> String {
    let mut json = String::from("{\"c\":[");
    for (at, entry) in snapshot.entries().iter().filter(|entry| entry.is_listed()).enumerate() {
        let [lat, lon] = [entry.point.lat(), entry.point.lon()].map(|degrees| (degrees * 1e4).round() / 1e4);
        let path = format!("{}/{}/{}", entry.state.slug, slugify(&entry.clinic.city), entry.clinic.slug);
        let (path, name) = (Value::from(path), Value::from(&*entry.clinic.name));
        let comma = if at == 0 { "" } else { "," };
        let _infallible = write!(json, "{comma}[{lat},{lon},{path},{name}]");
    }
    json.push_str("]}");
    json
}

/// The outlines as GeoJSON, simplified; a feature's id is the state's code. The Aleutians beyond the antimeridian lie west
/// of -180, so that the map is in one piece.
#[must_use]
pub fn outline_json() -> String {
    let features: Vec<Value> = State::all().iter().map(feature).collect();
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

fn feature(state: &'static State) -> Value {
    let tolerance = if state.landmass == Landmass::Alaska { ALASKAN_TOLERANCE } else { TOLERANCE };
    let rings: Vec<_> = state.rings().collect();
    let rings = simplified(&rings, |corner| in_one_piece(corner, state), tolerance);
    let polygons: Vec<Value> = rings.into_iter().map(|ring| json!([closed(ring)])).collect();
    let geometry = json!({ "type": "MultiPolygon", "coordinates": polygons });
    json!({ "type": "Feature", "id": state.code, "properties": {}, "geometry": geometry })
}

/// Longitudes that go on across the antimeridian, which only Alaska reaches.
fn in_one_piece([lon, lat]: Corner, state: &State) -> Corner {
    if state.landmass == Landmass::Alaska && lon > 0.0 { [lon - 360.0, lat] } else { [lon, lat] }
}

/// Counterclockwise, as RFC 7946 wants it, and ending where it begins; two decimals are a kilometre.
fn closed(ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let mut ring: Vec<[f64; 2]> =
        ring.into_iter().map(|corner| corner.map(|degrees| (degrees * 1e2).round() / 1e2)).collect();
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    if sides.map(|([x1, y1], [x2, y2])| x1 * y2 - x2 * y1).sum::<f64>() < 0.0 {
        ring.reverse();
    }
    ring.extend(ring.first().copied());
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outlines_are_geojson_in_one_piece_and_small() {
        let json = outline_json();
        assert!(json.len() < 60_000, "{}", json.len());
        let file: Value = serde_json::from_str(&json).unwrap();
        let features = file["features"].as_array().unwrap();
        assert_eq!(features.len(), State::all().len());
        for feature in features {
            for polygon in feature["geometry"]["coordinates"].as_array().unwrap() {
                let ring = polygon[0].as_array().unwrap();
                assert!(ring.len() >= 4 && ring.first() == ring.last(), "{}", feature["id"]);
                let is_east = |corner: &Value| corner[0].as_f64().unwrap() > 0.0;
                let belongs_east = ["GU", "MP"].contains(&feature["id"].as_str().unwrap());
                assert!(ring.iter().all(|corner| is_east(corner) == belongs_east), "{}", feature["id"]);
            }
        }
    }
}
