use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

/// What is to happen once a change is committed.
type Publish = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Where the verbs of this feature write: the database, and what makes their changes public in this process. Other processes
/// find them by the data version.
#[derive(Clone)]
pub struct Records {
    pub db: DatabaseConnection,
    publish: Option<Publish>,
}

impl Records {
    /// For a program that answers nobody.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, publish: None }
    }

    /// For a program that answers from memory.
    #[must_use]
    pub fn published_by(
        db: DatabaseConnection,
        publish: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self { db, publish: Some(Arc::new(publish)) }
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
        f.debug_struct("Records").field("db", &self.db).field("is_published", &self.publish.is_some()).finish()
    }
}
