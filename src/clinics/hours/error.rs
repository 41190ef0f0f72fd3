use chrono::NaiveDate;

use super::MinuteOfDay;

/// Why hours were refused, as a sentence for the person who wrote them; the caller adds row and column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No text at all; whether that means unknown is the caller's to say.
    #[error("there is nothing here: write the hours, or `off` when it is closed")]
    Empty,
    /// The text is longer than any week needs.
    #[error("this is longer than the {max} characters that hours may take")]
    TooLong { max: usize },
    /// A time that is not a wall-clock time of the expected spelling.
    #[error("`{0}` is not a time: write hours and minutes as 09:00, at most 24:00 (a night is 22:00-02:00)")]
    NotATime(String),
    /// The same for a cell of a day column, where people write AM and PM.
    #[error("`{0}` is not a time: write 9:00 AM, 5:30 PM, noon or 17:30")]
    NotATypedTime(String),
    /// Something stands where a range of two times belongs.
    #[error("`{0}` is not a range of times: write 09:00-18:00, or `off`")]
    NotARange(String),
    /// Rule A1: `09:00-09:00` could be closed or a whole day.
    #[error(
        "opens and closes at {0}: write `off` or `Closed` when closed, 00:00-24:00 or `24 hours` when open all day"
    )]
    OpensAndClosesAtOnce(MinuteOfDay),
    /// `24:00` starts nothing.
    #[error("24:00 can only be a closing time: a day opens at 00:00")]
    OpensAtDayEnd,
    /// Part of the OpenStreetMap syntax that the product does not keep, or not part of it at all.
    #[error("`{found}`: {reason}")]
    NotAccepted { found: String, reason: &'static str },
    /// A rule names days but no times, which OpenStreetMap would read as open all day.
    #[error("`{0}` has no hours: write the days, then the times or `off`, as in Mo,We 09:00-18:00")]
    NoTimes(String),
    /// A special date without times and without `off`.
    #[error("`{0}` has no hours: write `{0} off`, or times as in `{0} 09:00-12:00`")]
    DateWithoutTimes(String),
    /// Every rule closes something and none opens anything.
    #[error("no day has opening hours: write `off` when it is closed all week")]
    NeverOpens,
    /// Twelve-hour and twenty-four-hour readings both make sense.
    #[error("`{0}` can be read in two ways: write AM or PM at both times, or use the 24-hour clock (09:00-17:00)")]
    MorningOrEvening(String),
    /// A date that is not one, or not in an accepted spelling.
    #[error("`{0}` is not a date: write 2026-12-24 or 12/24/2026")]
    NotADate(String),
    /// Two entries for one date.
    #[error("{0} is given twice: one entry per date, several windows with a comma between them")]
    SameDateTwice(NaiveDate),
    /// A quotation mark that opens a note and nothing that closes it.
    #[error("a note starts with a quotation mark that is never closed")]
    NoteNotClosed,
    /// The note is longer than the product keeps.
    #[error("the note is longer than {max} characters")]
    NoteTooLong { max: usize },
}
