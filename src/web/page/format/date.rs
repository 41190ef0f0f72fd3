use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::super::Language;
use super::slot_clock;

/// `Thu, Dec 3`, `jue 3 dic`; another year than today's is told: `Thu, Dec 3, 2027`, `jue 3 dic 2027`.
#[must_use]
pub fn short_date(language: Language, date: NaiveDate, today: NaiveDate) -> String {
    let form = match (language, has_year(date, today)) {
        (Language::English, false) => "%a, %b %-d",
        (Language::English, true) => "%a, %b %-d, %Y",
        (Language::Spanish, false) => "%a %-d %b",
        (Language::Spanish, true) => "%a %-d %b %Y",
    };
    write(language, date, form)
}

/// `Thursday, December 3`, `jueves 3 de diciembre`; another year than today's is told.
#[must_use]
pub fn long_date(language: Language, date: NaiveDate, today: NaiveDate) -> String {
    let form = match (language, has_year(date, today)) {
        (Language::English, false) => "%A, %B %-d",
        (Language::English, true) => "%A, %B %-d, %Y",
        (Language::Spanish, false) => "%A %-d de %B",
        (Language::Spanish, true) => "%A %-d de %B de %Y",
    };
    write(language, date, form)
}

/// Where the weekday says nothing, as of an opening in spring: `December 5`, `5 de diciembre`; another year is told.
#[must_use]
pub fn plain_date(language: Language, date: NaiveDate, today: NaiveDate) -> String {
    let form = match (language, has_year(date, today)) {
        (Language::English, false) => "%B %-d",
        (Language::English, true) => "%B %-d, %Y",
        (Language::Spanish, false) => "%-d de %B",
        (Language::Spanish, true) => "%-d de %B de %Y",
    };
    write(language, date, form)
}

/// `Thursday`, `jueves`
#[must_use]
pub fn weekday(language: Language, date: NaiveDate) -> String {
    write(language, date, "%A")
}

/// `today`, `tomorrow`, `Thursday`; from a week on, when the weekday alone could be today's, the long date. Spanish has
/// its article: `el jueves`.
#[must_use]
pub fn day_ahead(language: Language, date: NaiveDate, today: NaiveDate) -> String {
    let on = |day: String| language.tell("on-day", &[("day", day.into())]);
    match (date - today).num_days() {
        0 => language.say("today").into_owned(),
        1 => language.say("tomorrow").into_owned(),
        2..7 => on(weekday(language, date)),
        _ => on(long_date(language, date, today)),
    }
}

/// Beside a time, where there is no room for more: `today`, `tomorrow`, `Thu`; from a week on the short date.
#[must_use]
pub fn short_day(language: Language, date: NaiveDate, today: NaiveDate) -> String {
    match (date - today).num_days() {
        0 => language.say("today").into_owned(),
        1 => language.say("tomorrow").into_owned(),
        2..7 => write(language, date, "%a"),
        _ => short_date(language, date, today),
    }
}

/// A slot with its date: `Thu, Dec 3, 2:30 pm EST`. The zone's letters may be left out where their block tells them once.
#[must_use]
pub fn short_time(language: Language, at: NaiveDateTime, today: NaiveDate, zone: Option<&str>) -> String {
    with_slot(&short_date(language, at.date(), today), language, at, zone)
}

/// `Thursday, December 3, 2:30 pm EST`
#[must_use]
pub fn long_time(language: Language, at: NaiveDateTime, today: NaiveDate, zone: Option<&str>) -> String {
    with_slot(&long_date(language, at.date(), today), language, at, zone)
}

fn with_slot(date: &str, language: Language, at: NaiveDateTime, zone: Option<&str>) -> String {
    let letters = zone.map(|zone| format!(" {zone}")).unwrap_or_default();
    format!("{date}, {}{letters}", slot_clock(language, at.time()))
}

fn has_year(date: NaiveDate, today: NaiveDate) -> bool {
    date.year() != today.year()
}

fn write(language: Language, date: NaiveDate, form: &str) -> String {
    date.format_localized(form, language.locale()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_a_short_day_is_a_word_within_the_week_and_a_date_after_it() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
        for (day, english, spanish) in [
            (1, "today", "hoy"),
            (2, "tomorrow", "mañana"),
            (3, "Thu", "jue"),
            (7, "Mon", "lun"),
            (8, "Tue, Dec 8", "mar 8 dic"),
        ] {
            let told = Language::ALL.map(|language| short_day(language, date(day), date(1)));
            assert_eq!(told, [english, spanish]);
        }
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a11_a_date_has_its_weekday_and_another_year_than_todays() {
        for (on, short_en, short_es, long_en, long_es) in [
            ("2026-12-03", "Thu, Dec 3", "jue 3 dic", "Thursday, December 3", "jueves 3 de diciembre"),
            ("2026-09-12", "Sat, Sep 12", "sáb 12 sep", "Saturday, September 12", "sábado 12 de septiembre"),
            ("2026-12-31", "Thu, Dec 31", "jue 31 dic", "Thursday, December 31", "jueves 31 de diciembre"),
            (
                "2027-01-01",
                "Fri, Jan 1, 2027",
                "vie 1 ene 2027",
                "Friday, January 1, 2027",
                "viernes 1 de enero de 2027",
            ),
            (
                "2025-12-31",
                "Wed, Dec 31, 2025",
                "mié 31 dic 2025",
                "Wednesday, December 31, 2025",
                "miércoles 31 de diciembre de 2025",
            ),
        ] {
            let (on, today) = (date(on), date("2026-12-01"));
            assert_eq!(short_date(Language::English, on, today), short_en);
            assert_eq!(short_date(Language::Spanish, on, today), short_es);
            assert_eq!(long_date(Language::English, on, today), long_en);
            assert_eq!(long_date(Language::Spanish, on, today), long_es);
        }
    }

    #[test]
    fn i11_the_date_of_a_status_has_no_weekday() {
        for (on, english, spanish) in [
            ("2026-12-05", "December 5", "5 de diciembre"),
            ("2027-12-05", "December 5, 2027", "5 de diciembre de 2027"),
            ("2025-03-01", "March 1, 2025", "1 de marzo de 2025"),
        ] {
            assert_eq!(plain_date(Language::English, date(on), date("2026-12-01")), english);
            assert_eq!(plain_date(Language::Spanish, date(on), date("2026-12-01")), spanish);
        }
    }

    #[test]
    fn a10_a_day_ahead_is_told_by_its_weekday_while_that_is_the_next_of_its_name() {
        for (on, english, spanish) in [
            ("2026-12-29", "today", "hoy"),
            ("2026-12-30", "tomorrow", "mañana"),
            ("2026-12-31", "Thursday", "el jueves"),
            ("2027-01-04", "Monday", "el lunes"),
            ("2027-01-05", "Tuesday, January 5, 2027", "el martes 5 de enero de 2027"),
            ("2026-12-28", "Monday, December 28", "el lunes 28 de diciembre"),
        ] {
            assert_eq!(day_ahead(Language::English, date(on), date("2026-12-29")), english);
            assert_eq!(day_ahead(Language::Spanish, date(on), date("2026-12-29")), spanish);
        }
    }

    #[test]
    fn a11_a_slot_has_weekday_date_time_and_the_letters_of_its_zone() {
        let at = date("2026-12-03").and_hms_opt(14, 30, 0).unwrap();
        for (language, zone, short, long) in [
            (Language::English, Some("EST"), "Thu, Dec 3, 2:30 pm EST", "Thursday, December 3, 2:30 pm EST"),
            (Language::English, None, "Thu, Dec 3, 2:30 pm", "Thursday, December 3, 2:30 pm"),
            (Language::Spanish, Some("EST"), "jue 3 dic, 2:30 p. m. EST", "jueves 3 de diciembre, 2:30 p. m. EST"),
            (Language::Spanish, None, "jue 3 dic, 2:30 p. m.", "jueves 3 de diciembre, 2:30 p. m."),
        ] {
            let seen = |text: String| text.replace('\u{a0}', " ");
            assert_eq!(seen(short_time(language, at, date("2026-12-01"), zone)), short);
            assert_eq!(seen(long_time(language, at, date("2026-12-01"), zone)), long);
        }
    }

    #[test]
    fn a11_a_slot_on_the_hour_keeps_its_minutes_and_another_year_is_told_before_them() {
        let noon = date("2027-01-01").and_hms_opt(12, 0, 0).unwrap();
        let today = date("2026-12-31");
        let english = long_time(Language::English, noon, today, Some("EST"));
        assert_eq!(english, "Friday, January 1, 2027, 12:00\u{a0}pm EST");
        let spanish = short_time(Language::Spanish, noon, today, None);
        assert_eq!(spanish, "vie 1 ene 2027, 12:00\u{a0}p.\u{a0}m.");
    }
}
