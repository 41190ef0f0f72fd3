use super::typography::plain;
use super::{HoursError, SpecialDay, Window, parse_date};

/// A note is one line on a card, in characters.
pub const NOTE_MAX_CHARS: usize = 200;

/// Reads `2026-11-26 off; 2026-12-24 09:00-12:00,13:00-15:00 "Christmas Eve"` into days sorted by date. Dates are ISO
/// or US; a quotation mark inside a note is written twice; blank text is no special day at all.
///
/// # Errors
/// With the date, time or note that was refused; a date given twice is refused rather than merged.
pub fn parse_special(text: &str) -> Result<Vec<SpecialDay>, HoursError> {
    let mut days = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (entry, note, after) = split_entry(rest)?;
        if !(entry.is_empty() && note.is_none()) {
            days.push(parse_entry(entry, note)?);
        }
        rest = after.trim_start();
    }
    days.sort_by_key(|day: &SpecialDay| day.on);
    match days.windows(2).find(|pair| pair[0].on == pair[1].on) {
        Some(pair) => Err(HoursError::SameDateTwice(pair[0].on)),
        None => Ok(days),
    }
}

/// Cuts off the first entry; a semicolon inside a note ends nothing.
fn split_entry(text: &str) -> Result<(&str, Option<String>, &str), HoursError> {
    let end = text.find(['"', ';']).unwrap_or(text.len());
    let (entry, rest) = (text[..end].trim(), &text[end..]);
    let Some(quoted) = rest.strip_prefix('"') else {
        return Ok((entry, None, rest.strip_prefix(';').unwrap_or(rest)));
    };
    let (note, after) = unquote(quoted)?;
    let after = after.trim_start();
    match after.strip_prefix(';') {
        Some(next) => Ok((entry, Some(note), next)),
        None if after.is_empty() => Ok((entry, Some(note), after)),
        None => {
            let found = after.chars().take(20).collect();
            Err(HoursError::NotAccepted { found, reason: "nothing but a semicolon may follow a note" })
        }
    }
}

/// The note up to its closing mark, and what follows the mark.
fn unquote(quoted: &str) -> Result<(String, &str), HoursError> {
    let mut note = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"').ok_or(HoursError::NoteNotClosed)?;
        note.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after_doubled) => rest = after_doubled,
            None => return Ok((note, rest)),
        }
        note.push('"');
    }
}

fn parse_entry(entry: &str, note: Option<String>) -> Result<SpecialDay, HoursError> {
    let entry = plain(entry);
    let (date, hours) = entry.split_once(' ').unwrap_or((&entry, ""));
    let on = parse_date(date)?;
    let windows = match hours {
        "" => return Err(HoursError::DateWithoutTimes(date.to_owned())),
        off if off.eq_ignore_ascii_case("off") => Vec::new(),
        times => times.split(',').map(|window| Window::parse(window.trim())).collect::<Result<_, _>>()?,
    };
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_MAX_CHARS) {
        return Err(HoursError::NoteTooLong { max: NOTE_MAX_CHARS });
    }
    Ok(SpecialDay { on, windows, note: note.filter(|note| !note.is_empty()) })
}

/// Writes special days in the syntax [`parse_special`] reads.
#[must_use]
pub fn format_special(days: &[SpecialDay]) -> String {
    days.iter().map(format_day).collect::<Vec<_>>().join("; ")
}

fn format_day(day: &SpecialDay) -> String {
    let hours = match day.windows.as_slice() {
        [] => "off".to_owned(),
        windows => windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    };
    let note = day.note.as_ref().map_or_else(String::new, |note| format!(" \"{}\"", note.replace('"', "\"\"")));
    format!("{} {hours}{note}", day.on)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::clinics::hours::MinuteOfDay;

    fn read(text: &str) -> String {
        format_special(&parse_special(text).unwrap_or_else(|error| panic!("{text}: {error}")))
    }

    #[test]
    fn i6_special_hours_are_read_and_written() {
        let same = "2026-11-26 off; 2026-12-24 09:00-12:00 \"Christmas Eve\"";
        assert_eq!(read(same), same);
        assert_eq!(
            read("12/24/2026 09:00-11:00, 13:00 - 15:00 ; 2026-11-26 OFF;"),
            "2026-11-26 off; 2026-12-24 09:00-11:00,13:00-15:00"
        );
        assert_eq!(read("  "), "");
        assert_eq!(read("2026-12-24 off \"\""), "2026-12-24 off");
        assert_eq!(read("2026-12-31 22:00-02:00 \"a; \"\"b\"\"\""), "2026-12-31 22:00-02:00 \"a; \"\"b\"\"\"");
    }

    #[test]
    fn i6_what_is_not_special_hours_is_refused_with_its_reason() {
        let long = format!("2026-12-24 off \"{}\"", "x".repeat(NOTE_MAX_CHARS + 1));
        let cases = [
            ("2026-12-24", "has no hours"),
            ("Christmas off", "not a date"),
            ("2026-02-30 off", "not a date"),
            ("2026-12-24 closed", "not a range"),
            ("2026-12-24 9:00-12:00", "`9:00` is not a time"),
            ("2026-12-24 09:00-09:00", "opens and closes at 09:00"),
            ("2026-12-24 off; 12/24/2026 09:00-12:00", "2026-12-24 is given twice"),
            ("2026-12-24 off \"Eve", "never closed"),
            ("2026-12-24 off \"Eve\" 2026-12-25 off", "semicolon"),
            ("2026-12-24 off 2026-12-25 off", "`off 2026` is not a time"),
            ("\"Eve\"", "not a date"),
            (&long, "longer than 200"),
        ];
        for (text, reason) in cases {
            let message = parse_special(text).expect_err(text).to_string();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    fn any_window() -> impl Strategy<Value = Window> {
        (0u16..1440, 0u16..=1440).prop_filter_map("opens and closes at once", |(open, close)| {
            let time = |minute: u16| MinuteOfDay::from_hm(minute / 60, minute % 60);
            Window::new(time(open)?, time(close)?).ok()
        })
    }

    fn any_hours_and_note() -> impl Strategy<Value = (Vec<Window>, String)> {
        (prop::collection::vec(any_window(), 0..3), "(?s).{0,40}")
    }

    proptest! {
        #[test]
        fn i6_parse_is_the_inverse_of_format(
            days in prop::collection::btree_map(0u32..4_000, any_hours_and_note(), 0..6)
        ) {
            let epoch = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
            let days: Vec<_> = BTreeMap::from_iter(days)
                .into_iter()
                .map(|(day, (windows, note))| SpecialDay {
                    on: epoch + chrono::Days::new(day.into()),
                    windows,
                    note: Some(note).filter(|note| !note.is_empty()),
                })
                .collect();
            prop_assert_eq!(parse_special(&format_special(&days)), Ok(days));
        }

        #[test]
        fn i6_no_text_panics(text in ".{0,60}|[0-9\";, off:/\\-]{0,60}") {
            let _ = parse_special(&text);
        }
    }
}
