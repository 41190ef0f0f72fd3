//! What a clinic's status is on a date of its own calendar (rules I11, A14). Pure.

use chrono::NaiveDate;

/// The four states of a clinic, as stored and as shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClinicStatus {
    /// Doing business, which says nothing about the hour.
    #[default]
    Open,
    /// Will reopen, on a date that may be unknown.
    TemporarilyClosed,
    /// Announced; has not opened yet.
    ComingSoon,
    /// For good.
    Closed,
}

impl ClinicStatus {
    /// Every status, for lists of choices.
    pub const ALL: [Self; 4] = [Self::Open, Self::TemporarilyClosed, Self::ComingSoon, Self::Closed];

    /// The name in files, in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::TemporarilyClosed => "temporarily_closed",
            Self::ComingSoon => "coming_soon",
            Self::Closed => "closed",
        }
    }

    /// The inverse of [`ClinicStatus::as_str`]; exact.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// The stored status and the dates on which it flips by itself, local dates of the clinic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusDates {
    /// What holds while no date says otherwise.
    pub stored: ClinicStatus,
    /// First day of business.
    pub opens_on: Option<NaiveDate>,
    /// First day of a temporary closure.
    pub temporarily_closed_on: Option<NaiveDate>,
    /// First day of business after a temporary closure.
    pub reopens_on: Option<NaiveDate>,
    /// First day on which the clinic no longer exists.
    pub closed_on: Option<NaiveDate>,
}

impl StatusDates {
    /// The status on a local date (rule I11). A stored `coming_soon` or `temporarily_closed` lasts until the date that
    /// ends it is reached, and is open from then on (rule A14); without such a date it stays.
    #[must_use]
    pub fn status_on(&self, date: NaiveDate) -> ClinicStatus {
        let reached = |day: Option<NaiveDate>| day.is_some_and(|day| day <= date);
        if reached(self.closed_on) {
            return ClinicStatus::Closed;
        }
        if reached(self.temporarily_closed_on) && !reached(self.reopens_on) {
            return ClinicStatus::TemporarilyClosed;
        }
        if self.opens_on.is_some_and(|day| date < day) {
            return ClinicStatus::ComingSoon;
        }
        match self.stored {
            ClinicStatus::ComingSoon if reached(self.opens_on) => ClinicStatus::Open,
            ClinicStatus::TemporarilyClosed if reached(self.reopens_on) => ClinicStatus::Open,
            stored => stored,
        }
    }

    /// Whether the clinic does business on a local date: the dates that can have slots (rule A14).
    #[must_use]
    pub fn is_open_on(&self, date: NaiveDate) -> bool {
        self.status_on(date) == ClinicStatus::Open
    }

    /// The first later date on which [`StatusDates::status_on`] answers something else; `None` when it never will.
    #[must_use]
    pub fn next_change_after(&self, date: NaiveDate) -> Option<NaiveDate> {
        let now = self.status_on(date);
        let dates = [self.opens_on, self.temporarily_closed_on, self.reopens_on, self.closed_on];
        dates.into_iter().flatten().filter(|day| *day > date && self.status_on(*day) != now).min()
    }

    /// The first date from `date` on, itself included, on which the clinic is open.
    #[must_use]
    pub fn first_open_from(&self, date: NaiveDate) -> Option<NaiveDate> {
        let mut day = date;
        while !self.is_open_on(day) {
            day = self.next_change_after(day)?;
        }
        Some(day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 1, day).unwrap()
    }

    #[test]
    fn i11_each_date_flips_the_status_on_the_day_itself() {
        let dates = StatusDates {
            stored: ClinicStatus::Open,
            opens_on: Some(day(5)),
            temporarily_closed_on: Some(day(10)),
            reopens_on: Some(day(15)),
            closed_on: Some(day(20)),
        };
        let expected = [
            (4, ClinicStatus::ComingSoon),
            (5, ClinicStatus::Open),
            (9, ClinicStatus::Open),
            (10, ClinicStatus::TemporarilyClosed),
            (14, ClinicStatus::TemporarilyClosed),
            (15, ClinicStatus::Open),
            (19, ClinicStatus::Open),
            (20, ClinicStatus::Closed),
        ];
        for (date, status) in expected {
            assert_eq!(dates.status_on(day(date)), status, "January {date}");
        }
    }

    #[test]
    fn i11_closed_wins_over_temporarily_closed_and_that_over_coming_soon() {
        let all_at_once = StatusDates {
            opens_on: Some(day(20)),
            temporarily_closed_on: Some(day(5)),
            closed_on: Some(day(10)),
            ..StatusDates::default()
        };
        assert_eq!(all_at_once.status_on(day(4)), ClinicStatus::ComingSoon);
        assert_eq!(all_at_once.status_on(day(5)), ClinicStatus::TemporarilyClosed);
        assert_eq!(all_at_once.status_on(day(10)), ClinicStatus::Closed);
    }

    #[test]
    fn i11_a_temporary_closure_without_an_end_stays() {
        let dates = StatusDates { temporarily_closed_on: Some(day(5)), ..StatusDates::default() };
        assert_eq!(dates.status_on(day(31)), ClinicStatus::TemporarilyClosed);
        assert_eq!(dates.first_open_from(day(6)), None);
    }

    #[test]
    fn a14_a_stored_status_ends_on_its_date_and_stays_without_one() {
        let soon = StatusDates { stored: ClinicStatus::ComingSoon, opens_on: Some(day(5)), ..StatusDates::default() };
        assert_eq!((soon.is_open_on(day(4)), soon.is_open_on(day(5))), (false, true));
        let away =
            StatusDates { stored: ClinicStatus::TemporarilyClosed, reopens_on: Some(day(5)), ..StatusDates::default() };
        assert_eq!((away.status_on(day(4)), away.is_open_on(day(5))), (ClinicStatus::TemporarilyClosed, true));
        for stored in [ClinicStatus::ComingSoon, ClinicStatus::TemporarilyClosed, ClinicStatus::Closed] {
            let undated = StatusDates { stored, ..StatusDates::default() };
            assert_eq!((undated.status_on(day(31)), undated.next_change_after(day(1))), (stored, None));
        }
    }

    #[test]
    fn a_status_is_named_as_in_the_api() {
        for status in ClinicStatus::ALL {
            assert_eq!(ClinicStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(ClinicStatus::parse("Open"), None);
    }

    fn any_dates() -> impl Strategy<Value = StatusDates> {
        let date = || prop::option::of((2u32..30).prop_map(day));
        (prop::sample::select(ClinicStatus::ALL.to_vec()), date(), date(), date(), date()).prop_map(
            |(stored, opens_on, temporarily_closed_on, reopens_on, closed_on)| StatusDates {
                stored,
                opens_on,
                temporarily_closed_on,
                reopens_on,
                closed_on,
            },
        )
    }

    proptest! {
        #[test]
        fn i11_the_next_change_is_the_first_day_with_another_status(dates in any_dates(), from in 1u32..31) {
            let walked = (from + 1..=31).map(day).find(|other| dates.status_on(*other) != dates.status_on(day(from)));
            prop_assert_eq!(dates.next_change_after(day(from)), walked);
            let open = (from..=31).map(day).find(|date| dates.is_open_on(*date));
            prop_assert_eq!(dates.first_open_from(day(from)), open);
        }
    }
}
