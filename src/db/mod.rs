//! The database: connecting, migrating, the one way to begin a write, and what a database error means.
//!
//! SQLite and PostgreSQL behind one set of queries. Start at [`open`] to change something and at
//! [`look`] to look; every write goes through [`begin_write`]. A SQLite file
//! is made for its owner alone, copied whole while others write ([`copy()`]), also before each change of its schema, and watched
//! while a service runs on it ([`Watch`]). [`LongWrites`] tells whether this process keeps SQLite's other writers waiting.

mod connect;
mod copy;
mod fault;
mod file;
mod long_writes;
mod migrate;
mod safekeeping;
mod watch;

pub use connect::{
    check_url, close, connect, connect_there, look, open, refuse_missing, refuse_read_only, version, without_password,
};
pub use copy::{Contents, connect_alone, connect_file, contents, copy, inspect, verify};
pub use fault::{DbFault, told};
pub use file::{Draft, FileId, beside, link_or_rename, make_private, sqlite_file, sync_folder};
pub use long_writes::{LongWrite, LongWrites};
pub use migrate::{Direction, migrate, migrate_copy, refuse_behind, status};
pub use watch::{Watch, Writes};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

/// Begins a transaction that may write. SQLite takes its write lock at once: a deferred transaction that reads first
/// fails with BUSY_SNAPSHOT when somebody else wrote in between, whatever the busy timeout.
///
/// # Errors
/// When the database is away, or SQLite's writer stays busy beyond the timeout.
pub async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        isolation_level: None,
        access_mode: None,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
    };
    db.begin_with_options(options).await
}

/// Begins a transaction whose queries all see the database of one moment.
///
/// # Errors
/// When the database is away.
pub async fn begin_read(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    // SQLite needs no level, and says so with each transaction that names one.
    let is_postgres = db.get_database_backend() == DbBackend::Postgres;
    let options = TransactionOptions {
        isolation_level: is_postgres.then_some(IsolationLevel::RepeatableRead),
        access_mode: None,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
    };
    db.begin_with_options(options).await
}
