//! Whether the database takes writes, and whether it is still the one that was opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::DatabaseConnection;

use super::connect::refuse_read_only;
use super::file::{FileId, sqlite_file};

/// How often the file's name is looked up: what is written into a deleted file in the meantime is lost.
const FILE_INTERVAL: Duration = Duration::from_millis(250);
/// Looks at the file between two questions to the database: about every five seconds.
const LOOKS_PER_QUESTION: u32 = 20;

/// What was last seen; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Writes(Arc<AtomicBool>);

impl Writes {
    /// Whether writes succeed, as far as is known.
    #[must_use]
    pub fn are_up(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }

    /// Whether that is another finding than before.
    fn found(&self, are_up: bool) -> bool {
        self.0.swap(!are_up, Ordering::Relaxed) == are_up
    }
}

/// A look at the database every now and then, for as long as the process lives.
#[derive(Debug)]
pub struct Watch {
    db: DatabaseConnection,
    /// SQLite's, as it was when the database was opened.
    file: Option<(PathBuf, FileId)>,
}

impl Watch {
    /// Of a database that was just opened.
    #[must_use]
    pub fn new(db: DatabaseConnection, url: &str) -> Self {
        let file = sqlite_file(url).and_then(|file| FileId::of(&file).map(|id| (file, id)));
        Self { db, file }
    }

    /// Looks until the file is another one; then nothing is written any more.
    pub async fn keep(self, writes: Writes) {
        loop {
            for _ in 0..LOOKS_PER_QUESTION {
                tokio::time::sleep(FILE_INTERVAL).await;
                if self.file.as_ref().is_some_and(|(file, id)| FileId::of(file) != Some(*id)) {
                    return self.give_up(&writes).await;
                }
            }
            self.ask(&writes).await;
        }
    }

    /// Whatever was committed from here on would be in a file without a name. Without connections every write is refused, and
    /// the directory goes on from memory.
    async fn give_up(self, writes: &Writes) {
        writes.found(false);
        tracing::error!(
            "the database file was deleted or replaced under the running service: clinics are shown as last known, everything \
             else is refused; put the file in place and restart"
        );
        super::close(&self.db).await;
    }

    async fn ask(&self, writes: &Writes) {
        let outcome = refuse_read_only(&self.db).await;
        if writes.found(outcome.is_ok()) {
            match outcome {
                Ok(()) => tracing::info!("the database takes writes again"),
                Err(error) => tracing::error!(error = format!("{error:#}"), "the database takes no writes"),
            }
        }
    }
}
