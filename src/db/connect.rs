use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use sea_orm::sqlx::{
    self, Connection as _,
    sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement};

use super::DbFault;
use super::file::{make_private, sqlite_file};

/// Readers beside the one writer of SQLite; PostgreSQL connections of one replica.
const MAX_CONNECTIONS: u32 = 8;
/// How long a write waits for another process's write on SQLite.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows that SQLite's thread reads ahead: waking the reader for each fifty shows when a large network is read.
const ROWS_BUFFERED: usize = 1_000;
/// A connection idle for longer is tried before use: the server may have restarted.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(30);
/// Below this version a reset of the WAL can corrupt the database (fixed by SQLite in 3.51.3).
const SQLITE_MIN_VERSION: (u32, u32, u32) = (3, 51, 3);
const POSTGRES_MIN_VERSION_NUM: i32 = 130_000;

/// Connects, creating a missing SQLite file, and brings the schema up to date.
///
/// # Errors
/// One clear sentence: the URL is wrong, the file cannot be opened or written, the database is newer than this program.
pub async fn open(url: &str) -> anyhow::Result<DatabaseConnection> {
    let db = connect(url).await?;
    super::migrate(&db, super::Direction::Up).await?;
    refuse_read_only(&db).await?;
    Ok(db)
}

/// Connects to look: no missing SQLite file is made, and a schema that is behind stays so.
///
/// # Errors
/// As [`open`]; when there is no database, or its schema is behind this program.
pub async fn look(url: &str) -> anyhow::Result<DatabaseConnection> {
    let db = connect_there(url).await?;
    match super::refuse_behind(&db).await {
        Ok(()) => Ok(db),
        Err(error) => {
            close(&db).await;
            Err(error)
        }
    }
}

/// As [`connect`], and leaves alone what is there, or is not.
///
/// # Errors
/// As [`open`]; when there is no database.
pub async fn connect_there(url: &str) -> anyhow::Result<DatabaseConnection> {
    refuse_missing(url)?;
    connect_with(url, Purpose::Look).await
}

/// Refuses a SQLite file that is not there: whoever mistyped its name would be shown an empty directory.
///
/// # Errors
/// Names the file; when the URL is wrong.
pub fn refuse_missing(url: &str) -> anyhow::Result<()> {
    check_url(url)?;
    match sqlite_file(url).filter(|file| matches!(file.try_exists(), Ok(false))) {
        Some(missing) => bail!("there is no database at {}", missing.display()),
        None => Ok(()),
    }
}

/// Ends every connection: SQLite then leaves one whole file, which may be copied, and no write-ahead log beside it.
pub async fn close(db: &DatabaseConnection) {
    // A request that was cut off may keep its connection; the program ends without it.
    const PATIENCE: Duration = Duration::from_secs(2);
    if !matches!(tokio::time::timeout(PATIENCE, db.close_by_ref()).await, Ok(Ok(()))) {
        tracing::debug!("a connection to the database was still in use");
    }
}

/// Refuses a database that can only be read: a service on it would lose every booking, so better it never starts.
///
/// # Errors
/// The database's own reason.
pub async fn refuse_read_only(db: &DatabaseConnection) -> anyhow::Result<()> {
    // Deletes nothing, but both databases ask first whether they may write.
    match db.execute_unprepared("DELETE FROM networks WHERE 1 = 0").await {
        // Somebody else is writing, so it can be written.
        Err(error) if DbFault::of(&error) == DbFault::Retry => Ok(()),
        outcome => outcome.map(drop).context("cannot write to the database"),
    }
}

/// Connects and checks the server's version, without touching the schema. A missing SQLite file is made.
///
/// # Errors
/// As [`open`].
pub async fn connect(url: &str) -> anyhow::Result<DatabaseConnection> {
    connect_with(url, Purpose::Change).await
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Look,
    Change,
}

async fn connect_with(url: &str, purpose: Purpose) -> anyhow::Result<DatabaseConnection> {
    check_url(url)?;
    let mut options = ConnectOptions::new(url.to_owned());
    if let Some(file) = sqlite_file(url).filter(|_| purpose == Purpose::Change) {
        // What cannot be made is told by SQLite itself, below.
        let _not_made = make_private(&file);
    }
    options
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(BUSY_TIMEOUT)
        .sqlx_logging_level(tracing::log::LevelFilter::Debug)
        .record_stmt_in_spans(false)
        .test_before_acquire_if_idle_for(TEST_AFTER_IDLE)
        .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_clean(connection))))
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                // Made above. A connection that is added later must not make an empty one where the file was deleted.
                .create_if_missing(false)
                // What was erased is not to be read in the file's free space either.
                .pragma("secure_delete", "ON")
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
                .row_buffer_size(ROWS_BUFFERED);
            // The mode is part of the file, and who only looks changes none.
            if purpose == Purpose::Change { sqlite.journal_mode(SqliteJournalMode::Wal) } else { sqlite }
        });
    let db = Database::connect(options)
        .await
        .map_err(unanswered)
        .with_context(|| format!("cannot open the database {}", without_password(url)))?;
    check_version(&db).await?;
    Ok(db)
}

/// Whether a connection may be used again. When the disk is full or fails, SQLite ends the transaction by itself, and the
/// driver, which did not, believes in it from then on: what is "committed" later on such a connection is never written.
async fn is_clean(connection: &mut sqlx::SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback may still be on its way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// The pool says only that it waited.
fn unanswered(error: DbErr) -> anyhow::Error {
    match &error {
        DbErr::Conn(RuntimeErr::SqlxError(cause)) if matches!(**cause, sqlx::Error::PoolTimedOut) => {
            anyhow!("no answer within {} s", BUSY_TIMEOUT.as_secs())
        }
        _ => error.into(),
    }
}

/// Refuses what would only fail later and less clearly.
///
/// # Errors
/// When it is no URL of a database that this program can use.
pub fn check_url(url: &str) -> anyhow::Result<()> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    match scheme {
        "sqlite" if url.contains(":memory:") => {
            bail!(
                "an in-memory SQLite database would be a different one on each connection; name a file, as in sqlite://clinics.db"
            )
        }
        "sqlite" => Ok(()),
        // Read here, because the driver's message would show the password.
        "postgres" | "postgresql" => match url::Url::parse(url) {
            Ok(_) => Ok(()),
            Err(error) => bail!("the database URL cannot be read: {error}"),
        },
        _ => bail!("the database URL must start with sqlite:// or postgres://, as in sqlite://clinics.db"),
    }
}

/// The URL as it may be shown: credentials belong in no message, and a query may hold them as well.
#[must_use]
pub fn without_password(url: &str) -> String {
    match url.split('?').next().unwrap_or_default().split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, host)| host)),
        None => url.to_owned(),
    }
}

/// The database's own words for its version, and how SQLite keeps its journal.
///
/// # Errors
/// When it cannot be asked.
pub async fn version(db: &DatabaseConnection) -> anyhow::Result<String> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let (version, mode): (String, String) =
            (scalar(db, "SELECT sqlite_version()").await?, scalar(db, "PRAGMA journal_mode").await?);
        return Ok(format!("SQLite {version}, journal mode {mode}"));
    }
    let version: String = scalar(db, "SELECT current_setting('server_version')").await?;
    Ok(format!("PostgreSQL {version}"))
}

async fn check_version(db: &DatabaseConnection) -> anyhow::Result<()> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let version: String = scalar(db, "SELECT sqlite_version()").await?;
        let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
        let found = (at(&parts, 0), at(&parts, 1), at(&parts, 2));
        if found < SQLITE_MIN_VERSION {
            bail!("the linked SQLite {version} can corrupt a database in WAL mode; 3.51.3 or newer is needed");
        }
    } else {
        let version: i32 = scalar(db, "SELECT current_setting('server_version_num')::int").await?;
        if version < POSTGRES_MIN_VERSION_NUM {
            bail!("PostgreSQL 13 or newer is needed, this server says {version}");
        }
    }
    Ok(())
}

fn at(parts: &[u32], index: usize) -> u32 {
    parts.get(index).copied().unwrap_or_default()
}

async fn scalar<T: sea_orm::TryGetable>(db: &DatabaseConnection, sql: &str) -> anyhow::Result<T> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.context("cannot read the database's version")?;
    row.context("the database gave no version")?.try_get_by_index(0).context("cannot read the database's version")
}
