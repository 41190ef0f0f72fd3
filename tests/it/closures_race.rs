//! Editors close a day while visitors take its times (rule B16): one service process on SQLite, two on PostgreSQL.
//!
//! Whatever commits first, in the end no visit is left on a closed day and none is lost: a hold is judged by the closure, or
//! the closure has seen its visit. The database itself writes down which data version each booking was made at.
//! `RACE_ROUNDS` sets how many rounds are run, 50 for example.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::http::Method;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use clinic_directory::clinics::store as clinics;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::bookings_support::{assert_invariants, count, form, new_key, post, post_with_key, slug};
use crate::support::{Backend, Client, TestApp, TestDatabase, on_each_database};

const DEFAULT_ROUNDS: u64 = 5;
const VISITORS: usize = 64;
/// So many have a time before the editor acts, and so many come once the editor is done; the others race.
const EARLY: usize = 8;
const LATE: usize = 8;
const CAPACITY: u16 = 3;
/// In Texas; visitors go to these.
const VISITED: [&str; 4] = ["T0", "T1", "T2", "T3"];
/// The whole network, most of it elsewhere.
const CLINICS: usize = 3_000;
/// The first day, two days ahead; each round has another.
const FIRST: &str = "2026-12-03";

fn rounds() -> u64 {
    std::env::var("RACE_ROUNDS").ok().map_or(DEFAULT_ROUNDS, |rounds| rounds.parse().expect("a number of rounds"))
}

fn day_of(round: u64) -> NaiveDate {
    FIRST.parse::<NaiveDate>().expect("a date") + Days::new(round)
}

/// Midnight in Texas.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(6, 0, 0).expect("an hour").and_utc()
}

/// The services that race: their own connections and memories, one database.
async fn services(database: &TestDatabase) -> Vec<TestApp> {
    let first = TestApp::empty(database).await;
    let mut csv = "code,name,city,state,lat,lon,capacity,hours\n".to_owned();
    for code in VISITED {
        csv += &format!("{code},N,Austin,TX,30.2672,-97.7431,{CAPACITY},24/7\n");
    }
    for number in VISITED.len()..CLINICS {
        csv += &format!("M{number},N,Boston,MA,42.3,-71.1,1,Mo-Fr 09:00-17:00\n");
    }
    first.import(csv).await;
    write_down_versions(&first, database.backend).await;
    if database.backend == Backend::Sqlite {
        return vec![first];
    }
    vec![first, TestApp::empty(database).await]
}

/// From here on the database knows the data version that was committed when each booking was made.
async fn write_down_versions(app: &TestApp, backend: Backend) {
    const TABLE: &str = "CREATE TABLE made_at (booking_id bigint NOT NULL, data_version bigint NOT NULL)";
    const INSERT: &str = "INSERT INTO made_at SELECT NEW.id, data_version FROM networks;";
    let statements = match backend {
        Backend::Sqlite => {
            vec![TABLE.to_owned(), format!("CREATE TRIGGER write_down AFTER INSERT ON bookings BEGIN {INSERT} END")]
        }
        Backend::Postgres => vec![
            TABLE.to_owned(),
            format!(
                "CREATE FUNCTION write_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {INSERT} RETURN NULL; END $$"
            ),
            "CREATE TRIGGER write_down AFTER INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION write_down()".to_owned(),
        ],
    };
    for statement in statements {
        app.state.db.execute_unprepared(&statement).await.expect("a trigger");
    }
}

/// What became of those who tried.
#[derive(Debug, Default)]
struct Told {
    booked: usize,
    /// Held in vain: the closure ended the hold.
    released: usize,
    /// The day was closed already.
    closed: usize,
}

/// Every visitor holds a time of the day and books it; the editor acts once some of them have theirs.
async fn race(services: &[TestApp], day: NaiveDate, edit: impl Future<Output = ()>) -> Told {
    let (have_theirs, is_edited) = (AtomicUsize::new(0), AtomicBool::new(false));
    let early_have_theirs = || have_theirs.load(Ordering::Relaxed) >= EARLY;
    let visitors = futures_util::future::join_all((0..VISITORS).map(|number| {
        let app = &services[number % services.len()];
        let (have_theirs, is_edited, early_have_theirs) = (&have_theirs, &is_edited, &early_have_theirs);
        async move {
            if number >= VISITORS - LATE {
                until(|| is_edited.load(Ordering::Relaxed)).await;
            } else if number >= EARLY {
                until(early_have_theirs).await;
            }
            let outcome = visit(app, number, day).await;
            have_theirs.fetch_add(1, Ordering::Relaxed);
            outcome
        }
    }));
    let editor = async {
        until(early_have_theirs).await;
        edit.await;
        is_edited.store(true, Ordering::Relaxed);
    };
    let (outcomes, ()) = tokio::join!(visitors, editor);
    let how_many = |wanted: &str| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let told = Told { booked: how_many("booked"), released: how_many("released"), closed: how_many("closed") };
    assert_eq!(told.booked + told.released + told.closed, VISITORS, "{outcomes:?}");
    assert!(told.booked + told.released >= EARLY, "the early ones have theirs: {told:?}");
    assert!(told.closed >= LATE, "the late ones come too late: {told:?}");
    told
}

async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

async fn visit(app: &TestApp, number: usize, day: NaiveDate) -> &'static str {
    let starts_at = midnight(day) + TimeDelta::minutes(30 * i64::try_from(number / 2).expect("small"));
    let wanted = json!({ "clinic": slug(app, VISITED[number % VISITED.len()]), "starts_at": starts_at.to_rfc3339() });
    let held = post(app, "/api/v1/holds", &wanted).await;
    if held.status() != 201 {
        held.problem(422, "not_offered");
        return "closed";
    }
    let booked = post_with_key(app, "/api/v1/bookings", &new_key(), &form(&held.json())).await;
    if booked.status() != 201 {
        booked.problem(410, "hold_released");
        return "released";
    }
    "booked"
}

async fn number(app: &TestApp, sql: &str) -> usize {
    usize::try_from(count(&app.state.db, sql).await).expect("not negative")
}

/// Every visit of a day that was booked waits on the work list, and nobody holds a time there.
async fn assert_none_is_left(app: &TestApp, day: NaiveDate, told: &Told, round: u64) {
    let of_day = format!("local_starts LIKE '{day}%'");
    let standing = format!("SELECT count(*) FROM bookings WHERE {of_day} AND status IN ('held', 'confirmed')");
    assert_eq!(number(app, &standing).await, 0, "visits on a closed day, round {round}: {told:?}");
    let listed = format!(
        "SELECT count(*) FROM bookings b JOIN rebookings r ON r.booking_id = b.id \
         WHERE {of_day} AND b.status = 'needs_rebooking'"
    );
    assert_eq!(number(app, &listed).await, told.booked, "on the work list, round {round}: {told:?}");
    assert_invariants(&app.state.db, CAPACITY).await;
}

/// Nobody was given a time by a record that was no longer the committed one.
async fn assert_none_is_made_after(app: &TestApp, day: NaiveDate, version: i64, round: u64) {
    let late = format!(
        "SELECT count(*) FROM bookings b JOIN made_at m ON m.booking_id = b.id \
         WHERE b.local_starts LIKE '{day}%' AND m.data_version >= {version}"
    );
    assert_eq!(number(app, &late).await, 0, "times given after version {version}, round {round}");
}

async fn version(app: &TestApp) -> i64 {
    clinics::data_version(&app.state.db).await.expect("readable")
}

/// An editor at the last service, so that on PostgreSQL it is not the one with most visitors.
async fn editor(services: &[TestApp]) -> Client {
    services[services.len() - 1].editor().await
}

async fn close(editor: &Client, scope: &Value, day: NaiveDate) {
    let closure = json!({ "scope": scope, "from": day, "to": day, "confirm": true, "note": "Storm" });
    let closed = editor.post("/api/v1/admin/closures", &closure).await;
    assert_eq!(closed.status(), 201, "{}", closed.text());
}

async fn closures_race(database: &TestDatabase, scope: impl Fn() -> Value) {
    let services = services(database).await;
    let editor = editor(&services).await;
    for round in 0..rounds() {
        let day = day_of(round);
        let told = race(&services, day, close(&editor, &scope(), day)).await;
        assert_none_is_left(&services[0], day, &told, round).await;
        assert_none_is_made_after(&services[0], day, version(&services[0]).await, round).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b16_clinics_close_while_their_times_are_taken() {
    on_each_database(async |database| closures_race(database, || json!({ "clinics": VISITED })).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b16_a_state_closes_while_its_times_are_taken() {
    on_each_database(async |database| closures_race(database, || json!({ "state": "TX" })).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b16_the_whole_network_closes_while_its_times_are_taken() {
    on_each_database(async |database| closures_race(database, || json!({ "all": true })).await).await;
}

async fn edit(editor: &Client, method: Method, address: &str, body: &Value) {
    for code in VISITED {
        let path = format!("/api/v1/admin/clinics/{code}{address}");
        let edited = editor.send(method.clone(), &path, body).header("if-match", "*").await;
        assert_eq!(edited.status(), 200, "{}", edited.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b16_clinics_get_a_last_day_while_times_after_it_are_taken() {
    on_each_database(async |database| {
        let services = services(database).await;
        let editor = editor(&services).await;
        for round in 0..rounds() {
            let day = day_of(round);
            let closed_on = json!({ "closed_on": day });
            let told = race(&services, day, edit(&editor, Method::PATCH, "?confirm=true", &closed_on)).await;
            assert_none_is_left(&services[0], day, &told, round).await;
            assert_none_is_made_after(&services[0], day, version(&services[0]).await, round).await;
            // Open again for the next round.
            edit(&editor, Method::PATCH, "", &json!({ "closed_on": null, "status": "open" })).await;
            services[0].refresh().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b18_hours_change_while_times_outside_of_them_are_taken() {
    on_each_database(async |database| {
        let services = services(database).await;
        let editor = editor(&services).await;
        for round in 0..rounds() {
            let day = day_of(round);
            let off = json!({ "hours": "24/7", "special_hours": format!("{day} off") });
            let told = race(&services, day, edit(&editor, Method::PUT, "/hours", &off)).await;
            assert_eq!(told.released, 0, "hours end no hold, round {round}: {told:?}");
            for code in VISITED {
                let change = "SELECT data_version FROM clinics WHERE code = ";
                let changed = count(&services[0].state.db, &format!("{change}'{code}'")).await;
                assert_none_is_made_there_after(&services[0], code, day, changed, round).await;
            }
        }
    })
    .await;
}

async fn assert_none_is_made_there_after(app: &TestApp, code: &str, day: NaiveDate, version: i64, round: u64) {
    let late = format!(
        "SELECT count(*) FROM bookings b JOIN made_at m ON m.booking_id = b.id JOIN clinics c ON c.id = b.clinic_id \
         WHERE c.code = '{code}' AND b.local_starts LIKE '{day}%' AND m.data_version >= {version}"
    );
    assert_eq!(number(app, &late).await, 0, "times given by old hours at {code}, round {round}");
}
