//! What else is free: the nearest other times at the same clinic, and the nearest other clinics at about the same time.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::state::BookingState;
use crate::availability::{Agenda, Schedule, Slot};
use crate::clinics::ClinicId;
use crate::clinics::closures::Closure;
use crate::directory::{Entry, Filter, Question, SlotOut, Snapshot, Sort, search};
use crate::entities::booking;
use crate::geo::Metres;

/// How many of each kind.
const OFFERED: usize = 3;
/// How many clinics are asked for a time.
const CLINICS_ASKED: usize = 8;
/// The same, for a visit that lost its own.
const REPLACEMENTS_ASKED: usize = 20;
const FARTHEST: Metres = Metres(100.0 * Metres::PER_MILE);
/// How far from the wanted time, either way, at the same clinic and at others.
const SAME_CLINIC: TimeDelta = TimeDelta::days(7);
const OTHER_CLINICS: TimeDelta = TimeDelta::days(1);

/// Another time, or another clinic.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alternative)]
pub struct AlternativeOut {
    /// The clinic's slug.
    pub clinic: String,
    pub name: String,
    pub city: String,
    pub state: String,
    /// From the clinic that was asked for.
    pub distance_mi: f64,
    pub slot: SlotOut,
}

/// A free time beside one that cannot be had.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub entry: Arc<Entry>,
    /// From the clinic that was asked for.
    pub distance: Metres,
    pub slot: Slot,
}

/// The three nearest of each kind.
#[derive(Debug, Default)]
pub struct Alternatives {
    pub in_time: Vec<Alternative>,
    pub in_place: Vec<Alternative>,
}

/// The three nearest of each kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alternatives)]
pub struct AlternativesOut {
    pub in_time: Vec<AlternativeOut>,
    pub in_place: Vec<AlternativeOut>,
}

impl From<Alternatives> for AlternativesOut {
    fn from(found: Alternatives) -> Self {
        let told = |found: Vec<Alternative>| found.iter().map(Into::into).collect();
        Self { in_time: told(found.in_time), in_place: told(found.in_place) }
    }
}

/// Looks around a time that cannot be had, in memory.
#[must_use]
pub fn alternatives(state: &BookingState, entry: &Arc<Entry>, wanted: DateTime<Utc>) -> Alternatives {
    let snapshot = state.directory.snapshot();
    let around = Around { wanted, now: state.now() };
    let mut in_time = around.slots(entry, SAME_CLINIC);
    in_time.truncate(OFFERED);
    in_time.sort_by_key(|slot| slot.starts_at);
    let mut in_place = Vec::new();
    for (other, distance) in other_clinics(&snapshot, entry, around.now, CLINICS_ASKED) {
        let nearest = around.slots(&other, OTHER_CLINICS).into_iter().next();
        in_place.extend(nearest.map(|slot| Alternative { entry: other, distance, slot }));
    }
    in_place.truncate(OFFERED);
    let here = |slot: Slot| Alternative { entry: Arc::clone(entry), distance: Metres(0.0), slot };
    Alternatives { in_time: in_time.into_iter().map(here).collect(), in_place }
}

/// What a visit that lost its time can have instead.
#[derive(Clone, Debug)]
pub struct Replacements {
    /// Its own time, when that can be had again.
    pub original: Option<Alternative>,
    /// The next free time at its own clinic, or at the nearest one that has any.
    pub nearest: Option<Alternative>,
    /// The next free time at any of the nearest clinics.
    pub soonest: Option<Alternative>,
}

/// What a visit that lost its time can have instead.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replacements)]
pub struct ReplacementsOut {
    /// Its own time, when that can be had again.
    pub original: Option<SlotOut>,
    /// The next free time at its own clinic, or at the nearest one that has any.
    pub nearest: Option<AlternativeOut>,
    /// The next free time at any of the nearest clinics.
    pub soonest: Option<AlternativeOut>,
}

impl From<&Replacements> for ReplacementsOut {
    fn from(found: &Replacements) -> Self {
        let slot = |own: &Alternative| SlotOut::offered(&own.slot, own.entry.zone);
        Self {
            original: found.original.as_ref().map(slot),
            nearest: found.nearest.as_ref().map(Into::into),
            soonest: found.soonest.as_ref().map(Into::into),
        }
    }
}

/// Looks for replacements in memory; `closing` is a closure that is about to be laid.
#[must_use]
pub fn replacements(
    snapshot: &Snapshot,
    booking: &booking::Model,
    closing: Option<&Closure>,
    now: DateTime<Utc>,
) -> Option<Replacements> {
    let entry = snapshot.by_id(ClinicId(booking.clinic_id))?;
    let mut near = vec![(Arc::clone(entry), Metres(0.0))];
    near.extend(other_clinics(snapshot, entry, now, REPLACEMENTS_ASKED));
    let free = |(other, distance): &(Arc<Entry>, Metres)| {
        let slot = with_agenda(other, closing, now, |agenda| agenda.first_slot_from(now))??;
        Some(Alternative { entry: Arc::clone(other), distance: *distance, slot })
    };
    let found: Vec<Alternative> = near.iter().filter_map(free).collect();
    let original = with_agenda(entry, closing, now, |agenda| agenda.explain(booking.starts_at).ok()).flatten();
    Some(Replacements {
        original: original.map(|slot| Alternative { entry: Arc::clone(entry), distance: Metres(0.0), slot }),
        nearest: found.first().cloned(),
        soonest: found.iter().min_by_key(|other| other.slot.starts_at).cloned(),
    })
}

/// Asks a clinic's calendar, under a closure that is about to be laid; `None` where no consultations are given.
fn with_agenda<T>(
    entry: &Entry,
    closing: Option<&Closure>,
    now: DateTime<Utc>,
    ask: impl FnOnce(&Agenda) -> T,
) -> Option<T> {
    if !entry.clinic.offers_consultations {
        return None;
    }
    let (schedule, claims) = (entry.schedule(), entry.diary.claims());
    let closing = closing.filter(|closure| closure.is_for(&entry.clinic));
    let special = closing.map(|closure| schedule.with_closures([closure]));
    let schedule = Schedule { special: special.as_deref().unwrap_or(schedule.special), ..schedule };
    Some(ask(&Agenda { schedule: &schedule, policy: &entry.policy, claims: &claims, now }))
}

/// The nearest clinics to one, without itself.
fn other_clinics(snapshot: &Snapshot, entry: &Entry, now: DateTime<Utc>, count: usize) -> Vec<(Arc<Entry>, Metres)> {
    let question = Question {
        from: entry.point,
        limit: count + 1,
        radius: FARTHEST,
        filter: Filter::default(),
        sort: Sort::Distance,
        as_of: now,
    };
    let places = search(snapshot, &question).places;
    let near = places.iter().filter_map(|place| Some((snapshot.entry(place.position).clone(), place.distance?)));
    near.filter(|(other, distance)| other.id != entry.id && *distance <= FARTHEST).collect()
}

struct Around {
    wanted: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Around {
    /// The free times of a clinic within `reach` of the wanted one, those nearest to it first.
    fn slots(&self, entry: &Entry, reach: TimeDelta) -> Vec<Slot> {
        if !entry.clinic.offers_consultations {
            return Vec::new();
        }
        let (schedule, claims) = (entry.schedule(), entry.diary.claims());
        let agenda = Agenda { schedule: &schedule, policy: &entry.policy, claims: &claims, now: self.now };
        let mut slots = agenda.slots(self.wanted - reach..self.wanted + reach);
        slots.sort_by_key(|slot| (slot.starts_at - self.wanted).abs());
        slots
    }
}

impl From<&Alternative> for AlternativeOut {
    fn from(Alternative { entry, distance, slot }: &Alternative) -> Self {
        let clinic = &entry.clinic;
        Self {
            clinic: clinic.slug.to_string(),
            name: clinic.name.to_string(),
            city: clinic.city.to_string(),
            state: clinic.state.to_string(),
            distance_mi: (distance.miles() * 10.0).round() / 10.0,
            slot: SlotOut::offered(slot, entry.zone),
        }
    }
}
