use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::value::{RawValue, to_raw_value};

use super::Network;
use super::diary::Diary;
use super::filter::Dates;
use super::kept::{Kept, Standing};
use super::out::ClinicBrief;
use crate::accounts::Scope;
use crate::availability::{Agenda, Claims, OpenState, Openness, Schedule, Slot, open_state};
use crate::clinics::closures::{Closure, Record};
use crate::clinics::hours::SpecialDay;
use crate::clinics::status::ClinicStatus;
use crate::clinics::store::Stored;
use crate::clinics::{Clinic, ClinicId, Policy, legacy_path, slugify};
use crate::geo::{Ecef, Point};
use crate::places::State;
use crate::web::PublicUrl;

/// A clinic as the directory answers with it: the record, its status today, and what has been computed about it.
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
    /// Paths of an older site that lead here (rule I9).
    pub legacy_paths: Box<[Box<str>]>,
    /// Those that are about this clinic (rule I12).
    pub closures: Box<[Arc<Record>]>,
    /// The record's special hours once the closures are laid over them; `None` without closures.
    special: Option<Box<[SpecialDay]>>,
    links: PublicUrl,
    open: Kept<OpenState>,
    next: Kept<Option<Slot>>,
    /// The `ClinicBrief` as JSON.
    brief: Kept<Box<RawValue>>,
}

/// What entries are made with.
#[derive(Debug)]
pub struct Making {
    pub now: DateTime<Utc>,
    pub network: Network,
    pub links: PublicUrl,
    /// All that are not lifted or over.
    pub closures: Vec<Arc<Record>>,
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
        let legacy_paths = clinic.legacy_urls.iter().filter_map(|url| legacy_path(url)).collect();
        let closures = self.closures_for(&clinic);
        let special = (!closures.is_empty()).then(|| {
            schedule(&clinic, &clinic.special_hours, zone)
                .with_closures(closures.iter().map(|record| &record.closure))
                .into()
        });
        Ok(Entry {
            id,
            data_version,
            clinic,
            point: pin.point,
            at: pin.point.into(),
            zone,
            state,
            status,
            flips_at,
            policy,
            diary,
            legacy_paths,
            closures,
            special,
            links: self.links.clone(),
            open: Kept::default(),
            next: Kept::default(),
            brief: Kept::default(),
        })
    }

    /// The closures that are about a clinic, in their order.
    #[must_use]
    pub fn closures_for(&self, clinic: &Clinic) -> Box<[Arc<Record>]> {
        self.closures.iter().filter(|record| record.closure.is_for(clinic)).cloned().collect()
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

    /// Whether it has a page of its own: all but those that closed for good.
    #[must_use]
    pub fn has_page(&self) -> bool {
        self.status != ClinicStatus::Closed
    }

    /// Whether an account may see and change it.
    #[must_use]
    pub fn is_in(&self, scope: &Scope) -> bool {
        scope.covers(&self.clinic.code, self.clinic.region.as_deref())
    }

    /// Whether its name, street, city or code contains a folded text.
    #[must_use]
    pub fn has_text(&self, text: &str) -> bool {
        let clinic = &self.clinic;
        let fields = [Some(&*clinic.name), clinic.street.as_deref(), Some(&*clinic.city), Some(&*clinic.code)];
        fields.into_iter().flatten().any(|field| slugify(field).contains(text))
    }

    /// Whether the doors are open at this moment (rule A10); unknown hours are not.
    #[must_use]
    pub fn is_open_at(&self, as_of: DateTime<Utc>) -> bool {
        self.open_state(as_of).state == Openness::Open
    }

    /// Open, closed or unknown, and what comes next.
    #[must_use]
    pub fn open_state(&self, as_of: DateTime<Utc>) -> OpenState {
        let make = || {
            let state = open_state(&self.schedule(), as_of);
            (state, state.valid_until)
        };
        self.open.read(&self.diary, as_of, make, |open| open.value)
    }

    /// Appends the `ClinicBrief` object as of this minute.
    pub fn write_brief(&self, as_of: DateTime<Utc>, json: &mut Vec<u8>) {
        self.with_brief(as_of, |brief| json.extend_from_slice(brief.get().as_bytes()));
    }

    /// How long the `ClinicBrief` is.
    #[must_use]
    pub fn brief_bytes(&self, as_of: DateTime<Utc>) -> usize {
        self.with_brief(as_of, |brief| brief.get().len())
    }

    /// The `ClinicBrief` as of this minute.
    #[must_use]
    pub fn brief(&self, as_of: DateTime<Utc>) -> Box<RawValue> {
        self.with_brief(as_of, ToOwned::to_owned)
    }

    fn with_brief<T>(&self, as_of: DateTime<Utc>, read: impl FnOnce(&RawValue) -> T) -> T {
        let make = || {
            let (open, next) = (self.open_state(as_of), self.next_slot(as_of));
            let until = open.valid_until.min(self.with_next(as_of, |next| next.until));
            let brief = ClinicBrief::new(self, &open, next.as_ref(), &self.links);
            (to_raw_value(&brief).unwrap_or_else(|_| RawValue::NULL.to_owned()), until)
        };
        self.brief.read(&self.diary, as_of, make, |brief| read(&brief.value))
    }

    /// Special hours and closures, by date.
    #[must_use]
    pub fn special_days(&self) -> &[SpecialDay] {
        self.special.as_deref().unwrap_or(&self.clinic.special_hours)
    }

    /// The first closure that is about a date.
    #[must_use]
    pub fn closure_on(&self, date: NaiveDate) -> Option<&Closure> {
        self.closures.iter().map(|record| &record.closure).find(|closure| closure.is_on(date))
    }

    /// What the clinic says about its hours, closures included.
    #[must_use]
    pub fn schedule(&self) -> Schedule<'_> {
        schedule(&self.clinic, self.special_days(), self.zone)
    }

    /// The earliest consultation that can be had, as of this minute.
    #[must_use]
    pub fn next_slot(&self, as_of: DateTime<Utc>) -> Option<Slot> {
        self.with_next(as_of, |next| next.value)
    }

    fn with_next<T>(&self, as_of: DateTime<Utc>, read: impl FnOnce(&Standing<Option<Slot>>) -> T) -> T {
        self.next.read(&self.diary, as_of, || self.find_next(as_of), read)
    }

    /// The slot, and until when it is the next one.
    fn find_next(&self, as_of: DateTime<Utc>) -> (Option<Slot>, DateTime<Utc>) {
        let (schedule, policy, claims) = (self.schedule(), shown(&self.policy), self.diary.claims());
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &claims, now: as_of };
        let slot = self.clinic.offers_consultations.then(|| agenda.next_slot()).flatten();
        let notice = TimeDelta::minutes(self.policy.min_notice_min.into());
        // Without a slot the next chance is another day of the horizon.
        let tomorrow = || schedule.midnight(schedule.local_date(as_of) + Days::new(1));
        let too_late = slot.map_or_else(tomorrow, |slot| slot.starts_at - notice);
        (slot, claims.next_expiry(as_of).map_or(too_late, |expiry| expiry.min(too_late)))
    }

    /// The consultations that can be had and start inside the half-open range, as of this minute.
    #[must_use]
    pub fn slots(&self, range: Range<DateTime<Utc>>, as_of: DateTime<Utc>) -> Vec<Slot> {
        let (schedule, policy, claims) = (self.schedule(), shown(&self.policy), self.diary.claims());
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &claims, now: as_of };
        if self.clinic.offers_consultations { agenda.slots(range) } else { Vec::new() }
    }

    /// Where the clinic is read about, below the prefix of the public URL and of the language (rule I9).
    #[must_use]
    pub fn page_path(&self) -> String {
        format!("{}/{}", city_path(self.state, &self.clinic.city), self.clinic.slug)
    }

    /// Where one of its times is taken, below the prefix of the public URL and of the language.
    #[must_use]
    pub fn book_path(&self) -> String {
        format!("/book/{}", self.clinic.slug)
    }

    /// The earliest consultation on one of these dates, as of this minute.
    #[must_use]
    pub fn first_slot_on(&self, dates: Dates, as_of: DateTime<Utc>) -> Option<Slot> {
        let next = self.next_slot(as_of)?;
        // Calendars are asked only where it depends on them: a local day lasts 25 hours at most, 23 at least.
        if dates.from.is_none() && next.starts_at - as_of < TimeDelta::hours(23) * (i32::from(dates.count) - 1) {
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
}

/// Where the clinics of a state are read about.
#[must_use]
pub fn state_path(state: &State) -> String {
    format!("/locations/{}", state.slug)
}

/// Where the clinics of a city are read about.
#[must_use]
pub fn city_path(state: &State, city: &str) -> String {
    format!("{}/{}", state_path(state), slugify(city))
}

/// Public answers are as of a whole minute (rule N10) and stand until the next one: notice is judged at its end, so that
/// what is shown can be held.
fn shown(policy: &Policy) -> Policy {
    Policy { min_notice_min: policy.min_notice_min + 1, ..*policy }
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
