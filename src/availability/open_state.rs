use chrono::{DateTime, Days, NaiveDate, Utc};

use super::openings::{Interval, Openings};
use super::schedule::{Purpose, Schedule};

/// How far ahead [`open_state`] looks for the next opening or closing: farther than any search result needs, near
/// enough for a few microseconds.
pub const LOOK_AHEAD_DAYS: u64 = 60;

/// Open, closed, or nobody has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    Open,
    Closed,
    Unknown,
}

impl Openness {
    /// The name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a clinic is open at one instant, and what comes next (rule A10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenState {
    pub state: Openness,
    /// While open: when it closes; `None` when it does not within [`LOOK_AHEAD_DAYS`].
    pub until: Option<DateTime<Utc>>,
    /// While closed: when it opens; `None` when it does not within [`LOOK_AHEAD_DAYS`] of the next day of business.
    pub next: Option<DateTime<Utc>>,
    /// The answer holds for every instant before this one; after `now`, and a day ahead at most when nothing is known.
    pub valid_until: DateTime<Utc>,
}

/// Answers from the opening hours, special hours, holidays and the dated status. On a date with special hours a clinic
/// of otherwise unknown hours is known: those hours were said.
#[must_use]
pub fn open_state(schedule: &Schedule, now: DateTime<Utc>) -> OpenState {
    let today = schedule.local_date(now);
    let opening = next_opening(schedule, now, today);
    let tomorrow = schedule.midnight(today + Days::new(1));
    match opening {
        Some(Found { opening, endless }) if opening.start <= now => {
            let until = (!endless).then_some(opening.end);
            OpenState { state: Openness::Open, until, next: None, valid_until: until.unwrap_or(tomorrow) }
        }
        _ if is_unknown(schedule, today) => {
            OpenState { state: Openness::Unknown, until: None, next: None, valid_until: tomorrow }
        }
        later => {
            let start = later.map(|found| found.opening.start);
            let next = start.filter(|start| schedule.hours.is_some() || *start < tomorrow);
            OpenState { state: Openness::Closed, until: None, next, valid_until: next.unwrap_or(tomorrow) }
        }
    }
}

fn is_unknown(schedule: &Schedule, date: NaiveDate) -> bool {
    schedule.status.is_open_on(date) && schedule.day(Purpose::Opening, date).is_none()
}

struct Found {
    opening: Interval,
    /// The windows that were read end before the opening does.
    endless: bool,
}

/// The opening that contains `now` or else the next one, cut to the dates on which the clinic does business.
fn next_opening(schedule: &Schedule, now: DateTime<Utc>, today: NaiveDate) -> Option<Found> {
    let from = schedule.status.first_open_from(today)?;
    let last = from + Days::new(LOOK_AHEAD_DAYS);
    // A window lasts less than 24 hours, so what is open at `now` started today or yesterday.
    let openings = Openings::new(schedule, Purpose::Opening, from - Days::new(1), last);
    let mut ahead = openings.filter(|opening| opening.end > now);
    let opening = ahead.find_map(|opening| business_part(schedule, opening, now))?;
    Some(Found { opening, endless: opening.end >= schedule.midnight(last + Days::new(1)) })
}

/// The first part of an opening after `now` that lies on dates of business; its start is `now` when that is inside.
fn business_part(schedule: &Schedule, opening: Interval, now: DateTime<Utc>) -> Option<Interval> {
    let start = opening.start.max(now);
    let date = schedule.local_date(start);
    let open_on = schedule.status.first_open_from(date)?;
    let start = if open_on == date { start } else { schedule.midnight(open_on) };
    let closes = schedule.status.next_change_after(open_on).map(|date| schedule.midnight(date));
    let end = closes.map_or(opening.end, |closes| closes.min(opening.end));
    (start < end).then_some(Interval { start, end })
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::clinics::hours::{SpecialDay, WeeklyHours, parse_special, parse_weekly};
    use crate::clinics::status::{ClinicStatus, StatusDates};

    struct Clinic {
        hours: Option<WeeklyHours>,
        special: Vec<SpecialDay>,
        status: StatusDates,
    }

    fn clinic(hours: &str, special: &str) -> Clinic {
        Clinic {
            hours: (!hours.is_empty()).then(|| parse_weekly(hours).unwrap()),
            special: parse_special(special).unwrap(),
            status: StatusDates::default(),
        }
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    impl Clinic {
        fn at(&self, now: &str) -> OpenState {
            let schedule = Schedule {
                zone: Tz::America__New_York,
                hours: self.hours.as_ref(),
                consultation_hours: None,
                special: &self.special,
                status: self.status,
            };
            open_state(&schedule, utc(now))
        }
    }

    fn open_until(until: &str) -> OpenState {
        let until = utc(until);
        OpenState { state: Openness::Open, until: Some(until), next: None, valid_until: until }
    }

    fn closed_until(next: &str) -> OpenState {
        let next = utc(next);
        OpenState { state: Openness::Closed, until: None, next: Some(next), valid_until: next }
    }

    fn undated(state: Openness, valid_until: &str) -> OpenState {
        OpenState { state, until: None, next: None, valid_until: utc(valid_until) }
    }

    #[test]
    fn a10_open_says_until_when_and_closed_says_when_next() {
        let clinic = clinic("Mo-Fr 09:00-12:00,13:00-18:00", "");
        assert_eq!(clinic.at("2027-06-04T13:00:00Z"), open_until("2027-06-04T16:00:00Z"));
        assert_eq!(clinic.at("2027-06-04T15:59:59.999Z"), open_until("2027-06-04T16:00:00Z"));
        assert_eq!(clinic.at("2027-06-04T16:00:00Z"), closed_until("2027-06-04T17:00:00Z"));
        assert_eq!(clinic.at("2027-06-04T22:00:00Z"), closed_until("2027-06-07T13:00:00Z"));
    }

    #[test]
    fn a10_the_zone_is_the_clinics_and_a_night_belongs_to_the_day_before() {
        let clinic = clinic("Fr 22:00-02:00", "");
        assert_eq!(clinic.at("2027-06-05T05:30:00Z"), open_until("2027-06-05T06:00:00Z"));
        assert_eq!(clinic.at("2027-06-05T06:00:00Z"), closed_until("2027-06-12T02:00:00Z"));
    }

    #[test]
    fn a10_unknown_hours_are_unknown_and_off_is_closed() {
        let tomorrow = "2027-06-05T04:00:00Z";
        assert_eq!(clinic("", "").at("2027-06-04T13:00:00Z"), undated(Openness::Unknown, tomorrow));
        assert_eq!(clinic("off", "").at("2027-06-04T13:00:00Z"), undated(Openness::Closed, tomorrow));
    }

    #[test]
    fn a10_special_hours_are_known_although_the_week_is_not() {
        let clinic = clinic("", "2027-06-04 10:00-12:00; 2027-06-06 off; 2027-06-08 10:00-12:00");
        assert_eq!(clinic.at("2027-06-04T13:00:00Z"), closed_until("2027-06-04T14:00:00Z"));
        assert_eq!(clinic.at("2027-06-04T14:00:00Z"), open_until("2027-06-04T16:00:00Z"));
        assert_eq!(clinic.at("2027-06-04T16:00:00Z"), undated(Openness::Closed, "2027-06-05T04:00:00Z"));
        assert_eq!(clinic.at("2027-06-05T16:00:00Z"), undated(Openness::Unknown, "2027-06-06T04:00:00Z"));
        assert_eq!(clinic.at("2027-06-06T16:00:00Z"), undated(Openness::Closed, "2027-06-07T04:00:00Z"));
    }

    #[test]
    fn a10_a_clinic_that_never_closes_has_no_until_and_is_asked_again_tomorrow() {
        let state = clinic("24/7", "").at("2027-06-04T13:00:00Z");
        assert_eq!(state, undated(Openness::Open, "2027-06-05T04:00:00Z"));
        let holiday = clinic("24/7; PH off", "").at("2027-06-04T13:00:00Z");
        assert_eq!(holiday, open_until("2027-06-18T04:00:00Z"));
    }

    #[test]
    fn a3_special_hours_replace_the_day_and_end_the_night_before() {
        let clinic = clinic("Mo-Su 20:00-04:00", "2027-06-05 10:00-12:00");
        assert_eq!(clinic.at("2027-06-05T01:00:00Z"), open_until("2027-06-05T04:00:00Z"));
        assert_eq!(clinic.at("2027-06-05T05:00:00Z"), closed_until("2027-06-05T14:00:00Z"));
        assert_eq!(clinic.at("2027-06-05T16:00:00Z"), closed_until("2027-06-07T00:00:00Z"));
    }

    #[test]
    fn i6_ph_off_closes_the_holiday_and_its_observed_day_unless_special_hours_say_otherwise() {
        let july = clinic("Mo-Su 09:00-17:00; PH off", "");
        assert_eq!(july.at("2027-07-03T22:00:00Z"), closed_until("2027-07-06T13:00:00Z"));
        let opens_anyway = clinic("Mo-Su 09:00-17:00; PH off", "2027-07-05 10:00-12:00");
        assert_eq!(opens_anyway.at("2027-07-03T22:00:00Z"), closed_until("2027-07-05T14:00:00Z"));
    }

    #[test]
    fn a14_dates_without_business_are_closed_and_the_next_opening_is_after_them() {
        let mut clinic = clinic("24/7", "");
        let date = |text: &str| Some(text.parse().unwrap());
        clinic.status = StatusDates {
            temporarily_closed_on: date("2027-06-05"),
            reopens_on: date("2027-12-01"),
            ..StatusDates::default()
        };
        assert_eq!(clinic.at("2027-06-04T13:00:00Z"), open_until("2027-06-05T04:00:00Z"));
        assert_eq!(clinic.at("2027-06-05T04:00:00Z"), closed_until("2027-12-01T05:00:00Z"));
        clinic.status = StatusDates { stored: ClinicStatus::Closed, ..StatusDates::default() };
        assert_eq!(clinic.at("2027-06-04T13:00:00Z"), undated(Openness::Closed, "2027-06-05T04:00:00Z"));
        clinic.hours = None;
        assert_eq!(clinic.at("2027-06-04T13:00:00Z").state, Openness::Closed);
    }
}
