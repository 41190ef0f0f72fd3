use std::path::Path;

use anyhow::Context;

use super::postgres;
use crate::db::{self, Contents};

/// What came of `backup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backup {
    /// The copy, and what it holds.
    Made(Contents),
    /// PostgreSQL is copied by its own tool: the line to type.
    ByItsOwnTool(String),
}

/// Copies a SQLite database into a file that does not exist yet, also while a service writes.
///
/// # Errors
/// When there is no database, the name is taken, the disk is full, or the database cannot be read; then there is no file.
pub async fn backup(database_url: &str, file: &Path) -> anyhow::Result<Backup> {
    if database_url.starts_with("postgres") {
        return Ok(Backup::ByItsOwnTool(postgres::dump_line(database_url, file)));
    }
    // As it is: the time for a backup is before a newer program migrates.
    let db = db::connect_there(database_url).await.context("no backup was made")?;
    let copied = db::copy(&db, file).await.context("no backup was made");
    db::close(&db).await;
    copied.map(Backup::Made)
}
