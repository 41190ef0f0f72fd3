//! How far off a place's point may be (rule P8).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Gazetteer, Zip, ZipKind};
use crate::geo::{Metres, Point, PointIndex};

/// No ZIP is smaller than a few streets, and none is known worse than this.
const LEAST_M: f64 = 500.0;
/// Also what an unlisted ZIP gets, which lies somewhere among its neighbours.
pub(super) const MOST_M: u32 = 20_000;

/// Half distances between ZIPs, found when first asked for: most callers come from a few of them.
pub(super) struct Uncertainty {
    /// By position of the ZIP; 0 until known, which no answer is.
    half_m: Vec<AtomicU32>,
    standard: OnceLock<Standard>,
}

/// The ZIPs that deliver to streets, as an index.
struct Standard {
    index: PointIndex,
    /// Where each point of the index stands among all ZIPs.
    positions: Vec<u32>,
}

impl Uncertainty {
    pub(super) fn new(zips: usize) -> Self {
        Self { half_m: (0..zips).map(|_| AtomicU32::new(0)).collect(), standard: OnceLock::new() }
    }

    fn standard(&self, zips: &[Zip]) -> &Standard {
        self.standard.get_or_init(|| {
            let standard = || (0..).zip(zips).filter(|(_, zip)| zip.kind == ZipKind::Standard);
            let points: Vec<Point> = standard().map(|(_, zip)| zip.point).collect();
            Standard { index: PointIndex::build(&points), positions: standard().map(|(at, _)| at).collect() }
        })
    }

    /// Half the way to the nearest other point of a standard ZIP. ZIPs that share a point are not "other": a shared point
    /// is a sign that it is known badly, and must not make it look exact.
    fn half_way(&self, from: Point, zips: &[Zip]) -> u32 {
        let Standard { index, positions } = self.standard(zips);
        let is_other = |id: u32| zips[positions[id as usize] as usize].point != from;
        let nearest = index.nearest(from, 1, Metres(f64::INFINITY), is_other, |a, b| a.cmp(&b));
        let half = nearest.first().map_or(f64::from(MOST_M), |hit| hit.distance.0 / 2.0);
        whole_metres(half.clamp(LEAST_M, f64::from(MOST_M)))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 500..20,000 by the caller")]
fn whole_metres(metres: f64) -> u32 {
    metres.round() as u32
}

impl Gazetteer {
    /// For the ZIP at this position.
    pub(super) fn uncertainty_of_zip(&self, at: usize) -> u32 {
        let known = &self.uncertainty.half_m[at];
        match known.load(Ordering::Relaxed) {
            0 => {
                let half = self.uncertainty.half_way(self.zips[at].point, &self.zips);
                known.store(half, Ordering::Relaxed);
                half
            }
            half => half,
        }
    }

    /// The standard ZIP whose point is nearest, if one lies within `farthest`.
    #[must_use]
    pub fn nearest_zip(&self, from: Point, farthest: Metres) -> Option<&Zip> {
        let Standard { index, positions } = self.uncertainty.standard(&self.zips);
        let nearest = index.nearest(from, 1, farthest, |_| true, |a, b| a.cmp(&b));
        nearest.first().map(|hit| &self.zips[positions[hit.id as usize] as usize])
    }

    /// The largest of its ZIPs', because the caller may live in any; by its own point for a city without ZIPs.
    pub(super) fn uncertainty_of_city(&self, rank: u32) -> u32 {
        let of_zips = self.zips_of(rank).map(|(at, _)| self.uncertainty_of_zip(at)).max();
        of_zips.unwrap_or_else(|| self.uncertainty.half_way(self.city(rank).point, &self.zips))
    }
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer;
    use super::*;
    use crate::geo::geodesic;

    #[test]
    fn p8_a_zip_is_uncertain_by_half_the_way_to_the_nearest_other_standard_zip() {
        let gazetteer = gazetteer();
        for at in (0..gazetteer.zips.len()).step_by(409) {
            let from = gazetteer.zips[at].point;
            let others = gazetteer.zips.iter().filter(|zip| zip.kind == ZipKind::Standard && zip.point != from);
            let nearest = others.map(|zip| geodesic(from, zip.point).0).fold(f64::INFINITY, f64::min);
            let expected = (nearest / 2.0).clamp(500.0, 20_000.0);
            let found = f64::from(gazetteer.uncertainty_of_zip(at));
            assert!((found - expected).abs() <= 0.51, "{}: {found} is not {expected}", gazetteer.zips[at].code);
        }
    }

    #[test]
    fn p8_a_city_is_as_uncertain_as_its_most_uncertain_zip() {
        let gazetteer = gazetteer();
        let new_york = gazetteer.names.exact("newyork")[0];
        let of_zips: Vec<u32> = gazetteer.zips_of(new_york).map(|(at, _)| gazetteer.uncertainty_of_zip(at)).collect();
        assert!(of_zips.len() > 100);
        assert_eq!(Some(gazetteer.uncertainty_of_city(new_york)), of_zips.into_iter().max());
    }
}
