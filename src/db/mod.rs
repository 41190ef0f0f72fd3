//! The database: connecting, migrating, the one way to begin a write, and what a database error means.
//!
//! SQLite and PostgreSQL behind one set of queries. Start at [`open`]; every write goes through [`begin_write`].

mod connect;
mod fault;
mod migrate;

pub use connect::{close, connect, open, refuse_read_only};
pub use fault::{DbFault, told};
pub use migrate::{Direction, migrate, status};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
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
