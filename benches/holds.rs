//! Holding times as fast as the database allows: `cargo bench --bench holds`.
//!
//! On a SQLite file (`synchronous=FULL`), and on the PostgreSQL of `BENCH_POSTGRES_URL`, a database of its own that is
//! emptied. Rates are of the verb, which HTTP adds some tens of microseconds to. Prints a table.

#![expect(clippy::print_stdout, reason = "a table for people")]

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use clinic_directory::app::{AppState, Settings};
use clinic_directory::bookings::subjects::ErasureLog;
use clinic_directory::bookings::{BookingError, HoldRequest, Limits, hold};
use clinic_directory::clinics::{Flavour, import};
use clinic_directory::clock::Clock;
use clinic_directory::db::{self, Direction};
use clinic_directory::token::SecretKey;
use clinic_directory::web::Appearance;

const CLIENTS: [usize; 3] = [1, 8, 32];
const RUN: Duration = Duration::from_secs(5);
const CLINICS: usize = 200;
/// Everybody wants one slot, this often.
const ROUNDS: usize = 100;
const RIVALS: usize = 64;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    println!("{:<12} {:>8} {:>12}", "database", "clients", "holds/s");
    let folder = tempfile::tempdir()?;
    run("sqlite", &format!("sqlite://{}", folder.path().join("holds.db").display())).await?;
    match std::env::var("BENCH_POSTGRES_URL") {
        Ok(url) => run("postgresql", &url).await?,
        Err(_) => println!("postgresql   not measured: BENCH_POSTGRES_URL is not set"),
    }
    Ok(())
}

fn now() -> DateTime<Utc> {
    Clock::system().now()
}

async fn run(name: &str, url: &str) -> anyhow::Result<()> {
    let state = Arc::new(start(url).await?);
    let wanted = Arc::new(slots(&state));
    let next = Arc::new(AtomicUsize::new(0));
    for clients in CLIENTS {
        let held = distinct(&state, &wanted, &next, clients).await?;
        println!("{name:<12} {clients:>8} {:>12.0}", f64::from(held) / RUN.as_secs_f64());
    }
    let mut losers = Vec::new();
    for _ in 0..ROUNDS {
        let one = wanted[next.fetch_add(1, Ordering::Relaxed)];
        losers.extend(fight(&state, one).await?);
    }
    losers.sort_unstable();
    let at = |share: usize| losers[(losers.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    println!("{name:<12} {RIVALS} for one slot: losers hear so after {:.1} ms (p50), {:.1} ms (p99)", at(50), at(99));
    Ok(())
}

async fn start(url: &str) -> anyhow::Result<AppState> {
    let db = db::open(url).await?;
    while db::status(&db).await?.iter().any(|(_, is_applied)| *is_applied) {
        db::migrate(&db, Direction::Down).await?;
    }
    db::migrate(&db, Direction::Up).await?;
    let mut csv = String::from("code,name,city,state,zip,hours\n");
    for number in 0..CLINICS {
        writeln!(csv, "C{number},Sample Clinic {number},Austin,TX,78701,24/7")?;
    }
    let request = import::Request { file: csv.as_bytes(), flavour: Flavour::Spreadsheet, open: import::Open::Ask };
    import::load(&db, now(), request, |_| {}).await?;
    let settings = Settings {
        links: "http://127.0.0.1:8080".parse().map_err(anyhow::Error::msg)?,
        proxies: "".parse().map_err(anyhow::Error::msg)?,
        has_metrics_listener: false,
        secret: SecretKey::new("a key of the benchmark, long enough to be one")?,
        limits: Limits::default(),
        erasures: ErasureLog::at("/dev/null".into()),
        appearance: Appearance::default(),
    };
    AppState::new(db, Clock::system(), settings).await
}

/// Clinic and start, so that neighbours in the list are of different clinics.
fn slots(state: &AppState) -> Vec<(usize, DateTime<Utc>)> {
    let snapshot = state.directory.snapshot();
    let first = snapshot.entries()[0].next_slot(now()).expect("open all day").starts_at + chrono::TimeDelta::days(1);
    let starts = (0..48 * 40).map(|half_hour| first + chrono::TimeDelta::minutes(30) * half_hour);
    starts.flat_map(|start| (0..CLINICS).map(move |clinic| (clinic, start))).collect()
}

type Slots = Arc<Vec<(usize, DateTime<Utc>)>>;

async fn distinct(
    state: &Arc<AppState>,
    wanted: &Slots,
    next: &Arc<AtomicUsize>,
    clients: usize,
) -> anyhow::Result<u32> {
    let until = Instant::now() + RUN;
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (state, wanted, next) = (Arc::clone(state), Arc::clone(wanted), Arc::clone(next));
            tokio::spawn(async move {
                let mut held = 0;
                while Instant::now() < until {
                    try_hold(&state, wanted[next.fetch_add(1, Ordering::Relaxed)]).await?;
                    held += 1;
                }
                Ok::<u32, BookingError>(held)
            })
        })
        .collect();
    let mut held = 0;
    for task in tasks {
        held += task.await??;
    }
    Ok(held)
}

async fn try_hold(state: &AppState, (clinic, starts_at): (usize, DateTime<Utc>)) -> Result<(), BookingError> {
    let snapshot = state.directory.snapshot();
    let entry = &snapshot.entries()[clinic];
    let request = HoldRequest { clinic: entry.id, starts_at, visitor: None, override_reason: None, staff: None };
    hold(&state.bookings, &request, None).await.map(drop)
}

/// How long each loser waited.
async fn fight(state: &Arc<AppState>, slot: (usize, DateTime<Utc>)) -> anyhow::Result<Vec<Duration>> {
    let rivals: Vec<_> = (0..RIVALS)
        .map(|_| {
            let state = Arc::clone(state);
            tokio::spawn(async move {
                let started = Instant::now();
                (try_hold(&state, slot).await.is_err(), started.elapsed())
            })
        })
        .collect();
    let mut losers = Vec::new();
    for rival in rivals {
        let (has_lost, waited) = rival.await?;
        losers.extend(has_lost.then_some(waited));
    }
    anyhow::ensure!(losers.len() == RIVALS - 1, "{} of {RIVALS} lost", losers.len());
    Ok(losers)
}
