//! Keeps the claims that the directory shows level with the claims table: at once for what this process commits, four
//! times a second for what others do. The table stays the judge; what is shown may be that much behind.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DbErr;

use super::claims::{self, ClaimRow};
use super::state::BookingState;
use super::store::{self, Change, When};
use crate::availability::BUCKET_SECS;
use crate::clinics::ClinicId;

/// How often changes of other processes are looked for.
const INTERVAL: Duration = Duration::from_millis(250);
/// How far back a look goes: transactions take time to commit, and the clocks of two machines differ.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);
/// Clinics read in one query.
const BATCH: usize = 500;

/// What is known about changes of claims.
#[derive(Debug, Default)]
pub struct Followed {
    /// Instants of own commits that nobody has read back yet.
    committed: Mutex<Vec<DateTime<Utc>>>,
    /// Held while reading: what was read later is told later.
    told: tokio::sync::Mutex<Told>,
}

/// What the last look found.
#[derive(Debug, Default)]
struct Told {
    /// When it began; `None` before the first.
    looked_at: Option<DateTime<Utc>>,
    /// The changes of the minute before it.
    changes: HashSet<Change>,
}

/// Shows every claim there is, at the start of a process.
///
/// # Errors
/// When the database cannot be read.
pub async fn show_all(state: &BookingState) -> Result<(), DbErr> {
    let _reading = state.followed.told.lock().await;
    show(state, claims::all_claims(&state.db, first_bucket(state)).await?, HashSet::new());
    Ok(())
}

/// Shows what a transaction of this process changed; `now` is the instant that it wrote. One of several that commit at
/// the same time reads for all of them. What cannot be read now is tried again by [`follow`].
pub(super) async fn committed(state: &BookingState, now: DateTime<Utc>) {
    lock(&state.followed.committed).push(now);
    let _reading = state.followed.told.lock().await;
    if let Err(error) = show_own(state).await {
        tracing::warn!(%error, "claims cannot be read back and are shown late");
    }
}

async fn show_own(state: &BookingState) -> Result<(), DbErr> {
    let instants = std::mem::take(&mut *lock(&state.followed.committed));
    if instants.is_empty() {
        return Ok(());
    }
    let shown = show_at(state, &instants).await;
    if shown.is_err() {
        lock(&state.followed.committed).extend(instants);
    }
    shown
}

async fn show_at(state: &BookingState, instants: &[DateTime<Utc>]) -> Result<(), DbErr> {
    let changes = store::changes(&state.db, When::At(instants)).await?;
    read_and_show(state, changes.iter().map(|change| change.clinic).collect()).await
}

/// Follows other processes for as long as this one lives.
pub async fn follow(state: BookingState) {
    let mut was_away = false;
    loop {
        tokio::time::sleep(INTERVAL).await;
        let outcome = look(&state).await;
        if let Err(error) = &outcome
            && !was_away
        {
            tracing::warn!(%error, "claims cannot be followed; the times shown are the last known ones");
        }
        was_away = outcome.is_err();
    }
}

/// Shows what anybody changed since the last look.
///
/// # Errors
/// When the database cannot be read.
pub async fn look(state: &BookingState) -> Result<(), DbErr> {
    let mut told = state.followed.told.lock().await;
    show_own(state).await?;
    // From the last look that succeeded: the database, or this machine, may have been away for longer than a minute.
    let now = state.now();
    let since = told.looked_at.map_or(now, |looked_at| looked_at.min(now)) - LOOK_BACK;
    let recent: HashSet<Change> = store::changes(&state.db, When::Since(since)).await?.into_iter().collect();
    let snapshot = state.directory.snapshot();
    // A clinic that is not in the directory yet will be: its changes stay untold.
    let known: HashSet<Change> = recent.into_iter().filter(|change| snapshot.by_id(change.clinic).is_some()).collect();
    let clinics: HashSet<ClinicId> = known.difference(&told.changes).map(|change| change.clinic).collect();
    read_and_show(state, clinics).await?;
    *told = Told { looked_at: Some(now), changes: known };
    Ok(())
}

async fn read_and_show(state: &BookingState, clinics: HashSet<ClinicId>) -> Result<(), DbErr> {
    let ids: Vec<ClinicId> = clinics.into_iter().collect();
    for batch in ids.chunks(BATCH) {
        let rows = claims::claims(&state.db, batch, &(first_bucket(state)..i64::MAX)).await?;
        show(state, rows, batch.iter().copied().collect());
    }
    Ok(())
}

/// Hands the rows over, clinic by clinic; a clinic of `all` without rows has no claims.
fn show(state: &BookingState, rows: Vec<ClaimRow>, all: HashSet<ClinicId>) {
    let mut by_clinic: HashMap<ClinicId, Vec<ClaimRow>> = all.into_iter().map(|id| (id, Vec::new())).collect();
    for row in rows {
        by_clinic.entry(ClinicId(row.clinic_id)).or_default().push(row);
    }
    for (clinic, rows) in by_clinic {
        state.directory.show_claims(clinic, claims::as_claims(&rows));
    }
}

/// Answers are as of a whole minute: the bucket before now may still count.
fn first_bucket(state: &BookingState) -> i64 {
    state.now().timestamp().div_euclid(BUCKET_SECS) - 1
}

/// Instants are pushed and taken whole: a panic in between leaves nothing half done.
fn lock(committed: &Mutex<Vec<DateTime<Utc>>>) -> std::sync::MutexGuard<'_, Vec<DateTime<Utc>>> {
    committed.lock().unwrap_or_else(PoisonError::into_inner)
}
