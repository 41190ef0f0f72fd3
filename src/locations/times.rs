//! Times and dates as visitors read them, always in the clinic's own zone (rule A11).

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

use crate::availability::LocalTime;
use crate::clinics::hours::{MinuteOfDay, Window};
use crate::web::page::Language;

/// `10:00 AM`, `10:00 a. m.`
#[must_use]
pub fn clock(language: Language, hour: u32, minute: u32) -> String {
    let half = match (language, hour % 24 < 12) {
        (Language::English, true) => "AM",
        (Language::English, false) => "PM",
        (Language::Spanish, true) => "a. m.",
        (Language::Spanish, false) => "p. m.",
    };
    let hour = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    format!("{hour}:{minute:02} {half}")
}

/// The time of day of an instant, without zone.
#[must_use]
pub fn time_of_day(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    clock(language, local.hour(), local.minute())
}

/// `EST`
#[must_use]
pub fn abbreviation(at: DateTime<Utc>, zone: Tz) -> String {
    LocalTime::new(at, zone).abbreviation
}

/// `Fri, Dec 4`, `vie, 4 de dic`
#[must_use]
pub fn short_date(language: Language, date: NaiveDate) -> String {
    let form = match language {
        Language::English => "%a, %b %-d",
        Language::Spanish => "%a, %-d de %b",
    };
    date.format_localized(form, language.locale()).to_string()
}

/// `Friday, December 4`, `viernes, 4 de diciembre`
#[must_use]
pub fn long_date(language: Language, date: NaiveDate) -> String {
    let form = match language {
        Language::English => "%A, %B %-d",
        Language::Spanish => "%A, %-d de %B",
    };
    date.format_localized(form, language.locale()).to_string()
}

/// `December 4, 2026`, `4 de diciembre de 2026`
#[must_use]
pub fn date_with_year(language: Language, date: NaiveDate) -> String {
    let form = match language {
        Language::English => "%B %-d, %Y",
        Language::Spanish => "%-d de %B de %Y",
    };
    date.format_localized(form, language.locale()).to_string()
}

/// `Friday`
#[must_use]
pub fn weekday(language: Language, date: NaiveDate) -> String {
    date.format_localized("%A", language.locale()).to_string()
}

/// `Fri, Dec 4, 10:00 AM EST`
#[must_use]
pub fn short_time(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let date = short_date(language, at.with_timezone(&zone).date_naive());
    format!("{date}, {} {}", time_of_day(language, at, zone), abbreviation(at, zone))
}

/// `Friday, December 4, 10:00 AM EST`
#[must_use]
pub fn long_time(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let date = long_date(language, at.with_timezone(&zone).date_naive());
    format!("{date}, {} {}", time_of_day(language, at, zone), abbreviation(at, zone))
}

/// `9:00 AM – 6:00 PM`
#[must_use]
pub fn window(language: Language, window: Window) -> String {
    let read = |at: MinuteOfDay| clock(language, u32::from(at.minutes()) / 60, u32::from(at.minutes()) % 60);
    format!("{} – {}", read(window.open()), read(window.close()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_a_time_has_weekday_date_time_and_zone_in_both_languages() {
        let at = "2026-12-04T15:00:00Z".parse().unwrap();
        let zone = Tz::America__New_York;
        assert_eq!(short_time(Language::English, at, zone), "Fri, Dec 4, 10:00 AM EST");
        assert_eq!(long_time(Language::English, at, zone), "Friday, December 4, 10:00 AM EST");
        assert_eq!(short_time(Language::Spanish, at, zone), "vie, 4 de dic, 10:00 a. m. EST");
        assert_eq!(long_time(Language::Spanish, at, zone), "viernes, 4 de diciembre, 10:00 a. m. EST");
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        assert_eq!(clock(Language::English, 0, 0), "12:00 AM");
        assert_eq!(clock(Language::English, 12, 5), "12:05 PM");
        assert_eq!(clock(Language::Spanish, 24, 0), "12:00 a. m.");
    }
}
