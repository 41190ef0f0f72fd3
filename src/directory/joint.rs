//! Where and when together: which free times near a place nothing else beats (rule A16).

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::filter::Skipped;
use super::nearest::{Excluded, Looked, MAX_EXCLUDED, Question, expanding, refused_within};
use super::{Entry, Snapshot};
use crate::availability::Slot;
use crate::geo::{Metres, geodesic};
use crate::places::State;

/// What an option is the best of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    Nearest,
    Soonest,
    /// Distance and wait weighed against each other.
    Best,
}

/// A clinic's first time on the dates in question.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// In the snapshot.
    pub position: u32,
    pub distance: Metres,
    pub slot: Slot,
    /// The way, and for each day of waiting as far as the network says (rule A16).
    pub cost: Metres,
    /// Among equals, in the order of rule N2.
    rank: usize,
    /// No other option is nearer and not later, or sooner and not farther.
    pub is_unbeaten: bool,
    pub labels: Vec<Label>,
}

/// The options of a joint question: unbeaten ones first, then by distance and wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    pub choices: Vec<Choice>,
    /// `None` when the search went beyond every step, or a state was searched.
    pub used_radius: Option<Metres>,
    pub expanded: bool,
    /// Clinics within the radius without a free time on those dates.
    pub skipped: Skipped,
    /// The nearest of those, each with its reason.
    pub excluded: Vec<Excluded>,
}

/// Weighs every clinic within the radius that has a free time; without any, looks farther as nearest does (rule N3). The
/// `limit` leaves out the least of the options, and no labelled one before the others. `state` searches the clinics of
/// a state instead (rule P8).
#[must_use]
pub fn weigh(snapshot: &Snapshot, question: &Question, state: Option<&State>) -> Joint {
    let in_state = state.map(|state| choices_in(snapshot, question, state)).filter(|(found, _)| !found.is_empty());
    if let Some((choices, skipped)) = in_state {
        return Joint {
            choices: ranked(choices, question.limit),
            used_radius: None,
            expanded: false,
            skipped,
            excluded: Vec::new(),
        };
    }
    let look = |radius| Looked::nearest(snapshot, question, radius, usize::MAX);
    let (looked, used_radius) = expanding(question.radius, look);
    let mut skipped = Skipped::default();
    let farthest = used_radius.unwrap_or(Metres(f64::INFINITY));
    let mut excluded = refused_within(snapshot, question, &looked.refused, farthest);
    for refused in &excluded {
        skipped.count(refused.reason);
    }
    excluded.truncate(MAX_EXCLUDED);
    let choice = |hit: &crate::geo::Hit| choice(snapshot, question, snapshot.open().position(hit.id), hit.distance);
    let choices = ranked(looked.hits.iter().filter_map(choice).collect(), question.limit);
    // Around a state without free times is farther than was asked for, however near (rule P8).
    let expanded = state.is_some() || used_radius != Some(question.radius);
    Joint { choices, used_radius, expanded, skipped, excluded }
}

fn choice(snapshot: &Snapshot, question: &Question, position: u32, distance: Metres) -> Option<Choice> {
    let slot = question.first_slot(snapshot.entry(position))?;
    let cost = cost(distance, &slot, snapshot.network.wait_day, question.as_of);
    Some(Choice { position, distance, slot, cost, rank: 0, is_unbeaten: false, labels: Vec::new() })
}

/// The free times of a state's clinics, nearest to its point first.
fn choices_in(snapshot: &Snapshot, question: &Question, state: &State) -> (Vec<Choice>, Skipped) {
    let mut skipped = Skipped::default();
    let mut choices = Vec::new();
    let listed = |(_, entry): &(u32, &std::sync::Arc<Entry>)| entry.is_listed();
    for (position, entry) in (snapshot.position_of_state(state)..).zip(snapshot.in_state(state)).filter(listed) {
        match question.filter.refuses(entry, question.as_of) {
            None => choices.extend(choice(snapshot, question, position, geodesic(question.from, entry.point))),
            Some(reason) => skipped.count(reason),
        }
    }
    choices.sort_by(|a, b| {
        let by_priority = || priority(snapshot, b).cmp(&priority(snapshot, a));
        a.distance.0.total_cmp(&b.distance.0).then_with(by_priority)
    });
    (choices, skipped)
}

fn priority(snapshot: &Snapshot, choice: &Choice) -> i32 {
    snapshot.entry(choice.position).clinic.priority
}

/// Labels the choices and puts the ones that matter first; no more than `limit`.
fn ranked(mut choices: Vec<Choice>, limit: usize) -> Vec<Choice> {
    // Stable: what is equal in both stays in the order of rule N2.
    choices.sort_by(|a, b| a.distance.0.total_cmp(&b.distance.0).then(a.slot.starts_at.cmp(&b.slot.starts_at)));
    for (rank, choice) in choices.iter_mut().enumerate() {
        choice.rank = rank;
    }
    mark_unbeaten(&mut choices);
    let by_cost = |a: &Choice, b: &Choice| a.cost.0.total_cmp(&b.cost.0).then(a.rank.cmp(&b.rank));
    label_first(&mut choices, Label::Nearest, |_, _| Ordering::Equal);
    label_first(&mut choices, Label::Soonest, |a, b| a.slot.starts_at.cmp(&b.slot.starts_at));
    label_first(&mut choices, Label::Best, by_cost);
    let worth = |choice: &Choice| (choice.labels.is_empty(), !choice.is_unbeaten);
    if choices.len() > limit {
        // Thousands lie around a large city: only those that are shown are put in order.
        choices.select_nth_unstable_by(limit, |a, b| worth(a).cmp(&worth(b)).then_with(|| by_cost(a, b)));
        choices.truncate(limit);
    }
    choices.sort_by(|a, b| (!a.is_unbeaten).cmp(&!b.is_unbeaten).then_with(|| by_cost(a, b)));
    choices
}

/// Gives a label to the least choice, of equal ones to the first.
fn label_first(choices: &mut [Choice], label: Label, order: impl Fn(&Choice, &Choice) -> Ordering) {
    if let Some(first) = choices.iter_mut().min_by(|a, b| order(a, b)) {
        first.labels.push(label);
    }
}

/// Walks outwards: a farther clinic is worth the way only for an earlier time.
fn mark_unbeaten(choices: &mut [Choice]) {
    let mut earliest: Option<(DateTime<Utc>, Metres)> = None;
    for choice in choices {
        let this = (choice.slot.starts_at, choice.distance);
        if earliest.is_none_or(|(before, _)| this.0 < before) {
            earliest = Some(this);
        }
        choice.is_unbeaten = earliest == Some(this);
    }
}

/// Rule A16.
fn cost(distance: Metres, slot: &Slot, wait_day: Metres, as_of: DateTime<Utc>) -> Metres {
    const DAY_SECS: f64 = 86_400.0;
    #[expect(clippy::cast_precision_loss, reason = "seconds of some years")]
    let days = (slot.starts_at - as_of).num_seconds() as f64 / DAY_SECS;
    Metres(distance.0 + wait_day.0 * days)
}
