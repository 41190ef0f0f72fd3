//! The part of the OpenStreetMap `opening_hours` syntax that rule I6 accepts, read and written.

mod vocabulary;

#[cfg(test)]
mod tests;

use super::typography::plain;
use super::{DAY_CODES, HoursError, WeeklyHours, Window};

/// Seven different days with four windows each take under 400 characters.
const MAX_CHARS: usize = 1_000;

/// Reads the part of the OpenStreetMap `opening_hours` syntax that rule I6 accepts. Later rules replace earlier ones
/// for the same day, rules after a comma add to them, as in OpenStreetMap; overlapping windows stay as written.
///
/// # Errors
/// Everything else, with the words that were not accepted and why. Empty text is an error too: unknown is the caller's.
pub fn parse_weekly(text: &str) -> Result<WeeklyHours, HoursError> {
    let text = plain(text);
    if text.chars().count() > MAX_CHARS {
        return Err(HoursError::TooLong { max: MAX_CHARS });
    }
    let rules: Vec<&str> = text.split(';').map(str::trim).filter(|rule| !rule.is_empty()).collect();
    if rules.is_empty() {
        return Err(HoursError::Empty);
    }
    let mut week = WeeklyHours::default();
    for rule in &rules {
        apply_with_additions(&mut week, rule)?;
    }
    if week.is_closed_all_week() && !rules.iter().any(|rule| is_off(rule)) {
        return Err(HoursError::NeverOpens);
    }
    Ok(week)
}

/// `Mo-Fr 09:00-12:00, Sa 10:00-14:00` is two rules, the second added to the first.
fn apply_with_additions(week: &mut WeeklyHours, text: &str) -> Result<(), HoursError> {
    let mut rest = text;
    let mut adds = false;
    while let Some(comma) = comma_before_a_rule(rest) {
        apply(week, &Rule::parse(rest[..comma].trim_end())?, adds);
        rest = rest[comma + 1..].trim_start();
        adds = true;
    }
    apply(week, &Rule::parse(rest)?, adds);
    Ok(())
}

/// Only a comma after hours and before a day starts a rule: in `Mo, We 09:00-12:00, 13:00-18:00` the first comma parts
/// days and the second windows. OpenStreetMap wants the space.
fn comma_before_a_rule(text: &str) -> Option<usize> {
    text.match_indices(", ").map(|(comma, _)| comma).find(|&comma| {
        let (before, after) = (text[..comma].trim_end(), text[comma + 1..].trim_start());
        start_of_hours(before).is_some() && after.starts_with(|letter: char| letter.is_ascii_alphabetic())
    })
}

fn apply(week: &mut WeeklyHours, rule: &Rule, adds: bool) {
    week.closed_on_holidays |= rule.days.holidays;
    for (day, _) in week.days.iter_mut().zip(rule.days.weekdays).filter(|(_, named)| *named) {
        if rule.windows.is_empty() || !adds {
            day.clear();
        }
        day.extend(&rule.windows);
    }
}

struct Rule {
    days: NamedDays,
    /// Empty when the rule closes its days.
    windows: Vec<Window>,
}

impl Rule {
    fn parse(text: &str) -> Result<Self, HoursError> {
        vocabulary::check(text)?;
        if text == "24/7" {
            return Ok(Self { days: NamedDays::EVERY_WEEKDAY, windows: vec![Window::ALL_DAY] });
        }
        let start = start_of_hours(text).ok_or_else(|| HoursError::NoTimes(text.to_owned()))?;
        let (days, hours) = (text[..start].trim_end(), &text[start..]);
        let days = NamedDays::parse(days).ok_or_else(|| not_understood(text))?;
        if is_off(hours) {
            return Ok(Self { days, windows: Vec::new() });
        }
        if days.holidays {
            let reason = "holidays can only be closed (`PH off`); give their hours as special hours with a date";
            return Err(HoursError::NotAccepted { found: text.to_owned(), reason });
        }
        let windows = hours.split(',').map(|window| parse_window(window, text)).collect::<Result<_, _>>()?;
        Ok(Self { days, windows })
    }
}

/// Where the days of a rule end: at the first digit, or else at the `off` it ends with.
fn start_of_hours(rule: &str) -> Option<usize> {
    let off = || rule.to_ascii_lowercase().strip_suffix("off").map(str::len);
    rule.find(|sign: char| sign.is_ascii_digit()).or_else(off)
}

fn is_off(hours: &str) -> bool {
    hours.eq_ignore_ascii_case("off")
}

/// The times are known to be times; what stands between them may still be anything, and then the whole rule is shown.
fn parse_window(text: &str, rule: &str) -> Result<Window, HoursError> {
    Window::parse(text).map_err(|error| match error {
        HoursError::NotARange(_) | HoursError::NotATime(_) => not_understood(rule),
        impossible => impossible,
    })
}

struct NamedDays {
    weekdays: [bool; 7],
    holidays: bool,
}

impl NamedDays {
    const EVERY_WEEKDAY: Self = Self { weekdays: [true; 7], holidays: false };

    /// A comma is the only way to list days: in OpenStreetMap `PH Mo` with a space is a holiday that falls on a Monday.
    fn parse(list: &str) -> Option<Self> {
        if list.is_empty() {
            return Some(Self::EVERY_WEEKDAY);
        }
        let mut days = Self { weekdays: [false; 7], holidays: false };
        for range in list.split(',').map(str::trim) {
            if range == "PH" {
                days.holidays = true;
            } else {
                weekdays_of(range)?.for_each(|day| days.weekdays[day] = true);
            }
        }
        Some(days)
    }
}

/// `Mo` or `Mo-Fr`; `Fr-Mo` wraps around the end of the week.
fn weekdays_of(range: &str) -> Option<impl Iterator<Item = usize>> {
    let day = |code: &str| DAY_CODES.iter().position(|day| day.eq_ignore_ascii_case(code.trim()));
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let (first, last) = (day(first)?, day(last)?);
    let days_after_first = (last + 7 - first) % 7;
    Some((first..=first + days_after_first).map(|day| day % 7))
}

fn not_understood(text: &str) -> HoursError {
    HoursError::NotAccepted {
        found: text.to_owned(),
        reason: "not understood; hours look like Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00; PH off",
    }
}

/// Writes a week in the syntax [`parse_weekly`] reads, days with equal hours together, in the order of the week.
#[must_use]
pub fn format_weekly(week: &WeeklyHours) -> String {
    let mut rules = Vec::new();
    if week.days.iter().all(|day| day[..] == [Window::ALL_DAY]) {
        rules.push("24/7".to_owned());
    } else {
        rules.extend((0..7).filter_map(|day| format_days_like(week, day)));
    }
    if rules.is_empty() {
        rules.push("off".to_owned());
    }
    if week.closed_on_holidays {
        rules.push("PH off".to_owned());
    }
    rules.join("; ")
}

/// The rule for `day` and all later days with its windows; `None` for a closed day or one an earlier rule covers.
fn format_days_like(week: &WeeklyHours, day: usize) -> Option<String> {
    let windows = &week.days[day];
    if windows.is_empty() || week.days[..day].contains(windows) {
        return None;
    }
    let times = windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    Some(format!("{} {times}", day_ranges(std::array::from_fn(|other| week.days[other] == *windows))))
}

fn day_ranges(named: [bool; 7]) -> String {
    let starts = (0..7).filter(|&day| named[day] && (day == 0 || !named[day - 1]));
    let ranges = starts.map(|first| {
        let length = named[first..].iter().take_while(|named| **named).count();
        match length {
            1 => DAY_CODES[first].to_owned(),
            _ => format!("{}-{}", DAY_CODES[first], DAY_CODES[first + length - 1]),
        }
    });
    ranges.collect::<Vec<_>>().join(",")
}
