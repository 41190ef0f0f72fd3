use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::error::BookingError;
use super::follow::{self, Followed};
use super::limits::RateLimits;
use crate::clock::Clock;
use crate::db::{DbFault, begin_write};
use crate::directory::Directory;
use crate::token::SecretKey;

/// A transaction that lost a race (deadlock, serialisation, a unique key) is run again this often.
const MAX_ATTEMPTS: u32 = 8;
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
        let mut attempt = 1;
        loop {
            let (transaction, outcome) = work(begin_write(&self.db).await?).await;
            let outcome = match outcome {
                Ok(done) => transaction.commit().await.map(|()| done).map_err(BookingError::from),
                Err(refusal) => transaction.rollback().await.map_err(BookingError::from).and(Err(refusal)),
            };
            match outcome {
                Err(BookingError::Database(error)) if attempt < MAX_ATTEMPTS && is_race(&error) => {
                    tokio::time::sleep(PAUSE * attempt).await;
                    attempt += 1;
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

/// A conflict here is a unique key that somebody else just took: a reference, or a visitor's one hold.
fn is_race(error: &sea_orm::DbErr) -> bool {
    matches!(DbFault::of(error), DbFault::Retry | DbFault::Conflict)
}
