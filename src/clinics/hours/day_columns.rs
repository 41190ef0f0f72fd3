//! One spreadsheet cell per weekday, as people type it (rule I6): `9:00 AM - 6:00 PM`, `8am to noon & 1-5 pm`,
//! `Closed`.

use super::typography::plain;
use super::{DAY_CODES, HoursError, MinuteOfDay, WeeklyHours, Window};

/// A day of ten windows takes under 200 characters.
const MAX_CHARS: usize = 300;

const CLOSED: [&str; 4] = ["closed", "off", "-", "none"];
const ALL_DAY: [&str; 8] =
    ["24 hours", "24hours", "24 hrs", "24h", "24/7", "open 24 hours", "open 24/7", "open 24 hrs"];

/// The cell of a weekday that was refused; `day` counts from Monday = 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {error}", DAY_CODES[*day])]
pub struct DayCellError {
    pub day: usize,
    pub error: HoursError,
}

/// Reads the seven cells of a row, Monday first. `None` when all are blank. A blank day keeps the hours `current` has
/// for it, and is closed for a clinic that has none yet (rules I1, I6); the holiday flag of `current` stays.
///
/// # Errors
/// The first cell that [`parse_day`] refuses.
pub fn read_week(cells: [&str; 7], current: Option<&WeeklyHours>) -> Result<Option<WeeklyHours>, DayCellError> {
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(None);
    }
    let mut week = current.cloned().unwrap_or_default();
    for (day, cell) in cells.into_iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
        week.days[day] = parse_day(cell).map_err(|error| DayCellError { day, error })?;
    }
    Ok(Some(week))
}

/// Reads one cell; `Closed` and a lone `-` have no windows. Both times of a range carry AM or PM (or are noon or
/// midnight), or the cell shows that it uses the 24-hour clock; anything else has two readings and is refused.
///
/// # Errors
/// With the time or range that cannot be read, or can be read in two ways.
pub fn parse_day(cell: &str) -> Result<Vec<Window>, HoursError> {
    let text = plain(cell).to_lowercase();
    if text.is_empty() {
        return Err(HoursError::Empty);
    }
    if text.chars().count() > MAX_CHARS {
        return Err(HoursError::TooLong { max: MAX_CHARS });
    }
    if CLOSED.contains(&text.as_str()) {
        return Ok(Vec::new());
    }
    if ALL_DAY.contains(&text.as_str()) {
        return Ok(vec![Window::ALL_DAY]);
    }
    let ranges = ranges_of(&text).map(TypedRange::parse).collect::<Result<Vec<_>, _>>()?;
    let shows_24h = ranges.iter().any(TypedRange::shows_24h);
    ranges.iter().map(|range| range.window(shows_24h)).collect()
}

fn ranges_of(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '&', '/']).flat_map(|part| part.split(" and ")).map(str::trim)
}

struct TypedRange<'a> {
    text: &'a str,
    open: TypedTime,
    close: TypedTime,
}

impl<'a> TypedRange<'a> {
    fn parse(text: &'a str) -> Result<Self, HoursError> {
        let (open, close) = ["-", " to ", " until ", " till "]
            .iter()
            .find_map(|separator| text.split_once(separator))
            .ok_or_else(|| HoursError::NotARange(text.to_owned()))?;
        let time = |part: &str| TypedTime::parse(part).ok_or_else(|| HoursError::NotATypedTime(part.trim().to_owned()));
        Ok(Self { text, open: time(open)?, close: time(close)? })
    }

    fn shows_24h(&self) -> bool {
        self.open.shows_24h() || self.close.shows_24h()
    }

    fn window(&self, cell_shows_24h: bool) -> Result<Window, HoursError> {
        if !self.has_one_reading(cell_shows_24h) {
            return Err(HoursError::MorningOrEvening(self.text.to_owned()));
        }
        match self.close {
            TypedTime::Midnight => Window::new(self.open.minute(), MinuteOfDay::DAY_END),
            _ => Window::new(self.open.minute(), self.close.minute()),
        }
    }

    /// `9:00-5:00` is formally a night of twenty hours, but whoever typed it meant five in the afternoon; so a range
    /// that runs over midnight must show by its own times that it means to.
    fn has_one_reading(&self, cell_shows_24h: bool) -> bool {
        let times = [self.open, self.close];
        let bare = times.iter().filter(|time| matches!(time, TypedTime::Bare { .. })).count();
        let marked = times.iter().filter(|time| matches!(time, TypedTime::Marked(_))).count();
        let padded = times.iter().all(|time| !matches!(time, TypedTime::Bare { padded: false, .. }));
        let stays_in_day = self.open.minute() < self.close.minute() || self.close == TypedTime::Midnight;
        bare == 0 || (marked == 0 && if stays_in_day { cell_shows_24h || padded } else { self.shows_24h() })
    }
}

/// A time as typed, with how sure its half of the day is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TypedTime {
    /// With AM or PM.
    Marked(MinuteOfDay),
    Noon,
    /// The end of the day when it closes, its start when it opens.
    Midnight,
    /// Neither; `padded` when the hour has two digits, as on the 24-hour clock.
    Bare {
        minute: MinuteOfDay,
        padded: bool,
    },
}

impl TypedTime {
    fn parse(text: &str) -> Option<Self> {
        let text = text.replace(' ', "");
        match text.as_str() {
            "noon" | "12noon" => return Some(Self::Noon),
            "midnight" | "12midnight" => return Some(Self::Midnight),
            _ => {}
        }
        let halves = [("a.m.", 0), ("am", 0), ("a", 0), ("p.m.", 12), ("pm", 12), ("p", 12)];
        let marked = halves.iter().find_map(|(suffix, add)| Some((text.strip_suffix(suffix)?, *add)));
        let (hour, minute) = hour_and_minute(marked.map_or(text.as_str(), |(number, _)| number))?;
        let Some((number, add)) = marked else {
            let padded = text.find([':', '.']).unwrap_or(text.len()) == 2;
            return Some(Self::Bare { minute: MinuteOfDay::from_hm(hour, minute)?, padded });
        };
        let on_the_dial = (1..=12).contains(&hour) && !number.is_empty();
        on_the_dial.then(|| MinuteOfDay::from_hm(hour % 12 + add, minute).map(Self::Marked))?
    }

    fn minute(self) -> MinuteOfDay {
        match self {
            Self::Marked(minute) | Self::Bare { minute, .. } => minute,
            Self::Noon => MinuteOfDay::NOON,
            Self::Midnight => MinuteOfDay::MIDNIGHT,
        }
    }

    /// Hours that the twelve-hour dial does not have.
    fn shows_24h(self) -> bool {
        matches!(self, Self::Bare { minute, .. } if !(1..=12).contains(&(minute.minutes() / 60)))
    }
}

/// `9`, `09`, `9:30` or `9.30`.
fn hour_and_minute(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok())?;
    match text.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 && hour.len() <= 2 => Some((number(hour)?, number(minute)?)),
        None if text.len() <= 2 => Some((number(text)?, 0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str) -> Result<String, HoursError> {
        Ok(parse_day(cell)?.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn i6_cells_as_people_type_them() {
        let cases = [
            ("9:00 AM - 6:00 PM", "09:00-18:00"),
            ("09:00AM-06:00PM", "09:00-18:00"),
            ("8:00 AM - 12:00 PM, 1:00 PM - 5:00 PM", "08:00-12:00,13:00-17:00"),
            ("6:00 am -1:30PM , 2:00 pm- 7:00 PM", "06:00-13:30,14:00-19:00"),
            ("9am-5pm", "09:00-17:00"),
            ("9 a.m. to 5:30 p.m.", "09:00-17:30"),
            ("8.30am \u{2013} noon & 1p\u{2014}4p", "08:30-12:00,13:00-16:00"),
            ("10:00 AM - Midnight", "10:00-24:00"),
            ("10:00 AM - 12:00 AM", "10:00-00:00"),
            ("10 PM - 2 AM", "22:00-02:00"),
            ("12:00 AM - 11:59 PM", "00:00-23:59"),
            ("09:00-18:00", "09:00-18:00"),
            ("9:00 - 17:00", "09:00-17:00"),
            ("9:00-12:00 and 13:00-17:00", "09:00-12:00,13:00-17:00"),
            ("22:00-06:00", "22:00-06:00"),
            ("08:00-24:00", "08:00-24:00"),
            ("Open 24 Hours", "00:00-24:00"),
            ("24 hours", "00:00-24:00"),
            ("CLOSED", ""),
            (" - ", ""),
        ];
        for (cell, expected) in cases {
            assert_eq!(read(cell).as_deref(), Ok(expected), "{cell}");
        }
    }

    #[test]
    fn i6_cells_with_two_readings_are_refused() {
        for cell in ["9-5", "9:00-5:00", "9-5pm", "9:00 - 5:00 PM", "1:00-5:00", "08:00-05:00", "9-noon", "9:00-12:00"]
        {
            assert!(matches!(read(cell), Err(HoursError::MorningOrEvening(_))), "{cell}: {:?}", read(cell));
        }
        assert!(matches!(read("09:00-05:00, 18:00-20:00"), Err(HoursError::MorningOrEvening(_))));
    }

    #[test]
    fn a1_midnight_to_midnight_on_the_dial_is_refused() {
        for cell in ["12:00AM - 12:00AM", "9am-9am", "00:00-00:00"] {
            assert!(matches!(read(cell), Err(HoursError::OpensAndClosesAtOnce(_))), "{cell}: {:?}", read(cell));
        }
    }

    #[test]
    fn i6_what_is_not_hours_is_refused_and_named() {
        for (cell, named) in [
            ("by appointment", "by appointment"),
            ("9am", "9am"),
            ("13:00 PM - 2 PM", "13:00 pm"),
            ("0:30 AM - 2 AM", "0:30 am"),
            ("9am-25:00", "25:00"),
            ("9am-5xm", "5xm"),
            ("am-pm", "am"),
            ("9am-12pm, ", "not a range"),
        ] {
            let message = parse_day(cell).expect_err(cell).to_string();
            assert!(message.contains(named), "{cell}: {message}");
        }
        assert_eq!(parse_day(&"9am-5pm,".repeat(100)), Err(HoursError::TooLong { max: MAX_CHARS }));
    }

    #[test]
    fn i6_a_blank_day_is_closed_for_a_new_clinic_and_kept_for_a_known_one() {
        let cells = ["9am-5pm", "", "", "", "", " ", "Closed"];
        let new = read_week(cells, None).unwrap().unwrap();
        assert_eq!(super::super::format_weekly(&new), "Mo 09:00-17:00");
        let known = super::super::parse_weekly("Mo-Su 10:00-12:00; PH off").unwrap();
        let edited = read_week(cells, Some(&known)).unwrap().unwrap();
        assert_eq!(super::super::format_weekly(&edited), "Mo 09:00-17:00; Tu-Sa 10:00-12:00; PH off");
        assert_eq!(read_week([""; 7], Some(&known)), Ok(None));
        assert_eq!(read_week(["", "", "9-5", "", "", "", ""], None).unwrap_err().day, 2);
    }

    proptest! {
        #[test]
        fn i6_every_twelve_hour_range_reads_as_its_twenty_four_hour_twin(open in 0u16..1440, close in 0u16..1440) {
            prop_assume!(open != close);
            let dial = |minute: u16| {
                let (hour, half) = (minute / 60, if minute < 720 { "AM" } else { "PM" });
                format!("{}:{:02} {half}", (hour + 11) % 12 + 1, minute % 60)
            };
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let expected = format!("{}-{}", clock(open), clock(close));
            prop_assert_eq!(read(&format!("{} - {}", dial(open), dial(close))), Ok(expected));
        }

        #[test]
        fn i6_no_cell_panics(cell in ".{0,40}|[0-9apmnotclsed:., \\-&/]{0,30}") {
            let _ = parse_day(&cell);
        }
    }
}
