//! Where and when together, on generated networks in memory: `cargo bench --bench joint`.
//!
//! A question starts where people live: at clinics of the network, which is spread by population.

use chrono::{DateTime, Utc};
use clinic_directory::clinics::{Flavour, generate::generate, import};
use clinic_directory::clock::Clock;
use clinic_directory::db;
use clinic_directory::directory::{Dates, Directory, Filter, Question, Snapshot, Sort, weigh};
use clinic_directory::geo::Metres;
use clinic_directory::web::Metrics;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

const SIZES: [u32; 2] = [10_000, 200_000];
/// Clinics whose next time is looked up as after a start.
const COLD: u32 = 64;
const SEED: u64 = 1;
const RADIUS_MI: f64 = 50.0;
const DAYS: u16 = 14;
const LIMIT: usize = 10;
/// Callers asked in one sample.
const CALLERS: usize = 500;

fn main() {
    divan::main();
}

fn now() -> DateTime<Utc> {
    "2027-06-04T15:07:00Z".parse().expect("this is an instant")
}

/// A network that was generated, imported and read, as a service does it.
fn directory(clinics: u32) -> Directory {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("bench.db").display());
        let db = db::open(&url).await.expect("a new database");
        let mut csv = Vec::new();
        generate(clinics, SEED, &mut csv).expect("in memory");
        let request = import::Request { file: &csv, flavour: Flavour::Spreadsheet, open: import::Open::Ask };
        import::load(&db, now(), request, |_| {}).await.expect("it is valid");
        let links = "http://127.0.0.1:8080".parse().expect("a URL");
        Directory::open(db, Clock::from_fn(now), links, Metrics::default()).await.expect("it reads")
    })
}

fn questions(snapshot: &Snapshot) -> Vec<Question> {
    let entries = snapshot.entries();
    let step = (entries.len() / CALLERS).max(1);
    let question = |from| Question {
        from,
        limit: LIMIT,
        radius: Metres::from_miles(RADIUS_MI),
        filter: Filter { times: Some(Dates { from: None, count: DAYS }), ..Filter::default() },
        sort: Sort::Distance,
        as_of: now(),
    };
    entries.iter().step_by(step).take(CALLERS).map(|entry| question(entry.point)).collect()
}

/// The median over callers is what counts: in the largest cities a circle of 50 miles holds a tenth of all clinics.
#[divan::bench(args = SIZES, sample_count = 10)]
fn best_10_within_50_miles(bencher: Bencher, clinics: u32) {
    let directory = directory(clinics);
    let snapshot = directory.snapshot();
    let mut questions = questions(&snapshot);
    let cost = |question: &Question| {
        let started = std::time::Instant::now();
        black_box(weigh(&snapshot, question, None));
        started.elapsed()
    };
    for question in &questions {
        let _warms_up = cost(question);
    }
    questions.sort_by_cached_key(cost);
    let median = &questions[questions.len() / 2];
    bencher.bench_local(|| weigh(&snapshot, black_box(median), None));
}

/// All callers, the largest cities included.
#[divan::bench(args = SIZES, sample_count = 3)]
fn best_10_within_50_miles_mean_of_callers(bencher: Bencher, clinics: u32) {
    let directory = directory(clinics);
    let snapshot = directory.snapshot();
    let questions = questions(&snapshot);
    let ask = |question| weigh(&snapshot, question, None).choices.len();
    bencher.counter(ItemsCount::new(questions.len())).bench_local(|| questions.iter().map(ask).sum::<usize>());
}

#[divan::bench(sample_count = 20)]
fn next_time_of_64_clinics_after_a_start(bencher: Bencher) {
    bencher.with_inputs(|| directory(COLD)).bench_local_values(|directory| {
        let snapshot = directory.snapshot();
        snapshot.entries().iter().filter_map(|entry| entry.next_slot(now())).count()
    });
}
