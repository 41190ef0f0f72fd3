//! Clinics as dots: those that would cover each other become one.

use rustc_hash::FxHashMap;

use super::path::whole;

/// A dot and what it stands for.
#[derive(Debug, PartialEq)]
pub struct Cluster {
    /// Where its first member is, so that no dot lies in the sea between two cities.
    pub spot: [f64; 2],
    /// Positions in what was given.
    pub members: Vec<usize>,
}

impl Cluster {
    /// Grows with the number of digits: areas in proportion would cover whole states in a dense network.
    #[expect(clippy::cast_precision_loss, reason = "a count of clinics")]
    pub fn radius(&self, of_one: f64) -> f64 {
        of_one * (1.0 + 0.55 * (self.members.len() as f64).log10())
    }
}

/// Each spot joins the first dot nearer than `apart`, or begins one; no two dots are nearer to each other than that.
pub fn cluster(spots: &[[f64; 2]], apart: f64) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut in_cell: FxHashMap<[i32; 2], Vec<usize>> = FxHashMap::default();
    for (at, spot) in spots.iter().enumerate() {
        let [column, row] = spot.map(|length| whole((length / apart).floor()));
        let around = (-1..=1).flat_map(|across| (-1..=1).map(move |down| [column + across, row + down]));
        let near = around.filter_map(|cell| in_cell.get(&cell)).flatten().copied();
        let joined = near.filter(|other| is_near(clusters[*other].spot, *spot, apart)).min();
        if let Some(joined) = joined {
            clusters[joined].members.push(at);
        } else {
            in_cell.entry([column, row]).or_default().push(clusters.len());
            clusters.push(Cluster { spot: *spot, members: vec![at] });
        }
    }
    clusters
}

fn is_near([x1, y1]: [f64; 2], [x2, y2]: [f64; 2], apart: f64) -> bool {
    (x1 - x2).hypot(y1 - y2) < apart
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_dot_grows_with_its_clinics_and_slowly() {
        let of = |count: usize| Cluster { spot: [0.0, 0.0], members: (0..count).collect() }.radius(8.0);
        assert!((of(1) - 8.0).abs() < 1e-9 && of(2) > 9.0 && of(10) > of(9));
        assert!(of(9_000) < 8.0 * 3.2);
    }

    proptest! {
        #[test]
        fn every_clinic_is_in_one_dot_and_dots_stay_apart(
            spots in proptest::collection::vec([-50.0..300.0, -50.0..300.0_f64], 0..200), apart in 1.0..80.0,
        ) {
            let clusters = cluster(&spots, apart);
            let mut members: Vec<usize> = clusters.iter().flat_map(|cluster| cluster.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..spots.len()).collect::<Vec<_>>());
            for (at, one) in clusters.iter().enumerate() {
                prop_assert!(one.members.iter().all(|member| is_near(one.spot, spots[*member], apart)));
                prop_assert!(clusters[..at].iter().all(|other| !is_near(one.spot, other.spot, apart)));
            }
        }
    }
}
