//! Real races for the same minutes (rules B13, B14): one service process on SQLite, two on PostgreSQL.
//!
//! `RACE_ROUNDS` sets how many rounds are run. With `RACE_WITHOUT_KEY=1` the primary key of the claims is dropped first on
//! PostgreSQL: then the tests must fail, which shows that it is what holds.

use chrono::{DateTime, TimeDelta, Utc};
use clinic_directory::bookings::BookingError;
use sea_orm::ConnectionTrait;

use crate::bookings_support::{CLINIC, assert_invariants, create, hold_at, instant};
use crate::support::{Backend, TestApp, TestDatabase, on_each_database};

const DEFAULT_ROUNDS: i64 = 10;
const TASKS: usize = 64;
/// Two days ahead, midnight in Austin; the clinic never closes.
const FIRST: &str = "2026-12-03T06:00:00Z";

fn rounds() -> i64 {
    std::env::var("RACE_ROUNDS").ok().map_or(DEFAULT_ROUNDS, |rounds| rounds.parse().expect("a number of rounds"))
}

/// The services that race: their own connections and caches, one database.
async fn services(database: &TestDatabase, capacity: u16, step_min: &str) -> Vec<TestApp> {
    let first = TestApp::empty(database).await;
    create(&first, capacity, "24/7").await;
    first.clinic(CLINIC).with("step_min", step_min).create().await;
    if database.backend == Backend::Sqlite {
        return vec![first];
    }
    if std::env::var_os("RACE_WITHOUT_KEY").is_some() {
        let drop = "ALTER TABLE slot_claims DROP CONSTRAINT slot_claims_pkey";
        first.state.db.execute_unprepared(drop).await.expect(drop);
    }
    vec![first, TestApp::empty(database).await]
}

/// Everybody holds at once; who got a seat. Whoever did not must have been told that the time is taken.
async fn race(services: &[TestApp], starts: impl Iterator<Item = DateTime<Utc>>) -> Vec<DateTime<Utc>> {
    let holds = starts.enumerate().map(|(i, at)| async move {
        match hold_at(&services[i % services.len()], at, None).await {
            Ok(held) => Some(held.starts_at),
            Err(BookingError::SlotTaken { .. }) => None,
            Err(error) => panic!("neither held nor taken: {error:?}"),
        }
    });
    futures_util::future::join_all(holds).await.into_iter().flatten().collect()
}

async fn b13(database: &TestDatabase, capacity: u16) {
    let services = services(database, capacity, "30").await;
    for round in 0..rounds() {
        let at = instant(FIRST) + TimeDelta::minutes(30 * round);
        let won = race(&services, std::iter::repeat_n(at, TASKS)).await;
        assert_eq!(won.len(), usize::from(capacity), "round {round}");
    }
    assert_invariants(&services[0].state.db, capacity).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b13_of_64_who_want_one_slot_one_gets_it() {
    on_each_database(async |database| b13(database, 1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b13_of_64_who_want_five_seats_five_get_one() {
    on_each_database(async |database| b13(database, 5).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b14_overlapping_halves_never_meet_above_the_capacity() {
    on_each_database(async |database| {
        let services = services(database, 2, "15").await;
        for round in 0..rounds() {
            let at = instant(FIRST) + TimeDelta::hours(round);
            let halves = [at, at + TimeDelta::minutes(15)].into_iter().cycle().take(TASKS / 2);
            let won = race(&services, halves).await;
            assert_eq!(won.len(), 2, "round {round}: {won:?}");
        }
        assert_invariants(&services[0].state.db, 2).await;
    })
    .await;
}
