//! What a searcher insists on, and why a clinic fails it (rules N3, N4).

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Entry;
use crate::availability::Claims;

/// What the searcher insists on; never loosened silently (rule N3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A code of the network's service catalogue.
    pub service: Option<String>,
    pub open_now: bool,
    /// ISO 639 code of a language that is spoken there.
    pub language: Option<String>,
    /// A consultation can be had on one of these dates.
    pub times: Option<Dates>,
}

/// A run of dates on the calendar of whichever clinic is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The first one; today when absent or past.
    pub from: Option<NaiveDate>,
    /// 0 is no date at all.
    pub count: u16,
}

impl Dates {
    /// Today and this many dates after it.
    #[must_use]
    pub fn within(days: u16) -> Self {
        Self { from: None, count: days.saturating_add(1) }
    }

    /// The first date, and the one after the last.
    #[must_use]
    pub fn on_calendar(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let first = self.from.map_or(today, |from| from.max(today));
        (first, first + Days::new(self.count.into()))
    }
}

/// Why a clinic is not among the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    TemporarilyClosed,
    ComingSoon,
    Closed,
    NoConsultations,
    /// Every time of the days in question is taken.
    Full,
    /// The named filter of the question.
    FilteredBy(&'static str),
}

impl Reason {
    /// The message of the pages that says it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::TemporarilyClosed => "temporarily-closed",
            Self::ComingSoon => "coming-soon",
            Self::Closed => "closed-for-good",
            Self::NoConsultations => "no-consultations",
            Self::Full => "fully-booked",
            Self::FilteredBy(_) => "left-out-by-filter",
        }
    }
}

/// The filter that asks for free times, by its parameter.
pub const WITHIN_DAYS: &str = "available_within_days";

impl Filter {
    /// Nothing is insisted on.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a clinic passes at `as_of`.
    #[must_use]
    pub fn accepts(&self, entry: &Entry, as_of: DateTime<Utc>) -> bool {
        self.failed(entry, as_of).is_none()
    }

    /// The first thing that a clinic fails at `as_of`.
    #[must_use]
    pub fn refuses(&self, entry: &Entry, as_of: DateTime<Utc>) -> Option<Reason> {
        let failed = self.failed(entry, as_of)?;
        match self.times.filter(|_| failed == WITHIN_DAYS) {
            Some(dates) => Some(why_no_time(entry, dates, as_of)),
            None => Some(Reason::FilteredBy(failed)),
        }
    }

    fn failed(&self, entry: &Entry, as_of: DateTime<Utc>) -> Option<&'static str> {
        let lacks = |service: &String| !entry.clinic.services.iter().any(|offered| **offered == **service);
        if self.service.as_ref().is_some_and(lacks) {
            return Some("service");
        }
        let is_spoken = |language: &String| entry.clinic.languages.iter().any(|spoken| **spoken == **language);
        if self.language.as_ref().is_some_and(|language| !is_spoken(language)) {
            return Some("language");
        }
        if self.open_now && !entry.is_open_at(as_of) {
            return Some("open_now");
        }
        self.times.filter(|dates| entry.first_slot_on(*dates, as_of).is_none()).map(|_| WITHIN_DAYS)
    }
}

/// A clinic that would have a time if nobody had taken any is full; one without hours in those days is merely not open.
fn why_no_time(entry: &Entry, dates: Dates, as_of: DateTime<Utc>) -> Reason {
    if !entry.clinic.offers_consultations {
        return Reason::NoConsultations;
    }
    if entry.diary.claims().is_empty() {
        return Reason::FilteredBy(WITHIN_DAYS);
    }
    let would_have = entry.look_up(dates, &Claims::default(), as_of).is_some();
    if would_have { Reason::Full } else { Reason::FilteredBy(WITHIN_DAYS) }
}

/// How many clinics were passed over for want of a free time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Skipped {
    /// Every time of the days in question is taken.
    pub full: usize,
    /// No consultations are given in those days.
    pub closed: usize,
    /// No consultations are given at all.
    pub no_consultations: usize,
}

impl Skipped {
    /// Counts one clinic; other reasons than times are not counted.
    pub fn count(&mut self, reason: Reason) {
        match reason {
            Reason::Full => self.full += 1,
            Reason::FilteredBy(WITHIN_DAYS) => self.closed += 1,
            Reason::NoConsultations => self.no_consultations += 1,
            Reason::FilteredBy(_) | Reason::TemporarilyClosed | Reason::ComingSoon | Reason::Closed => {}
        }
    }
}
