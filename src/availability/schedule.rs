use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::openings::instant;
use crate::clinics::hours::{SpecialDay, WeeklyHours, Window, holiday_on};
use crate::clinics::status::StatusDates;

/// All that a clinic says about when it is open, on its own calendar and in its own zone (rule A1).
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    pub zone: Tz,
    /// `None` when nobody has said; closed all week is `Some` with no windows.
    pub hours: Option<&'a WeeklyHours>,
    /// `None` when consultations are offered during opening hours.
    pub consultation_hours: Option<&'a WeeklyHours>,
    /// Special hours and closures, sorted by date, one per date.
    pub special: &'a [SpecialDay],
    pub status: StatusDates,
}

/// Which windows are asked for: when the doors are open, or when consultations are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Opening,
    Consultation,
}

/// The windows that start on one local date.
pub(super) struct DayWindows<'a> {
    pub windows: Cow<'a, [Window]>,
    /// Special hours also end the night before at 00:00 (rule A3).
    pub special: bool,
}

impl<'a> DayWindows<'a> {
    fn ordinary(windows: &'a [Window]) -> Self {
        Self { windows: Cow::Borrowed(windows), special: false }
    }

    fn special(windows: impl Into<Cow<'a, [Window]>>) -> Self {
        Self { windows: windows.into(), special: true }
    }
}

impl<'a> Schedule<'a> {
    /// The date on the clinic's calendar at an instant.
    #[must_use]
    pub fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The instant at which a local date starts.
    #[must_use]
    pub fn midnight(&self, date: NaiveDate) -> DateTime<Utc> {
        instant(self.zone, date, 0)
    }

    /// `None` when the hours of this date are unknown, which is not the same as closed (rule A10).
    pub(super) fn day(&self, purpose: Purpose, date: NaiveDate) -> Option<DayWindows<'a>> {
        let special = self.special_on(date);
        let own_hours = self.consultation_hours.filter(|_| purpose == Purpose::Consultation);
        match (own_hours, special) {
            (Some(own), Some(special)) => Some(DayWindows::special(cut(own.on(date), special))),
            (None, Some(special)) => Some(DayWindows::special(special)),
            (own, None) => own.or(self.hours).map(|hours| self.ordinary_day(hours, date)),
        }
    }

    /// A holiday is closed when either set of hours says `PH off`: nobody consults behind closed doors.
    fn ordinary_day(&self, hours: &'a WeeklyHours, date: NaiveDate) -> DayWindows<'a> {
        let keeps_holidays = hours.closed_on_holidays || self.hours.is_some_and(|hours| hours.closed_on_holidays);
        if keeps_holidays && holiday_on(date).is_some() {
            return DayWindows::special(&[]);
        }
        DayWindows::ordinary(hours.on(date))
    }

    fn special_on(&self, date: NaiveDate) -> Option<&'a [Window]> {
        let found = self.special.binary_search_by_key(&date, |day| day.on).ok()?;
        Some(&self.special[found].windows)
    }
}

/// Rule I6: on a special day consultations are given only while the clinic is open.
fn cut(consultation: &[Window], special: &[Window]) -> Vec<Window> {
    let shared = |window: &Window| special.iter().filter_map(|open| window.intersection(*open)).collect::<Vec<_>>();
    consultation.iter().flat_map(shared).collect()
}
