//! The next consultation at a clinic, kept until time or claims may have changed it.

use std::sync::OnceLock;

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::value::{RawValue, to_raw_value};

use super::Entry;
use super::out::SlotOut;
use crate::availability::{Agenda, Slot};
use crate::clinics::Policy;

/// The earliest slot as of some minute, and how long that stands.
#[derive(Debug)]
pub struct NextTime {
    pub slot: Option<Slot>,
    claims_version: u64,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// Written when it is first shown: most clinics of a search are only compared.
    json: OnceLock<Box<RawValue>>,
}

impl NextTime {
    /// Looks the slot up in the entry's hours and the claims in memory.
    #[must_use]
    pub fn of(entry: &Entry, as_of: DateTime<Utc>) -> Self {
        let claims_version = entry.diary.version();
        let (schedule, policy, claims) = (entry.schedule(), shown(&entry.policy), entry.diary.claims());
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &claims, now: as_of };
        let slot = entry.clinic.offers_consultations.then(|| agenda.next_slot()).flatten();
        let notice = TimeDelta::minutes(entry.policy.min_notice_min.into());
        // Without a slot the next chance is another day of the horizon.
        let tomorrow = || schedule.midnight(schedule.local_date(as_of) + Days::new(1));
        let too_late = slot.map_or_else(tomorrow, |slot| slot.starts_at - notice);
        let until = claims.next_expiry(as_of).map_or(too_late, |expiry| expiry.min(too_late));
        Self { slot, claims_version, from: as_of, until, json: OnceLock::new() }
    }

    /// Whether the same would be found now.
    #[must_use]
    pub fn stands(&self, entry: &Entry, as_of: DateTime<Utc>) -> bool {
        self.from <= as_of && as_of < self.until && self.claims_version == entry.diary.version()
    }

    /// The slot as JSON, or null.
    #[must_use]
    pub fn json(&self, entry: &Entry) -> &RawValue {
        let slot = || self.slot.as_ref().map(|slot| SlotOut::offered(slot, entry.zone));
        self.json.get_or_init(|| to_raw_value(&slot()).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

/// Public answers are as of a whole minute (rule N10) and stand until the next one: notice is judged at its end, so that
/// what is shown can be held.
#[must_use]
pub fn shown(policy: &Policy) -> Policy {
    Policy { min_notice_min: policy.min_notice_min + 1, ..*policy }
}
