//! The harness: a fresh database per test, the application on it, and clients that ask it as visitors do.
//!
//! ```text
//! on_each_database(async |database| {
//!     let app = TestApp::demonstration(database).await;
//!     app.clinic("A1").at(37.76, -122.42).open("Mo-Fr 09:00-17:00").create().await;
//!     let answer = app.anon().get("/api/v1/nearest?near=94103").await.ok();
//!     assert_eq!(answer["data"][0]["clinic"]["code"], "A1");
//! })
//! ```
//!
//! `Program` runs the real program, `socket` speaks HTTP to a real port, `tables` reads what is stored. With `REQUIRE_ALL`
//! set nothing may be skipped; without it, what is skipped is said on stderr.

mod app;
mod clinic;
mod clock;
mod database;
mod http;
mod program;
mod random;
pub mod socket;
pub mod tables;

pub use app::TestApp;
pub use clock::FakeClock;
pub use database::{Backend, TestDatabase, connect, on_each_database};
pub use http::{Client, Response};
pub use program::{BINARY, Finished, Program, Running};
pub use random::Random;

use std::io::Write;

use serde_json::Value;

/// Says what a run leaves out, past the capture of test output; where nothing may be left out, that is a failure.
pub fn skipped(what: &str) {
    assert!(std::env::var_os("REQUIRE_ALL").is_none(), "REQUIRE_ALL is set: {what}");
    let _nobody_listens = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

/// The codes of an answer's clinics, in its order: of a nearest answer, or of a list.
pub fn codes(answer: &Value) -> Vec<&str> {
    let items = answer["data"].as_array().expect("a list");
    items.iter().map(|item| item["clinic"]["code"].as_str().or(item["code"].as_str()).expect("a code")).collect()
}
