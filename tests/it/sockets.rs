//! What only a real connection shows: what the HTTP parser refuses, slow clients, and the way a service stops.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use clinic_directory::web::server::Limits;
use tokio::sync::mpsc;

use crate::support::socket::{self, Served, blocking};
use crate::support::{Program, TestDatabase};

/// Far beyond what anything here takes, and below the time that running requests are given: nothing waited for that.
const SAFETY: Duration = Duration::from_secs(20);

/// Answers at once on `/`, and on `/slow` after what `release` waits for.
async fn slow_service(limits: Limits) -> (Served, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (started, has_started) = mpsc::channel(1);
    let (release, released) = mpsc::channel::<()>(1);
    let released = std::sync::Arc::new(tokio::sync::Mutex::new(released));
    let slow = move || async move {
        started.send(()).await.expect("the test listens");
        released.lock().await.recv().await;
        "finished"
    };
    let router = Router::new().route("/", get(|| async { "quick" })).route("/slow", get(slow));
    (Served::start_within(router, limits).await, has_started, release)
}

#[tokio::test]
async fn oversized_headers_and_addresses_are_431_and_414() {
    let (served, _, _) = slow_service(Limits::default()).await;
    let address = served.address;
    let status = |path: String, headers: String| {
        blocking(move || socket::get(address, &path, &headers).lines().next().unwrap_or_default().to_owned())
    };
    assert_eq!(status("/".to_owned(), String::new()).await, "HTTP/1.1 200 OK");
    assert_eq!(status(format!("/?a={}", "a".repeat(70_000)), String::new()).await, "HTTP/1.1 414 URI Too Long");
    let long = format!("X-Long: {}\r\n", "a".repeat(500_000));
    assert_eq!(status("/".to_owned(), long).await, "HTTP/1.1 431 Request Header Fields Too Large");
    let many = "X-Many: a\r\n".repeat(1_000);
    assert_eq!(status("/".to_owned(), many).await, "HTTP/1.1 431 Request Header Fields Too Large");
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let (served, _, _) = slow_service(Limits::default()).await;
    let address = served.address;
    for bytes in
        [&b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n\x00"]
    {
        let answer = blocking(move || socket::exchange(address, bytes)).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 5"), "{answer}");
    }
    assert!(blocking(move || socket::get(address, "/", "")).await.ends_with("quick"), "others are served on");
}

#[tokio::test]
async fn a_client_that_never_finishes_its_headers_is_cut() {
    let header_timeout = Duration::from_millis(200);
    let (served, _, _) = slow_service(Limits { header_timeout, ..Limits::default() }).await;
    let address = served.address;
    let cut_after = blocking(move || {
        let mut stream = socket::connect(address);
        let started = Instant::now();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: te").expect("accepted");
        socket::read_to_end(&mut stream);
        started.elapsed()
    });
    assert!(cut_after.await >= header_timeout);
    assert_eq!(Limits::default().header_timeout, Duration::from_secs(10));
}

#[tokio::test]
async fn stopping_lets_a_running_request_finish_and_accepts_no_other() {
    let (served, mut has_started, release) = slow_service(Limits::default()).await;
    let address = served.address;
    let running = blocking(move || socket::get(address, "/slow", ""));
    let running = tokio::spawn(running);
    has_started.recv().await.expect("the request runs");
    let stopped = served.stop();
    let refused = tokio::time::timeout(SAFETY, async {
        while blocking(move || std::net::TcpStream::connect(address).is_ok()).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    refused.await.expect("no new connection is accepted");
    assert!(!stopped.is_finished(), "the request still runs");
    release.send(()).await.expect("the request waits");
    assert!(running.await.expect("answered").ends_with("finished"));
    stopped.await.expect("ends");
}

#[tokio::test]
async fn stopping_does_not_wait_for_idle_connections() {
    let (served, _, _) = slow_service(Limits::default()).await;
    let address = served.address;
    let idle = blocking(move || {
        let untouched = socket::connect(address);
        let mut kept_alive = socket::connect(address);
        kept_alive.write_all(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n").expect("accepted");
        let mut answer = [0; 12];
        kept_alive.read_exact(&mut answer).expect("an answer");
        (untouched, kept_alive)
    });
    let _connections = idle.await;
    tokio::time::timeout(SAFETY, served.stop()).await.expect("at once").expect("ends");
}

#[tokio::test]
async fn stopping_cuts_what_runs_for_too_long() {
    let limits = Limits { drain_timeout: Duration::from_millis(50), ..Limits::default() };
    let (served, mut has_started, _release) = slow_service(limits).await;
    let address = served.address;
    let running = tokio::spawn(blocking(move || socket::get(address, "/slow", "")));
    has_started.recv().await.expect("the request runs");
    tokio::time::timeout(SAFETY, served.stop()).await.expect("cut").expect("ends");
    running.abort();
}

#[test]
fn sigterm_ends_the_program_with_0_without_waiting_for_idle_connections() {
    let database = TestDatabase::sqlite();
    let service = Program::new(["serve"]).on(&database).serve();
    let mut kept_alive = socket::connect(service.address);
    kept_alive.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n").expect("accepted");
    let mut answer = [0; 15];
    kept_alive.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    service.terminate();
    let (took, finished) = service.wait();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(finished.stderr.contains("stopped"), "{}", finished.stderr);
    assert!(took < Limits::default().drain_timeout, "{took:?}");
}

#[test]
fn sigterm_lets_a_running_request_finish() {
    let database = TestDatabase::sqlite();
    let service = Program::new(["serve"]).on(&database).serve();
    let mut running = socket::connect(service.address);
    let head = "POST /api/v1/holds HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
                Expect: 100-continue\r\n\r\n";
    running.write_all(head.as_bytes()).expect("accepted");
    let mut answer = [0; 25];
    running.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n", "the handler waits for the body");
    service.terminate();
    let started = Instant::now();
    while std::net::TcpStream::connect(service.address).is_ok() {
        assert!(started.elapsed() < SAFETY, "new connections are still accepted");
        std::thread::sleep(Duration::from_millis(5));
    }
    running.write_all(b"{}").expect("still read");
    let answer = socket::read_to_end(&mut running);
    assert!(answer.starts_with("HTTP/1.1 4") && answer.ends_with('}'), "{answer}");
    let (_, finished) = service.wait();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
}
