//! Whole copies of a SQLite database, made while others write, and looked at again before anybody relies on them.

use std::io;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use sea_orm::sqlx;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement};

use super::DbFault;
use super::file::Draft;
use super::migrate::{applied, refuse_newer};

/// Tables that are filled before anybody has entered anything.
const NOT_CONTENT: [&str; 4] = ["seaql_migrations", "sqlite_sequence", "networks", "setup_links"];

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Tables with their rows, by name.
    rows: Vec<(String, i64)>,
}

impl Contents {
    /// The rows of a table; 0 when there is none.
    #[must_use]
    pub fn of(&self, table: &str) -> i64 {
        self.rows.iter().find(|(name, _)| name == table).map_or(0, |(_, rows)| *rows)
    }

    /// Whether nobody has entered anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.iter().all(|(name, rows)| *rows == 0 || NOT_CONTENT.contains(&name.as_str()))
    }
}

impl std::fmt::Display for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [clinics, bookings, users] = ["clinics", "bookings", "users"].map(|table| self.of(table));
        write!(f, "{clinics} clinics, {bookings} bookings, {users} users")
    }
}

/// Copies the database as it is at this moment into a file that does not exist yet, and verifies the copy.
///
/// # Errors
/// When the name is taken, the disk is full, or the copy is not what it should be; then there is no file.
pub async fn copy(db: &DatabaseConnection, file: &Path) -> anyhow::Result<Contents> {
    let taken = || anyhow!("{} exists; a backup takes the place of nothing, give another name", file.display());
    if file.symlink_metadata().is_ok() {
        return Err(taken());
    }
    let (draft, contents) = drafted(db, file).await?;
    match draft.keep_as(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(taken()),
        kept => kept.with_context(|| format!("cannot write {}", file.display())).map(|()| contents),
    }
}

/// As [`copy`], in place of a file of that name.
pub(super) async fn copy_over(db: &DatabaseConnection, file: &Path) -> anyhow::Result<()> {
    let (draft, _) = drafted(db, file).await?;
    draft.replace(file).with_context(|| format!("cannot write {}", file.display()))
}

async fn drafted(db: &DatabaseConnection, file: &Path) -> anyhow::Result<(Draft, Contents)> {
    let draft = Draft::beside(file).with_context(|| format!("cannot write {}", file.display()))?;
    // It reads in one transaction of its own, beside any writer, and leaves out what was deleted.
    let to = draft.path().to_str().context("the name of the file must be UTF-8")?;
    let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [to.into()]);
    db.execute_raw(vacuum).await.with_context(|| format!("cannot write {}", file.display()))?;
    let contents = verify(draft.path()).await.context("the copy is damaged and was thrown away")?;
    Ok((draft, contents))
}

/// Reads a SQLite file through and through: it is whole, it is one of ours, and no newer than this program.
///
/// # Errors
/// What is wrong with it.
pub async fn verify(file: &Path) -> anyhow::Result<Contents> {
    let db = connect_file(file, true).await?;
    let found = inspect(&db).await;
    super::close(&db).await;
    found
}

/// The only connection to a SQLite file, and until it is closed there is no other; what is in the write-ahead log beside the
/// file is in the file then. `None` when another program has it open.
///
/// # Errors
/// When it is no database, or a damaged one.
pub async fn connect_alone(file: &Path) -> anyhow::Result<Option<DatabaseConnection>> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite://alone");
    options.max_connections(1).acquire_timeout(PATIENCE).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite.filename(&file).create_if_missing(false).busy_timeout(PATIENCE / 2);
        // In WAL mode whoever has the file open has a lock on it, and leaving the mode needs every lock.
        sqlite.locking_mode(SqliteLockingMode::Exclusive).journal_mode(SqliteJournalMode::Delete)
    });
    let alone = async {
        let db = Database::connect(options).await?;
        db.execute_unprepared("BEGIN EXCLUSIVE; COMMIT").await?;
        Ok(db)
    };
    match alone.await {
        Ok(db) => Ok(Some(db)),
        Err(error) if is_in_use(&error) => Ok(None),
        Err(error) => Err(error).context("it cannot be opened"),
    }
}

/// The pool waits for a file that is busy, and says only that it waited.
fn is_in_use(error: &DbErr) -> bool {
    let waited =
        matches!(error, DbErr::Conn(RuntimeErr::SqlxError(cause)) if matches!(**cause, sqlx::Error::PoolTimedOut));
    waited || DbFault::of(error) == DbFault::Retry
}

/// One connection to a file that nobody else uses; a file that is to be written stays one whole file.
///
/// # Errors
/// When it is no database.
pub async fn connect_file(file: &Path, is_read_only: bool) -> anyhow::Result<DatabaseConnection> {
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite://copy");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite.filename(&file).read_only(is_read_only).create_if_missing(false);
        // Who only reads leaves the mode as it is.
        let whole =
            |sqlite: SqliteConnectOptions| sqlite.journal_mode(SqliteJournalMode::Delete).pragma("secure_delete", "ON");
        if is_read_only { sqlite } else { whole(sqlite) }
    });
    Database::connect(options).await.context("it cannot be opened")
}

/// As [`verify`], of a database that is open.
///
/// # Errors
/// As [`verify`].
pub async fn inspect(db: &DatabaseConnection) -> anyhow::Result<Contents> {
    let problems = texts(db, "PRAGMA integrity_check(3)").await.context("it cannot be read")?;
    if problems != ["ok"] {
        bail!("it is damaged: {}", problems.join("; "));
    }
    if !texts(db, "PRAGMA foreign_key_check").await?.is_empty() {
        bail!("it is damaged: rows refer to others that are not there");
    }
    let applied = applied(db).await?;
    if applied.is_empty() {
        bail!("it is no database of this program");
    }
    refuse_newer(&applied)?;
    contents(db).await
}

/// Counts what a SQLite database holds.
///
/// # Errors
/// When it cannot be read.
pub async fn contents(db: &impl ConnectionTrait) -> anyhow::Result<Contents> {
    let tables = texts(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").await?;
    let mut rows = Vec::with_capacity(tables.len());
    for table in tables {
        let count = format!("SELECT count(*) FROM \"{}\"", table.replace('"', "\"\""));
        let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, count)).await?.context("no count")?;
        rows.push((table, row.try_get_by_index(0)?));
    }
    Ok(Contents { rows })
}

/// The first column of an answer, of rows in which it is a text.
async fn texts(db: &impl ConnectionTrait, sql: &str) -> anyhow::Result<Vec<String>> {
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}
