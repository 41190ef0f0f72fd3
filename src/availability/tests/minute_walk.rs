//! Rules A1 to A5 around every clock change, against a walk over the minutes of UTC that only reads the local clock.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};

use super::*;
use crate::availability::openings::Openings;
use crate::availability::schedule::Purpose;
use crate::availability::{Agenda, Claims};
use crate::clinics::Policy;
use crate::clinics::hours::{parse_special, parse_weekly};

/// Days walked before and after the date in question, enough for a chain to show that it is long.
const AROUND: u64 = 3;

/// Weeks that meet a clock change in every way: across it, inside the gap or the fold, up to it, from it, all day.
const WEEKS: [&str; 11] = [
    "Mo-Su 13:00-17:00,08:58-12:03",
    "Mo-Su 00:30-06:00,01:00-02:30",
    "Mo-Su 00:00-04:00",
    "Mo-Su 01:00-02:00",
    "Mo-Su 02:00-03:00",
    "Mo-Su 02:30-05:00,01:15-01:45",
    "Mo-Su 01:30-01:15",
    "Sa,Su 22:00-02:07",
    "Mo-Sa 20:00-01:30; Su 01:00-24:00",
    "Sa-Mo 00:00-24:00",
    "24/7",
];

/// Special hours by days from the date in question.
const SPECIALS: [&[(i64, &str)]; 3] = [&[], &[(0, "off")], &[(-1, "18:00-02:30"), (0, "01:30-03:00,23:00-01:00")]];

struct Walk {
    /// The first minute of the walk.
    start: DateTime<Utc>,
    /// What the clock on the wall shows at each minute.
    local: Vec<NaiveDateTime>,
}

impl Walk {
    fn around(zone: Tz, date: NaiveDate) -> Self {
        let start = (date - Days::new(AROUND)).and_time(NaiveTime::MIN).and_utc();
        let minutes = i64::try_from(2 * AROUND + 2).unwrap() * 1440;
        let local = (0..minutes).map(|minute| {
            let at = start + TimeDelta::minutes(minute);
            at.with_timezone(&zone).naive_local()
        });
        Self { start, local: local.collect() }
    }

    /// Rule A2 without knowing about gaps and folds: the first minute at which the clock shows this time or a later
    /// one.
    fn first_showing(&self, date: NaiveDate, minute: u16) -> usize {
        let time = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute.into());
        // No clock is a day ahead of UTC, so the minutes before that need no look.
        let unread = (time.and_utc() - self.start).num_minutes() - 1440;
        let skipped = usize::try_from(unread).unwrap_or(0).min(self.local.len());
        let found = self.local[skipped..].iter().position(|local| *local >= time);
        found.map_or(self.local.len(), |found| skipped + found)
    }

    /// Rules A1 and A3, window by window, minute by minute.
    fn open_minutes(&self, clinic: &Clinic) -> Vec<bool> {
        let mut open = vec![false; self.local.len()];
        let (first, last) = (self.local[0].date(), self.local[self.local.len() - 1].date());
        for date in first.iter_days().take_while(|date| *date <= last) {
            let special_on = |date: NaiveDate| clinic.special.iter().find(|day| day.on == date);
            let windows = special_on(date).map_or(clinic.hours.on(date), |day| &day.windows[..]);
            let clip = special_on(date + Days::new(1)).map_or(self.local.len(), |day| self.first_showing(day.on, 0));
            for window in windows {
                let (opens, closes) = (window.open().minutes(), window.close().minutes());
                let close_date = if closes <= opens { date + Days::new(1) } else { date };
                let end = self.first_showing(close_date, closes).min(clip);
                (self.first_showing(date, opens)..end).for_each(|minute| open[minute] = true);
            }
        }
        open
    }

    /// Rules A4 and A5 with a duration and step of 30 minutes: walks on from minute to minute and counts.
    fn slot_starts(&self, open: &[bool]) -> Vec<DateTime<Utc>> {
        const LENGTH: usize = 30;
        let open_for = run_lengths(open.iter().rev()).into_iter().rev().collect::<Vec<_>>();
        let open_since = run_lengths(open.iter());
        let mut starts = Vec::new();
        let mut origin = 0;
        for minute in 1..open.len() {
            let opens = open[minute] && !open[minute - 1];
            let midnight = self.local[minute].date() > self.local[minute - 1].date();
            let chain = open_since[minute] + open_for[minute] - usize::from(open[minute]);
            if opens || (midnight && chain > 26 * 60) {
                origin = minute.next_multiple_of(5);
            }
            let fits = open_for[minute] >= LENGTH;
            if fits && minute >= origin && (minute - origin).is_multiple_of(LENGTH) {
                starts.push(self.start + TimeDelta::minutes(i64::try_from(minute).unwrap()));
            }
        }
        starts
    }
}

/// For each minute the number of open minutes in a row up to it, itself included.
fn run_lengths<'a>(open: impl Iterator<Item = &'a bool>) -> Vec<usize> {
    let mut run = 0;
    open.map(|open| {
        run = if *open { run + 1 } else { 0 };
        run
    })
    .collect()
}

/// The local dates of 2026 to 2030 on which the zone's offset changes.
fn transition_dates(zone: Tz) -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let offset = |date: NaiveDate| zone.offset_from_utc_datetime(&date.and_time(NaiveTime::MIN)).fix();
    let dates = first.iter_days().take_while(|date| *date < NaiveDate::from_ymd_opt(2031, 1, 1).unwrap());
    dates.filter(|date| offset(*date) != offset(*date + Days::new(1))).collect()
}

fn clinics(zone: Tz, date: NaiveDate) -> impl Iterator<Item = Clinic> {
    WEEKS.into_iter().flat_map(move |week| {
        SPECIALS.into_iter().map(move |special| {
            let days = special.iter().map(|(offset, hours)| format!("{} {hours}", date + TimeDelta::days(*offset)));
            let special = parse_special(&days.collect::<Vec<_>>().join("; ")).unwrap();
            Clinic { special, ..Clinic::new(zone, parse_weekly(week).unwrap()) }
        })
    })
}

fn check(walk: &Walk, clinic: &Clinic, date: NaiveDate) {
    let schedule = clinic.schedule();
    let walked = walk.open_minutes(clinic);
    let around = (date - Days::new(AROUND + 2), date + Days::new(AROUND + 2));
    let mut openings = vec![false; walked.len()];
    for opening in Openings::new(&schedule, Purpose::Opening, around.0, around.1) {
        let minute =
            |at: DateTime<Utc>| usize::try_from((at - walk.start).num_minutes().max(0)).unwrap().min(walk.local.len());
        openings[minute(opening.start)..minute(opening.end)].fill(true);
    }
    // The ends of the walk lack the windows of the dates beyond it.
    let inner = 2 * 1440..walked.len() - 2 * 1440;
    assert!(openings[inner.clone()] == walked[inner], "openings of {clinic:?} around {date}");

    let day = schedule.midnight(date)..schedule.midnight(date + Days::new(1));
    let policy = Policy { min_notice_min: 0, ..Policy::default() };
    let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &Claims::default(), now: walk.start };
    let slots: Vec<_> = agenda.slots(day.clone()).iter().map(|slot| slot.starts_at).collect();
    let expected: Vec<_> = walk.slot_starts(&walked).into_iter().filter(|at| day.contains(at)).collect();
    assert_eq!(slots, expected, "slots of {clinic:?} on {date}");
}

#[test]
fn a2_openings_and_slots_agree_with_a_minute_walk_around_every_clock_change_of_five_years() {
    let elsewhere = transition_dates(Tz::America__New_York);
    assert_eq!(elsewhere.len(), 10);
    for zone in US_ZONES {
        let own = transition_dates(zone);
        // Zones without clock changes are walked on the days on which others change: the trap is to follow them.
        let dates = if own.is_empty() { &elsewhere } else { &own };
        for date in dates {
            let walk = Walk::around(zone, *date);
            clinics(zone, *date).for_each(|clinic| check(&walk, &clinic, *date));
        }
    }
}
