use std::ops::Range;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::claims::{BUCKET_SECS, Claims, buckets_of_secs};
use super::openings::{Interval, Openings};
use super::schedule::{Purpose, Schedule};
use crate::clinics::Policy;

/// Rule A4: an opening longer than this starts its grid anew at every local midnight inside it.
const LONG_CHAIN: TimeDelta = TimeDelta::hours(26);

/// Local days read before and after a range so that the grid inside it is the true one, 24/7 included.
///
/// Before: a window ends less than a day after the midnight that follows its date, so windows on unread dates end two
/// whole local days before the range. Where they touch an opening that was read, that opening has lasted 47 hours at the
/// range (48 less a clock change): it is a long chain either way, and restarts at the same midnights.
///
/// After: an opening that goes on in unread windows already outlasts the range by 71 hours, more than the longest
/// consultation and enough to be a long chain.
const MARGIN_DAYS: u64 = 3;

/// The first look for the next slot; each further look is twice as long, so a clinic that is full for weeks costs
/// little more than one long look.
const FIRST_LOOK_DAYS: u64 = 2;

/// A consultation that can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// How many can be held at this moment, at least 1 (rule A8).
    pub remaining: u16,
}

/// All that decides which slots one clinic offers at one moment. The policy must be valid ([`Policy::validate`]).
#[derive(Clone, Copy, Debug)]
pub struct Agenda<'a> {
    pub schedule: &'a Schedule<'a>,
    pub policy: &'a Policy,
    pub claims: &'a Claims,
    pub now: DateTime<Utc>,
}

impl Agenda<'_> {
    /// The slots that can be booked and start inside the half-open range, by start (rules A5 to A9, A14).
    #[must_use]
    pub fn slots(&self, range: Range<DateTime<Utc>>) -> Vec<Slot> {
        let bookable = self.bookable();
        let range = range.start.max(bookable.start)..range.end.min(bookable.end);
        self.offered(range).collect()
    }

    /// The first slot that can be booked, as far as the horizon.
    #[must_use]
    pub fn next_slot(&self) -> Option<Slot> {
        self.first_slot_from(self.now)
    }

    /// The first slot that can be booked and starts at or after an instant, as far as the horizon.
    #[must_use]
    pub fn first_slot_from(&self, from: DateTime<Utc>) -> Option<Slot> {
        let Range { start, end } = self.bookable();
        let mut start = start.max(from);
        let mut days = FIRST_LOOK_DAYS;
        while start < end {
            let look = start..end.min(start + Days::new(days));
            start = look.end;
            days *= 2;
            if let Some(slot) = self.offered(look).next() {
                return Some(slot);
            }
        }
        None
    }

    /// Rule A7, as instants: from now and the minimum notice to the end of the last local date of the horizon.
    pub(super) fn bookable(&self) -> Range<DateTime<Utc>> {
        let last = self.schedule.local_date(self.now) + Days::new(self.policy.horizon_days.into());
        let notice = TimeDelta::minutes(self.policy.min_notice_min.into());
        self.now + notice..self.schedule.midnight(last + Days::new(1))
    }

    /// Starts on the grid inside a range, on dates of business, whatever is claimed; seconds since the epoch.
    pub(super) fn grid(&self, range: Range<DateTime<Utc>>) -> impl Iterator<Item = i64> {
        self.business(range).flat_map(|range| self.grid_of_openings(range))
    }

    /// The slots of the grid with a seat left, in order.
    fn offered(&self, range: Range<DateTime<Utc>>) -> impl Iterator<Item = Slot> {
        let mut claims = self.claims.from(range.start.timestamp().div_euclid(BUCKET_SECS));
        self.grid(range).filter_map(move |start| {
            let remaining = claims.remaining(&self.buckets_at(start), self.policy.capacity, self.now);
            self.slot(start, remaining)
        })
    }

    /// The slot at a start of the grid, unless every seat is taken.
    pub(super) fn slot(&self, start: i64, remaining: u16) -> Option<Slot> {
        (remaining > 0).then(|| {
            let starts_at = at(start);
            let ends_at = starts_at + TimeDelta::minutes(self.policy.duration_min.into());
            Slot { starts_at, ends_at, remaining }
        })
    }

    /// Rule A9: what a consultation at this start occupies.
    pub(super) fn buckets_at(&self, start: i64) -> Range<i64> {
        buckets_of_secs(start, start + secs(self.policy.duration_min) + secs(self.policy.turnover_min))
    }

    /// The parts of a range that lie on local dates on which the clinic does business (rule A14). The grid does not
    /// start anew with them: a clinic that reopens keeps the starts it would have had.
    fn business(&self, range: Range<DateTime<Utc>>) -> impl Iterator<Item = Range<DateTime<Utc>>> {
        let Schedule { status, .. } = *self.schedule;
        let mut from = range.start;
        std::iter::from_fn(move || {
            let date = (from < range.end).then(|| self.schedule.local_date(from))?;
            let open_on = status.first_open_from(date)?;
            let start = if open_on == date { from } else { self.schedule.midnight(open_on) };
            let closes = status.next_change_after(open_on).map(|closes| self.schedule.midnight(closes));
            from = closes.map_or(range.end, |closes| closes.min(range.end));
            Some(start..from).filter(|part| part.start < range.end)
        })
    }

    fn grid_of_openings(&self, range: Range<DateTime<Utc>>) -> impl Iterator<Item = i64> {
        let first = self.schedule.local_date(range.start) - Days::new(MARGIN_DAYS);
        let last = self.schedule.local_date(range.end) + Days::new(MARGIN_DAYS);
        let openings = Openings::new(self.schedule, Purpose::Consultation, first, last);
        let (step, duration) = (secs(self.policy.step_min), secs(self.policy.duration_min));
        let span = range.start.timestamp() + i64::from(range.start.timestamp_subsec_nanos() > 0)..range.end.timestamp();
        openings
            .skip_while(move |opening| opening.end <= range.start)
            .take_while(move |opening| opening.start < range.end)
            .flat_map(move |opening| {
                let last_start = opening.end.timestamp() - duration;
                segments(self.schedule, opening).map(move |segment| (segment, last_start))
            })
            .flat_map(move |(segment, last_start)| {
                let origin = round_up(segment.start, BUCKET_SECS);
                let first = origin + round_up((span.start - origin).max(0), step);
                let end = segment.end.min(span.end).min(last_start + 1);
                (first..end).step_by(usize::try_from(step).unwrap_or(usize::MAX))
            })
    }
}

/// The stretches of an opening that share one origin of the grid, in seconds since the epoch (rule A4).
fn segments(schedule: &Schedule, opening: Interval) -> impl Iterator<Item = Range<i64>> {
    let is_long = opening.end - opening.start > LONG_CHAIN;
    let mut start = Some(opening.start);
    let mut date: Option<NaiveDate> = None;
    std::iter::from_fn(move || {
        let from = start?;
        let next_date = date.unwrap_or_else(|| schedule.local_date(from)) + Days::new(1);
        date = Some(next_date);
        start = is_long.then(|| schedule.midnight(next_date)).filter(|midnight| *midnight < opening.end);
        Some(from.timestamp()..start.unwrap_or(opening.end).timestamp())
    })
}

fn round_up(value: i64, to_multiple_of: i64) -> i64 {
    (value + to_multiple_of - 1).div_euclid(to_multiple_of) * to_multiple_of
}

fn secs(minutes: u16) -> i64 {
    i64::from(minutes) * 60
}

fn at(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(secs, 0).expect("a grid start lies between two instants that were given")
}
