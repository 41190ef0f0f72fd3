use std::time::Duration;

use sea_orm::DbErr;

use super::{Accounts, links, session, throttle};

/// Nothing depends on it: what has ended does not count, removed or not.
const EVERY: Duration = Duration::from_hours(1);

/// Removes sessions, links and failed logins that have had their time, again and again.
pub async fn keep_house(accounts: Accounts) {
    loop {
        if let Err(error) = tidy_up(&accounts).await {
            tracing::warn!(%error, "ended sessions and links could not be removed and wait");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn tidy_up(accounts: &Accounts) -> Result<(), DbErr> {
    let now = accounts.clock.now();
    session::forget(&accounts.db, now).await?;
    links::forget(&accounts.db, now).await?;
    throttle::forget(&accounts.db, now).await
}
