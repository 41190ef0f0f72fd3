//! The nearest of many points, exactly as the geodesic orders them (rules N1, N2).
//!
//! A k-d tree over earth-centred coordinates, where the antimeridian and the poles are ordinary. It is implicit: the
//! points lie in one slice in tree order, every node halves its part of it, and the planes lie in breadth-first order.
//! [`Search`] walks it by chords and drops only what they rule out; [`settle`] puts the rest in order.

use std::cmp::Ordering;

use super::chord::Ecef;
use super::search::Search;
use super::settle::settle;
use super::{Metres, Point};

/// A part of the slice no larger than this is scanned, not split: cheaper than another branch.
const LEAF: usize = 8;

/// An immutable spatial index over points known by their position in the slice it was built from.
#[derive(Clone, Debug)]
pub struct PointIndex {
    points: Box<[Point]>,
    entries: Box<[Entry]>,
    planes: Box<[Plane]>,
    corners: [[f64; 3]; 2],
}

/// One point of an answer: its position in the slice the index was built from, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub id: u32,
    /// Prints as the geodesic does in whole metres and in tenths of a mile; 0 for the same point.
    pub distance: Metres,
}

/// Coordinates and id together, so that a leaf is a few cache lines and nothing else is touched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub at: Ecef,
    pub id: u32,
}

/// Left of it `at[axis] <= cut`, right of it `at[axis] >= cut`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    pub cut: f64,
    pub axis: usize,
}

impl PointIndex {
    /// Builds in O(n log n); a million points take a fraction of a second and 50 bytes each.
    ///
    /// # Panics
    /// With more than `u32::MAX` points.
    #[must_use]
    pub fn build(points: &[Point]) -> Self {
        let count = u32::try_from(points.len()).expect("ids are u32: no network has four billion clinics");
        let mut entries: Box<[Entry]> =
            (0..count).zip(points).map(|(id, &point)| Entry { at: point.into(), id }).collect();
        let corners = corners(&entries);
        let leaves = entries.len().div_ceil(LEAF).next_power_of_two();
        let mut planes = vec![Plane { cut: 0.0, axis: 0 }; leaves - 1].into_boxed_slice();
        split(&mut entries, &mut planes, 0);
        Self { points: points.into(), entries, planes, corners }
    }

    /// The first `k` of all accepted points whose geodesic from `from` is at most `within`, by distance, then by `tie`.
    ///
    /// Points at exactly equal distances are all weighed by `tie`, which must be a total order of ids, so the k-th place
    /// never depends on the tree. `accept` is asked late and at most once about a point, and never about one that
    /// distance alone rules out by then; the order of its calls is the tree's.
    pub fn nearest(
        &self,
        from: Point,
        k: usize,
        within: Metres,
        accept: impl FnMut(u32) -> bool,
        tie: impl Fn(u32, u32) -> Ordering,
    ) -> Vec<Hit> {
        if k == 0 || self.entries.is_empty() {
            return Vec::new();
        }
        let mut search = Search::new(&self.entries, &self.planes, from.into(), k, within, accept);
        search.descend(0, 0, self.entries.len(), self.gap(from.into()));
        settle(from, &self.points, search.candidates(), k, within, tie)
    }

    /// Per axis, how far a point lies outside the box around all points.
    fn gap(&self, Ecef(at): Ecef) -> [f64; 3] {
        let [low, high] = self.corners;
        std::array::from_fn(|axis| (low[axis] - at[axis]).max(at[axis] - high[axis]).max(0.0))
    }
}

/// The box around some points; its sides come out infinite, the wrong way round, for none.
fn corners(entries: &[Entry]) -> [[f64; 3]; 2] {
    entries.iter().fold([[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]], |[low, high], entry| {
        let Ecef(at) = entry.at;
        [std::array::from_fn(|i| low[i].min(at[i])), std::array::from_fn(|i| high[i].max(at[i]))]
    })
}

/// Halves `entries` at the median of their widest axis, and so on down to the last plane.
fn split(entries: &mut [Entry], planes: &mut [Plane], node: usize) {
    if node >= planes.len() {
        return;
    }
    let [low, high] = corners(entries);
    let width = |axis: &usize| high[*axis] - low[*axis];
    let axis = [1, 2].into_iter().fold(0, |widest, axis| if width(&axis) > width(&widest) { axis } else { widest });
    let middle = entries.len() / 2;
    let coordinate = |entry: &Entry| entry.at.0[axis];
    let (left, &mut median, _) = entries.select_nth_unstable_by(middle, |a, b| coordinate(a).total_cmp(&coordinate(b)));
    planes[node] = Plane { cut: coordinate(&median), axis };
    split(left, planes, 2 * node + 1);
    split(&mut entries[middle..], planes, 2 * node + 2);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::super::geodesic;
    use super::super::samples::{at, network, ring, searcher};
    use super::*;

    const ANY: Metres = Metres(f64::INFINITY);

    /// An order of ids that is neither theirs nor the tree's.
    fn shuffled(a: u32, b: u32) -> Ordering {
        let key = |id: u32| id.wrapping_mul(2_654_435_761);
        key(a).cmp(&key(b))
    }

    /// The definition: measure everything, sort, cut.
    fn brute_force(points: &[Point], from: Point, k: usize, within: Metres, accept: impl Fn(u32) -> bool) -> Vec<Hit> {
        let mut hits: Vec<Hit> =
            (0..).zip(points).map(|(id, &point)| Hit { id, distance: geodesic(from, point) }).collect();
        hits.retain(|hit| hit.distance <= within && accept(hit.id));
        hits.sort_by(|a, b| a.distance.0.total_cmp(&b.distance.0).then_with(|| shuffled(a.id, b.id)));
        hits.truncate(k);
        hits
    }

    fn printed(hits: &[Hit]) -> Vec<(u32, f64, String)> {
        hits.iter().map(|hit| (hit.id, hit.distance.0.round(), format!("{:.1}", hit.distance.miles()))).collect()
    }

    fn radius(points: &[Point], from: Point, kind: u8, free: f64, which: Index) -> Metres {
        match kind {
            0 => ANY,
            1 => Metres(free),
            2 => Metres(0.0),
            _ if points.is_empty() => ANY,
            _ => geodesic(from, points[which.index(points.len())]),
        }
    }

    fn question() -> impl Strategy<Value = (Vec<Point>, Point)> {
        let free = network().prop_flat_map(|points| {
            let from = searcher(&points);
            (Just(points), from)
        });
        prop_oneof![4 => free, 1 => ring()]
    }

    proptest! {
        #[test]
        fn n1_n2_the_index_answers_as_brute_force_does(
            (points, from) in question(),
            k in prop_oneof![0..12_usize, 0..250_usize],
            (kind, free, which) in (0..5_u8, 0.0..2.1e7, any::<Index>()),
            (divisor, left_out) in (1..5_u32, 0..6_u32),
        ) {
            let within = radius(&points, from, kind, free, which);
            let accept = |id: u32| id % divisor != left_out;
            let mut asked = HashSet::new();
            let once = |id| { assert!(asked.insert(id), "asked twice about {id}"); accept(id) };
            let hits = PointIndex::build(&points).nearest(from, k, within, once, shuffled);
            let truth = brute_force(&points, from, k, within, accept);
            prop_assert_eq!(printed(&hits), printed(&truth));
            for (hit, truth) in hits.iter().zip(&truth) {
                prop_assert_eq!(hit.distance.0 == 0.0, truth.distance.0 == 0.0);
            }
        }
    }

    #[test]
    fn n1_a_deep_tree_answers_as_brute_force_does() {
        let fraction = |seed: u32| f64::from(seed.wrapping_mul(2_654_435_761)) / f64::from(u32::MAX);
        let place = |seed: u32| at(24.5 + 25.0 * fraction(2 * seed), -125.0 + 59.0 * fraction(2 * seed + 1));
        let points: Vec<Point> = (0..5_000).map(place).collect();
        let index = PointIndex::build(&points);
        for (question, k) in (0..60).zip([1, 10, 100].into_iter().cycle()) {
            let from = place(1_000_000 + question);
            let hits = index.nearest(from, k, ANY, |_| true, shuffled);
            assert_eq!(printed(&hits), printed(&brute_force(&points, from, k, ANY, |_| true)));
        }
    }

    #[test]
    fn n2_a_thousand_clinics_at_one_point_all_stay_and_the_tie_order_chooses() {
        let mut points = vec![at(30.2672, -97.7431); 1_000];
        points.push(at(30.3, -97.7));
        let index = PointIndex::build(&points);
        for from in [at(30.2672, -97.7431), at(42.36, -71.06), at(-30.0, 82.0)] {
            let hits = index.nearest(from, 10, ANY, |_| true, shuffled);
            assert_eq!(printed(&hits), printed(&brute_force(&points, from, 10, ANY, |_| true)));
            assert_eq!(index.nearest(from, 2_000, ANY, |_| true, shuffled).len(), 1_001);
        }
    }

    #[test]
    fn n2_the_same_point_is_exactly_zero_and_inside_every_radius() {
        let here = at(45.0, -93.0);
        let index = PointIndex::build(&[here]);
        for within in [Metres(0.0), Metres(1.0), ANY] {
            let hits = index.nearest(here, 1, within, |_| true, shuffled);
            assert_eq!(hits, [Hit { id: 0, distance: Metres(0.0) }]);
        }
    }

    #[test]
    fn n2_exactly_the_radius_is_inside_and_the_next_number_below_is_not() {
        for (from, to) in [(at(38.5632, -76.0788), at(38.8108, -76.8669)), (at(0.0, 0.0), at(0.5, 179.5))] {
            let index = PointIndex::build(&[to]);
            let Metres(distance) = geodesic(from, to);
            let found = |within| index.nearest(from, 1, Metres(within), |_| true, shuffled).len();
            assert_eq!((found(distance), found(distance.next_down())), (1, 0));
        }
    }

    /// The distance an index of one point answers.
    fn only(from: Point, to: Point) -> Metres {
        PointIndex::build(&[to]).nearest(from, 1, ANY, |_| true, shuffled)[0].distance
    }

    fn whole(Metres(metres): Metres) -> Metres {
        Metres(metres.round())
    }

    #[test]
    fn n7_adak_to_attu_and_across_the_antimeridian_are_ordinary() {
        let attu = only(at(51.88, -176.6581), at(52.9022, 172.9097));
        assert_eq!(format!("{:.1}", attu.miles()), "446.5");
        assert_eq!(whole(only(at(0.0, 179.5), at(0.0, -179.5))), Metres(111_319.0));
        assert_eq!(only(at(90.0, 0.0), at(90.0, 120.0)), Metres(0.0));
    }

    #[derive(serde::Deserialize)]
    struct CaseFile {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        from: [f64; 2],
        to: [f64; 2],
        distance_m: f64,
    }

    #[test]
    fn n1_n7_the_worked_distances_come_out() {
        let file: CaseFile = serde_json::from_str(include_str!("../../tests/cases/geodesic.json")).unwrap();
        assert_eq!(file.cases.len(), 14);
        for Case { name, from, to, distance_m } in file.cases {
            let (from, to) = (at(from[0], from[1]), at(to[0], to[1]));
            assert!((geodesic(from, to).0 - distance_m).abs() < 0.001, "{name}");
            assert_eq!(whole(only(from, to)), whole(Metres(distance_m)), "{name}");
        }
    }
}
