//! The states' outlines, as coarse as their size on the paper allows.
//!
//! Neighbours share their border, so a border has to become coarse in the same way for both: it is cut where the company
//! changes (at corners where three lines meet, and where a border reaches the coast), and each piece is simplified by
//! itself, always from the same end.

use std::sync::LazyLock;

use geo::{LineString, Simplify};
use rustc_hash::{FxHashMap, FxHashSet};

use super::albers::Corner;
use crate::places::State;

/// A corner by the bits of its degrees: neighbours have it from one file, digit by digit.
type Key = [u64; 2];

fn key(corner: Corner) -> Key {
    corner.map(f64::to_bits)
}

/// Corners that lie between different neighbours in different rings.
static JUNCTIONS: LazyLock<FxHashSet<Key>> = LazyLock::new(|| {
    let (mut beside, mut junctions) = (FxHashMap::<Key, [Key; 2]>::default(), FxHashSet::default());
    for ring in State::all().iter().flat_map(State::rings) {
        for (at, corner) in ring.iter().enumerate().skip(1) {
            // A ring's last corner is its first.
            let next = ring.get(at + 1).unwrap_or(&ring[1]);
            let mut around = [key(ring[at - 1]), key(*next)];
            around.sort_unstable();
            if *beside.entry(key(*corner)).or_insert(around) != around {
                junctions.insert(key(*corner));
            }
        }
    }
    junctions
});

/// The rings of one outline on some paper, without their closing corners: nothing is off by more than `tolerance`, and
/// islands too small to see at it are left out. Something always remains.
pub fn simplified(rings: &[&[Corner]], place: impl Fn(Corner) -> [f64; 2], tolerance: f64) -> Vec<Vec<[f64; 2]>> {
    let coarse = rings.iter().map(|ring| coarse(ring, &place, tolerance));
    let seen: Vec<_> = coarse.filter(|ring| area(ring) > 4.0 * tolerance * tolerance).collect();
    if !seen.is_empty() {
        return seen;
    }
    let exact = rings.iter().map(|ring| ring.iter().skip(1).map(|corner| place(*corner)).collect::<Vec<_>>());
    exact.max_by(|a, b| area(a).total_cmp(&area(b))).into_iter().collect()
}

fn coarse(ring: &[Corner], place: impl Fn(Corner) -> [f64; 2], tolerance: f64) -> Vec<[f64; 2]> {
    let pieces = pieces(ring);
    let drawn = pieces.iter().flat_map(|piece| {
        let is_backwards = key(piece[0]) > key(piece[piece.len() - 1]);
        let mut line: Vec<_> = piece.iter().map(|corner| geo::Coord::from(place(*corner))).collect();
        if is_backwards {
            line.reverse();
        }
        let mut line = LineString::new(line).simplify(tolerance).into_inner();
        if is_backwards {
            line.reverse();
        }
        // The next piece begins with this one's end.
        line.pop();
        line
    });
    drawn.map(|corner| [corner.x, corner.y]).collect()
}

/// A ring cut at its junctions; each piece has both its ends. An island is one piece that ends where it begins.
fn pieces(ring: &[Corner]) -> Vec<Vec<Corner>> {
    let open = &ring[1..];
    let first = open.iter().position(|corner| JUNCTIONS.contains(&key(*corner))).unwrap_or_default();
    let around = open.iter().cycle().skip(first).take(open.len() + 1);
    let mut pieces: Vec<Vec<Corner>> = Vec::new();
    let mut piece: Vec<Corner> = Vec::new();
    for corner in around {
        piece.push(*corner);
        if piece.len() > 1 && JUNCTIONS.contains(&key(*corner)) {
            pieces.push(std::mem::replace(&mut piece, vec![*corner]));
        }
    }
    if piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

/// What a ring encloses.
fn area(ring: &[[f64; 2]]) -> f64 {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    sides.map(|([x1, y1], [x2, y2])| x1 * y2 - x2 * y1).sum::<f64>().abs() / 2.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::locations::map::frame::{Sheet, country_frame, rings_shown};
    use crate::places::gazetteer;

    fn contains(rings: &[Vec<[f64; 2]>], [x, y]: [f64; 2]) -> bool {
        let sides = rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
        let crosses = |([x1, y1], [x2, y2]): &(&[f64; 2], &[f64; 2])| {
            (y1 > &y) != (y2 > &y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        };
        sides.filter(crosses).count() % 2 == 1
    }

    fn distance(rings: &[Vec<[f64; 2]>], [x, y]: [f64; 2]) -> f64 {
        let sides = rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
        let to_side = |([x1, y1], [x2, y2]): (&[f64; 2], &[f64; 2])| {
            let (dx, dy) = (x2 - x1, y2 - y1);
            let length = dx * dx + dy * dy;
            let along = if length == 0.0 { 0.0 } else { (((x - x1) * dx + (y - y1) * dy) / length).clamp(0.0, 1.0) };
            (x1 + along * dx - x).hypot(y1 + along * dy - y)
        };
        sides.map(to_side).fold(f64::INFINITY, f64::min)
    }

    fn on_country(state: &State, tolerance: f64) -> Vec<Vec<[f64; 2]>> {
        let frame = country_frame(state);
        simplified(&rings_shown(state).collect::<Vec<_>>(), |corner| frame.place(corner), tolerance)
    }

    #[test]
    fn every_state_keeps_an_outline_around_its_own_places() {
        for state in State::all() {
            let frame = country_frame(state);
            let rings = on_country(state, 1.5);
            assert!(rings.iter().all(|ring| ring.len() >= 3), "{}", state.code);
            let zips: Vec<_> = gazetteer().zips().iter().filter(|zip| zip.state == state).collect();
            let spots = zips.iter().map(|zip| frame.place([zip.point.lon(), zip.point.lat()]));
            let inside = spots.filter(|spot| contains(&rings, *spot) || distance(&rings, *spot) < 2.0).count();
            assert!(inside * 100 >= zips.len() * 97, "{}: {inside} of {}", state.code, zips.len());
        }
    }

    #[test]
    fn neighbours_share_their_border_however_coarse() {
        let corners = |code: &str, tolerance: f64| -> FxHashSet<Key> {
            let rings = on_country(State::by_code(code).unwrap(), tolerance);
            rings.iter().flatten().map(|corner| key(*corner)).collect()
        };
        for tolerance in [0.5, 1.5, 6.0] {
            for (state, neighbour) in [("KY", "TN"), ("IL", "MO"), ("VA", "WV"), ("TX", "LA"), ("ID", "MT")] {
                let (ours, theirs) = (corners(state, tolerance), corners(neighbour, tolerance));
                assert!(ours.intersection(&theirs).count() >= 4, "{state} {neighbour} {tolerance}");
            }
        }
        // A corner that both had before and only one has after would be a gap or an overlap on the map.
        let raw = |code: &str| -> FxHashSet<Key> {
            let state = State::by_code(code).unwrap();
            let frame = country_frame(state);
            state.rings().flatten().map(|corner| key(frame.place(*corner))).collect()
        };
        for (state, neighbour) in [("MO", "IL"), ("ID", "MT"), ("VA", "WV")] {
            let shared: FxHashSet<Key> = raw(state).intersection(&raw(neighbour)).copied().collect();
            let (ours, theirs) = (corners(state, 1.5), corners(neighbour, 1.5));
            for corner in &shared {
                assert_eq!(ours.contains(corner), theirs.contains(corner), "{state} {neighbour}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn no_corner_of_the_largest_ring_is_off_by_more_than_the_tolerance(at in 0_usize..56, tolerance in 0.3..5.0) {
            let state = &State::all()[at];
            let sheet = Sheet::of(state, 1000.0);
            let rings = simplified(&rings_shown(state).collect::<Vec<_>>(), |corner| sheet.frame.place(corner), tolerance);
            let largest = rings_shown(state).max_by_key(|ring| ring.len()).unwrap();
            for corner in largest {
                let off = distance(&rings, sheet.frame.place(*corner));
                prop_assert!(off <= tolerance + 1e-6, "{} {off}", state.code);
            }
        }
    }
}
