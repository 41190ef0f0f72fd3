//! The part of the OpenStreetMap `opening_hours` syntax that rule I6 accepts, read and written.

mod vocabulary;

#[cfg(test)]
mod tests;

use chrono::Weekday;
use opening_hours_syntax::rules::day::{HolidayKind, WeekDayRange};
use opening_hours_syntax::rules::time::{Time, TimeSpan};
use opening_hours_syntax::rules::{RuleKind, RuleOperator, RuleSequence};

use super::typography::plain;
use super::{DAY_CODES, HoursError, MinuteOfDay, WeeklyHours, Window};

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
        apply_additions(&mut week, rule)?;
    }
    if week.is_closed_all_week() && !rules.iter().any(|rule| rule.eq_ignore_ascii_case("off")) {
        return Err(HoursError::NeverOpens);
    }
    Ok(week)
}

/// `Mo-Fr 09:00-12:00, Sa 10:00-14:00` is two rules, the second added to the first; in `Mo 09:00-12:00, 13:00-18:00`
/// the comma only parts the windows.
fn apply_additions(week: &mut WeeklyHours, rule: &str) -> Result<(), HoursError> {
    let mut rest = rule;
    let mut adds = false;
    while let Some(comma) = comma_before_a_day(rest) {
        apply(week, rest[..comma].trim(), adds)?;
        rest = rest[comma + 1..].trim_start();
        adds = true;
    }
    apply(week, rest, adds)
}

fn comma_before_a_day(text: &str) -> Option<usize> {
    text.match_indices(',').map(|(at, _)| at).find(|at| {
        let after = &text[at + 1..];
        after.starts_with(' ') && after.trim_start().starts_with(|letter: char| letter.is_ascii_alphabetic())
    })
}

fn apply(week: &mut WeeklyHours, text: &str, adds: bool) -> Result<(), HoursError> {
    let rule = parse_rule(text)?;
    let days = days_of(&rule).ok_or_else(|| not_understood(text))?;
    let closes = rule.kind == RuleKind::Closed;
    if closes && text.contains(':') {
        return Err(not_understood(text));
    }
    if days.holidays && !closes {
        let reason = "holidays can only be closed (`PH off`); give their hours as special hours with a date";
        return Err(HoursError::NotAccepted { found: text.to_owned(), reason });
    }
    week.closed_on_holidays |= days.holidays;
    let windows = if closes { Vec::new() } else { windows_of(&rule, text)? };
    for (day, _) in week.days.iter_mut().zip(days.weekdays).filter(|(_, named)| *named) {
        if closes || !adds {
            day.clear();
        }
        day.extend(&windows);
    }
    Ok(())
}

/// The crate reads more than the product keeps, and reads `Mo, We 09:00-12:00` as "Monday all day": so every rule goes
/// through our own vocabulary first, and comes back alone.
fn parse_rule(text: &str) -> Result<RuleSequence, HoursError> {
    vocabulary::check(text)?;
    let mut rules = opening_hours_syntax::parse(text).map_err(|_| not_understood(text))?.rules;
    let rule = rules.pop().filter(|_| rules.is_empty()).ok_or_else(|| not_understood(text))?;
    let dated = !(rule.day_selector.year.is_empty()
        && rule.day_selector.monthday.is_empty()
        && rule.day_selector.week.is_empty());
    if dated || !rule.comment.is_empty() || rule.operator != RuleOperator::Normal || rule.kind == RuleKind::Unknown {
        return Err(not_understood(text));
    }
    Ok(rule)
}

struct NamedDays {
    weekdays: [bool; 7],
    holidays: bool,
}

fn days_of(rule: &RuleSequence) -> Option<NamedDays> {
    let ranges = &rule.day_selector.weekday;
    let mut days = NamedDays { weekdays: [ranges.is_empty(); 7], holidays: false };
    for range in ranges {
        match range {
            WeekDayRange::Holiday { kind: HolidayKind::Public, offset: 0 } => days.holidays = true,
            WeekDayRange::Fixed { range, offset: 0, nth_from_start, nth_from_end }
                if !nth_from_start.contains(&false) && !nth_from_end.contains(&false) =>
            {
                name_range(&mut days.weekdays, *range.start(), *range.end());
            }
            _ => return None,
        }
    }
    Some(days)
}

/// `Fr-Mo` wraps around the end of the week.
fn name_range(weekdays: &mut [bool; 7], first: Weekday, last: Weekday) {
    let mut day = first;
    loop {
        weekdays[day.num_days_from_monday() as usize] = true;
        if day == last {
            return;
        }
        day = day.succ();
    }
}

fn windows_of(rule: &RuleSequence, text: &str) -> Result<Vec<Window>, HoursError> {
    rule.time_selector.spans.iter().map(|span| window_of(span).unwrap_or_else(|| Err(not_understood(text)))).collect()
}

fn window_of(span: &TimeSpan) -> Option<Result<Window, HoursError>> {
    let (Time::Fixed(open), Time::Fixed(close)) = (span.range.start, span.range.end) else { return None };
    if span.open_end || span.repeats.is_some() {
        return None;
    }
    let open = MinuteOfDay::from_hm(open.hour().into(), open.minute().into())?;
    let close = MinuteOfDay::from_hm(close.hour().into(), close.minute().into())?;
    Some(Window::new(open, close))
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
