//! Settings: every flag has an environment variable `CLINIC_DIRECTORY_*`, the database's is `DATABASE_URL`; `--help` is the manual.
//!
//! What confirms, forces or narrows one call (`--yes`, `--dry-run`, `--raw`) has none: a word left in an environment must not
//! answer a question that nobody has asked yet.

mod commands;
mod serve;

use clap::{Args, CommandFactory, Parser, Subcommand};

pub use commands::{
    BackupArgs, DoubtArgs, ExportArgs, GenerateArgs, ImportArgs, MigrateArgs, MigrateStep, RestoreArgs, TokenCommand,
    UserCommand,
};
pub use serve::{ErasureArgs, LimitArgs, PageArgs, SecretArgs, ServeArgs};

use crate::telemetry::LogFormat;
use crate::web::PublicUrl;

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
