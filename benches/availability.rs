//! What availability costs: `cargo bench --bench availability`.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use clinic_directory::availability::{Agenda, Claims, Schedule, buckets, open_state};
use clinic_directory::clinics::Policy;
use clinic_directory::clinics::hours::{SpecialDay, WeeklyHours, parse_special, parse_weekly};
use clinic_directory::clinics::status::StatusDates;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const WEEKS: [&str; 3] = ["Mo-Fr 09:00-17:00", "Mo-Fr 08:00-12:00,13:00-18:00; Sa 10:00-14:00; PH off", "24/7"];

/// How much of the horizon is booked, from its start.
const FULL_DAYS: [i64; 3] = [0, 14, 60];

struct Clinic {
    hours: WeeklyHours,
    special: Vec<SpecialDay>,
    policy: Policy,
    claims: Claims,
}

impl Clinic {
    fn new(hours: &str) -> Self {
        Self {
            hours: parse_weekly(hours).expect("the hours above are valid"),
            special: parse_special("2027-06-18 off; 2027-07-05 off").expect("these are valid"),
            policy: Policy::default(),
            claims: Claims::default(),
        }
    }

    /// Books every slot that starts within the first days.
    fn full_for(mut self, days: i64) -> Self {
        let schedule = self.schedule();
        let agenda = Agenda { schedule: &schedule, policy: &self.policy, claims: &self.claims, now: now() };
        let slots = agenda.slots(now()..now() + TimeDelta::days(days + 1));
        for slot in slots {
            self.claims.add(buckets(slot.starts_at, slot.ends_at), 1, None);
        }
        self
    }

    fn schedule(&self) -> Schedule<'_> {
        Schedule {
            zone: Tz::America__New_York,
            hours: Some(&self.hours),
            consultation_hours: None,
            special: &self.special,
            status: StatusDates::default(),
        }
    }
}

fn now() -> DateTime<Utc> {
    "2027-06-04T15:07:00Z".parse().expect("this is an instant")
}

#[divan::bench(args = WEEKS)]
fn open_now(bencher: Bencher, week: &str) {
    let clinic = Clinic::new(week);
    bencher.bench(|| open_state(black_box(&clinic.schedule()), black_box(now())));
}

#[divan::bench(args = WEEKS)]
fn slots_of_14_days(bencher: Bencher, week: &str) {
    slots(bencher, &Clinic::new(week));
}

#[divan::bench(args = WEEKS)]
fn slots_of_14_days_with_a_week_booked(bencher: Bencher, week: &str) {
    slots(bencher, &Clinic::new(week).full_for(7));
}

fn slots(bencher: Bencher, clinic: &Clinic) {
    bencher.bench(|| {
        let schedule = clinic.schedule();
        let agenda = Agenda { schedule: &schedule, policy: &clinic.policy, claims: &clinic.claims, now: now() };
        black_box(agenda).slots(now()..now() + TimeDelta::days(14))
    });
}

#[divan::bench(args = FULL_DAYS)]
fn next_slot_when_full_for_days(bencher: Bencher, days: i64) {
    let clinic = Clinic::new(WEEKS[1]).full_for(days);
    bencher.bench(|| {
        let schedule = clinic.schedule();
        let agenda = Agenda { schedule: &schedule, policy: &clinic.policy, claims: &clinic.claims, now: now() };
        black_box(agenda).next_slot()
    });
}

#[divan::bench]
fn why_not_this_start(bencher: Bencher) {
    let clinic = Clinic::new(WEEKS[1]).full_for(7);
    bencher.bench(|| {
        let schedule = clinic.schedule();
        let agenda = Agenda { schedule: &schedule, policy: &clinic.policy, claims: &clinic.claims, now: now() };
        black_box(agenda).explain(now() + TimeDelta::days(3))
    });
}
