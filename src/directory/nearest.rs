//! Which clinics are nearest (rules N1 to N8): the engine, on one snapshot, without HTTP.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::Entry;
use super::filter::{Filter, Reason, Skipped};
use super::snapshot::{Layer, Snapshot};
use crate::availability::Slot;
use crate::clinics::status::ClinicStatus;
use crate::geo::{Ecef, Hit, Metres, Point, bisector_distance, geodesic};

/// Where a search that found nothing looks next, in miles; after the last one, anywhere (rule N3).
const RADIUS_STEPS_MI: [f64; 4] = [25.0, 50.0, 100.0, 250.0];
/// At most this many nearer clinics are explained (rule N4).
pub(super) const MAX_EXCLUDED: usize = 5;
const ANYWHERE: Metres = Metres(f64::INFINITY);
/// Distances of hits are right as printed, to the metre: two that differ by less are told apart by the geodesic.
const ALIKE: Metres = Metres(2.0);

/// A nearest query.
#[derive(Clone, Debug)]
pub struct Question {
    pub from: Point,
    pub limit: usize,
    pub radius: Metres,
    pub filter: Filter,
    pub sort: Sort,
    pub as_of: DateTime<Utc>,
}

impl Question {
    /// The consultation for which a clinic is among the results.
    #[must_use]
    pub fn first_slot(&self, entry: &Entry) -> Option<Slot> {
        match self.filter.times {
            Some(dates) => entry.first_slot_on(dates, self.as_of),
            None => entry.next_slot(self.as_of),
        }
    }
}

/// What comes first in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Distance,
    /// The earliest consultation first, then the nearest; [`Filter::times`] says on which dates.
    Soonest,
}

impl Sort {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Distance => "distance",
            Self::Soonest => "soonest",
        }
    }
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

/// The clinics within the radius that was used, nearest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub places: Vec<Place>,
    /// `None` when the search went beyond every step, or a state was listed.
    pub used_radius: Option<Metres>,
    pub expanded: bool,
    pub excluded: Vec<Excluded>,
    /// Nearer clinics without a free time as the filter demands, all of them; `excluded` names the nearest.
    pub skipped: Skipped,
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
    let (looked, used_radius) = expanding(question.radius, |radius| Looked::within(snapshot, question, radius));
    let farthest = looked.hits.iter().max_by(|a, b| a.distance.0.total_cmp(&b.distance.0));
    let (excluded, skipped) = left_out(snapshot, question, &looked.refused, farthest);
    let place = |hit: &Hit| Place { position: snapshot.open().position(hit.id), distance: Some(hit.distance) };
    let expanded = used_radius != Some(question.radius);
    Found { places: looked.hits.iter().map(place).collect(), used_radius, expanded, excluded, skipped }
}

/// Tries the radius asked for, then each larger step, then everywhere; stops at the first that is not empty.
pub(super) fn expanding(asked: Metres, mut look: impl FnMut(Metres) -> Looked) -> (Looked, Option<Metres>) {
    let steps = RADIUS_STEPS_MI.into_iter().map(Metres::from_miles).filter(|step| *step > asked);
    for radius in std::iter::once(asked).chain(steps) {
        let looked = look(radius);
        if !looked.hits.is_empty() {
            return (looked, Some(radius));
        }
    }
    (look(ANYWHERE), None)
}

/// One look at the open clinics: those that pass, and the index ids of those that the filter refused on the way.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub hits: Vec<Hit>,
    /// No nearer one is missing, but some may be farther than the hits.
    pub refused: Vec<u32>,
}

impl Looked {
    fn within(snapshot: &Snapshot, question: &Question, radius: Metres) -> Self {
        match question.sort {
            Sort::Distance => Self::nearest(snapshot, question, radius, question.limit),
            Sort::Soonest => {
                let mut all = Self::nearest(snapshot, question, radius, usize::MAX);
                // Stable: clinics that are free at the same moment stay in the order of their distances.
                all.hits.sort_by_cached_key(|hit| {
                    let entry = entry(snapshot, snapshot.open(), hit.id);
                    question.first_slot(entry).map(|slot| slot.starts_at)
                });
                all.hits.truncate(question.limit);
                all
            }
        }
    }

    /// The first `limit` that pass, nearest first.
    pub fn nearest(snapshot: &Snapshot, question: &Question, radius: Metres, limit: usize) -> Self {
        let layer = snapshot.open();
        let mut refused = Vec::new();
        let accepts_all = question.filter.is_none();
        let passes = |id: u32| {
            let passes = accepts_all || question.filter.accepts(entry(snapshot, layer, id), question.as_of);
            if !passes {
                refused.push(id);
            }
            passes
        };
        let hits = layer.index.nearest(question.from, limit, radius, passes, |a, b| by_rank(snapshot, layer, a, b));
        Self { hits, refused }
    }
}

/// Withheld clinics and refused ones that are nearer than the farthest result, nearest first (rule N4).
fn left_out(
    snapshot: &Snapshot,
    question: &Question,
    refused: &[u32],
    farthest: Option<&Hit>,
) -> (Vec<Excluded>, Skipped) {
    let reach = farthest.map_or(ANYWHERE, |hit| Metres(hit.distance.0 + ALIKE.0));
    let withheld = snapshot.withheld();
    let tie = |a, b| by_rank(snapshot, withheld, a, b);
    let hits = withheld.index.nearest(question.from, MAX_EXCLUDED, reach, |_| true, tie);
    let mut excluded: Vec<Excluded> = hits.into_iter().filter_map(|hit| withheld_at(snapshot, hit)).collect();
    if !refused.is_empty() {
        excluded.extend(refused_within(snapshot, question, refused, reach));
        excluded.sort_by(|a, b| a.distance.0.total_cmp(&b.distance.0));
    }
    if let Some(farthest) = farthest {
        let exact = |point: Point| geodesic(question.from, point);
        let end = || exact(entry(snapshot, snapshot.open(), farthest.id).point);
        excluded.retain(|nearer| {
            let is_clear = nearer.distance.0 < farthest.distance.0 - ALIKE.0;
            is_clear || exact(snapshot.entry(nearer.position).point) < end()
        });
    }
    let mut skipped = Skipped::default();
    for excluded in &excluded {
        skipped.count(excluded.reason);
    }
    excluded.truncate(MAX_EXCLUDED);
    (excluded, skipped)
}

fn withheld_at(snapshot: &Snapshot, hit: Hit) -> Option<Excluded> {
    let position = snapshot.withheld().position(hit.id);
    let reason = withheld_reason(snapshot.entry(position).status)?;
    Some(Excluded { position, distance: hit.distance, reason })
}

/// The refused clinics that are no farther than this, by distance and rank, each with its reason.
pub(super) fn refused_within(
    snapshot: &Snapshot,
    question: &Question,
    refused: &[u32],
    farthest: Metres,
) -> Vec<Excluded> {
    let open = snapshot.open();
    let far = |id: u32| geodesic(question.from, entry(snapshot, open, id).point);
    let mut within: Vec<(Metres, u32)> =
        refused.iter().map(|id| (far(*id), *id)).filter(|(distance, _)| *distance <= farthest).collect();
    within.sort_by(|(near, a), (far, b)| near.0.total_cmp(&far.0).then_with(|| by_rank(snapshot, open, *a, *b)));
    let why = |(distance, id): (Metres, u32)| {
        let reason = question.filter.refuses(entry(snapshot, open, id), question.as_of)?;
        Some(Excluded { position: open.position(id), distance, reason })
    };
    within.into_iter().filter_map(why).collect()
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
