use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::value::RawValue;

use super::Network;
use super::diary::Diary;
use super::filter::Dates;
use super::next_time::{NextTime, shown};
use super::out::{BriefStatic, ConsultationStatic, OpenOut};
use crate::availability::{Agenda, Claims, OpenState, Openness, Schedule, Slot, open_state};
use crate::clinics::closures::Closure;
use crate::clinics::hours::SpecialDay;
use crate::clinics::status::ClinicStatus;
use crate::clinics::store::Stored;
use crate::clinics::{Clinic, ClinicId, Policy};
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
    /// How this clinic offers consultations: its own numbers over the network's (rule A12).
    pub policy: Policy,
    pub diary: Arc<Diary>,
    /// Those that are about this clinic (rule I12).
    pub closures: Box<[Arc<Closure>]>,
    /// The record's special hours once the closures are laid over them; `None` without closures.
    special: Option<Box<[SpecialDay]>>,
    /// The brief's JSON object up to the next time in its last member.
    brief: Box<str>,
    live: ArcSwapOption<Live>,
    next: ArcSwapOption<NextTime>,
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
    /// All that are not lifted or over.
    pub closures: Vec<Arc<Closure>>,
}

impl Making {
    /// Prepares a stored clinic for answering, with the diary it has had so far.
    ///
    /// # Errors
    /// When the record lacks what every stored clinic has, which would be a bug.
    pub fn entry(&self, diary: Arc<Diary>, stored: Stored) -> anyhow::Result<Entry> {
        let Stored { id, data_version, clinic } = stored;
        let missing = |what: &str| anyhow::anyhow!("clinic {} is stored without {what}", clinic.code);
        let pin = clinic.pin.ok_or_else(|| missing("a pin"))?;
        let zone = clinic.zone.ok_or_else(|| missing("a time zone"))?;
        let state = State::by_code(&clinic.state).ok_or_else(|| missing("a known state"))?;
        let today = self.now.with_timezone(&zone).date_naive();
        let status = clinic.status.status_on(today);
        let flips_at = clinic.status.next_change_after(today).map(|date| schedule(&clinic, &[], zone).midnight(date));
        let policy = clinic.policy.resolve(&self.network.policy);
        let closures = self.closures_for(&clinic);
        let special = (!closures.is_empty()).then(|| {
            schedule(&clinic, &clinic.special_hours, zone).with_closures(closures.iter().map(|c| &**c)).into()
        });
        let brief = self.brief(&clinic, &BriefStatic::new(&clinic, status, pin.point, zone, &self.links), &policy)?;
        let (live, next, at) = (ArcSwapOption::empty(), ArcSwapOption::empty(), pin.point.into());
        let point = pin.point;
        Ok(Entry {
            id,
            data_version,
            clinic,
            point,
            at,
            zone,
            state,
            status,
            flips_at,
            policy,
            diary,
            closures,
            special,
            brief,
            live,
            next,
        })
    }

    fn brief(&self, clinic: &Clinic, fixed: &BriefStatic, policy: &Policy) -> serde_json::Result<Box<str>> {
        let mut brief = serde_json::to_string(fixed)?;
        brief.pop();
        brief += ",\"consultation\":";
        brief += &serde_json::to_string(&ConsultationStatic::new(clinic, policy, &self.links))?;
        brief.pop();
        brief += ",\"next\":";
        Ok(brief.into())
    }

    /// The closures that are about a clinic, in their order.
    #[must_use]
    pub fn closures_for(&self, clinic: &Clinic) -> Box<[Arc<Closure>]> {
        self.closures.iter().filter(|closure| closure.is_for(clinic)).cloned().collect()
    }

    /// The same clinic once its status has flipped, or its network's settings have changed.
    ///
    /// # Errors
    /// As [`Making::entry`].
    pub fn renew(&self, entry: &Entry) -> anyhow::Result<Entry> {
        let stored = Stored { id: entry.id, data_version: entry.data_version, clinic: entry.clinic.clone() };
        self.entry(Arc::clone(&entry.diary), stored)
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
        self.with_next(as_of, |next| json.extend_from_slice(next.json(self).get().as_bytes()));
        json.extend_from_slice(b"},\"open\":");
        self.with_live(as_of, |live| json.extend_from_slice(live.open_json.as_bytes()));
        json.push(b'}');
    }

    /// Open, closed or unknown, computed for this moment.
    #[must_use]
    pub fn open_state(&self, as_of: DateTime<Utc>) -> OpenState {
        open_state(&self.schedule(), as_of)
    }

    /// Special hours and closures, by date.
    #[must_use]
    pub fn special_days(&self) -> &[SpecialDay] {
        self.special.as_deref().unwrap_or(&self.clinic.special_hours)
    }

    /// What the clinic says about its hours, closures included.
    #[must_use]
    pub fn schedule(&self) -> Schedule<'_> {
        schedule(&self.clinic, self.special_days(), self.zone)
    }

    /// The earliest consultation that can be had, as of this minute.
    #[must_use]
    pub fn next_slot(&self, as_of: DateTime<Utc>) -> Option<Slot> {
        self.with_next(as_of, |next| next.slot)
    }

    /// The same as a `Slot` in JSON, or null.
    #[must_use]
    pub fn next_slot_json(&self, as_of: DateTime<Utc>) -> Box<RawValue> {
        self.with_next(as_of, |next| next.json(self).to_owned())
    }

    /// The `ClinicBrief` as of this minute.
    ///
    /// # Errors
    /// When it is not JSON, which would be a bug.
    pub fn brief(&self, as_of: DateTime<Utc>) -> anyhow::Result<Box<RawValue>> {
        let mut json = Vec::new();
        self.write_brief(as_of, &mut json);
        Ok(RawValue::from_string(String::from_utf8(json)?)?)
    }

    /// The earliest consultation on one of these dates, as of this minute.
    #[must_use]
    pub fn first_slot_on(&self, dates: Dates, as_of: DateTime<Utc>) -> Option<Slot> {
        let next = self.next_slot(as_of)?;
        // Calendars are asked only where it depends on them: a local day lasts 25 hours at most, 23 at least.
        if dates.from.is_none() && next.starts_at - as_of < TimeDelta::hours(23) * i32::from(dates.count - 1) {
            return Some(next);
        }
        let schedule = self.schedule();
        let (first, end) = dates.on_calendar(schedule.local_date(as_of));
        match schedule.local_date(next.starts_at) {
            date if date >= end => None,
            date if date >= first => Some(next),
            _ => self.look_up(dates, &self.diary.claims(), as_of),
        }
    }

    /// The same from the hours, under these claims.
    #[must_use]
    pub fn look_up(&self, dates: Dates, claims: &Claims, as_of: DateTime<Utc>) -> Option<Slot> {
        let (schedule, policy) = (self.schedule(), shown(&self.policy));
        let (first, end) = dates.on_calendar(schedule.local_date(as_of));
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims, now: as_of };
        let slot = agenda.first_slot_from(schedule.midnight(first))?;
        Some(slot).filter(|slot| self.clinic.offers_consultations && slot.starts_at < schedule.midnight(end))
    }

    fn with_next<T>(&self, as_of: DateTime<Utc>, read: impl FnOnce(&NextTime) -> T) -> T {
        let held = self.next.load();
        match held.as_deref() {
            Some(next) if next.stands(self, as_of) => read(next),
            _ => {
                let next = Arc::new(NextTime::of(self, as_of));
                self.next.store(Some(Arc::clone(&next)));
                read(&next)
            }
        }
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

fn schedule<'c>(clinic: &'c Clinic, special: &'c [SpecialDay], zone: Tz) -> Schedule<'c> {
    Schedule {
        zone,
        hours: clinic.hours.as_deref(),
        consultation_hours: clinic.consultation_hours.as_deref(),
        special,
        status: clinic.status,
    }
}
