use std::vec;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

use super::schedule::{Purpose, Schedule};
use crate::clinics::hours::{MinuteOfDay, Window};

/// Instants from `start` up to, not including, `end`; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

/// The instant at which a clock in the zone shows `minute` minutes after the midnight that starts `date` (rule A2): a
/// time that is skipped is the transition itself, a time that comes twice is the first one. Monotone in its arguments,
/// so windows cannot turn around.
pub(super) fn instant(zone: Tz, date: NaiveDate, minute: u16) -> DateTime<Utc> {
    let local = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute.into());
    zone.from_local_datetime(&local).earliest().map_or_else(
        || {
            let gap = GapInfo::new(&local, &zone).and_then(|gap| gap.end);
            gap.expect("a local time that never comes lies in a gap between two offsets").to_utc()
        },
        |found| found.to_utc(),
    )
}

/// The merged openings of the windows that start on a run of local dates, in order, disjoint, not even touching (A4).
///
/// Lazy, because most questions are answered by the first or second opening.
pub(super) struct Openings<'a> {
    schedule: &'a Schedule<'a>,
    purpose: Purpose,
    dates: chrono::naive::NaiveDateDaysIterator,
    last: NaiveDate,
    /// What is left of the date being read, by start; starts never decrease from one date to the next.
    of_date: vec::IntoIter<Interval>,
    growing: Option<Interval>,
}

impl<'a> Openings<'a> {
    /// Reads the windows that start on `first` to `last`, both included.
    pub fn new(schedule: &'a Schedule<'a>, purpose: Purpose, first: NaiveDate, last: NaiveDate) -> Self {
        let of_date = Vec::new().into_iter();
        Self { schedule, purpose, dates: first.iter_days(), last, of_date, growing: None }
    }

    fn next_unmerged(&mut self) -> Option<Interval> {
        loop {
            if let Some(interval) = self.of_date.next() {
                return Some(interval);
            }
            let date = self.dates.next().filter(|date| *date <= self.last)?;
            self.of_date = self.intervals_of(date).into_iter();
        }
    }

    fn intervals_of(&self, date: NaiveDate) -> Vec<Interval> {
        let Some(day) = self.schedule.day(self.purpose, date) else { return Vec::new() };
        let mut intervals: Vec<_> = day.windows.iter().filter_map(|window| self.interval(date, *window)).collect();
        intervals.sort_unstable_by_key(|interval| interval.start);
        intervals
    }

    /// `None` when a gap swallows the whole window.
    fn interval(&self, date: NaiveDate, window: Window) -> Option<Interval> {
        let zone = self.schedule.zone;
        let close = window.close_after_midnight();
        let day_end = MinuteOfDay::DAY_END.minutes();
        let clipped = if close > day_end && self.is_special(date + Days::new(1)) { day_end } else { close };
        let (start, end) = (instant(zone, date, window.open().minutes()), instant(zone, date, clipped));
        (start < end).then_some(Interval { start, end })
    }

    fn is_special(&self, date: NaiveDate) -> bool {
        self.schedule.day(self.purpose, date).is_some_and(|day| day.special)
    }
}

impl Iterator for Openings<'_> {
    type Item = Interval;

    fn next(&mut self) -> Option<Interval> {
        while let Some(next) = self.next_unmerged() {
            match &mut self.growing {
                Some(growing) if next.start <= growing.end => growing.end = growing.end.max(next.end),
                growing => {
                    if let Some(whole) = growing.replace(next) {
                        return Some(whole);
                    }
                }
            }
        }
        self.growing.take()
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::TZ_VARIANTS;

    use super::*;

    fn utc(zone: Tz, date: (i32, u32, u32), minute: u16) -> String {
        let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).unwrap();
        instant(zone, date, minute).to_rfc3339()
    }

    #[test]
    fn a2_a_skipped_time_is_the_transition_and_a_repeated_one_the_first() {
        let zone = Tz::America__New_York;
        assert_eq!(utc(zone, (2027, 3, 14), 2 * 60 + 30), "2027-03-14T07:00:00+00:00");
        assert_eq!(utc(zone, (2026, 11, 1), 60 + 30), "2026-11-01T05:30:00+00:00");
        assert_eq!(utc(zone, (2026, 11, 1), 24 * 60), "2026-11-02T05:00:00+00:00");
    }

    /// Guards the `expect` above: no zone of the database has a gap without an end, whole skipped days included.
    #[test]
    fn a2_every_zone_has_an_instant_for_every_half_hour_and_none_runs_backwards() {
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        for zone in TZ_VARIANTS {
            let times = (0..400 * 48u32).map(|half_hour| {
                let minute = u16::try_from(half_hour % 48 * 30).unwrap();
                instant(zone, first + Days::new((half_hour / 48).into()), minute)
            });
            assert!(times.is_sorted(), "{zone}");
        }
        assert_eq!(utc(Tz::Pacific__Apia, (2011, 12, 30), 600), "2011-12-30T10:00:00+00:00");
    }
}
