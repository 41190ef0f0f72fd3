use chrono::{NaiveTime, Timelike};

use super::super::Language;
use super::NO_BREAK;

/// In a sentence: `9 am`, `2:30 pm`, `noon`, `midnight`; `9:00 a. m.`
#[must_use]
pub fn clock(language: Language, time: NaiveTime) -> String {
    match (language, time.hour(), time.minute()) {
        (Language::English, 0, 0) => "midnight".to_owned(),
        (Language::English, 12, 0) => "noon".to_owned(),
        (Language::English, _, 0) => format!("{}{NO_BREAK}{}", time.hour12().1, half(language, time)),
        _ => slot_clock(language, time),
    }
}

/// On a button and wherever its time is told again, with minutes so that all of them look alike: `9:00 am`, `12:00 pm`.
#[must_use]
pub fn slot_clock(language: Language, time: NaiveTime) -> String {
    format!("{}:{:02}{NO_BREAK}{}", time.hour12().1, time.minute(), half(language, time))
}

/// After "at" and "until": Spanish has an article there, one o'clock another than the rest.
#[must_use]
pub fn clock_with_article(language: Language, time: NaiveTime) -> String {
    let clock = clock(language, time);
    match (language, time.hour12().1) {
        (Language::English, _) => clock,
        (Language::Spanish, 1) => format!("la {clock}"),
        (Language::Spanish, _) => format!("las {clock}"),
    }
}

/// Opening hours of a day: `9 am – 6 pm`, `9:00 a. m. – 6:00 p. m.`
#[must_use]
pub fn clock_range(language: Language, from: NaiveTime, to: NaiveTime) -> String {
    format!("{} – {}", clock(language, from), clock(language, to))
}

fn half(language: Language, time: NaiveTime) -> &'static str {
    match (language, time.hour12().0) {
        (Language::English, false) => "am",
        (Language::English, true) => "pm",
        (Language::Spanish, false) => "a.\u{a0}m.",
        (Language::Spanish, true) => "p.\u{a0}m.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    /// Spaces that do not break, so that they can be told from those that do.
    fn seen(text: &str) -> String {
        text.replace(NO_BREAK, "~")
    }

    #[test]
    fn a11_a_sentence_drops_full_hours_in_english_and_keeps_them_in_spanish() {
        for (hour, minute, english, spanish) in [
            (0, 0, "midnight", "12:00~a.~m."),
            (0, 30, "12:30~am", "12:30~a.~m."),
            (1, 0, "1~am", "1:00~a.~m."),
            (9, 0, "9~am", "9:00~a.~m."),
            (11, 59, "11:59~am", "11:59~a.~m."),
            (12, 0, "noon", "12:00~p.~m."),
            (12, 30, "12:30~pm", "12:30~p.~m."),
            (13, 0, "1~pm", "1:00~p.~m."),
            (14, 5, "2:05~pm", "2:05~p.~m."),
            (23, 59, "11:59~pm", "11:59~p.~m."),
        ] {
            assert_eq!(seen(&clock(Language::English, at(hour, minute))), english);
            assert_eq!(seen(&clock(Language::Spanish, at(hour, minute))), spanish);
        }
    }

    #[test]
    fn a11_a_button_has_minutes_in_both_languages() {
        for (hour, minute, english, spanish) in [
            (0, 0, "12:00~am", "12:00~a.~m."),
            (0, 30, "12:30~am", "12:30~a.~m."),
            (9, 0, "9:00~am", "9:00~a.~m."),
            (12, 0, "12:00~pm", "12:00~p.~m."),
            (14, 30, "2:30~pm", "2:30~p.~m."),
        ] {
            assert_eq!(seen(&slot_clock(Language::English, at(hour, minute))), english);
            assert_eq!(seen(&slot_clock(Language::Spanish, at(hour, minute))), spanish);
        }
    }

    #[test]
    fn one_oclock_is_feminine_singular_in_spanish() {
        for (hour, minute, english, spanish) in [
            (0, 0, "midnight", "las 12:00~a.~m."),
            (1, 0, "1~am", "la 1:00~a.~m."),
            (1, 30, "1:30~am", "la 1:30~a.~m."),
            (11, 0, "11~am", "las 11:00~a.~m."),
            (12, 0, "noon", "las 12:00~p.~m."),
            (13, 0, "1~pm", "la 1:00~p.~m."),
            (13, 59, "1:59~pm", "la 1:59~p.~m."),
            (14, 30, "2:30~pm", "las 2:30~p.~m."),
        ] {
            assert_eq!(seen(&clock_with_article(Language::English, at(hour, minute))), english);
            assert_eq!(seen(&clock_with_article(Language::Spanish, at(hour, minute))), spanish);
        }
    }

    #[test]
    fn opening_hours_are_a_range() {
        for (from, to, english, spanish) in [
            (at(9, 0), at(18, 0), "9~am – 6~pm", "9:00~a.~m. – 6:00~p.~m."),
            (at(9, 30), at(12, 0), "9:30~am – noon", "9:30~a.~m. – 12:00~p.~m."),
            (at(18, 0), at(0, 0), "6~pm – midnight", "6:00~p.~m. – 12:00~a.~m."),
        ] {
            assert_eq!(seen(&clock_range(Language::English, from, to)), english);
            assert_eq!(seen(&clock_range(Language::Spanish, from, to)), spanish);
        }
    }
}
