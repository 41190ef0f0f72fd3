//! What the other commands are told.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ErasureArgs, LinksArgs, SecretArgs};
use crate::accounts::Role;
use crate::db::Direction;

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
