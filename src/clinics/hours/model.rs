use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

use super::HoursError;

/// The weekdays in the order of [`WeeklyHours::days`], as OpenStreetMap abbreviates them.
pub const DAY_CODES: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// A wall-clock time in minutes after local midnight, 0 to 1440; 1440 is the `24:00` that ends a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// `00:00`, where a day starts.
    pub const MIDNIGHT: Self = Self(0);
    /// `12:00`.
    pub const NOON: Self = Self(12 * 60);
    /// `24:00`, allowed only as a closing time.
    pub const DAY_END: Self = Self(24 * 60);

    /// From hours 0 to 24 and minutes 0 to 59; `None` for anything else, and for times after 24:00.
    #[must_use]
    pub fn from_hm(hour: u16, minute: u16) -> Option<Self> {
        (hour <= 24 && minute < 60 && hour * 60 + minute <= Self::DAY_END.0).then_some(Self(hour * 60 + minute))
    }

    /// Reads exactly `HH:MM`, from `00:00` to `24:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        Self::from_hm(two_digits(hour)?, two_digits(minute)?)
    }

    /// Minutes after local midnight.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.0
    }
}

fn two_digits(text: &str) -> Option<u16> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// One opening of a day; `close` at or before `open` lies on the next local day (rule A1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    open: MinuteOfDay,
    close: MinuteOfDay,
}

impl Window {
    /// The whole local day, `00:00-24:00`.
    pub const ALL_DAY: Self = Self { open: MinuteOfDay::MIDNIGHT, close: MinuteOfDay::DAY_END };

    /// # Errors
    /// When both times are the same (nobody can tell "closed" from "all day"), or the opening is `24:00`.
    pub fn new(open: MinuteOfDay, close: MinuteOfDay) -> Result<Self, HoursError> {
        if open == close {
            return Err(HoursError::OpensAndClosesAtOnce(open));
        }
        if open == MinuteOfDay::DAY_END {
            return Err(HoursError::OpensAtDayEnd);
        }
        Ok(Self { open, close })
    }

    /// Reads `HH:MM-HH:MM`, with or without spaces around the times.
    ///
    /// # Errors
    /// Names the time that is not one, or what [`Window::new`] refuses.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        let (open, close) = text.split_once('-').ok_or_else(|| HoursError::NotARange(text.to_owned()))?;
        let time = |part: &str| MinuteOfDay::parse(part).ok_or_else(|| HoursError::NotATime(part.to_owned()));
        let (open, close) = (open.trim(), close.trim());
        Self::new(time(open)?, time(close)?)
    }

    /// When the doors open, on the window's own date; 00:00 to 23:59.
    #[must_use]
    pub fn open(self) -> MinuteOfDay {
        self.open
    }

    /// When the doors close, as written: at or before [`Window::open`] it means the next local day.
    #[must_use]
    pub fn close(self) -> MinuteOfDay {
        self.close
    }

    /// Closing in minutes after the midnight that starts the window's own date; over 1440 for a night.
    #[must_use]
    pub fn close_after_midnight(self) -> u16 {
        let next_day = if self.close <= self.open { MinuteOfDay::DAY_END.0 } else { 0 };
        self.close.0 + next_day
    }

    /// What both windows of one date share; `None` when they only touch or lie apart.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let open = self.open.max(other.open);
        let close = self.close_after_midnight().min(other.close_after_midnight());
        let close_of_day = if close > MinuteOfDay::DAY_END.0 { close - MinuteOfDay::DAY_END.0 } else { close };
        (open.0 < close).then_some(Self { open, close: MinuteOfDay(close_of_day) })
    }
}

impl Window {
    /// From minutes after the midnight that starts the window's own date; `None` for an empty or impossible one.
    #[must_use]
    pub fn of_minutes(open: u16, close: u16) -> Option<Self> {
        let day_end = MinuteOfDay::DAY_END.0;
        let close_of_day = if close > day_end { close - day_end } else { close };
        let is_possible = open < close && open < day_end && close - open <= day_end;
        is_possible.then_some(Self { open: MinuteOfDay(open), close: MinuteOfDay(close_of_day) })
    }

    /// What is left when `closed` is cut out of it: up to two windows. A rest that would begin after midnight belongs to
    /// the next date and is left out.
    pub fn minus(self, closed: Self) -> impl Iterator<Item = Self> {
        let (open, close) = (self.open.0, self.close_after_midnight());
        let (from, to) = (closed.open.0, closed.close_after_midnight());
        let before = Self::of_minutes(open, close.min(from));
        let after = Self::of_minutes(open.max(to), close);
        before.into_iter().chain(after)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.open, self.close)
    }
}

impl Serialize for Window {
    /// As the API shows it: `["09:00", "18:00"]`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.open.to_string(), self.close.to_string()).serialize(serializer)
    }
}

/// The hours of an ordinary week. Windows stand in the order they were written and may overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeeklyHours {
    /// Monday first; an empty day is closed.
    pub days: [Vec<Window>; 7],
    /// `PH off`: US federal holidays and their observed days are closed.
    pub closed_on_holidays: bool,
}

impl WeeklyHours {
    /// The windows of an ordinary day that falls on this date's weekday.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> &[Window] {
        let weekday = date.weekday().num_days_from_monday() as usize;
        &self.days[weekday]
    }

    /// Whether no day of the week has an opening (`off`), which is not the same as unknown hours.
    #[must_use]
    pub fn is_closed_all_week(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }
}

/// The hours of one local date, in place of the week's (rule A3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialDay {
    /// The date on the clinic's own calendar.
    pub on: NaiveDate,
    /// Empty for a closure.
    pub windows: Vec<Window>,
    /// Shown to the public, at most [`super::NOTE_MAX_CHARS`] characters.
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> Window {
        Window::parse(text).unwrap()
    }

    #[test]
    fn a1_a_close_at_or_before_the_open_is_on_the_next_day() {
        assert_eq!(window("22:00-02:00").close_after_midnight(), 26 * 60);
        assert_eq!(window("22:00-00:00").close_after_midnight(), 24 * 60);
        assert_eq!(window("22:00-24:00").close_after_midnight(), 24 * 60);
        assert_eq!(window("09:00-17:00").close_after_midnight(), 17 * 60);
    }

    #[test]
    fn a1_open_equal_to_close_and_an_opening_at_24_00_are_refused() {
        assert!(matches!(Window::parse("09:00-09:00"), Err(HoursError::OpensAndClosesAtOnce(_))));
        assert!(matches!(Window::parse("00:00-00:00"), Err(HoursError::OpensAndClosesAtOnce(_))));
        assert!(matches!(Window::parse("24:00-02:00"), Err(HoursError::OpensAtDayEnd)));
    }

    #[test]
    fn a1_times_are_two_digits_each_and_end_at_24_00() {
        assert_eq!(window("00:00-24:00"), Window::ALL_DAY);
        for bad in ["9:00", "09:0", "09:60", "24:01", "25:00", "+9:00", "0９:00", "", ":", "09:00:00"] {
            assert_eq!(MinuteOfDay::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn i6_two_windows_of_a_date_share_what_lies_in_both_nights_included() {
        let shared = |a: &str, b: &str| window(a).intersection(window(b)).map(|w| w.to_string());
        assert_eq!(shared("20:00-02:00", "18:00-23:00").as_deref(), Some("20:00-23:00"));
        assert_eq!(shared("20:00-02:00", "22:00-01:00").as_deref(), Some("22:00-01:00"));
        assert_eq!(shared("09:00-24:00", "20:00-02:00").as_deref(), Some("20:00-24:00"));
        assert_eq!(shared("09:00-12:00", "12:00-13:00"), None);
    }

    #[test]
    fn i12_a_window_loses_what_is_cut_out_of_it() {
        let left = |a: &str, b: &str| window(a).minus(window(b)).map(|w| w.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(left("09:00-17:00", "12:00-13:00"), "09:00-12:00,13:00-17:00");
        assert_eq!(left("09:00-17:00", "08:00-10:00"), "10:00-17:00");
        assert_eq!(left("09:00-17:00", "16:00-24:00"), "09:00-16:00");
        assert_eq!(left("09:00-17:00", "17:00-18:00"), "09:00-17:00");
        assert_eq!(left("09:00-17:00", "00:00-24:00"), "");
        assert_eq!(left("20:00-02:00", "21:00-22:00"), "20:00-21:00,22:00-02:00");
        assert_eq!(left("20:00-02:00", "23:00-01:00"), "20:00-23:00");
    }

    #[test]
    fn a_window_is_a_pair_of_texts_in_json() {
        assert_eq!(serde_json::to_string(&window("09:00-18:00")).unwrap(), r#"["09:00","18:00"]"#);
    }
}
