//! What else is free: the nearest other times at the same clinic, and the nearest other clinics at about the same time.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DbErr;
use serde::Serialize;
use utoipa::ToSchema;

use super::out::SlotOut;
use super::state::BookingState;
use super::store;
use crate::availability::{Agenda, Slot, buckets};
use crate::directory::{Entry, Filter, Question, Snapshot, search};
use crate::geo::Metres;

/// How many of each kind.
const OFFERED: usize = 3;
/// How many clinics are asked for a time.
const CLINICS_ASKED: usize = 8;
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

/// The three nearest of each kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alternatives)]
pub struct AlternativesOut {
    pub in_time: Vec<AlternativeOut>,
    pub in_place: Vec<AlternativeOut>,
}

/// Looks around a time that cannot be had.
///
/// # Errors
/// When the claims cannot be read.
pub async fn alternatives(
    state: &BookingState,
    entry: &Entry,
    wanted: DateTime<Utc>,
) -> Result<AlternativesOut, DbErr> {
    let (snapshot, now) = (state.directory.snapshot(), state.now());
    let around = Around { snapshot: &snapshot, wanted, now };
    let mut in_time = around.slots(state, &[(entry, Metres(0.0))], SAME_CLINIC).await?;
    in_time.truncate(OFFERED);
    in_time.sort_by_key(|(_, _, slot)| slot.starts_at);
    let others = around.other_clinics(entry);
    let others: Vec<_> = others.iter().map(|(entry, distance)| (entry.as_ref(), *distance)).collect();
    let mut in_place = around.slots(state, &others, OTHER_CLINICS).await?;
    // Stable: of one clinic the nearest time comes first and stays.
    in_place.sort_by(|(a, near, _), (b, far, _)| near.0.total_cmp(&far.0).then(a.id.cmp(&b.id)));
    in_place.dedup_by_key(|(entry, _, _)| entry.id);
    in_place.truncate(OFFERED);
    let out = |found: Vec<Found>| found.into_iter().map(out).collect();
    Ok(AlternativesOut { in_time: out(in_time), in_place: out(in_place) })
}

type Found<'e> = (&'e Entry, Metres, Slot);

struct Around<'s> {
    snapshot: &'s Snapshot,
    wanted: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Around<'_> {
    fn other_clinics(&self, entry: &Entry) -> Vec<(std::sync::Arc<Entry>, Metres)> {
        let question = Question {
            from: entry.point,
            limit: CLINICS_ASKED + 1,
            radius: FARTHEST,
            filter: Filter::default(),
            as_of: self.now,
        };
        let places = search(self.snapshot, &question).places;
        let near =
            places.iter().filter_map(|place| Some((self.snapshot.entry(place.position).clone(), place.distance?)));
        near.filter(|(other, distance)| other.id != entry.id && *distance <= FARTHEST).collect()
    }

    /// The free times of some clinics within `reach` of the wanted one, those nearest to it first.
    async fn slots<'e>(
        &self,
        state: &BookingState,
        clinics: &[(&'e Entry, Metres)],
        reach: TimeDelta,
    ) -> Result<Vec<Found<'e>>, DbErr> {
        let range = self.wanted - reach..self.wanted + reach;
        let ids: Vec<_> = clinics.iter().map(|(entry, _)| entry.id).collect();
        // A consultation that starts in the range may last beyond it.
        let rows = store::claims(&state.db, &ids, &buckets(range.start, range.end + TimeDelta::days(1))).await?;
        let mut found = Vec::new();
        for (entry, distance) in clinics.iter().filter(|(entry, _)| entry.clinic.offers_consultations) {
            let claims = store::as_claims(rows.iter().filter(|row| row.clinic_id == entry.id.0));
            let (schedule, policy) = (entry.schedule(), entry.policy(&self.snapshot.network));
            let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &claims, now: self.now };
            found.extend(agenda.slots(range.clone()).into_iter().map(|slot| (*entry, *distance, slot)));
        }
        found.sort_by_key(|(_, _, slot)| (slot.starts_at - self.wanted).abs());
        Ok(found)
    }
}

fn out((entry, distance, slot): Found) -> AlternativeOut {
    let clinic = &entry.clinic;
    AlternativeOut {
        clinic: clinic.slug.to_string(),
        name: clinic.name.to_string(),
        city: clinic.city.to_string(),
        state: clinic.state.to_string(),
        distance_mi: (distance.miles() * 10.0).round() / 10.0,
        slot: SlotOut::offered(&slot, entry.zone),
    }
}
