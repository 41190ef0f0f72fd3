//! Which clinics are nearest (rules N1 to N8): the engine, on one snapshot, without HTTP.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::Entry;
use super::snapshot::{Layer, Snapshot};
use crate::clinics::status::ClinicStatus;
use crate::geo::{Ecef, Hit, Metres, Point, bisector_distance, geodesic};

/// Where a search that found nothing looks next, in miles; after the last one, anywhere (rule N3).
const RADIUS_STEPS_MI: [f64; 4] = [25.0, 50.0, 100.0, 250.0];
/// At most this many nearer clinics are explained (rule N4).
const MAX_EXCLUDED: usize = 5;
const ANYWHERE: Metres = Metres(f64::INFINITY);
/// Distances of hits are right as printed, to the metre: two that differ by less are told apart by the geodesic.
const ALIKE: Metres = Metres(2.0);

/// What the searcher insists on; never loosened silently (rule N3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A code of the network's service catalogue.
    pub service: Option<String>,
    pub open_now: bool,
}

impl Filter {
    /// The name of the first filter that a clinic fails at `as_of`.
    #[must_use]
    pub fn refuses(&self, entry: &Entry, as_of: DateTime<Utc>) -> Option<&'static str> {
        let lacks = |service: &String| !entry.clinic.services.iter().any(|offered| **offered == **service);
        if self.service.as_ref().is_some_and(lacks) {
            return Some("service");
        }
        (self.open_now && !entry.is_open_at(as_of)).then_some("open_now")
    }

    fn is_none(&self) -> bool {
        self.service.is_none() && !self.open_now
    }
}

/// A nearest query.
#[derive(Clone, Debug)]
pub struct Question {
    pub from: Point,
    pub limit: usize,
    pub radius: Metres,
    pub filter: Filter,
    pub as_of: DateTime<Utc>,
}

/// One clinic of an answer, by its position in the snapshot; the distance is absent where a state was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub position: u32,
    pub distance: Option<Metres>,
}

/// A nearer clinic that was left out, and why (rule N4).
#[derive(Clone, Debug, PartialEq)]
pub struct Excluded {
    pub position: u32,
    pub distance: Metres,
    pub reason: Reason,
}

/// Why a clinic is not among the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    TemporarilyClosed,
    ComingSoon,
    Closed,
    /// The named filter of the question.
    FilteredBy(&'static str),
}

/// The clinics within the radius that was used, nearest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub places: Vec<Place>,
    /// `None` when the search went beyond every step, or a state was listed.
    pub used_radius: Option<Metres>,
    pub expanded: bool,
    pub excluded: Vec<Excluded>,
}

impl Found {
    /// A state's own clinics in the order of lists, without distances (rule P8).
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.places.first().is_some_and(|place| place.distance.is_none())
    }
}

/// Answers a question. Empty only when no clinic passes the filters anywhere (rule N3).
#[must_use]
pub fn search(snapshot: &Snapshot, question: &Question) -> Found {
    let (hits, used_radius) = expanding(question.radius, |radius| open_within(snapshot, question, radius));
    let excluded = left_out(snapshot, question, hits.last());
    let place = |hit: &Hit| Place { position: snapshot.open().position(hit.id), distance: Some(hit.distance) };
    let expanded = used_radius != Some(question.radius);
    Found { places: hits.iter().map(place).collect(), used_radius, expanded, excluded }
}

/// Tries the radius asked for, then each larger step, then everywhere; stops at the first that is not empty.
fn expanding(asked: Metres, mut look: impl FnMut(Metres) -> Vec<Hit>) -> (Vec<Hit>, Option<Metres>) {
    let steps = RADIUS_STEPS_MI.into_iter().map(Metres::from_miles).filter(|step| *step > asked);
    for radius in std::iter::once(asked).chain(steps) {
        let hits = look(radius);
        if !hits.is_empty() {
            return (hits, Some(radius));
        }
    }
    (look(ANYWHERE), None)
}

fn open_within(snapshot: &Snapshot, question: &Question, radius: Metres) -> Vec<Hit> {
    let layer = snapshot.open();
    let passes = |id: u32| {
        question.filter.is_none() || question.filter.refuses(entry(snapshot, layer, id), question.as_of).is_none()
    };
    layer.index.nearest(question.from, question.limit, radius, passes, |a, b| by_rank(snapshot, layer, a, b))
}

/// Withheld clinics and filtered ones that are nearer than the last result, nearest first.
fn left_out(snapshot: &Snapshot, question: &Question, last: Option<&Hit>) -> Vec<Excluded> {
    let farthest = last.map_or(ANYWHERE, |hit| Metres(hit.distance.0 + ALIKE.0));
    let mut excluded = Vec::new();
    let withheld = snapshot.withheld();
    let hits = withheld.index.nearest(
        question.from,
        MAX_EXCLUDED,
        farthest,
        |_| true,
        |a, b| by_rank(snapshot, withheld, a, b),
    );
    excluded.extend(hits.into_iter().filter_map(|hit| {
        let reason = withheld_reason(entry(snapshot, withheld, hit.id).status)?;
        Some(Excluded { position: withheld.position(hit.id), distance: hit.distance, reason })
    }));
    if !question.filter.is_none() {
        let open = snapshot.open();
        let refused = |id: u32| question.filter.refuses(entry(snapshot, open, id), question.as_of);
        let hits = open.index.nearest(
            question.from,
            MAX_EXCLUDED,
            farthest,
            |id| refused(id).is_some(),
            |a, b| by_rank(snapshot, open, a, b),
        );
        excluded.extend(hits.into_iter().filter_map(|hit| {
            let reason = Reason::FilteredBy(refused(hit.id)?);
            Some(Excluded { position: open.position(hit.id), distance: hit.distance, reason })
        }));
        excluded.sort_by(|a, b| a.distance.0.total_cmp(&b.distance.0));
    }
    if let Some(last) = last {
        let end = entry(snapshot, snapshot.open(), last.id).point;
        let exact = |point: Point| geodesic(question.from, point);
        excluded.retain(|nearer| {
            let is_clear = nearer.distance.0 < last.distance.0 - ALIKE.0;
            is_clear || exact(snapshot.entry(nearer.position).point) < exact(end)
        });
    }
    excluded.truncate(MAX_EXCLUDED);
    excluded
}

/// Why a clinic of this status is withheld; `None` for an open one.
#[must_use]
pub fn withheld_reason(status: ClinicStatus) -> Option<Reason> {
    match status {
        ClinicStatus::Open => None,
        ClinicStatus::TemporarilyClosed => Some(Reason::TemporarilyClosed),
        ClinicStatus::ComingSoon => Some(Reason::ComingSoon),
        ClinicStatus::Closed => Some(Reason::Closed),
    }
}

fn entry<'s>(snapshot: &'s Snapshot, layer: &Layer, id: u32) -> &'s Entry {
    snapshot.entry(layer.position(id))
}

/// Between equal distances: the higher priority, then the code (rule N2).
fn by_rank(snapshot: &Snapshot, layer: &Layer, a: u32, b: u32) -> Ordering {
    let (a, b) = (&entry(snapshot, layer, a).clinic, &entry(snapshot, layer, b).clinic);
    b.priority.cmp(&a.priority).then_with(|| a.code.cmp(&b.code))
}

/// Numbers the runs of results that cannot be told apart from a place this uncertain (rule N5); `None` stands alone.
#[must_use]
pub fn tie_groups(centre: Ecef, uncertainty: Metres, results: &[Ecef]) -> Vec<Option<u32>> {
    let mut groups = vec![None; results.len()];
    let mut first = 0;
    let mut number = 0;
    for i in 1..results.len() {
        if bisector_distance(centre, results[first], results[i]) <= uncertainty {
            if groups[first].is_none() {
                number += 1;
                groups[first] = Some(number);
            }
            groups[i] = groups[first];
        } else {
            first = i;
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n5_a_run_that_ties_with_its_first_shares_a_group() {
        let at = |lon: f64| Ecef::from(Point::new(0.0, lon).unwrap());
        // East, west and again east at about the same distance, then one clearly farther.
        let results = [at(0.100), at(-0.101), at(0.1011), at(0.5)];
        assert_eq!(tie_groups(at(0.0), Metres(500.0), &results), [Some(1), Some(1), None, None]);
        assert_eq!(tie_groups(at(0.0), Metres(0.0), &[at(0.1), at(0.1)]), [Some(1), Some(1)]);
    }
}
