//! Logs: one line an event, as text for people or JSON for machines.

use std::io::IsTerminal;

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterFn, filter_fn};
use tracing_subscriber::layer::{Layered, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// PostgreSQL's notices: "relation already exists, skipping" at every start is nothing to tell. A filter may ask for them.
const WITHOUT_NOTICES: &str = "sqlx::postgres::notice=warn";

/// Our own crates, which know what they must not say.
const OWN: [&str; 2] = ["clinic_directory", "migration"];
/// What dependencies tell about their insides is for their authors, and at `trace` some of it is what our visitors sent or what
/// the operator configured: sea-orm's spans hold the database's URL with its password. No filter can ask for it.
const OF_OTHERS: LevelFilter = LevelFilter::DEBUG;

fn may_be_told(event: &Metadata<'_>) -> bool {
    let own = event.target().split("::").next().is_some_and(|of| OWN.contains(&of));
    own || *event.level() <= OF_OTHERS
}

/// Starts logging to stderr; stdout belongs to what a command prints.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let wanted = EnvFilter::try_new(format!("{WITHOUT_NOTICES},{filter}"))
        .map_err(|error| anyhow::anyhow!("--log \"{filter}\": {error}"))?;
    let started = match format {
        LogFormat::Text => with(
            fmt::layer().with_target(false).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr),
            wanted,
        ),
        LogFormat::Json => with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr), wanted),
    };
    started.map_err(|error| anyhow::anyhow!("{error}"))
}

/// Filters of the whole, not of the layer: those lose events after somebody asked whether one would be wanted, as sqlx does.
fn with<L>(lines: L, wanted: EnvFilter) -> Result<(), TryInitError>
where
    L: Layer<Layered<FilterFn, Layered<EnvFilter, Registry>>> + Send + Sync,
{
    tracing_subscriber::registry()
        .with(wanted)
        .with(filter_fn(may_be_told as fn(&Metadata<'_>) -> bool))
        .with(lines)
        .try_init()
}
