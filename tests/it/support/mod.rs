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
mod browser;
mod clinic;
mod clock;
mod database;
mod http;
mod program;
mod random;
pub mod socket;
pub mod tables;
pub mod xlsx;

pub use app::{PASSWORD, TestApp};
pub use browser::Browser;
pub use clock::FakeClock;
pub use database::{Backend, TestDatabase, connect, on_each_database, postgres_server};
pub use http::{Client, Response};
pub use program::{BINARY, Finished, Program, Running};
pub use random::Random;

use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

/// Says what a run leaves out, past the capture of test output; where nothing may be left out, that is a failure.
pub fn skipped(what: &str) {
    assert!(std::env::var_os("REQUIRE_ALL").is_none(), "REQUIRE_ALL is set: {what}");
    let _nobody_listens = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

/// A file of a real network, where `REAL_DATA_DIR` says that there are some: they are not ours to keep here, so a machine
/// without them is no failure.
pub fn real_data(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("REAL_DATA_DIR").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        let _nobody_listens = writeln!(std::io::stderr(), "SKIPPED: {file}, because REAL_DATA_DIR is not set");
    }
    folder.map(|folder| PathBuf::from(folder).join(file))
}

/// The codes of an answer's clinics, in its order: of a nearest answer, or of a list.
pub fn codes(answer: &Value) -> Vec<&str> {
    let items = answer["data"].as_array().expect("a list");
    items.iter().map(|item| item["clinic"]["code"].as_str().or(item["code"].as_str()).expect("a code")).collect()
}
