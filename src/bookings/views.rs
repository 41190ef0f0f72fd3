//! The one writer of what staff were shown ([`see()`](super::see::see())): it gathers in memory and commits once a second.
//!
//! Invariants: what is gathered stays until its commit has succeeded, so none is lost while the process lives, and only one
//! writer takes from it, so none is written twice. (Where PostgreSQL commits and the connection breaks before it says so, the
//! batch is written again: twice in the log is better than not at all.)

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{DatabaseConnection, DbErr};

use super::error::BookingError;
use super::see::View;
use super::state::BookingState;
use crate::accounts::audit;
use crate::db::{DbFault, LongWrites, begin_write};

/// How often what was gathered is committed: so much is lost when the process is killed.
const INTERVAL: Duration = Duration::from_secs(1);
/// So long somebody else may be writing until nobody is shown anything more.
const PATIENCE: TimeDelta = TimeDelta::seconds(5);
/// Whoever reads the log waits so long for what was just seen.
const READERS_PATIENCE: Duration = Duration::from_secs(5);
/// Views that wait in memory at most: a few megabytes, and more than a hundred agents gather in a minute who look through a list
/// of fifty visits every five seconds.
const MOST_WAITING: usize = 100_000;
/// Views committed in one transaction: a visitor's write should not wait long behind it.
const BATCH: usize = 1_000;

/// What staff were shown and the audit log does not have yet.
#[derive(Debug)]
pub struct Views {
    gathered: Mutex<Gathered>,
    /// Held while writing.
    writing: tokio::sync::Mutex<()>,
    long_writes: LongWrites,
}

#[derive(Debug, Default)]
struct Gathered {
    /// The first look first. Those that are being written stay here until they are committed.
    waiting: VecDeque<View>,
    /// When the writer began to try, if nothing has come of it yet.
    trying_since: Option<DateTime<Utc>>,
    /// Long writes of this process that had ended then.
    ended: u64,
    /// Nothing more is taken until all that waits is committed.
    is_failing: bool,
}

impl Views {
    /// `long_writes` are those that the writer waits for without complaint.
    #[must_use]
    pub fn new(long_writes: LongWrites) -> Self {
        Self { gathered: Mutex::default(), writing: tokio::sync::Mutex::default(), long_writes }
    }

    /// Whether anybody may be shown anything: asked before a change whose answer shows a visit.
    ///
    /// # Errors
    /// As [`Views::gather`].
    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), BookingError> {
        self.gather(now, std::iter::empty())
    }

    /// Takes over what somebody is shown of their own change, which is committed: the answer cannot be refused any more.
    pub(super) fn gather_after(&self, seen: impl Iterator<Item = View>) {
        self.lock().waiting.extend(seen);
    }

    /// Takes over what somebody is shown at this instant, all or nothing.
    ///
    /// # Errors
    /// [`BookingError::Unrecorded`] when the writer fails, or is too far behind.
    pub(super) fn gather(
        &self,
        now: DateTime<Utc>,
        seen: impl ExactSizeIterator<Item = View>,
    ) -> Result<(), BookingError> {
        let mut gathered = self.judged(now);
        if gathered.is_failing || gathered.waiting.len() + seen.len() > MOST_WAITING {
            return Err(BookingError::Unrecorded);
        }
        gathered.waiting.extend(seen);
        Ok(())
    }

    fn count(&self) -> usize {
        self.lock().waiting.len()
    }

    /// The oldest of those that wait, so many at most, which the writer tries to commit from now on.
    fn batch(&self, now: DateTime<Utc>, most: usize) -> Vec<View> {
        let mut gathered = self.judged(now);
        gathered.trying_since.get_or_insert(now);
        gathered.waiting.iter().take(most.min(BATCH)).cloned().collect()
    }

    /// The oldest are committed.
    fn committed(&self, count: usize) {
        let mut gathered = self.lock();
        gathered.waiting.drain(..count);
        gathered.trying_since = None;
        if gathered.waiting.is_empty() && std::mem::take(&mut gathered.is_failing) {
            tracing::info!("the audit log has caught up, and staff are shown visitors' data again");
        }
    }

    /// A batch was not committed. Somebody else who writes is waited for, anything else does not pass by itself.
    fn refused(&self, error: &DbErr) {
        match DbFault::of(error) {
            DbFault::Retry => tracing::debug!(%error, "what staff were shown waits for another writer"),
            _ => self.lock().fail(&format!("{error:#}")),
        }
    }

    /// What was gathered, once it is clear whether the writer has tried for too long. A long write of this process does not
    /// count: the patience begins anew after it.
    fn judged(&self, now: DateTime<Utc>) -> MutexGuard<'_, Gathered> {
        let (is_long, ended) = (self.long_writes.are_running(), self.long_writes.ended());
        let mut gathered = self.lock();
        if is_long || gathered.ended != ended {
            gathered.ended = ended;
            gathered.trying_since = gathered.trying_since.map(|_| now);
        }
        if gathered.trying_since.is_some_and(|since| now - since >= PATIENCE) {
            gathered.fail("somebody else keeps the database from being written");
        }
        gathered
    }

    /// Each change is whole: a panic in between leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    fn fail(&mut self, why: &str) {
        if !std::mem::replace(&mut self.is_failing, true) {
            let waiting = self.waiting.len();
            tracing::error!(waiting, error = why, "staff are shown no visitor's data: the audit log cannot be written");
        }
    }
}

/// Commits what was gathered, once a second, for as long as the process lives. While a long write of this process has SQLite's
/// lock it does not even ask: waiting for the lock takes a connection from those who read.
pub async fn keep_views(state: BookingState) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if !state.views.long_writes.are_running() {
            // Told where it is found.
            let _later = flush_views(&state).await;
        }
    }
}

/// For whoever is about to read the audit log: what was seen until now is in it, unless it cannot be written in time, or a long
/// write of this process has SQLite's lock.
pub async fn catch_up_views(state: &BookingState) {
    if !state.views.long_writes.are_running() {
        let _later = tokio::time::timeout(READERS_PATIENCE, flush_views(state)).await;
    }
}

/// Commits what was gathered until now.
///
/// # Errors
/// When the database refuses; then what is not committed goes on waiting.
pub async fn flush_views(state: &BookingState) -> Result<(), DbErr> {
    // As a task of its own: a caller that is cut off between a commit and its being noted would have it written twice.
    let flushed = tokio::spawn(flush(state.clone())).await;
    flushed.unwrap_or_else(|panic| Err(DbErr::Custom(panic.to_string())))
}

async fn flush(state: BookingState) -> Result<(), DbErr> {
    let views = &state.views;
    let _writing = views.writing.lock().await;
    // What is seen meanwhile is left to the next one: while many read, this one would never end.
    let mut left = views.count();
    while left > 0 {
        let batch = views.batch(state.now(), left);
        write(&state.db, &batch).await.inspect_err(|error| views.refused(error))?;
        views.committed(batch.len());
        left -= batch.len();
    }
    Ok(())
}

async fn write(db: &DatabaseConnection, batch: &[View]) -> Result<(), DbErr> {
    let transaction = begin_write(db).await?;
    let entries: Vec<_> = batch.iter().map(|view| (&*view.actor, view.at, view.entry())).collect();
    audit::record_each(&transaction, entries).await?;
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::accounts::Actor;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn gather(views: &Views, seconds: i64, count: usize) -> bool {
        let actor = Arc::new(Actor::command());
        let view = View { actor, at: at(seconds), booking: 1, clinic: 1, had: [true; 4] };
        views.gather(at(seconds), vec![view; count].into_iter()).is_ok()
    }

    #[test]
    fn memory_is_bounded_and_a_request_is_taken_whole_or_not_at_all() {
        let views = Views::new(LongWrites::default());
        assert!(gather(&views, 0, MOST_WAITING - 1));
        assert!(!gather(&views, 0, 2));
        assert!(gather(&views, 0, 1));
        assert!(!gather(&views, 0, 1));
        views.committed(BATCH);
        assert_eq!(views.count(), MOST_WAITING - BATCH);
        assert!(gather(&views, 0, BATCH));
    }

    #[test]
    fn patience_begins_with_the_first_attempt_and_ends_until_all_is_committed() {
        let views = Views::new(LongWrites::default());
        assert!(gather(&views, 0, 1));
        assert!(gather(&views, 60, 1), "nobody has tried yet");
        assert_eq!(views.batch(at(60), 1).len(), 1);
        assert!(gather(&views, 64, 1));
        assert!(!gather(&views, 65, 1));
        views.committed(1);
        assert!(!gather(&views, 66, 1), "two wait");
        assert_eq!(views.batch(at(66), 2).len(), 2);
        views.committed(2);
        assert!(gather(&views, 67, 1));
    }

    #[test]
    fn a_long_write_of_this_process_costs_no_patience() {
        let long_writes = LongWrites::default();
        let views = Views::new(long_writes.clone());
        assert!(gather(&views, 0, 1));
        assert_eq!(views.batch(at(0), 1).len(), 1);
        let running = long_writes.begin();
        assert!(gather(&views, 60, 1));
        drop(running);
        assert!(gather(&views, 120, 1), "it has just ended");
        assert!(gather(&views, 124, 1));
        assert!(!gather(&views, 125, 1));
        // One that begins and ends between two looks is seen, too, but mends nothing.
        drop(long_writes.begin());
        assert!(!gather(&views, 126, 1));
    }

    #[test]
    fn a_fault_that_does_not_pass_by_itself_needs_no_patience() {
        let views = Views::new(LongWrites::default());
        assert!(gather(&views, 0, 1));
        assert_eq!(views.batch(at(0), 1).len(), 1);
        views.refused(&DbErr::Custom("there is no such table".to_owned()));
        assert!(!gather(&views, 0, 1));
        views.committed(1);
        assert!(gather(&views, 0, 1));
    }
}
