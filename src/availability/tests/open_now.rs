//! Rule A10 against the merged openings and the dated status, asked instant by instant.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use proptest::prelude::*;

use super::strategies::clinic;
use super::*;
use crate::availability::openings::Openings;
use crate::availability::schedule::Purpose;
use crate::availability::{OpenState, Openness, open_state};

fn first_date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 3, 10).unwrap()
}

fn is_open(schedule: &Schedule, at: DateTime<Utc>) -> bool {
    let date = schedule.local_date(at);
    let mut openings = Openings::new(schedule, Purpose::Opening, date - Days::new(2), date + Days::new(2));
    schedule.status.is_open_on(date) && openings.any(|opening| opening.start <= at && at < opening.end)
}

/// Every five minutes from `now` up to `end`: all windows of the strategy start and end on such instants.
fn every_five_minutes(now: DateTime<Utc>, end: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
    (0..).map(move |count| now + TimeDelta::minutes(5 * count)).take_while(move |at| *at < end)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a10_the_state_is_right_and_lasts_exactly_as_long_as_it_says(
        clinic in clinic(first_date(), 10), after in 0i64..10 * 288
    ) {
        let schedule = clinic.schedule();
        let now = first_date().and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(5 * after);
        let state = open_state(&schedule, now);
        prop_assert!(state.valid_until > now);
        prop_assert_eq!(state.state == Openness::Open, is_open(&schedule, now));
        let change = state.until.or(state.next);
        let checked_to = change.unwrap_or(now + TimeDelta::days(5)).min(now + TimeDelta::days(5));
        for at in every_five_minutes(now, checked_to) {
            prop_assert_eq!(is_open(&schedule, at), state.state == Openness::Open, "{} within {:?}", at, state);
        }
        if let Some(change) = change {
            prop_assert_eq!(is_open(&schedule, change), state.next.is_some());
        }
    }

    #[test]
    fn a10_the_same_answer_comes_back_until_it_expires(
        clinic in clinic(first_date(), 10), after in 0i64..10 * 1440, thousandths in 0i32..1_000
    ) {
        let schedule = clinic.schedule();
        let now = first_date().and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(after);
        let state = open_state(&schedule, now);
        let later = now + (state.valid_until - now).checked_div(1_000).unwrap() * thousandths;
        let again = open_state(&schedule, later);
        let answer = |state: OpenState| (state.state, state.until, state.next);
        prop_assert_eq!(answer(again), answer(state));
    }
}
