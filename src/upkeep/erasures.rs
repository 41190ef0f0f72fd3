use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;

use crate::bookings::subjects::{ErasureLog, Reapplied, reapply};
use crate::token::SecretKey;

/// Erases again what the log has and the database has not seen, and tells the log of the service what came of it.
///
/// # Errors
/// When the log or the database cannot be read or written.
pub async fn erase_again(
    db: &DatabaseConnection,
    secret: Option<&SecretKey>,
    log: &ErasureLog,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let Reapplied { erasures, bookings, other_key, unreadable } = reapply(db, secret, log, now).await?;
    let file = log.path().display();
    if erasures > 0 {
        tracing::warn!(
            "this database is older than {erasures} erasures in {file}: {bookings} bookings were erased again"
        );
    }
    if other_key > 0 {
        tracing::error!(
            "{other_key} of them were made with another secret key: the bookings they emptied are erased again, but whether this \
             database holds more of the same people cannot be told without that key"
        );
    }
    if !unreadable.is_empty() {
        let lines: Vec<String> = unreadable.iter().map(usize::to_string).collect();
        tracing::error!("{file}: these lines cannot be read, and what they erased may be here: {}", lines.join(", "));
    }
    Ok(())
}
