use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::error::BookingError;
use super::follow::{self, Followed};
use super::limits::RateLimits;
use super::views::Views;
use crate::clinics::store as clinics;
use crate::clock::Clock;
use crate::db::{DbFault, begin_write};
use crate::directory::{Directory, Snapshot};
use crate::token::SecretKey;

/// A transaction that lost a race (deadlock, serialisation, a unique key) is run again this often.
const MAX_ATTEMPTS: u32 = 8;
/// So often a decision is made anew because the directory has changed under it. An editor's click is one; a script that edits
/// without a pause must not keep visitors waiting for ever.
const MAX_DECISIONS: u32 = 50;
/// Grows with each attempt, so that those who met do not meet again.
const PAUSE: Duration = Duration::from_millis(5);
/// PostgreSQL keeps microseconds: an instant must compare the same before and after it was stored.
const SUBSECOND_DIGITS: u16 = 6;

/// Everything the verbs need; cheap to clone.
#[derive(Clone, Debug)]
pub struct BookingState {
    pub db: DatabaseConnection,
    pub clock: Clock,
    pub directory: Directory,
    pub secret: SecretKey,
    pub limits: Arc<RateLimits>,
    pub followed: Arc<Followed>,
    /// What staff were shown and the audit log does not have yet.
    pub views: Arc<Views>,
}

impl BookingState {
    /// The instant that a request sees.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now().trunc_subsecs(SUBSECOND_DIGITS)
    }

    /// Runs `work` in one write transaction and commits what it did; a refusal rolls everything back. `now` is what the
    /// work writes as `updated_at`: by it the directory learns what has changed.
    pub(super) async fn write<'a, T, F>(
        &'a self,
        now: DateTime<Utc>,
        work: impl Fn(DatabaseTransaction) -> F,
    ) -> Result<T, BookingError>
    where
        F: Future<Output = (DatabaseTransaction, Result<T, BookingError>)> + 'a,
    {
        self.decide(now, |tx, _| work(tx)).await
    }

    /// As [`BookingState::write`], for work that depends on hours, dates or closures: it asks [`still_current`] once it has its
    /// locks, and when the snapshot is behind it is run again on the next one.
    pub(super) async fn decide<'a, T, F>(
        &'a self,
        now: DateTime<Utc>,
        work: impl Fn(DatabaseTransaction, Arc<Snapshot>) -> F,
    ) -> Result<T, BookingError>
    where
        F: Future<Output = (DatabaseTransaction, Result<T, BookingError>)> + 'a,
    {
        let (mut attempt, mut decision) = (1, 1);
        loop {
            let snapshot = self.directory.snapshot();
            let (transaction, outcome) = work(begin_write(&self.db).await?, snapshot).await;
            let outcome = match outcome {
                Ok(done) => transaction.commit().await.map(|()| done).map_err(BookingError::from),
                Err(refusal) => transaction.rollback().await.map_err(BookingError::from).and(Err(refusal)),
            };
            match outcome {
                Err(BookingError::Database(error)) if attempt < MAX_ATTEMPTS && is_race(&error) => {
                    tokio::time::sleep(PAUSE * attempt).await;
                    attempt += 1;
                }
                Err(BookingError::Outdated) if decision < MAX_DECISIONS => {
                    decision += 1;
                    if let Err(error) = self.directory.refresh().await {
                        tracing::warn!(
                            error = format!("{error:#}"),
                            "the directory is behind, and nothing can be booked"
                        );
                        return Err(BookingError::Outdated);
                    }
                }
                Ok(done) => {
                    follow::committed(self, now).await;
                    return Ok(done);
                }
                refused => return refused,
            }
        }
    }
}

/// Whether what is committed is what the snapshot says. Asked in the transaction that decides, after the clinic's row or the
/// network's is locked: whoever changes hours, dates or closures of a clinic locks its row for update before they commit.
///
/// # Errors
/// [`BookingError::Outdated`] when a change was committed since; or when the database cannot be read.
pub(super) async fn still_current(tx: &DatabaseTransaction, snapshot: &Snapshot) -> Result<(), BookingError> {
    let committed = clinics::data_version(tx).await?;
    if committed == snapshot.data_version { Ok(()) } else { Err(BookingError::Outdated) }
}

/// A conflict here is a unique key that somebody else just took: a reference, or a visitor's one hold.
fn is_race(error: &sea_orm::DbErr) -> bool {
    matches!(DbFault::of(error), DbFault::Retry | DbFault::Conflict)
}
