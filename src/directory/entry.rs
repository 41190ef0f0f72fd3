use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::Network;
use super::out::{BriefStatic, OpenOut};
use crate::availability::{OpenState, Openness, Policy, PolicyOverrides, Schedule, open_state};
use crate::clinics::status::ClinicStatus;
use crate::clinics::store::Stored;
use crate::clinics::{Clinic, ClinicId};
use crate::geo::{Ecef, Point};
use crate::places::State;
use crate::web::PublicUrl;

/// A clinic as the directory answers with it: the record, its status today, and the JSON that does not change.
#[derive(Debug)]
pub struct Entry {
    pub id: ClinicId,
    pub data_version: i64,
    pub clinic: Clinic,
    pub point: Point,
    /// The same point for directions and ties, which are asked per answer.
    pub at: Ecef,
    pub zone: Tz,
    pub state: &'static State,
    /// The dated status on the clinic's own calendar when this entry was made (rule I11).
    pub status: ClinicStatus,
    /// When the status flips by itself, if a date is set.
    pub flips_at: Option<DateTime<Utc>>,
    /// The brief's JSON object up to its changing members, without the closing brace.
    brief: Box<str>,
    live: ArcSwapOption<Live>,
}

/// What changes with the clock alone, valid until the next opening or closing.
#[derive(Debug)]
struct Live {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    is_open: bool,
    open_json: Box<str>,
}

/// What entries are made with.
#[derive(Debug)]
pub struct Making {
    pub now: DateTime<Utc>,
    pub network: Network,
    pub links: PublicUrl,
}

impl Making {
    /// Prepares a stored clinic for answering.
    ///
    /// # Errors
    /// When the record lacks what every stored clinic has, which would be a bug.
    pub fn entry(&self, stored: Stored) -> anyhow::Result<Entry> {
        let Stored { id, data_version, clinic } = stored;
        let missing = |what: &str| anyhow::anyhow!("clinic {} is stored without {what}", clinic.code);
        let pin = clinic.pin.ok_or_else(|| missing("a pin"))?;
        let zone = clinic.zone.ok_or_else(|| missing("a time zone"))?;
        let state = State::by_code(&clinic.state).ok_or_else(|| missing("a known state"))?;
        let today = self.now.with_timezone(&zone).date_naive();
        let status = clinic.status.status_on(today);
        let flips_at = clinic.status.next_change_after(today).map(|date| schedule(&clinic, zone).midnight(date));
        let mut brief =
            serde_json::to_string(&BriefStatic::new(&clinic, status, pin.point, zone, &self.network, &self.links))?;
        brief.pop();
        let live = ArcSwapOption::empty();
        let at = pin.point.into();
        Ok(Entry {
            id,
            data_version,
            point: pin.point,
            at,
            zone,
            state,
            status,
            flips_at,
            brief: brief.into(),
            live,
            clinic,
        })
    }

    /// The same clinic once its status has flipped, or its network's settings have changed.
    ///
    /// # Errors
    /// As [`Making::entry`].
    pub fn renew(&self, entry: &Entry) -> anyhow::Result<Entry> {
        self.entry(Stored { id: entry.id, data_version: entry.data_version, clinic: entry.clinic.clone() })
    }
}

impl Entry {
    /// Whether the clinic is open to visitors in general, today on its own calendar.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.status == ClinicStatus::Open
    }

    /// Whether the doors are open at this moment (rule A10); unknown hours are not.
    #[must_use]
    pub fn is_open_at(&self, as_of: DateTime<Utc>) -> bool {
        self.with_live(as_of, |live| live.is_open)
    }

    /// Appends the `ClinicBrief` object as of this minute.
    pub fn write_brief(&self, as_of: DateTime<Utc>, json: &mut Vec<u8>) {
        json.extend_from_slice(self.brief.as_bytes());
        json.extend_from_slice(b",\"open\":");
        self.with_live(as_of, |live| json.extend_from_slice(live.open_json.as_bytes()));
        json.push(b'}');
    }

    /// Open, closed or unknown, computed for this moment.
    #[must_use]
    pub fn open_state(&self, as_of: DateTime<Utc>) -> OpenState {
        open_state(&self.schedule(), as_of)
    }

    /// What the clinic says about its hours.
    #[must_use]
    pub fn schedule(&self) -> Schedule<'_> {
        schedule(&self.clinic, self.zone)
    }

    /// How this clinic offers consultations: its own numbers over the network's (rule A12).
    #[must_use]
    pub fn policy(&self, network: &Network) -> Policy {
        let narrow = |number: Option<i32>| number.and_then(|number| u16::try_from(number).ok());
        let own = &self.clinic.policy;
        let own = PolicyOverrides {
            duration_min: narrow(own.duration_min),
            step_min: narrow(own.step_min),
            turnover_min: narrow(own.turnover_min),
            capacity: narrow(own.capacity),
            min_notice_min: narrow(own.min_notice_min),
            horizon_days: narrow(own.horizon_days),
            hold_min: None,
        };
        own.resolve(&network.policy)
    }

    fn with_live<T>(&self, as_of: DateTime<Utc>, read: impl FnOnce(&Live) -> T) -> T {
        let held = self.live.load();
        match held.as_deref() {
            Some(live) if live.from <= as_of && as_of < live.until => read(live),
            _ => {
                let live = Arc::new(self.live_at(as_of));
                self.live.store(Some(Arc::clone(&live)));
                read(&live)
            }
        }
    }

    fn live_at(&self, as_of: DateTime<Utc>) -> Live {
        let state = self.open_state(as_of);
        let open_json = serde_json::to_string(&OpenOut::new(&state, self.zone)).unwrap_or_default().into();
        Live { from: as_of, until: state.valid_until, is_open: state.state == Openness::Open, open_json }
    }
}

fn schedule(clinic: &Clinic, zone: Tz) -> Schedule<'_> {
    Schedule {
        zone,
        hours: clinic.hours.as_deref(),
        consultation_hours: clinic.consultation_hours.as_deref(),
        special: &clinic.special_hours,
        status: clinic.status,
    }
}
