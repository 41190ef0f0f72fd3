//! The worked cases of rule A13, the rules as properties, and the calendar checked by walking it minute by minute.

mod cases;
mod grid;
mod minute_walk;
mod open_now;

use std::ops::Range;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::clinics::hours::{MinuteOfDay, SpecialDay, WeeklyHours, Window};
use crate::clinics::status::StatusDates;

use super::Schedule;

/// Every zone of the states and territories that differs in offset or in its clock changes.
const US_ZONES: [Tz; 14] = [
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Phoenix,
    Tz::America__Los_Angeles,
    Tz::America__Anchorage,
    Tz::America__Adak,
    Tz::Pacific__Honolulu,
    Tz::America__Puerto_Rico,
    Tz::Pacific__Guam,
    Tz::Pacific__Pago_Pago,
    Tz::America__Indiana__Indianapolis,
    Tz::America__Kentucky__Louisville,
    Tz::America__Boise,
];

/// A clinic that owns what a [`Schedule`] borrows.
#[derive(Clone, Debug)]
struct Clinic {
    zone: Tz,
    hours: WeeklyHours,
    consultation_hours: Option<WeeklyHours>,
    special: Vec<SpecialDay>,
    status: StatusDates,
}

impl Clinic {
    fn new(zone: Tz, hours: WeeklyHours) -> Self {
        Self { zone, hours, consultation_hours: None, special: Vec::new(), status: StatusDates::default() }
    }

    fn schedule(&self) -> Schedule<'_> {
        Schedule {
            zone: self.zone,
            hours: Some(&self.hours),
            consultation_hours: self.consultation_hours.as_ref(),
            special: &self.special,
            status: self.status,
        }
    }
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn window(open: u16, close: u16) -> Option<Window> {
    let time = |minute: u16| MinuteOfDay::from_hm(minute / 60, minute % 60);
    Window::new(time(open)?, time(close)?).ok()
}

mod strategies {
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;

    use super::*;

    /// Windows from minutes on a grid of `step_min`; coarse steps make nights, touching and overlapping windows common.
    pub fn windows(step_min: u16) -> impl Strategy<Value = Vec<Window>> {
        let last = 1440 / step_min;
        let any = (0..last, 0..=last).prop_filter_map("opens and closes at once", move |(open, close)| {
            window(open * step_min, close * step_min)
        });
        prop_oneof![3 => prop::collection::vec(any, 0..3), 1 => Just(vec![Window::ALL_DAY])]
    }

    pub fn week() -> impl Strategy<Value = WeeklyHours> {
        let days = prop_oneof![
            3 => prop::array::uniform7(windows(30)),
            1 => prop::array::uniform7(windows(5)),
            1 => Just(std::array::from_fn(|_| vec![Window::ALL_DAY])),
        ];
        (days, any::<bool>()).prop_map(|(days, closed_on_holidays)| WeeklyHours { days, closed_on_holidays })
    }

    /// A clinic with special days and dated status within `spread` days after `from`.
    pub fn clinic(from: NaiveDate, spread: u64) -> impl Strategy<Value = Clinic> {
        let special = prop::collection::btree_map(0..spread, windows(30), 0..4);
        let date = move || prop::option::weighted(0.2, (0..spread).prop_map(move |day| from + Days::new(day)));
        let status = (date(), date(), date(), date());
        (prop::sample::select(US_ZONES.to_vec()), week(), prop::option::weighted(0.3, week()), special, status)
            .prop_map(
                move |(
                    zone,
                    hours,
                    consultation_hours,
                    special,
                    (opens_on, temporarily_closed_on, reopens_on, closed_on),
                )| {
                    let special = special.into_iter();
                    Clinic {
                        zone,
                        hours,
                        consultation_hours,
                        special: special
                            .map(|(day, windows)| SpecialDay { on: from + Days::new(day), windows, note: None })
                            .collect(),
                        status: StatusDates {
                            opens_on,
                            temporarily_closed_on,
                            reopens_on,
                            closed_on,
                            ..StatusDates::default()
                        },
                    }
                },
            )
    }
}

fn days_after(from: DateTime<Utc>, hours: Range<i64>) -> Range<DateTime<Utc>> {
    from + chrono::TimeDelta::hours(hours.start)..from + chrono::TimeDelta::hours(hours.end)
}
