//! `kill -9` under load (rule B20): what was acknowledged is there, what was refused is not, and whoever heard
//! nothing asks again with the same key and gets the first answer. `KILLS` sets how often.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bookings_support::{assert_invariants, count};
use crate::support::{Backend, TestDatabase, on_each_database};

const DEFAULT_KILLS: u64 = 5;
const VISITORS: u64 = 6;
const CAPACITY: u16 = 100;
/// Slots of half an hour, two days ahead and later.
const SLOTS: u64 = 48 * 40;

/// The real program on a port of its own.
struct Service {
    child: Child,
    port: u16,
}

impl Service {
    async fn start(database: &TestDatabase) -> Self {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_clinic-directory"));
        // Beside SQLite the key is a file, which has to be whole after each kill.
        match database.backend {
            Backend::Sqlite => command.env_remove("CLINIC_DIRECTORY_SECRET_KEY"),
            Backend::Postgres => {
                command.env("CLINIC_DIRECTORY_SECRET_KEY", "a key of the tests, long enough to be one")
            }
        };
        let child = command
            .current_dir(database.folder.path())
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--load", "clinics.csv", "--log", "warn"])
            .env("DATABASE_URL", &database.url)
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let service = Self { child, port };
        for _ in 0..600 {
            if ask(port, "GET", "/readyz", None, &Value::Null).await.is_some_and(|(status, _)| status == 200) {
                return service;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the program does not answer");
    }

    /// SIGKILL: nothing of the program runs any more.
    fn kill(mut self) {
        self.child.kill().expect("it was alive");
        self.child.wait().expect("it is gone");
    }
}

/// One request on a connection of its own; `None` when no whole answer came back.
async fn ask(port: u16, method: &str, path: &str, key: Option<&str>, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let key = key.map_or_else(String::new, |key| format!("Idempotency-Key: {key}\r\n"));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n{key}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    // An answer that was cut off is none.
    (length == Some(body.len())).then_some(())?;
    Some((status, serde_json::from_str(body).unwrap_or(Value::Null)))
}

/// What a visitor asked for and heard; `None` is silence.
#[derive(Clone, Debug)]
struct Attempt {
    form: Value,
    heard: Option<(u16, Value)>,
}

type Attempts = BTreeMap<String, Attempt>;

/// Holds and books one slot after the other until nobody answers. Each hold is booked twice, under two keys: the second
/// must be refused for good.
async fn visit(port: u16, clinic: String, first_day: chrono::DateTime<chrono::Utc>) -> Attempts {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let mut attempts = Attempts::new();
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let slot = i64::try_from(number % SLOTS).expect("a small number");
        let starts_at = (first_day + chrono::TimeDelta::minutes(30 * slot)).to_rfc3339();
        let hold = json!({ "clinic": clinic, "starts_at": starts_at });
        let Some((201, hold)) = ask(port, "POST", "/api/v1/holds", None, &hold).await else { return attempts };
        let form = json!({ "hold_token": hold["hold_token"], "name": "Ana Example", "phone": "(512) 555-0134" });
        for key in [format!("first-{number}"), format!("second-{number}")] {
            let heard = ask(port, "POST", "/api/v1/bookings", Some(&key), &form).await;
            let is_over = heard.is_none();
            attempts.insert(key, Attempt { form: form.clone(), heard });
            if is_over {
                return attempts;
            }
        }
    }
}

/// Whoever heard nothing asks again, with the same key.
async fn ask_again(port: u16, attempts: &mut Attempts) {
    for (key, attempt) in attempts.iter_mut().filter(|(_, attempt)| attempt.heard.is_none()) {
        attempt.heard = ask(port, "POST", "/api/v1/bookings", Some(key), &attempt.form).await;
    }
}

async fn check(port: u16, attempts: &Attempts) {
    for (key, attempt) in attempts {
        let (status, answer) = attempt.heard.as_ref().expect("asked again until there was an answer");
        if *status == 201 {
            let own = format!("/api/v1/bookings/{}", answer["manage_token"].as_str().expect("a token"));
            let (found, booking) = ask(port, "GET", &own, None, &Value::Null).await.expect("an answer");
            assert_eq!((found, &booking["booking"]), (200, &answer["booking"]), "{key} was acknowledged");
            let again = ask(port, "POST", "/api/v1/bookings", Some(key), &attempt.form).await.expect("an answer");
            assert_eq!(again, (201, answer.clone()), "{key} is answered alike");
        } else {
            assert_eq!((*status, &answer["code"]), (409, &json!("already_confirmed")), "{key}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_no_acknowledged_booking_is_lost_however_the_program_dies() {
    on_each_database(kill_again_and_again).await;
}

async fn kill_again_and_again(database: &TestDatabase) {
    let kills = std::env::var("KILLS").ok().map_or(DEFAULT_KILLS, |kills| kills.parse().expect("a number of kills"));
    let csv = "code,name,city,state,zip,lat,lon,hours,capacity,min_notice_min\n\
               A1,Always Open,Austin,TX,78701,30.2672,-97.7431,24/7,100,0\n";
    std::fs::write(database.folder.path().join("clinics.csv"), csv).expect("written");
    let (mut acknowledged, mut silent) = (0, 0);
    for round in 0..kills {
        let service = Service::start(database).await;
        let port = service.port;
        let (_, list) = ask(port, "GET", "/api/v1/clinics", None, &Value::Null).await.expect("an answer");
        let clinic = list["data"][0]["slug"].as_str().expect("a slug").to_owned();
        let (_, times) = ask(port, "GET", &format!("/api/v1/clinics/{clinic}/availability?days=3"), None, &Value::Null)
            .await
            .expect("times");
        let first = times["days"][2]["slots"][0]["starts_at"].as_str().expect("a time").parse().expect("an instant");
        let visitors: Vec<_> = (0..VISITORS).map(|_| tokio::spawn(visit(port, clinic.clone(), first))).collect();
        // Never the same moment of a transaction twice.
        tokio::time::sleep(Duration::from_millis(150 + round * 37 % 400)).await;
        service.kill();
        let mut attempts = Attempts::new();
        for visitor in visitors {
            attempts.extend(visitor.await.expect("the visitor does not panic"));
        }
        silent += attempts.values().filter(|attempt| attempt.heard.is_none()).count();
        let service = Service::start(database).await;
        ask_again(service.port, &mut attempts).await;
        check(service.port, &attempts).await;
        acknowledged += attempts.values().filter(|attempt| matches!(attempt.heard, Some((201, _)))).count();
        service.kill();
        let db = clinic_directory::db::open(&database.url).await.expect("it opens");
        let booked = count(&db, "SELECT count(*) FROM bookings WHERE status = 'confirmed'").await;
        assert_eq!(usize::try_from(booked).ok(), Some(acknowledged), "neither lost nor made up");
        assert_invariants(&db, CAPACITY).await;
        db.close().await.expect("closes");
    }
    assert!(acknowledged > 0 && kills > 0);
    eprintln!("{kills} kills: {acknowledged} bookings acknowledged, {silent} first heard nothing");
}
