use chrono::{DateTime, Days, TimeDelta, Utc};

use super::openings::Openings;
use super::schedule::Purpose;
use super::slots::{Agenda, Slot};

/// Why a start is not offered, the most lasting reason first when there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotOffered {
    #[error("this time has passed")]
    Past,
    #[error("this is further ahead than can be booked")]
    Horizon,
    /// Coming soon, temporarily closed or closed on that date (rule A14).
    #[error("the clinic is not open on this date")]
    ClinicNotOpen,
    #[error("the hours of the clinic are not known")]
    HoursUnknown,
    #[error("a consultation at this time would not fit into the special hours of the date")]
    SpecialHours,
    #[error("a consultation at this time would not fit into the hours")]
    Hours,
    #[error("consultations do not start at this time")]
    OffGrid,
    #[error("this is sooner than can be booked")]
    Notice,
    /// Every seat is taken, and would be without the holds.
    #[error("this time is taken")]
    Booked,
    /// Every seat is taken, but a hold may expire.
    #[error("somebody is just booking this time")]
    Held,
}

impl NotOffered {
    /// The stable name in answers and problems.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Horizon => "horizon",
            Self::ClinicNotOpen => "clinic_not_open",
            Self::HoursUnknown => "hours_unknown",
            Self::SpecialHours => "special_hours",
            Self::Hours => "hours",
            Self::OffGrid => "off_grid",
            Self::Notice => "notice",
            Self::Booked => "booked",
            Self::Held => "held",
        }
    }
}

impl Agenda<'_> {
    /// The slot that starts exactly at `start`; `Ok` exactly when [`Agenda::slots`] has it.
    ///
    /// # Errors
    /// Why it is not offered.
    pub fn explain(&self, start: DateTime<Utc>) -> Result<Slot, NotOffered> {
        let bookable = self.bookable();
        if start < self.now {
            return Err(NotOffered::Past);
        }
        if start >= bookable.end {
            return Err(NotOffered::Horizon);
        }
        self.fits_the_hours(start)?;
        let just_this = start..start + TimeDelta::seconds(1);
        let on_grid =
            self.grid(just_this).find(|secs| *secs == start.timestamp() && start.timestamp_subsec_nanos() == 0);
        let secs = on_grid.ok_or(NotOffered::OffGrid)?;
        if start < bookable.start {
            return Err(NotOffered::Notice);
        }
        let remaining = self.claims.remaining(&self.buckets_at(secs), self.policy.capacity, self.now);
        self.slot(secs, remaining).ok_or_else(|| self.who_took(secs))
    }

    fn fits_the_hours(&self, start: DateTime<Utc>) -> Result<(), NotOffered> {
        let schedule = self.schedule;
        let date = schedule.local_date(start);
        if !schedule.status.is_open_on(date) {
            return Err(NotOffered::ClinicNotOpen);
        }
        let end = start + TimeDelta::minutes(self.policy.duration_min.into());
        let end_date = schedule.local_date(end);
        // A window that holds the start began today or yesterday; what touches it later may hold the end.
        let mut openings = Openings::new(schedule, Purpose::Consultation, date - Days::new(1), end_date);
        if openings.any(|opening| opening.start <= start && end <= opening.end) {
            return Ok(());
        }
        let special = |date| schedule.day(Purpose::Consultation, date).map(|day| day.special);
        match (special(date), special(end_date)) {
            (Some(true), _) | (_, Some(true)) => Err(NotOffered::SpecialHours),
            (None, _) => Err(NotOffered::HoursUnknown),
            _ => Err(NotOffered::Hours),
        }
    }

    fn who_took(&self, start: i64) -> NotOffered {
        let without_holds = self.claims.remaining_without_holds(&self.buckets_at(start), self.policy.capacity);
        if without_holds == 0 { NotOffered::Booked } else { NotOffered::Held }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::availability::{Claims, Schedule, buckets};
    use crate::clinics::Policy;
    use crate::clinics::hours::{parse_special, parse_weekly};
    use crate::clinics::status::StatusDates;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn why(hours: &str, start: &str, claims: &Claims) -> Result<u16, &'static str> {
        let hours = (!hours.is_empty()).then(|| parse_weekly(hours).unwrap());
        let special = parse_special("2027-06-09 10:00-12:00; 2027-06-10 off").unwrap();
        let closed_on = Some("2027-06-20".parse().unwrap());
        let schedule = Schedule {
            zone: Tz::America__New_York,
            hours: hours.as_ref(),
            consultation_hours: None,
            special: &special,
            status: StatusDates { closed_on, ..StatusDates::default() },
        };
        let policy = Policy { capacity: 2, ..Policy::default() };
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims, now: utc("2027-06-07T13:00:00Z") };
        agenda.explain(utc(start)).map(|slot| slot.remaining).map_err(NotOffered::code)
    }

    #[test]
    fn explain_names_the_reason_a_start_is_not_offered() {
        let none = Claims::default();
        let asked = |start: &str| why("Mo-Fr 09:00-17:00", start, &none);
        assert_eq!(asked("2027-06-08T13:00:00Z"), Ok(2));
        assert_eq!(asked("2027-06-07T12:30:00Z"), Err("past"));
        assert_eq!(asked("2027-06-08T12:30:00Z"), Err("hours"));
        assert_eq!(asked("2027-06-08T20:45:00Z"), Err("hours"));
        assert_eq!(asked("2027-06-08T13:15:00Z"), Err("off_grid"));
        assert_eq!(asked("2027-06-08T13:30:00.5Z"), Err("off_grid"));
        assert_eq!(asked("2027-06-07T20:30:00Z"), Err("notice"));
        assert_eq!(asked("2027-06-09T13:00:00Z"), Err("special_hours"));
        assert_eq!(asked("2027-06-09T14:00:00Z"), Ok(2));
        assert_eq!(asked("2027-06-10T14:00:00Z"), Err("special_hours"));
        assert_eq!(asked("2027-06-21T13:00:00Z"), Err("clinic_not_open"));
        assert_eq!(asked("2027-08-07T13:00:00Z"), Err("horizon"));
        assert_eq!(asked("+262142-12-31T23:59:59Z"), Err("horizon"));
        assert_eq!(why("", "2027-06-08T13:00:00Z", &none), Err("hours_unknown"));
    }

    #[test]
    fn explain_tells_a_held_time_from_a_booked_one() {
        let start = "2027-06-08T13:00:00Z";
        let span = buckets(utc(start), utc("2027-06-08T13:30:00Z"));
        let mut claims = Claims::default();
        claims.add(span.clone(), 1, None);
        assert_eq!(why("Mo-Fr 09:00-17:00", start, &claims), Ok(1));
        claims.add(span.clone(), 2, Some(utc("2027-06-07T13:00:01Z")));
        assert_eq!(why("Mo-Fr 09:00-17:00", start, &claims), Err("held"));
        claims.add(span.clone(), 2, Some(utc("2027-06-07T13:00:00Z")));
        assert_eq!(why("Mo-Fr 09:00-17:00", start, &claims), Ok(1));
        claims.add(span, 2, None);
        assert_eq!(why("Mo-Fr 09:00-17:00", start, &claims), Err("booked"));
    }
}
