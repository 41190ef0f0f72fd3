//! Points for property tests: where people live, and where distances go wrong.

use proptest::prelude::*;
use proptest::{collection, sample};

use super::Point;

pub fn at(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

/// Anywhere, the poles and the antimeridian more often than chance would have it.
pub fn anywhere() -> impl Strategy<Value = Point> {
    prop_oneof![
        3 => (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lon)| at(lat, lon)),
        2 => (24.5..49.5, -125.0..-66.0).prop_map(|(lat, lon)| at(lat, lon)),
        1 => (89.9..=90.0, -180.0..=180.0, sample::select(vec![-1.0, 1.0])).prop_map(|(lat, lon, pole)| at(lat * pole, lon)),
        1 => (-90.0..=90.0, 179.9..=180.0, sample::select(vec![-1.0, 1.0])).prop_map(|(lat, lon, side)| at(lat, lon * side)),
        1 => lattice(15.0),
    ]
}

/// Crossings of a coarse grid: equal coordinates, mirror images, poles, both names of the antimeridian, antipodes.
fn lattice(step: f64) -> impl Strategy<Value = Point> {
    (-6..=6, -12..=12).prop_map(move |(row, column)| at(f64::from(row) * step, f64::from(column) * step))
}

/// A place within roughly `degrees` of a point, or the point itself.
fn near(point: Point, degrees: f64) -> impl Strategy<Value = Point> {
    (-degrees..=degrees, -degrees..=degrees, 0..4).prop_map(move |(north, east, still)| {
        let moved = if still == 0 { (0.0, 0.0) } else { (north, east) };
        at((point.lat() + moved.0).clamp(-90.0, 90.0), (point.lon() + moved.1).clamp(-180.0, 180.0))
    })
}

fn antipode(point: Point) -> Point {
    at(-point.lat(), if point.lon() > 0.0 { point.lon() - 180.0 } else { point.lon() + 180.0 })
}

/// Two points at every scale: from centimetres to nearly antipodal.
pub fn pair() -> impl Strategy<Value = (Point, Point)> {
    (anywhere(), -7..=2).prop_flat_map(|(from, scale)| {
        let to = prop_oneof![
            2 => anywhere().boxed(),
            3 => near(from, 10_f64.powi(scale)).boxed(),
            1 => near(antipode(from), 10_f64.powi(scale)).boxed(),
        ];
        (Just(from), to)
    })
}

/// Points of one kind: the earth's, a country's, a grid's with many ties, one town's, or few places many times over.
pub fn network() -> impl Strategy<Value = Vec<Point>> {
    let country = (24.5..49.5, -125.0..-66.0).prop_map(|(lat, lon)| at(lat, lon));
    prop_oneof![
        collection::vec(anywhere(), 0..200),
        collection::vec(country, 0..200),
        collection::vec(lattice(15.0), 0..200),
        anywhere().prop_flat_map(|town| collection::vec(near(town, 1e-6), 0..200)),
        collection::vec(anywhere(), 1..6).prop_flat_map(|few| collection::vec(sample::select(few), 0..200)),
    ]
}

/// A searcher anywhere, in the network, beside it, or on the other side of the earth.
pub fn searcher(network: &[Point]) -> BoxedStrategy<Point> {
    if network.is_empty() {
        return anywhere().boxed();
    }
    let member = sample::select(network.to_vec());
    prop_oneof![
        anywhere(),
        member.clone(),
        member.clone().prop_flat_map(|point| near(point, 0.5)),
        member.prop_flat_map(|point| near(antipode(point), 0.5)),
    ]
    .boxed()
}
