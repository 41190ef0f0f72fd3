//! What a running service is told.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::LinksArgs;
use crate::bookings::Limits;
use crate::bookings::subjects::ErasureLog;
use crate::db;
use crate::token::SecretKey;
use crate::web::{Appearance, Attribution, ClinicType, Logo, PublicUrl, TileUrl, Tiles, TrustedProxies};

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
