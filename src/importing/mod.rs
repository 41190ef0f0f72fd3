//! The import command: a plan that a person can read, a question, and then all of it or nothing (rule I2).

mod planned;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use sea_orm::DatabaseConnection;

use self::planned::{Planned, planned};
use crate::accounts::Actor;
use crate::clinics::import::store::{self, RowFilter};
use crate::clinics::import::{
    ApplyError, Decisions, Import, LoadError, Loaded, Open, Outcome, Problem, Progress, Request, Source, Terms,
    UndoError, apply, load, load_first, printable, undo,
};
use crate::clinics::{Flavour, Records};
use crate::clock::Clock;
use crate::config::{Global, ImportArgs};
use crate::db;

/// Wrong input: nothing was written, and the report says what to change.
pub const EXIT_REFUSED: u8 = 2;
/// Rows of a kind that are shown to somebody who did not ask for all of them.
const MOST_SHOWN: usize = 20;

/// Runs the command.
///
/// # Errors
/// When the file or the database cannot be read.
pub async fn import(global: &Global, args: &ImportArgs, clock: &Clock) -> anyhow::Result<ExitCode> {
    let url = &global.database_url;
    let db = if args.dry_run { db::look(url).await? } else { db::open(url).await? };
    let now = clock.now();
    let outcome = match (&args.file, args.undo) {
        (_, Some(id)) => take_back(&db, now, id).await,
        (Some(file), None) if args.dry_run => try_out(&db, now, file, args).await,
        (Some(file), None) => bring(&db, now, file, args).await,
        (None, None) => Err(anyhow::anyhow!("name the file")),
    };
    db::close(&db).await;
    outcome
}

/// The first clinics of a directory that is empty; `Some` when the file was refused.
///
/// # Errors
/// When the database does not answer.
pub async fn fill_empty(db: &DatabaseConnection, clock: &Clock, file: &Path) -> anyhow::Result<Option<ExitCode>> {
    let bytes = read(file)?;
    let bar = progress_bar();
    let request = Request { file: &bytes, flavour: Flavour::Spreadsheet, open: Open::Ask };
    let outcome = load_first(db, clock.now(), request, |progress| show(&bar, progress)).await;
    bar.finish_and_clear();
    let Some(outcome) = outcome.transpose() else { return Ok(None) };
    report(&file.display().to_string(), outcome).map(|code| (code != ExitCode::SUCCESS).then_some(code))
}

/// The file as the import reads it.
fn source(file: &Path, args: &ImportArgs) -> anyhow::Result<Source> {
    let flavour = if args.raw { Flavour::Raw } else { Flavour::Spreadsheet };
    Ok(Source { bytes: read(file)?, flavour, name: None })
}

fn open_rows(args: &ImportArgs) -> Open {
    match (args.doubts.accept_fixes, args.doubts.keep_pins) {
        (true, _) => Open::AcceptFixes,
        (_, true) => Open::KeepPins,
        _ => Open::Ask,
    }
}

/// Plans in a transaction that is never kept. It ends before anything is printed: a reader who takes their time must not keep
/// SQLite's only writer from those who book.
async fn try_out(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    file: &Path,
    args: &ImportArgs,
) -> anyhow::Result<ExitCode> {
    let (source, name) = (source(file, args)?, file.display().to_string());
    let decisions = Decisions::all(open_rows(args));
    let transaction = db::begin_write(db).await?;
    let planned = planned(&transaction, now, &name, source, &decisions, usize::MAX).await;
    let undone = transaction.rollback().await;
    let planned = planned?;
    undone?;
    match planned {
        Ok(plan) => {
            print(&plan.text)?;
            if plan.review.open.is_empty() {
                say("nothing was written");
                return Ok(ExitCode::SUCCESS);
            }
            say(&to_put_right(plan.review.open.len()));
            Ok(ExitCode::from(EXIT_REFUSED))
        }
        Err(problem) => report(&name, Err(LoadError::Refused(vec![problem]))),
    }
}

async fn bring(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    file: &Path,
    args: &ImportArgs,
) -> anyhow::Result<ExitCode> {
    let (source, open) = (source(file, args)?, open_rows(args));
    let name = file.display().to_string();
    if std::io::stdout().is_terminal() {
        let watched =
            Watched { db, now, name: &name, terms: Terms { decisions: Decisions::all(open), ..Terms::default() } };
        return watched.run(source, args).await;
    }
    let bar = progress_bar();
    let request = Request { file: &source.bytes, flavour: source.flavour, open };
    let outcome = load(db, now, request, |progress| show(&bar, progress)).await;
    bar.finish_and_clear();
    report(&name, outcome)
}

/// An import that somebody looks at.
struct Watched<'w> {
    db: &'w DatabaseConnection,
    now: DateTime<Utc>,
    name: &'w str,
    terms: Terms,
}

impl Watched<'_> {
    async fn run(&self, source: Source, args: &ImportArgs) -> anyhow::Result<ExitCode> {
        let planned = planned(self.db, self.now, self.name, source, &self.terms.decisions, MOST_SHOWN).await?;
        let Planned { import, text, review } = match planned {
            Ok(planned) => planned,
            Err(problem) => return report(self.name, Err(LoadError::Refused(vec![problem]))),
        };
        print(&text)?;
        if !review.open.is_empty() {
            store::delete(self.db, import.id).await?;
            say(&to_put_right(review.open.len()));
            return Ok(ExitCode::from(EXIT_REFUSED));
        }
        if !(args.yes || agreed(&import)?) {
            store::delete(self.db, import.id).await?;
            say("nothing was written");
            return Ok(ExitCode::FAILURE);
        }
        self.apply(&import, review.notes).await
    }

    async fn apply(&self, import: &Import, notes: Vec<Problem>) -> anyhow::Result<ExitCode> {
        let bar = progress_bar();
        let mut written = |done, of| show(&bar, Progress::Writing { done, of });
        let applied =
            apply(&Records::new(self.db.clone()), &Actor::command(), self.now, import.id, &self.terms, &mut written)
                .await;
        bar.finish_and_clear();
        match applied {
            Ok(applied) => report(self.name, Ok(Loaded::new(import, applied, notes))),
            Err(error) => {
                store::delete(self.db, import.id).await?;
                match error {
                    ApplyError::Failed(error) => Err(error.context("nothing was written")),
                    error => {
                        say(&format!("{error}; nothing was written"));
                        Ok(ExitCode::from(EXIT_REFUSED))
                    }
                }
            }
        }
    }
}

/// Asks whoever sits there; nobody to ask has agreed by typing the command.
fn agreed(import: &Import) -> anyhow::Result<bool> {
    if import.summary.is_empty() || !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    let mut out = std::io::stdout().lock();
    write!(out, "\nApply this? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

async fn take_back(db: &DatabaseConnection, now: DateTime<Utc>, id: i64) -> anyhow::Result<ExitCode> {
    let undone = match undo(&Records::new(db.clone()), &Actor::command(), now, id).await {
        Ok(undone) => undone,
        Err(UndoError::Failed(error)) => return Err(error.context("nothing was written")),
        Err(error) => {
            say(&format!("{error}; nothing was written"));
            return Ok(ExitCode::from(EXIT_REFUSED));
        }
    };
    for (outcome, told) in [
        (Outcome::Kept, "was edited since, and stays as it is"),
        (Outcome::Closed, "is referred to, and was closed instead of removed"),
    ] {
        let filter = RowFilter { outcome: Some(outcome), ..RowFilter::default() };
        for row in store::rows(db, id, &filter, MOST_SHOWN).await? {
            say(&format!("{} {told}", printable(&row.code)));
        }
    }
    say(&format!(
        "import {id} undone: {} restored, {} removed, {} closed, {} kept",
        undone.restored, undone.removed, undone.closed, undone.kept
    ));
    Ok(ExitCode::SUCCESS)
}

/// Reads a whole file.
///
/// # Errors
/// When it cannot be read.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

/// Shown on a terminal only.
fn progress_bar() -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    match ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} ({eta})") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn show(bar: &ProgressBar, progress: Progress) {
    match progress {
        Progress::Reading => bar.set_message("reading"),
        Progress::Planning { done } => bar.set_message(format!("comparing, row {done}")),
        Progress::Writing { done, of } => {
            bar.set_message("writing");
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    }
}

fn report(file: &str, outcome: Result<Loaded, LoadError>) -> anyhow::Result<ExitCode> {
    match outcome {
        Ok(loaded) => {
            for note in &loaded.notes {
                say(&format!("note: {}", printable(&note.to_string())));
            }
            if loaded.retired_demonstration > 0 {
                say(&format!(
                    "the demonstration network is retired: {} invented clinics removed",
                    loaded.retired_demonstration
                ));
            }
            say(&format!("{file}: {} created, {} changed, {} unchanged", loaded.created, loaded.changed, loaded.same));
            if let Some(id) = loaded.import.filter(|_| loaded.created + loaded.changed > 0) {
                say(&format!("to take it back: import --undo {id}"));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(LoadError::Refused(problems)) => {
            for problem in &problems {
                say(&format!("{file}: {}", printable(&problem.to_string())));
            }
            say(&to_put_right(problems.len()));
            Ok(ExitCode::from(EXIT_REFUSED))
        }
        Err(LoadError::Failed(error)) => Err(error.context("nothing was written")),
    }
}

fn to_put_right(problems: usize) -> String {
    let problems = if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") };
    format!("{problems} to put right; nothing was written")
}

/// What a command tells its user, beside what it prints.
fn say(line: &str) {
    let _nobody_listens = writeln!(std::io::stderr(), "{line}");
}

/// A reader that has seen enough is not an error.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot write"),
        _ => Ok(()),
    }
}
