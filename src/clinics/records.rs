use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbBackend, DbErr};

use crate::db::{DbFault, LongWrite, LongWrites, begin_write};

/// What is to happen once a change is committed.
type Publish = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Where the verbs of this feature write: the database, and what makes their changes public in this process. Other processes
/// find them by the data version.
#[derive(Clone)]
pub struct Records {
    pub db: DatabaseConnection,
    publish: Option<Publish>,
    long_writes: LongWrites,
}

impl Records {
    /// For a program that answers nobody.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, publish: None, long_writes: LongWrites::default() }
    }

    /// For a program that answers from memory; it hears of `long_writes`.
    #[must_use]
    pub fn published_by(
        db: DatabaseConnection,
        long_writes: LongWrites,
        publish: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self { db, publish: Some(Arc::new(publish)), long_writes }
    }

    /// Begins a transaction that may take seconds, and tells so for as long as it keeps SQLite's other writers waiting; on
    /// PostgreSQL it keeps nobody. Bind the mark before the transaction: what is bound first is dropped last.
    ///
    /// # Errors
    /// As [`begin_write`].
    pub(super) async fn begin_long_write(&self) -> Result<(Option<LongWrite>, DatabaseTransaction), DbErr> {
        let transaction = begin_write(&self.db).await?;
        let is_sqlite = self.db.get_database_backend() == DbBackend::Sqlite;
        Ok((is_sqlite.then(|| self.long_writes.begin()), transaction))
    }

    /// Whether PostgreSQL ended a transaction because it and a booking waited for each other: it can be run again.
    #[must_use]
    pub(super) fn is_deadlock(&self, error: &anyhow::Error) -> bool {
        let is_postgres = self.db.get_database_backend() == DbBackend::Postgres;
        is_postgres && error.downcast_ref::<DbErr>().is_some_and(|error| DbFault::of(error) == DbFault::Retry)
    }

    /// Commits a change and waits until it is public, the one way in which this feature commits what the directory shows.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub(super) async fn commit(&self, transaction: DatabaseTransaction) -> Result<(), DbErr> {
        transaction.commit().await?;
        if let Some(publish) = &self.publish {
            // As a task of its own: a client that hangs up now must not leave the change for later.
            let _nobody_panics = tokio::spawn(publish()).await;
        }
        Ok(())
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_published = self.publish.is_some();
        f.debug_struct("Records").field("db", &self.db).field("is_published", &is_published).finish_non_exhaustive()
    }
}
