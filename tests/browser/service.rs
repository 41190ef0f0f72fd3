//! The product by a clock that tests move: `browser_service INSTANT COMMAND [ARGUMENT...]`.
//!
//! Commands and settings are the program's own, so that the program itself needs no setting for tests. Only its "now" is not the
//! machine's: it stands at INSTANT (RFC 3339). While `serve` runs, a line `advance SECONDS` on standard input moves it, and is
//! answered on standard output by the instant that is then. When the input ends the service ends too: none outlives its tests.

use std::env;
use std::io::{BufRead, Write, stderr, stdin, stdout};
use std::process::{ExitCode, exit};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, bail};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use clinic_directory::cli;
use clinic_directory::clock::Clock;
use clinic_directory::config::{Cli, Command};

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = env::args();
    let program = arguments.next().context("a program has a name")?;
    let instant = arguments.next().context("INSTANT is missing")?;
    let now = Movable::at(instant.parse().with_context(|| format!("{instant} is no instant"))?);
    let cli = Cli::parse_from([program].into_iter().chain(arguments));
    // Other commands read what is theirs from standard input, such as a password.
    if matches!(cli.command, Some(Command::Serve(_))) {
        let moved = now.clone();
        thread::spawn(move || {
            let outcome = moved.obey();
            if let Err(error) = &outcome {
                let _nobody_listens = writeln!(stderr(), "error: standard input: {error:#}");
            }
            exit(i32::from(outcome.is_err()))
        });
    }
    Ok(cli::run(cli, &now.clock()))
}

/// An instant that stands until it is moved.
#[derive(Clone, Debug)]
struct Movable(Arc<Mutex<DateTime<Utc>>>);

impl Movable {
    fn at(instant: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(instant)))
    }

    fn clock(&self) -> Clock {
        let now = self.clone();
        Clock::from_fn(move || now.change(|_| {}))
    }

    /// Does what standard input says, to its end.
    fn obey(&self) -> anyhow::Result<()> {
        for line in stdin().lock().lines() {
            let by = parse(&line?)?;
            let now = self.change(|instant| *instant += by);
            let mut out = stdout().lock();
            writeln!(out, "{}", now.to_rfc3339())?;
            out.flush()?;
        }
        Ok(())
    }

    /// What it is after the change.
    fn change(&self, change: impl FnOnce(&mut DateTime<Utc>)) -> DateTime<Utc> {
        // An instant is whole, whoever panicked while they held it.
        let mut instant = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut instant);
        *instant
    }
}

/// `advance SECONDS`.
fn parse(line: &str) -> anyhow::Result<TimeDelta> {
    let Some(seconds) = line.strip_prefix("advance ") else { bail!("not understood: {line}") };
    TimeDelta::try_seconds(seconds.parse()?).context("too many seconds")
}
