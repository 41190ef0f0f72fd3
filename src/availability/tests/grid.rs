//! Slots against the words of rules A4 to A9 and A14, applied one start at a time to openings read from far away.

use chrono::{Days, NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::strategies::{clinic, week};
use super::*;
use crate::availability::openings::Openings;
use crate::availability::schedule::Purpose;
use crate::availability::{Agenda, BUCKET_SECS, Claim, Claims, Slot, buckets};
use crate::clinics::Policy;
use crate::clinics::hours::{parse_special, parse_weekly};

/// The week of a fall-back, so that ordinary days and a 25-hour day are both inside.
fn first_date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 29).unwrap()
}

fn start() -> DateTime<Utc> {
    first_date().and_time(chrono::NaiveTime::MIN).and_utc()
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let fives = |from: u16, to: u16| (from / 5..=to / 5).prop_map(|count| count * 5);
    (fives(5, 120), fives(5, 120), fives(0, 60), 1u16..4, 0u16..4_000, 0u16..8).prop_map(
        |(duration_min, step_min, turnover_min, capacity, min_notice_min, horizon_days)| Policy {
            duration_min,
            step_min,
            turnover_min,
            capacity,
            min_notice_min,
            horizon_days,
            ..Policy::default()
        },
    )
}

/// Claims in the ten days after the first date, dense enough to fill slots; some are holds.
fn any_claims() -> impl Strategy<Value = Claims> {
    let claim = (0i64..10 * 288, 1i64..40, 1u16..5, prop::option::of(0i64..240));
    prop::collection::vec(claim, 0..60).prop_map(|claims| {
        let first = start().timestamp() / BUCKET_SECS;
        let rows = claims.into_iter().flat_map(|(bucket, length, seat, hours)| {
            let held_until = hours.map(|hours| start() + TimeDelta::hours(hours));
            (first + bucket..first + bucket + length).map(move |bucket| Claim { bucket, seat, held_until })
        });
        rows.collect()
    })
}

/// The rules read literally: every origin, every step, every condition by itself.
fn slots_by_the_words(agenda: &Agenda, range: &Range<DateTime<Utc>>) -> Vec<Slot> {
    let Agenda { schedule, policy, claims, now } = *agenda;
    let far = |at: DateTime<Utc>, days: i64| schedule.local_date(at + TimeDelta::days(days));
    let openings = Openings::new(schedule, Purpose::Consultation, far(range.start, -30), far(range.end, 30));
    let minutes = |count: u16| TimeDelta::minutes(count.into());
    let mut slots = Vec::new();
    for opening in openings {
        let midnights = schedule.local_date(opening.start).iter_days().map(|date| schedule.midnight(date));
        let inner = midnights.skip_while(|at| *at <= opening.start).take_while(|at| *at < opening.end);
        let is_long = opening.end - opening.start > TimeDelta::hours(26);
        let mut origins = vec![opening.start];
        origins.extend(inner.filter(|_| is_long));
        origins.push(opening.end);
        for pair in origins.windows(2) {
            let mut at = pair[0];
            while at.timestamp() % 300 != 0 {
                at += TimeDelta::seconds(1);
            }
            while at < pair[1] {
                let ends_at = at + minutes(policy.duration_min);
                let date = schedule.local_date(at);
                let bookable = at >= now + minutes(policy.min_notice_min)
                    && date <= schedule.local_date(now) + Days::new(policy.horizon_days.into());
                let remaining =
                    claims.remaining(&buckets(at, ends_at + minutes(policy.turnover_min)), policy.capacity, now);
                let offered = bookable && ends_at <= opening.end && range.contains(&at) && remaining > 0;
                if offered && schedule.status.is_open_on(date) {
                    slots.push(Slot { starts_at: at, ends_at, remaining });
                }
                at += minutes(policy.step_min);
            }
        }
    }
    slots
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a4_to_a9_slots_equal_the_words_of_the_rules(
        clinic in clinic(first_date(), 10), policy in any_policy(), claims in any_claims(),
        now in -48i64..200, from in 0i64..10 * 1440, length in 0i64..6 * 1440
    ) {
        let schedule = clinic.schedule();
        let now = start() + TimeDelta::hours(now);
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &claims, now };
        let from = start() + TimeDelta::minutes(from);
        let range = from..from + TimeDelta::minutes(length);
        prop_assert_eq!(agenda.slots(range.clone()), slots_by_the_words(&agenda, &range));
    }

    #[test]
    fn a4_the_grid_does_not_depend_on_the_query_range(
        clinic in clinic(first_date(), 10), policy in any_policy(), cuts in prop::collection::vec(0i64..10 * 1440, 1..6)
    ) {
        let schedule = clinic.schedule();
        let policy = Policy { min_notice_min: 0, horizon_days: 30, ..policy };
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &Claims::default(), now: start() };
        let mut cuts: Vec<_> = cuts.into_iter().map(|minute| start() + TimeDelta::minutes(minute)).collect();
        cuts.extend([start(), start() + TimeDelta::days(10)]);
        cuts.sort();
        let in_pieces: Vec<_> = cuts.windows(2).flat_map(|cut| agenda.slots(cut[0]..cut[1])).collect();
        prop_assert_eq!(in_pieces, agenda.slots(start()..start() + TimeDelta::days(10)));
    }

    #[test]
    fn a4_the_grid_does_not_depend_on_bookings_or_now(
        clinic in clinic(first_date(), 10), policy in any_policy(), claims in any_claims(), now in 0i64..240
    ) {
        let schedule = clinic.schedule();
        let whole = days_after(start(), 0..240);
        let free = Policy { min_notice_min: 0, horizon_days: 30, ..policy };
        let empty = Agenda { schedule: &schedule, policy: &free, claims: &Claims::default(), now: start() };
        let grid: Vec<_> = empty.slots(whole.clone()).iter().map(|slot| slot.starts_at).collect();
        let busy = Agenda { policy: &policy, claims: &claims, now: start() + TimeDelta::hours(now), ..empty };
        for slot in busy.slots(whole) {
            prop_assert!(grid.binary_search(&slot.starts_at).is_ok(), "{} is off the grid", slot.starts_at);
        }
    }

    #[test]
    fn the_next_slot_is_the_first_of_all_and_explain_agrees_with_the_list(
        clinic in clinic(first_date(), 10), policy in any_policy(), claims in any_claims(), now in 0i64..200,
        asked in prop::collection::vec(0i64..10 * 288, 20)
    ) {
        let schedule = clinic.schedule();
        let now = start() + TimeDelta::hours(now);
        let agenda = Agenda { schedule: &schedule, policy: &policy, claims: &claims, now };
        let all = agenda.slots(days_after(start(), -240..2_400));
        prop_assert_eq!(agenda.next_slot(), all.first().copied());
        let asked = asked.into_iter().map(|bucket| start() + TimeDelta::seconds(bucket * BUCKET_SECS));
        for at in asked.chain(all.iter().map(|slot| slot.starts_at)) {
            let listed = all.iter().find(|slot| slot.starts_at == at).copied();
            prop_assert_eq!(agenda.explain(at).ok(), listed, "{}", at);
        }
    }

    #[test]
    fn a4_merged_openings_are_sorted_and_apart(clinic in clinic(first_date(), 10), consulting: bool) {
        let schedule = clinic.schedule();
        let purpose = if consulting { Purpose::Consultation } else { Purpose::Opening };
        let openings: Vec<_> = Openings::new(&schedule, purpose, first_date(), first_date() + Days::new(12)).collect();
        prop_assert!(openings.iter().all(|opening| opening.start < opening.end));
        prop_assert!(openings.windows(2).all(|pair| pair[0].end < pair[1].start));
    }

    #[test]
    fn i6_consultations_default_to_opening_hours(hours in week()) {
        let clinic = Clinic::new(Tz::America__New_York, hours);
        let schedule = clinic.schedule();
        let dates = || (first_date(), first_date() + Days::new(9));
        let of = |purpose| Openings::new(&schedule, purpose, dates().0, dates().1).collect::<Vec<_>>();
        prop_assert_eq!(of(Purpose::Consultation), of(Purpose::Opening));
    }
}

#[test]
fn i6_on_special_days_consultations_are_cut_to_the_special_hours() {
    let mut clinic = Clinic::new(Tz::America__New_York, parse_weekly("Mo-Su 08:00-20:00; PH off").unwrap());
    clinic.consultation_hours = Some(parse_weekly("Mo-Fr 10:00-12:00,14:00-16:00").unwrap());
    clinic.special = parse_special("2026-11-03 11:00-15:00; 2026-11-04 off; 2026-11-07 09:00-18:00").unwrap();
    let policy = Policy { duration_min: 60, step_min: 60, min_notice_min: 0, ..Policy::default() };
    let agenda = Agenda { schedule: &clinic.schedule(), policy: &policy, claims: &Claims::default(), now: start() };
    let starts = |date: &str| {
        let midnight = clinic.schedule().midnight(date.parse().unwrap());
        let slots = agenda.slots(days_after(midnight, 0..24));
        slots.iter().map(|slot| (slot.starts_at - midnight).num_hours()).collect::<Vec<_>>()
    };
    assert_eq!(starts("2026-11-02"), [10, 11, 14, 15]);
    assert_eq!(starts("2026-11-03"), [11, 14]);
    assert!(starts("2026-11-04").is_empty());
    assert!(starts("2026-11-07").is_empty(), "no consultations on a Saturday, special or not");
    assert!(starts("2026-11-11").is_empty(), "Veterans Day closes consultations with the clinic");
}

#[test]
fn i6_consultations_may_keep_holidays_on_which_the_clinic_is_open() {
    let mut clinic = Clinic::new(Tz::America__New_York, parse_weekly("Mo-Su 08:00-20:00").unwrap());
    clinic.consultation_hours = Some(parse_weekly("Mo-Su 10:00-12:00; PH off").unwrap());
    let schedule = clinic.schedule();
    let veterans_day = NaiveDate::from_ymd_opt(2026, 11, 11).unwrap();
    let count = |purpose| Openings::new(&schedule, purpose, veterans_day, veterans_day).count();
    assert_eq!((count(Purpose::Opening), count(Purpose::Consultation)), (1, 0));
}

#[test]
fn the_next_slot_is_found_on_the_last_day_of_a_full_horizon_and_not_after_it() {
    let clinic = Clinic::new(Tz::America__New_York, parse_weekly("Mo-Su 09:00-09:30").unwrap());
    let (schedule, mut claims) = (clinic.schedule(), Claims::default());
    let next = |claims: &Claims, horizon_days: u16| {
        let policy = Policy { horizon_days, ..Policy::default() };
        Agenda { schedule: &schedule, policy: &policy, claims, now: start() }.next_slot().map(|slot| slot.starts_at)
    };
    while let Some(taken) = next(&claims, 59) {
        claims.add(buckets(taken, taken + TimeDelta::minutes(30)), 1, None);
    }
    let last_day = schedule.local_date(start()) + Days::new(60);
    assert_eq!(next(&claims, 60), Some(schedule.midnight(last_day) + TimeDelta::hours(9)));
}

#[test]
fn a4_a_chain_of_twenty_six_hours_does_not_restart_and_a_longer_one_does() {
    let starts = |hours: &str| {
        let clinic = Clinic::new(Tz::America__New_York, parse_weekly(hours).unwrap());
        let policy = Policy { duration_min: 50, step_min: 50, min_notice_min: 0, ..Policy::default() };
        let agenda = Agenda { schedule: &clinic.schedule(), policy: &policy, claims: &Claims::default(), now: start() };
        let tuesday = utc("2026-11-03T05:00:00Z");
        agenda.slots(tuesday..tuesday + TimeDelta::hours(1)).iter().map(|slot| slot.starts_at).collect::<Vec<_>>()
    };
    assert_eq!(starts("Mo 22:00-24:00; Tu 00:00-24:00"), [utc("2026-11-03T05:30:00Z")]);
    assert_eq!(starts("Mo 21:55-24:00; Tu 00:00-24:00"), [utc("2026-11-03T05:00:00Z"), utc("2026-11-03T05:50:00Z")]);
}
