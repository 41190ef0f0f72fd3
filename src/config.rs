//! Settings: every flag has an environment variable `CLINIC_DIRECTORY_*`, the database's is `DATABASE_URL`; `--help` is the manual.
//!
//! What confirms, forces or narrows one call (`--yes`, `--dry-run`, `--raw`) has none: a word left in an environment must not
//! answer a question that nobody has asked yet.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::accounts::Role;
use crate::bookings::Limits;
use crate::bookings::subjects::ErasureLog;
use crate::db::{self, Direction};
use crate::telemetry::LogFormat;
use crate::token::SecretKey;
use crate::web::{Appearance, Attribution, ClinicType, Logo, PublicUrl, TileUrl, Tiles, TrustedProxies};

/// With which the names of our environment variables start.
const PREFIX: &str = "CLINIC_DIRECTORY_";

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

impl Cli {
    /// Variables of the environment that start as ours do and are none of ours: most likely a slip of the hand.
    #[must_use]
    pub fn unknown_variables() -> Vec<String> {
        let given = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let mut unknown = unknown(given, &variables(&Self::command()));
        unknown.sort();
        unknown
    }
}

fn unknown(given: impl Iterator<Item = String>, known: &[String]) -> Vec<String> {
    given.filter(|name| name.starts_with(PREFIX) && !known.contains(name)).collect()
}

/// The environment variables of a command and of those below it.
fn variables(command: &clap::Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(clap::Arg::get_env).map(|name| name.to_string_lossy().into_owned());
    own.chain(command.get_subcommands().flat_map(variables)).collect()
}

/// What every command understands.
#[derive(Args, Debug)]
pub struct Global {
    /// Where the directory is kept: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME.
    #[arg(long, env = "DATABASE_URL", global = true, default_value = "sqlite://clinics.db", hide_env_values = true)]
    pub database_url: String,
    /// What is logged: error, warn, info, debug or trace, or a filter such as info,sqlx=debug.
    #[arg(long, env = "CLINIC_DIRECTORY_LOG", global = true, default_value = "info")]
    pub log: String,
    /// How log lines look.
    #[arg(long, env = "CLINIC_DIRECTORY_LOG_FORMAT", global = true, value_enum, default_value_t)]
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
    /// Copy a SQLite database into a file, also while a service writes to it.
    Backup(BackupArgs),
    /// Put a backup in the place of a SQLite database; what was erased since is erased again.
    Restore(RestoreArgs),
    /// Write the API's description (OpenAPI) to standard output.
    Openapi(LinksArgs),
    /// Look at configuration and database, one line each.
    Check(ServeArgs),
    /// Add, list, disable and enable people, and let them set another password.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Make tokens with which programs act as a user.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
}

/// Where visitors reach the service.
#[derive(Args, Debug)]
pub struct LinksArgs {
    /// The address that visitors see, with an optional path prefix; every link is made from it [default: http://LISTEN].
    #[arg(long, env = "CLINIC_DIRECTORY_PUBLIC_URL")]
    pub public_url: Option<PublicUrl>,
}

#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The address to listen on.
    #[arg(long, env = "CLINIC_DIRECTORY_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub links: LinksArgs,
    /// Load this CSV file into an empty directory instead of the demonstration network.
    #[arg(long, env = "CLINIC_DIRECTORY_LOAD", value_name = "FILE", conflicts_with = "empty")]
    pub load: Option<PathBuf>,
    /// Start an empty directory without any clinic.
    #[arg(long, env = "CLINIC_DIRECTORY_EMPTY")]
    pub empty: bool,
    /// Networks whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas.
    #[arg(long, env = "CLINIC_DIRECTORY_TRUSTED_PROXIES", value_name = "CIDR,..", default_value = "127.0.0.0/8,::1")]
    pub trusted_proxies: TrustedProxies,
    /// Serve /metrics on this address only; without it /metrics answers direct clients on this machine.
    #[arg(long, env = "CLINIC_DIRECTORY_METRICS_LISTEN", value_name = "ADDR")]
    pub metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    pub secret: SecretArgs,
    #[command(flatten)]
    pub erasures: ErasureArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub pages: PageArgs,
}

impl ServeArgs {
    /// Where visitors reach the service: the operator's choice, or where it listens.
    ///
    /// # Errors
    /// When the address makes no URL.
    pub fn public_url(&self) -> anyhow::Result<PublicUrl> {
        let default = || format!("http://{}", self.listen).parse().map_err(anyhow::Error::msg);
        self.links.public_url.clone().map_or_else(default, Ok)
    }

    /// Tries the file of the first clinics, and reads nothing of it: a pipe can be read only once.
    ///
    /// # Errors
    /// When there is one to load and it cannot be opened.
    pub fn try_load(&self) -> anyhow::Result<()> {
        let Some(file) = &self.load else { return Ok(()) };
        let tried = match std::fs::metadata(file) {
            Ok(found) if found.is_dir() => Err(std::io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => std::fs::File::open(file).map(drop),
            found => found.map(drop),
        };
        tried.with_context(|| format!("cannot read {}", file.display()))
    }
}

/// What the locations pages show beside the clinics.
#[derive(Args, Debug)]
pub struct PageArgs {
    /// Street tiles below the map, such as <https://tiles.example.org/{z}/{x}/{y}.png>; without it maps show the states'
    /// outlines and load nothing from anybody else.
    #[arg(long, env = "CLINIC_DIRECTORY_TILE_URL", value_name = "URL", requires = "tile_attribution")]
    pub tile_url: Option<TileUrl>,
    /// Whose tiles they are, in plain text on the map.
    #[arg(long, env = "CLINIC_DIRECTORY_TILE_ATTRIBUTION", value_name = "TEXT", requires = "tile_url")]
    pub tile_attribution: Option<Attribution>,
    /// The network's logo: an SVG or PNG file of at most 200 KB.
    #[arg(long, env = "CLINIC_DIRECTORY_LOGO", value_name = "FILE")]
    pub logo: Option<PathBuf>,
    /// What search engines are told that a clinic is: a type of schema.org.
    #[arg(long, env = "CLINIC_DIRECTORY_CLINIC_TYPE", value_name = "TYPE", default_value_t)]
    pub clinic_type: ClinicType,
}

impl PageArgs {
    /// Reads the files.
    ///
    /// # Errors
    /// When the logo cannot be read, or is none.
    pub fn appearance(&self) -> anyhow::Result<Appearance> {
        let tiles = self.tile_url.clone().zip(self.tile_attribution.clone());
        Ok(Appearance {
            tiles: tiles.map(|(url, attribution)| Tiles { url, attribution }),
            clinic_type: self.clinic_type.clone(),
            logo: self.logo.as_deref().map(Logo::read).transpose().context("--logo")?,
        })
    }
}

/// The key from which the links of bookings are made.
#[derive(Args, Debug)]
pub struct SecretArgs {
    /// At least 32 characters that nobody knows, the same on every replica; without it the key is in a file.
    #[arg(long, env = "CLINIC_DIRECTORY_SECRET_KEY", hide_env_values = true, value_name = "KEY")]
    pub secret_key: Option<String>,
    /// The file of the key, made on first start for its owner alone [default: FILE.key beside SQLite's FILE].
    #[arg(long, env = "CLINIC_DIRECTORY_SECRET_FILE", value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
}

/// Where it is written that somebody was erased.
#[derive(Args, Debug)]
pub struct ErasureArgs {
    /// The log of erasures on request, kept outside the database and made with the first one; a start after a restore
    /// erases again what is in it [default: FILE.erasures beside SQLite's FILE, else clinics.erasures].
    #[arg(long, env = "CLINIC_DIRECTORY_ERASURE_LOG", value_name = "FILE")]
    pub erasure_log: Option<PathBuf>,
}

impl ErasureArgs {
    /// The operator's choice, or beside the database's file.
    #[must_use]
    pub fn log(&self, database_url: &str) -> ErasureLog {
        let beside = || match db::sqlite_file(database_url) {
            Some(file) => db::beside(&file, ".erasures"),
            None => PathBuf::from("clinics.erasures"),
        };
        ErasureLog::at(self.erasure_log.clone().unwrap_or_else(beside))
    }
}

/// How often one visitor may try; direct clients on this machine are not limited.
#[derive(Args, Debug)]
pub struct LimitArgs {
    /// Attempts to hold a time, a minute and client address.
    #[arg(long, env = "CLINIC_DIRECTORY_HOLDS_PER_ADDRESS", value_name = "N", default_value = "20")]
    pub holds_per_address: NonZeroU32,
    /// Attempts to hold a time, a minute and visitor token.
    #[arg(long, env = "CLINIC_DIRECTORY_HOLDS_PER_VISITOR", value_name = "N", default_value = "10")]
    pub holds_per_visitor: NonZeroU32,
    /// Attempts to book, a minute and client address.
    #[arg(long, env = "CLINIC_DIRECTORY_BOOKINGS_PER_ADDRESS", value_name = "N", default_value = "10")]
    pub bookings_per_address: NonZeroU32,
}

impl SecretArgs {
    /// The operator's key, or the one in the file beside the database.
    ///
    /// # Errors
    /// When there is none and none can be made: PostgreSQL has no folder of ours, and replicas must share the key.
    pub fn key(&self, database_url: &str) -> anyhow::Result<SecretKey> {
        match (&self.secret_key, self.file(database_url)) {
            (Some(key), _) => SecretKey::new(key),
            (None, Some(file)) => SecretKey::in_file(&file),
            (None, None) => anyhow::bail!(
                "PostgreSQL needs CLINIC_DIRECTORY_SECRET_KEY, the same on every replica, or --secret-file"
            ),
        }
    }

    /// As [`SecretArgs::key`], but makes none; `None` when there is no file yet.
    ///
    /// # Errors
    /// When the key cannot be used, or there is nowhere to look for one.
    pub fn key_there(&self, database_url: &str) -> anyhow::Result<Option<SecretKey>> {
        match self.file(database_url).filter(|_| self.secret_key.is_none()) {
            Some(file) if !file.exists() => Ok(None),
            _ => self.key(database_url).map(Some),
        }
    }

    /// As [`SecretArgs::key_there`], and whether a missing file could be made; leaves nothing behind.
    ///
    /// # Errors
    /// When a start would have no key.
    pub fn try_key(&self, database_url: &str) -> anyhow::Result<Option<SecretKey>> {
        let there = self.key_there(database_url)?;
        if let Some(file) = self.file(database_url).filter(|_| there.is_none()) {
            let made = db::Draft::beside(&file).map(drop);
            made.with_context(|| format!("cannot make the secret key in {}", file.display()))?;
        }
        Ok(there)
    }

    /// Where the key is when it is not given itself.
    #[must_use]
    pub fn file(&self, database_url: &str) -> Option<PathBuf> {
        self.secret_file.clone().or_else(|| Some(db::beside(&db::sqlite_file(database_url)?, ".key")))
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
    #[arg(long, conflicts_with = "undo")]
    pub dry_run: bool,
    /// Apply the plan without asking.
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub doubts: DoubtArgs,
    /// Take back an import that was applied; what was edited since stays.
    #[arg(long, value_name = "ID")]
    pub undo: Option<i64>,
    /// Read the cells as they are: an apostrophe before a formula is part of the text.
    #[arg(long)]
    pub raw: bool,
}

/// What to do with rows that need a decision, when nobody is asked about each.
#[derive(Args, Debug)]
pub struct DoubtArgs {
    /// Take every fix that the plan proposes.
    #[arg(long, conflicts_with = "keep_pins")]
    pub accept_fixes: bool,
    /// Take pins as they are given, however far from their ZIP.
    #[arg(long)]
    pub keep_pins: bool,
}

#[derive(Args, Debug)]
pub struct ExportArgs {
    /// Write the cells as they are; without it, what a spreadsheet would run as a formula gets an apostrophe.
    #[arg(long)]
    pub raw: bool,
}

#[derive(Args, Debug)]
pub struct GenerateArgs {
    /// How many clinics.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub clinics: u32,
    /// The same seed gives the same network.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Args, Debug)]
pub struct BackupArgs {
    /// The file to write; it must not exist.
    pub file: PathBuf,
}

#[derive(Args, Debug)]
pub struct RestoreArgs {
    /// A file that `backup` wrote.
    pub file: PathBuf,
    /// Take the place of a database that holds something; it is kept beside the restored one.
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub secret: SecretArgs,
    #[command(flatten)]
    pub erasures: ErasureArgs,
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
    /// Revert the newest change, and lose what it made room for.
    Down {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Show every change and whether it is applied.
    Status,
}

/// What can be done about people.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add somebody; prints a one-time link to set a password unless one is given.
    Add {
        /// With which they log in.
        #[arg(long)]
        email: String,
        /// What they may do: clinic, agent, editor or admin.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// The clinics they are about: all, or some of region:NAME and clinic:CODE.
        #[arg(long, num_args = 1.., default_value = "all")]
        scope: Vec<String>,
        /// Read the password from standard input, one line.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        links: LinksArgs,
    },
    /// Show everybody: e-mail, role, clinics and state, separated by tabs.
    List,
    /// End somebody's access, with all sessions and tokens, at once.
    Disable {
        #[arg(long)]
        email: String,
    },
    /// Let somebody in again; prints a one-time link to set another password.
    Enable {
        #[arg(long)]
        email: String,
        #[command(flatten)]
        links: LinksArgs,
    },
    /// Print a one-time link to set another password.
    ResetPassword {
        #[arg(long)]
        email: String,
        #[command(flatten)]
        links: LinksArgs,
    },
}

/// What can be done about tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Print a token, this once.
    Create {
        /// The user as whom it acts.
        #[arg(long)]
        email: String,
        /// What it is for.
        #[arg(long)]
        name: String,
    },
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "say clinic, agent, editor or admin".to_owned())
}

impl MigrateStep {
    /// The way to take the schema; `None` for a look.
    #[must_use]
    pub fn direction(self) -> Option<Direction> {
        match self {
            Self::Up => Some(Direction::Up),
            Self::Down { .. } => Some(Direction::Down),
            Self::Status => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What answers a question, forces, or narrows one call.
    const OF_ONE_CALL: [&str; 14] = [
        "yes",
        "dry-run",
        "raw",
        "undo",
        "accept-fixes",
        "keep-pins",
        "clinics",
        "seed",
        "email",
        "role",
        "scope",
        "name",
        "password-stdin",
        "file",
    ];

    fn arguments(command: &clap::Command) -> Vec<clap::Arg> {
        let below = command.get_subcommands().flat_map(arguments);
        command.get_arguments().cloned().chain(below).collect()
    }

    #[test]
    fn every_setting_has_a_variable_of_ours_and_what_is_about_one_call_has_none() {
        let arguments = arguments(&Cli::command());
        assert!(arguments.len() > 40, "{}", arguments.len());
        for argument in arguments {
            let name = argument.get_long().unwrap_or(argument.get_id().as_str()).to_owned();
            let ours = format!("{PREFIX}{}", name.replace('-', "_").to_uppercase());
            let expected = match name.as_str() {
                "database-url" => Some("DATABASE_URL"),
                name if OF_ONE_CALL.contains(&name) => None,
                _ => Some(&*ours),
            };
            assert_eq!(argument.get_env().map(|env| env.to_str().unwrap()), expected, "{name}");
        }
    }

    #[test]
    fn a_variable_that_is_almost_ours_is_noticed() {
        let known = variables(&Cli::command());
        let given = ["CLINIC_DIRECTORY_LISTN", "CLINIC_DIRECTORY_LISTEN", "DATABASE_URL", "LISTEN", "PATH"];
        assert_eq!(unknown(given.map(str::to_owned).into_iter(), &known), ["CLINIC_DIRECTORY_LISTN"]);
    }
}
