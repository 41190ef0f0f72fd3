//! `serve`: what it was given is tried before anything is written, so that a slip in a setting costs nothing.

use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use sea_orm::DatabaseConnection;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::accounts::{SetupNotice, keep_house};
use crate::app::{AppState, Settings};
use crate::clinics::import::{DEMONSTRATION, Open, Request, load_first};
use crate::clinics::{Flavour, store};
use crate::clock::Clock;
use crate::config::{Cli, Global, ServeArgs};
use crate::db::Watch;
use crate::front::Front;
use crate::web::{Appearance, PublicUrl, server};
use crate::{bookings, db, importing, places, routes, upkeep};

/// How often the counters of unmet demand are written.
const FLUSH_INTERVAL: Duration = Duration::from_mins(1);

pub async fn serve(global: &Global, args: &ServeArgs, clock: &Clock) -> anyhow::Result<ExitCode> {
    let slips = Cli::unknown_variables();
    if !slips.is_empty() {
        tracing::warn!("in the environment, and none of this program's settings: {}", slips.join(", "));
    }
    let Tried { links, appearance, listener, metrics } = Tried::new(global, args).await?;
    // Unpacks while the database is opened; the first visitor should not wait for it.
    let gazetteer = tokio::task::spawn_blocking(places::gazetteer);
    let db = db::open(&global.database_url).await?;
    let watch = Watch::new(db.clone(), &global.database_url);
    let settings = settings(global, args, links, appearance)?;
    let secret = settings.secret.clone();
    upkeep::erase_again(&db, Some(&secret), &settings.erasures, clock.now()).await?;
    if let Some(refused) = fill_empty(&db, clock, args).await? {
        return Ok(refused);
    }
    let state = AppState::new(db, clock.clone(), settings).await?;
    gazetteer.await.context("the gazetteer cannot be unpacked")?;
    let shutdown = shutdown()?;
    let mut notice = SetupNotice::new(state.accounts.clone(), secret);
    notice.tell().await?;
    greet(&state, listener.local_addr().unwrap_or(args.listen));
    let followers = follow(&state, watch, notice);
    if let Some(metrics) = metrics {
        tokio::spawn(server::serve(metrics, routes::metrics_router(state.clone()), std::future::pending()));
    }
    server::serve(listener, Front::new(&state), shutdown).await;
    stop(&state, &followers).await;
    Ok(ExitCode::SUCCESS)
}

/// What was given and holds. Nothing was written to find that out: neither the database nor the file of the key.
struct Tried {
    links: PublicUrl,
    appearance: Appearance,
    listener: TcpListener,
    metrics: Option<TcpListener>,
}

impl Tried {
    async fn new(global: &Global, args: &ServeArgs) -> anyhow::Result<Self> {
        let url = &global.database_url;
        db::check_url(url)?;
        args.secret.try_key(url)?;
        args.erasures.log(url).read()?;
        args.try_load()?;
        let (links, appearance) = (args.public_url()?, args.pages.appearance()?);
        let listener = bind(args.listen).await?;
        let metrics = match args.metrics_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self { links, appearance, listener, metrics })
    }
}

/// Who connects from here on waits until the service has what it needs to answer.
async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

fn settings(global: &Global, args: &ServeArgs, links: PublicUrl, appearance: Appearance) -> anyhow::Result<Settings> {
    Ok(Settings {
        links,
        proxies: args.trusted_proxies.clone(),
        has_metrics_listener: args.metrics_listen.is_some(),
        secret: args.secret.key(&global.database_url)?,
        limits: (&args.limits).into(),
        erasures: args.erasures.log(&global.database_url),
        appearance,
    })
}

/// The first clinics of an empty directory; `Some` when the given file was refused.
async fn fill_empty(db: &DatabaseConnection, clock: &Clock, args: &ServeArgs) -> anyhow::Result<Option<ExitCode>> {
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

fn greet(state: &AppState, address: SocketAddr) {
    let snapshot = state.directory.snapshot();
    if snapshot.network.is_demo {
        tracing::warn!(
            "these clinics are INVENTED: the demonstration network is loaded; import your own to replace it"
        );
    }
    tracing::info!(clinics = snapshot.entries().len(), "serving {} (listening on {address})", state.links);
}

/// What goes on beside the requests.
fn follow(state: &AppState, watch: Watch, notice: SetupNotice) -> [JoinHandle<()>; 8] {
    [
        tokio::spawn(state.directory.clone().follow()),
        tokio::spawn(flush_demand(state.clone())),
        tokio::spawn(bookings::follow(state.bookings.clone())),
        tokio::spawn(bookings::keep_house(state.bookings.clone())),
        tokio::spawn(bookings::keep_views(state.bookings.clone())),
        tokio::spawn(keep_house(state.accounts.clone())),
        tokio::spawn(watch.keep(state.writes.clone())),
        tokio::spawn(notice.keep()),
    ]
}

async fn flush_demand(state: AppState) {
    loop {
        tokio::time::sleep(FLUSH_INTERVAL).await;
        if let Err(error) = state.directory.demand().flush(&state.db, state.clock.now()).await {
            tracing::warn!(%error, "counts of unmet demand could not be written and wait");
        }
    }
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

async fn stop(state: &AppState, followers: &[JoinHandle<()>]) {
    for follower in followers {
        follower.abort();
    }
    // First: a supervisor that waits no longer should cost the counters.
    if let Err(error) = bookings::flush_views(&state.bookings).await {
        tracing::error!(%error, "what staff were shown last is missing from the audit log");
    }
    if let Err(error) = state.directory.demand().flush(&state.db, state.clock.now()).await {
        tracing::warn!(%error, "the last minute's counts of unmet demand are lost");
    }
    db::close(&state.db).await;
    tracing::info!("stopped");
}
