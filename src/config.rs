//! Settings: every flag has an environment variable of the same name; `--help` is the manual.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::bookings::Limits;
use crate::db::Direction;
use crate::telemetry::LogFormat;
use crate::token::SecretKey;
use crate::web::{PublicUrl, TrustedProxies};

/// A multi-location clinic directory: which clinic is nearest, and what is known about it.
#[derive(Debug, Parser)]
#[command(name = "clinic-directory", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    /// Without a command: serve.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command understands.
#[derive(Args, Debug)]
pub struct Global {
    /// Where the directory is kept: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME.
    #[arg(long, env, global = true, default_value = "sqlite://clinics.db", hide_env_values = true)]
    pub database_url: String,
    /// What is logged: error, warn, info, debug or trace, or a filter such as info,sqlx=debug.
    #[arg(long, env, global = true, default_value = "info")]
    pub log: String,
    /// How log lines look.
    #[arg(long, env, global = true, value_enum, default_value_t)]
    pub log_format: LogFormat,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the directory; an empty one starts with the bundled demonstration network.
    Serve(ServeArgs),
    /// Create and refresh clinics from a CSV or .xlsx file, all of it or nothing.
    Import(ImportArgs),
    /// Write every clinic as CSV to standard output; the inverse of import.
    Export(ExportArgs),
    /// Write a synthetic network as CSV to standard output, for load tests.
    Generate(GenerateArgs),
    /// Take the schema up or down, or show where it stands.
    Migrate(MigrateArgs),
    /// Write the API's description (OpenAPI) to standard output.
    Openapi(LinksArgs),
    /// Look at configuration and database, one line each.
    Check,
}

/// Where visitors reach the service.
#[derive(Args, Debug)]
pub struct LinksArgs {
    /// The address that visitors see, with an optional path prefix; every link is made from it [default: http://LISTEN].
    #[arg(long, env)]
    pub public_url: Option<PublicUrl>,
}

#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The address to listen on.
    #[arg(long, env, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub links: LinksArgs,
    /// Load this CSV file into an empty directory instead of the demonstration network.
    #[arg(long, env, value_name = "FILE", conflicts_with = "empty")]
    pub load: Option<PathBuf>,
    /// Start an empty directory without any clinic.
    #[arg(long, env)]
    pub empty: bool,
    /// Networks whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas.
    #[arg(long, env, value_name = "CIDR,..", default_value = "127.0.0.0/8,::1")]
    pub trusted_proxies: TrustedProxies,
    /// Serve /metrics on this address only; without it /metrics answers direct clients on this machine.
    #[arg(long, env, value_name = "ADDR")]
    pub metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    pub secret: SecretArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// The key from which the links of bookings are made.
#[derive(Args, Debug)]
pub struct SecretArgs {
    /// At least 32 characters that nobody knows, the same on every replica; without it the key is in a file.
    #[arg(long, env, hide_env_values = true, value_name = "KEY")]
    pub secret_key: Option<String>,
    /// The file of the key, made on first start for its owner alone [default: FILE.key beside SQLite's FILE].
    #[arg(long, env, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
}

/// How often one visitor may try; direct clients on this machine are not limited.
#[derive(Args, Debug)]
pub struct LimitArgs {
    /// Attempts to hold a time, a minute and client address.
    #[arg(long, env, value_name = "N", default_value = "20")]
    pub holds_per_address: NonZeroU32,
    /// Attempts to hold a time, a minute and visitor token.
    #[arg(long, env, value_name = "N", default_value = "10")]
    pub holds_per_visitor: NonZeroU32,
    /// Attempts to book, a minute and client address.
    #[arg(long, env, value_name = "N", default_value = "10")]
    pub bookings_per_address: NonZeroU32,
}

impl SecretArgs {
    /// The operator's key, or the one in the file beside the database.
    ///
    /// # Errors
    /// When there is none and none can be made: PostgreSQL has no folder of ours, and replicas must share the key.
    pub fn key(&self, database_url: &str) -> anyhow::Result<SecretKey> {
        if let Some(key) = &self.secret_key {
            return SecretKey::new(key);
        }
        let beside = || {
            let path = database_url.strip_prefix("sqlite://")?.split('?').next()?;
            Some(PathBuf::from(format!("{path}.key")))
        };
        match self.secret_file.clone().or_else(beside) {
            Some(file) => SecretKey::in_file(&file),
            None => anyhow::bail!("PostgreSQL needs SECRET_KEY, the same on every replica, or --secret-file"),
        }
    }
}

impl From<&LimitArgs> for Limits {
    fn from(args: &LimitArgs) -> Self {
        let LimitArgs { holds_per_address, holds_per_visitor, bookings_per_address } = *args;
        Self { holds_per_address, holds_per_visitor, bookings_per_address }
    }
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The file: CSV or .xlsx.
    #[arg(required_unless_present = "undo", conflicts_with = "undo")]
    pub file: Option<PathBuf>,
    /// Show the whole plan, and write nothing.
    #[arg(long, env, conflicts_with = "undo")]
    pub dry_run: bool,
    /// Apply the plan without asking.
    #[arg(long, env = "IMPORT_YES")]
    pub yes: bool,
    #[command(flatten)]
    pub doubts: DoubtArgs,
    /// Take back an import that was applied; what was edited since stays.
    #[arg(long, env = "IMPORT_UNDO", value_name = "ID")]
    pub undo: Option<i64>,
    /// Read the cells as they are: an apostrophe before a formula is part of the text.
    #[arg(long, env)]
    pub raw: bool,
}

/// What to do with rows that need a decision, when nobody is asked about each.
#[derive(Args, Debug)]
pub struct DoubtArgs {
    /// Take every fix that the plan proposes.
    #[arg(long, env, conflicts_with = "keep_pins")]
    pub accept_fixes: bool,
    /// Take pins as they are given, however far from their ZIP.
    #[arg(long, env)]
    pub keep_pins: bool,
}

#[derive(Args, Debug)]
pub struct ExportArgs {
    /// Write the cells as they are; without it, what a spreadsheet would run as a formula gets an apostrophe.
    #[arg(long, env)]
    pub raw: bool,
}

#[derive(Args, Debug)]
pub struct GenerateArgs {
    /// How many clinics.
    #[arg(long, env, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub clinics: u32,
    /// The same seed gives the same network.
    #[arg(long, env, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Args, Debug)]
pub struct MigrateArgs {
    #[command(subcommand)]
    pub step: MigrateStep,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum MigrateStep {
    /// Apply everything that is pending.
    Up,
    /// Revert the newest change.
    Down,
    /// Show every change and whether it is applied.
    Status,
}

impl MigrateStep {
    /// The way to take the schema; `None` for a look.
    #[must_use]
    pub fn direction(self) -> Option<Direction> {
        match self {
            Self::Up => Some(Direction::Up),
            Self::Down => Some(Direction::Down),
            Self::Status => None,
        }
    }
}
