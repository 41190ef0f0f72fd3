//! Writes what is a clinic's own: times by its wall clock (rule A11), its name, how far away it is.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::availability::LocalTime;
use crate::clinics::hours::{MinuteOfDay, Window};
use crate::directory::Entry;
use crate::geo::Metres;
use crate::web::page::{Language, format};

/// How a date is written, seen from today.
pub type DateForm = fn(Language, NaiveDate, NaiveDate) -> String;

/// For one page: its language, its minute, and the network whose name every clinic's starts with.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    pub language: Language,
    pub as_of: DateTime<Utc>,
    pub network: &'a str,
}

impl Writer<'_> {
    /// The date that it is in a zone.
    #[must_use]
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.as_of.with_timezone(&zone).date_naive()
    }

    /// `Thursday, December 3, 2:30 pm EST`
    #[must_use]
    pub fn long_time(&self, at: DateTime<Utc>, zone: Tz) -> String {
        let local = at.with_timezone(&zone).naive_local();
        format::long_time(self.language, local, self.today(zone), Some(&letters(at, zone)))
    }

    /// `2:30 pm`, on a button.
    #[must_use]
    pub fn slot(&self, at: DateTime<Utc>, zone: Tz) -> String {
        format::slot_clock(self.language, at.with_timezone(&zone).time())
    }

    /// `today`, `tomorrow`, `Thursday`, `el jueves`
    #[must_use]
    pub fn day(&self, at: DateTime<Utc>, zone: Tz) -> String {
        format::day_ahead(self.language, at.with_timezone(&zone).date_naive(), self.today(zone))
    }

    /// `Thu 2:30 pm`, `tomorrow 10:30 am`
    #[must_use]
    pub fn brief_time(&self, at: DateTime<Utc>, zone: Tz) -> String {
        let date = at.with_timezone(&zone).date_naive();
        format!("{} {}", format::short_day(self.language, date, self.today(zone)), self.slot(at, zone))
    }

    /// After "at" and "until": `9 am`, `la 1:00 p. m.`
    #[must_use]
    pub fn clock(&self, at: DateTime<Utc>, zone: Tz) -> String {
        format::clock_with_article(self.language, at.with_timezone(&zone).time())
    }

    /// In a list.
    #[must_use]
    pub fn clinic(&self, entry: &Entry) -> String {
        format::listed_name(&entry.clinic.name, self.network)
    }

    /// `about 4.2 mi`
    #[must_use]
    pub fn distance(&self, distance: Metres) -> String {
        format::distance(self.language, distance)
    }
}

/// A clinic's name where it stands alone.
#[must_use]
pub fn name(entry: &Entry) -> String {
    format::shown_name(&entry.clinic.name)
}

/// `EST`
#[must_use]
pub fn letters(at: DateTime<Utc>, zone: Tz) -> String {
    LocalTime::new(at, zone).abbreviation
}

/// After "at" and "until", for readers who may be elsewhere: `2:30 pm EST`, `las 2:30 p. m. EST`.
#[must_use]
pub fn clock_in_zone(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let clock = format::clock_with_article(language, at.with_timezone(&zone).time());
    format!("{clock} {}", letters(at, zone))
}

/// `9 am – 6 pm`
#[must_use]
pub fn window(language: Language, window: Window) -> String {
    // The end of the day, 24:00, is midnight again.
    let time = |at: MinuteOfDay| NaiveTime::MIN + TimeDelta::minutes(at.minutes().into());
    format::clock_range(language, time(window.open()), time(window.close()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW_YORK: Tz = Tz::America__New_York;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn seen(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn a11_a_time_is_by_the_clinics_clock_and_calendar_with_the_letters_of_that_instant() {
        for (instant, english, spanish) in [
            ("2026-12-04T15:00:00Z", "Friday, December 4, 10:00 am EST", "viernes 4 de diciembre, 10:00 a. m. EST"),
            ("2026-07-04T16:05:00Z", "Saturday, July 4, 12:05 pm EDT", "sábado 4 de julio, 12:05 p. m. EDT"),
            ("2026-11-01T05:30:00Z", "Sunday, November 1, 1:30 am EDT", "domingo 1 de noviembre, 1:30 a. m. EDT"),
            ("2026-11-01T06:30:00Z", "Sunday, November 1, 1:30 am EST", "domingo 1 de noviembre, 1:30 a. m. EST"),
            ("2027-01-01T04:30:00Z", "Thursday, December 31, 11:30 pm EST", "jueves 31 de diciembre, 11:30 p. m. EST"),
        ] {
            let told = Language::ALL.map(|language| {
                let writer = Writer { language, as_of: at("2026-07-01T12:00:00Z"), network: "" };
                seen(&writer.long_time(at(instant), NEW_YORK))
            });
            assert_eq!(told, [english, spanish]);
        }
    }

    #[test]
    fn a11_tomorrow_is_the_clinics() {
        // Late on Monday in New York, Tuesday in Greenwich.
        let writer = Writer { language: Language::English, as_of: at("2026-12-01T03:00:00Z"), network: "" };
        assert_eq!(writer.day(at("2026-12-01T04:00:00Z"), NEW_YORK), "today");
        assert_eq!(writer.day(at("2026-12-01T14:00:00Z"), NEW_YORK), "tomorrow");
        assert_eq!(writer.day(at("2026-12-01T14:00:00Z"), Tz::UTC), "today");
    }

    #[test]
    fn a11_a_clock_that_may_be_read_elsewhere_has_its_zone() {
        let one = at("2026-12-04T18:00:00Z");
        assert_eq!(seen(&clock_in_zone(Language::English, one, NEW_YORK)), "1 pm EST");
        assert_eq!(seen(&clock_in_zone(Language::Spanish, one, NEW_YORK)), "la 1:00 p. m. EST");
    }

    #[test]
    fn a_window_to_the_end_of_the_day_is_to_midnight() {
        let told = |text, language| seen(&window(language, Window::parse(text).unwrap()));
        assert_eq!(told("09:00-18:00", Language::English), "9 am – 6 pm");
        assert_eq!(told("18:30-24:00", Language::English), "6:30 pm – midnight");
        assert_eq!(told("22:00-02:00", Language::Spanish), "10:00 p. m. – 2:00 a. m.");
    }
}
