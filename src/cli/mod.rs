//! The commands: each one opens what it needs, does its work and says in words what it did.

mod accounts;
mod serve;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;

use crate::clinics::{Flavour, export, generate, store};
use crate::clock::Clock;
use crate::config::{
    BackupArgs, Cli, Command, ExportArgs, GenerateArgs, Global, LinksArgs, MigrateStep, RestoreArgs, ServeArgs,
};
use crate::importing::EXIT_REFUSED;
use crate::upkeep::{self, Backup, Restore, Restored};
use crate::web::PublicUrl;
use crate::{db, importing, routes, telemetry};

/// Runs the command of the command line. The clock is the machine's, except where tests try the whole program.
pub fn run(cli: Cli, clock: &Clock) -> ExitCode {
    let Cli { global, command } = cli;
    let outcome = telemetry::start(&global.log, global.log_format).and_then(|()| dispatch(&global, command, clock));
    outcome.unwrap_or_else(|error| {
        say(&format!("error: {}", in_one_line(&error)));
        ExitCode::FAILURE
    })
}

/// An error and its causes. The database's errors say their cause themselves: it is not told twice.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(|cause| cause.to_string().replace('\n', " ")) {
        if !line.ends_with(&cause) {
            let colon = if line.is_empty() { "" } else { ": " };
            line.push_str(colon);
            line.push_str(&cause);
        }
    }
    line
}

fn dispatch(global: &Global, command: Option<Command>, clock: &Clock) -> anyhow::Result<ExitCode> {
    if let Some(Command::Generate(args)) = &command {
        return write_generated(args);
    }
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    // No command means `serve` with its defaults and environment.
    let command = command.unwrap_or_else(|| Command::Serve(default_serve()));
    runtime.block_on(async {
        match command {
            Command::Serve(args) => serve::serve(global, &args, clock).await,
            Command::Import(args) => importing::import(global, &args, clock).await,
            Command::Export(args) => write_export(global, &args).await,
            Command::Migrate(args) => migrate(global, args.step).await,
            Command::Openapi(args) => write_openapi(args),
            Command::Backup(args) => backup(global, &args).await,
            Command::Restore(args) => restore(global, &args, clock).await,
            Command::Check(args) => check(global, &args, clock).await,
            Command::User { command } => accounts::user(global, command, clock).await,
            Command::Token { command } => accounts::token(global, command, clock).await,
            Command::Generate(args) => write_generated(&args),
        }
    })
}

/// `serve` as if it had been typed, so that its environment variables count.
fn default_serve() -> ServeArgs {
    match Cli::parse_from(["clinic-directory", "serve"]).command {
        Some(Command::Serve(args)) => args,
        _ => unreachable!("serve was asked for"),
    }
}

async fn write_export(global: &Global, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let db = db::look(&global.database_url).await?;
    let mut clinics: Vec<_> =
        store::Changed::all().collect(&db).await?.into_iter().map(|stored| stored.clinic).collect();
    db::close(&db).await;
    clinics.sort_by(|a, b| a.code.cmp(&b.code));
    let flavour = if args.raw { Flavour::Raw } else { Flavour::Spreadsheet };
    print(&export(&clinics, flavour)?)
}

fn write_generated(args: &GenerateArgs) -> anyhow::Result<ExitCode> {
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    match generate::generate(args.clinics, args.seed, out) {
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        outcome => outcome.map(|()| ExitCode::SUCCESS),
    }
}

async fn migrate(global: &Global, step: MigrateStep) -> anyhow::Result<ExitCode> {
    let url = &global.database_url;
    // Only the way up has something to begin with where there is nothing.
    let db = if matches!(step, MigrateStep::Up) { db::connect(url).await? } else { db::connect_there(url).await? };
    let outcome = migrate_connected(&db, step).await;
    db::close(&db).await;
    outcome
}

async fn migrate_connected(db: &sea_orm::DatabaseConnection, step: MigrateStep) -> anyhow::Result<ExitCode> {
    if let Some(direction) = step.direction() {
        if let MigrateStep::Down { yes: false } = step
            && !is_agreed(db).await?
        {
            say("nothing was reverted");
            return Ok(ExitCode::from(EXIT_REFUSED));
        }
        db::migrate(db, direction).await?;
    }
    for (name, is_applied) in db::status(db).await? {
        print(format!("{} {name}\n", if is_applied { "applied" } else { "pending" }).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks at a terminal; elsewhere nobody could answer.
async fn is_agreed(db: &sea_orm::DatabaseConnection) -> anyhow::Result<bool> {
    let status = db::status(db).await?;
    let Some((newest, _)) = status.iter().rfind(|(_, is_applied)| *is_applied) else { return Ok(true) };
    if !std::io::stdin().is_terminal() {
        say(&format!("this reverts {newest} and loses what it made room for: --yes says that you mean it"));
        return Ok(false);
    }
    say(&format!("revert {newest} and lose what it made room for? yes or no"));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

fn write_openapi(args: LinksArgs) -> anyhow::Result<ExitCode> {
    let links = args.public_url.map_or_else(local_links, Ok)?;
    let mut document = routes::description(&links)?;
    document.push('\n');
    print(document.as_bytes())
}

/// Where `serve` answers unless told otherwise.
fn local_links() -> anyhow::Result<PublicUrl> {
    "http://127.0.0.1:8080".parse().map_err(anyhow::Error::msg)
}

async fn check(global: &Global, args: &ServeArgs, clock: &Clock) -> anyhow::Result<ExitCode> {
    let tell = |line: &str| {
        let _nobody_listens = print(format!("{line}\n").as_bytes());
    };
    let is_fine = upkeep::check(&global.database_url, args, clock.now(), tell).await?;
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn backup(global: &Global, args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let file = args.file.display();
    match upkeep::backup(&global.database_url, &args.file).await? {
        Backup::ByItsOwnTool(line) => bail!("PostgreSQL is backed up by its own tool: {line}"),
        Backup::Made(contents) => {
            say(&format!("{file}: {contents}; the secret key and the log of erasures are not in it"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn restore(global: &Global, args: &RestoreArgs, clock: &Clock) -> anyhow::Result<ExitCode> {
    let url = &global.database_url;
    let asked = Restore {
        database_url: url,
        file: &args.file,
        yes: args.yes,
        // PostgreSQL needs none for what it is told.
        secret: if url.starts_with("sqlite:") { args.secret.key_there(url)? } else { None },
        erasures: args.erasures.log(url),
        now: clock.now(),
    };
    match upkeep::restore(&asked).await? {
        Restored::ByItsOwnTool(line) => bail!(
            "PostgreSQL is restored by its own tool: {line}; what was erased since is erased again when `serve` starts"
        ),
        Restored::InTheWay(what) => {
            say(&format!(
                "the database in its place {what}; nothing was restored; --yes keeps that beside it and restores"
            ));
            return Ok(ExitCode::from(EXIT_REFUSED));
        }
        Restored::Done { contents, replaced } => {
            if let Some(replaced) = replaced {
                say(&format!("what was there is kept in {}", replaced.display()));
            }
            say(&format!(
                "restored: {contents}, with the users, passwords and API tokens of then; everybody is logged out"
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a command tells its user, beside what it prints.
fn say(line: &str) {
    let _nobody_listens = writeln!(std::io::stderr(), "{line}");
}

/// Standard output; a reader that has seen enough is not an error.
fn print(bytes: &[u8]) -> anyhow::Result<ExitCode> {
    match std::io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot write"),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = error.chain().find_map(|cause| match cause.downcast_ref::<csv::Error>().map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(error)) => Some(error.kind()),
        _ => cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind),
    });
    kind == Some(std::io::ErrorKind::BrokenPipe)
}
