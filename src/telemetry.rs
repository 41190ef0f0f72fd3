//! Logs: one line an event, as text for people or JSON for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// PostgreSQL's notices: "relation already exists, skipping" at every start is nothing to tell. A filter may ask for them.
const WITHOUT_NOTICES: &str = "sqlx::postgres::notice=warn";

/// Starts logging to stderr; stdout belongs to what a command prints.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{WITHOUT_NOTICES},{filter}"))
        .map_err(|error| anyhow::anyhow!("--log \"{filter}\": {error}"))?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => builder.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("{error}"))
}
