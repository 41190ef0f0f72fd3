//! The commands: each one opens what it needs, does its work and says in words what it did.

use std::future::Future;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;

use crate::app::{AppState, Settings};
use crate::clinics::import::{DEMONSTRATION, Open, Request, load_first};
use crate::clinics::{Flavour, export, generate, store};
use crate::clock::Clock;
use crate::config::{Cli, Command, ExportArgs, GenerateArgs, Global, LinksArgs, MigrateStep, ServeArgs};
use crate::front::Front;
use crate::web::{PublicUrl, server};
use crate::{bookings, db, importing, places, routes, telemetry};

/// How often the counters of unmet demand are written.
const FLUSH_INTERVAL: Duration = Duration::from_mins(1);

/// Runs the command of the command line.
pub fn run() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    let outcome = telemetry::start(&global.log, global.log_format).and_then(|()| dispatch(&global, command));
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

fn dispatch(global: &Global, command: Option<Command>) -> anyhow::Result<ExitCode> {
    if let Some(Command::Generate(args)) = &command {
        return write_generated(args);
    }
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    // No command means `serve` with its defaults and environment.
    let command = command.unwrap_or_else(|| Command::Serve(default_serve()));
    runtime.block_on(async {
        match command {
            Command::Serve(args) => serve(global, args).await,
            Command::Import(args) => importing::import(global, &args).await,
            Command::Export(args) => write_export(global, &args).await,
            Command::Migrate(args) => migrate(global, args.step).await,
            Command::Openapi(args) => write_openapi(args),
            Command::Check => check(global).await,
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

async fn serve(global: &Global, args: ServeArgs) -> anyhow::Result<ExitCode> {
    let clock = Clock::system();
    // Unpacks while the database is opened; the first visitor should not wait for it.
    let gazetteer = tokio::task::spawn_blocking(places::gazetteer);
    let db = db::open(&global.database_url).await?;
    let links = args.links.public_url.clone().map_or_else(|| default_links(&args), Ok)?;
    let has_metrics_listener = args.metrics_listen.is_some();
    let settings = Settings {
        links: links.clone(),
        proxies: args.trusted_proxies.clone(),
        has_metrics_listener,
        secret: args.secret.key(&global.database_url)?,
        limits: (&args.limits).into(),
    };
    if let Some(refused) = fill_empty(&db, &clock, &args).await? {
        return Ok(refused);
    }
    let state = AppState::new(db.clone(), clock.clone(), settings).await?;
    gazetteer.await.context("the gazetteer cannot be unpacked")?;
    if state.directory.snapshot().network.is_demo {
        tracing::warn!(
            "these clinics are INVENTED: the demonstration network is loaded; import your own to replace it"
        );
    }
    let shutdown = shutdown()?;
    let listener = TcpListener::bind(args.listen).await.with_context(|| format!("cannot listen on {}", args.listen))?;
    tracing::info!(
        clinics = state.directory.snapshot().entries().len(),
        "serving {links} (listening on {})",
        listener.local_addr().unwrap_or(args.listen)
    );
    let followers = [
        tokio::spawn(state.directory.clone().follow()),
        tokio::spawn(flush_demand(state.clone())),
        tokio::spawn(bookings::follow(state.bookings.clone())),
        tokio::spawn(bookings::keep_house(state.bookings.clone())),
    ];
    if let Some(address) = args.metrics_listen {
        let metrics = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        tokio::spawn(server::serve(metrics, routes::metrics_router(state.clone()), std::future::pending()));
    }
    server::serve(listener, Front::new(&state), shutdown).await;
    for follower in followers {
        follower.abort();
    }
    if let Err(error) = state.directory.demand().flush(&db, clock.now()).await {
        tracing::warn!(%error, "the last minute's counts of unmet demand are lost");
    }
    db::close(&db).await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

fn default_links(args: &ServeArgs) -> anyhow::Result<PublicUrl> {
    format!("http://{}", args.listen).parse().map_err(anyhow::Error::msg)
}

/// The first clinics of an empty directory; `Some` when the given file was refused.
async fn fill_empty(
    db: &sea_orm::DatabaseConnection,
    clock: &Clock,
    args: &ServeArgs,
) -> anyhow::Result<Option<ExitCode>> {
    if args.empty || store::count(db).await? > 0 {
        return Ok(None);
    }
    if let Some(file) = &args.load {
        return importing::fill_empty(db, clock, file).await;
    }
    let request = Request { file: DEMONSTRATION, flavour: Flavour::Spreadsheet, open: Open::Ask };
    let loaded = load_first(db, clock.now(), request, |_| {}).await;
    loaded.context("the demonstration network cannot be loaded")?;
    Ok(None)
}

/// Resolves on SIGTERM or Ctrl-C.
fn shutdown() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: no new connections, running requests finish");
    })
}

async fn flush_demand(state: AppState) {
    loop {
        tokio::time::sleep(FLUSH_INTERVAL).await;
        if let Err(error) = state.directory.demand().flush(&state.db, state.clock.now()).await {
            tracing::warn!(%error, "counts of unmet demand could not be written and wait");
        }
    }
}

async fn write_export(global: &Global, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let db = db::open(&global.database_url).await?;
    let mut clinics: Vec<_> =
        store::Changed::all().collect(&db).await?.into_iter().map(|stored| stored.clinic).collect();
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
    let db = db::connect(&global.database_url).await?;
    if let Some(direction) = step.direction() {
        db::migrate(&db, direction).await?;
    }
    for (name, is_applied) in db::status(&db).await? {
        print(format!("{} {name}\n", if is_applied { "applied" } else { "pending" }).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write_openapi(args: LinksArgs) -> anyhow::Result<ExitCode> {
    let links = args.public_url.map_or_else(|| "http://127.0.0.1:8080".parse().map_err(anyhow::Error::msg), Ok)?;
    let mut document = routes::description(&links)?;
    document.push('\n');
    print(document.as_bytes())
}

async fn check(global: &Global) -> anyhow::Result<ExitCode> {
    let db = db::connect(&global.database_url).await?;
    print(b"database: reachable, its version is supported\n")?;
    let pending = db::status(&db).await?.iter().filter(|(_, is_applied)| !is_applied).count();
    if pending > 0 {
        print(format!("schema: {pending} changes pending\n").as_bytes())?;
        return Ok(ExitCode::FAILURE);
    }
    print(b"schema: up to date\n")?;
    db::refuse_read_only(&db).await?;
    let network = store::network(&db, Clock::system().now()).await?;
    let kind = if network.is_demo { "INVENTED clinics of the demonstration" } else { "clinics" };
    let (clinics, version) = (store::count(&db).await?, network.data_version);
    print(format!("directory: {clinics} {kind}, data version {version}\n").as_bytes())
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
