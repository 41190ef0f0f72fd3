//! The harness: a fresh database per test, the application on it, and clients that ask it as visitors do.
//!
//! ```text
//! on_each_database(async |database| {
//!     let app = TestApp::demonstration(database).await;
//!     app.clinic("A1").at(37.76, -122.42).open("Mo-Fr 09:00-17:00").create().await;
//!     let answer = app.anon().get("/api/v1/nearest?near=94103").await;
//!     assert_eq!(answer.json()["data"][0]["clinic"]["code"], "A1");
//! })
//! ```
//!
//! With `REQUIRE_ALL` set nothing may be skipped; without it, what is skipped is said on stderr.

mod app;
mod clinic;
mod clock;
mod database;
mod http;

pub use app::TestApp;
pub use clock::FakeClock;
pub use database::{Backend, TestDatabase, on_each_database};
pub use http::{Client, Response};

use std::io::Write;

/// Says what a run leaves out, past the capture of test output; where nothing may be left out, that is a failure.
pub fn skipped(what: &str) {
    assert!(std::env::var_os("REQUIRE_ALL").is_none(), "REQUIRE_ALL is set: {what}");
    let _nobody_listens = writeln!(std::io::stderr(), "SKIPPED: {what}");
}
