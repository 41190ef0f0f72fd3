use chrono::{DateTime, Offset, SecondsFormat, Utc};
use chrono_tz::{OffsetName, Tz};

/// An instant as the people of a place read it (rule A11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// RFC 3339 with the zone's offset, `2026-12-04T10:00:00-05:00`.
    pub rfc3339: String,
    /// `EST`; `UTC-3` and `UTC+5:30` where the zone has no letters.
    pub abbreviation: String,
    /// `Fri Dec 4, 2026, 10:00 AM EST`, weekday always included.
    pub text: String,
}

impl LocalTime {
    /// Whole seconds; the zone's own rules decide offset and abbreviation.
    #[must_use]
    pub fn new(at: DateTime<Utc>, zone: Tz) -> Self {
        let local = at.with_timezone(&zone);
        let offset_secs = local.offset().fix().local_minus_utc();
        let abbreviation = match local.offset().abbreviation() {
            Some(letters) if letters.starts_with(|first: char| first.is_ascii_alphabetic()) => letters.to_owned(),
            _ => utc_offset(offset_secs),
        };
        Self {
            rfc3339: local.to_rfc3339_opts(SecondsFormat::Secs, false),
            text: format!("{} {abbreviation}", local.format("%a %b %-d, %Y, %-I:%M %p")),
            abbreviation,
        }
    }
}

/// Whether an instant falls on different dates in two zones; then a caller must be told both, with the weekday.
#[must_use]
pub fn dates_differ(at: DateTime<Utc>, one: Tz, other: Tz) -> bool {
    at.with_timezone(&one).date_naive() != at.with_timezone(&other).date_naive()
}

fn utc_offset(secs: i32) -> String {
    let sign = if secs < 0 { '-' } else { '+' };
    let minutes = secs.unsigned_abs() / 60;
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(at: &str, zone: Tz) -> (String, String) {
        let time = LocalTime::new(at.parse().unwrap(), zone);
        assert!(time.text.ends_with(&time.abbreviation));
        (time.rfc3339, time.text)
    }

    #[test]
    fn a11_an_instant_is_offset_abbreviation_and_local_text() {
        let cases = [
            (
                "2026-12-04T15:00:00Z",
                Tz::America__New_York,
                "2026-12-04T10:00:00-05:00",
                "Fri Dec 4, 2026, 10:00 AM EST",
            ),
            (
                "2026-07-04T16:05:00Z",
                Tz::America__New_York,
                "2026-07-04T12:05:00-04:00",
                "Sat Jul 4, 2026, 12:05 PM EDT",
            ),
            (
                "2026-07-04T04:00:00Z",
                Tz::America__New_York,
                "2026-07-04T00:00:00-04:00",
                "Sat Jul 4, 2026, 12:00 AM EDT",
            ),
            ("2026-12-04T15:00:00Z", Tz::Pacific__Guam, "2026-12-05T01:00:00+10:00", "Sat Dec 5, 2026, 1:00 AM ChST"),
            (
                "2026-12-04T15:00:00Z",
                Tz::Pacific__Pago_Pago,
                "2026-12-04T04:00:00-11:00",
                "Fri Dec 4, 2026, 4:00 AM SST",
            ),
            (
                "2026-12-04T15:00:00Z",
                Tz::America__Sao_Paulo,
                "2026-12-04T12:00:00-03:00",
                "Fri Dec 4, 2026, 12:00 PM UTC-3",
            ),
            (
                "2026-12-04T15:00:00Z",
                Tz::Asia__Kathmandu,
                "2026-12-04T20:45:00+05:45",
                "Fri Dec 4, 2026, 8:45 PM UTC+5:45",
            ),
        ];
        for (at, zone, rfc3339, text) in cases {
            assert_eq!(local(at, zone), (rfc3339.to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn a11_the_repeated_hour_is_told_apart_by_its_abbreviation() {
        let first = local("2026-11-01T05:30:00Z", Tz::America__New_York).1;
        let second = local("2026-11-01T06:30:00Z", Tz::America__New_York).1;
        assert_eq!((first.as_str(), second.as_str()), ("Sun Nov 1, 2026, 1:30 AM EDT", "Sun Nov 1, 2026, 1:30 AM EST"));
    }

    #[test]
    fn a11_a_caller_on_another_date_is_flagged() {
        let evening = "2026-12-05T04:30:00Z".parse().unwrap();
        assert!(!dates_differ(evening, Tz::America__New_York, Tz::America__Los_Angeles));
        assert!(dates_differ(evening, Tz::America__New_York, Tz::Pacific__Guam));
    }
}
