use chrono::{DateTime, Utc};

use super::unreadable;
use crate::accounts::{Actor, Scope};
use crate::bookings::close::meant;
use crate::bookings::error::BookingError;
use crate::bookings::refusal::Refusal;
use crate::bookings::state::BookingState;
use crate::bookings::work::Cause;
use crate::bookings::{find, rebooking};
use crate::clinics::closures::{self, Record, Stage};
use crate::directory::Snapshot;

/// Closures read at a time, of which some may be no business of the account.
const BATCH: u64 = 200;

/// A closure that is some business of an account: one of its clinics is.
#[derive(Debug)]
pub struct OwnClosure {
    pub record: Record,
    pub stage: Stage,
    /// How many clinics it is about.
    pub clinics: usize,
}

/// The same, with the visits that lost their time to it.
#[derive(Debug)]
pub struct ShownClosure {
    pub closure: OwnClosure,
    /// The keys of those that wait for another time at the clinics of the account's scope, by their time.
    pub needs_rebooking: Vec<i64>,
}

impl OwnClosure {
    /// `None` when it is no business of the account.
    fn of(record: Record, snapshot: &Snapshot, scope: &Scope, now: DateTime<Utc>) -> Option<Self> {
        let clinics = meant(snapshot, &record.closure).count();
        let is_own = *scope == Scope::All || meant(snapshot, &record.closure).any(|entry| entry.is_in(scope));
        is_own.then(|| Self { stage: record.stage(now), clinics, record })
    }
}

/// Closures from the newest on, `only` those of one stage, at most so many, `before` the one with this key; and whether there are more.
///
/// # Errors
/// When the database refuses.
pub async fn closures(
    state: &BookingState,
    actor: &Actor,
    only: Option<Stage>,
    mut before: Option<i64>,
    limit: usize,
) -> Result<(Vec<OwnClosure>, bool), Refusal> {
    let (snapshot, now, mut found) = (state.directory.snapshot(), state.now(), Vec::new());
    while found.len() <= limit {
        let batch = closures::page(&state.db, before, BATCH).await.map_err(unreadable)?;
        let Some(last) = batch.last() else { break };
        before = Some(last.id);
        let wanted = batch.into_iter().filter(|record| only.is_none_or(|stage| stage == record.stage(now)));
        found.extend(wanted.filter_map(|record| OwnClosure::of(record, &snapshot, &actor.scope, now)));
    }
    let has_more = found.len() > limit;
    found.truncate(limit);
    Ok((found, has_more))
}

/// One closure, with the visits that wait for another time because of it.
///
/// # Errors
/// There is none, or it is no business of the account.
pub async fn closure(state: &BookingState, actor: &Actor, id: i64) -> Result<ShownClosure, Refusal> {
    let closure = own(state, actor, id).await?;
    let hit = rebooking::because_of(&state.db, Cause::Closure(id)).await?;
    // Nobody is shown more of them than their keys, so nobody has seen them.
    let waiting = find::some(&state.db, &actor.scope, &hit, usize::MAX).await?;
    Ok(ShownClosure { closure, needs_rebooking: waiting.iter().map(|row| row.id).collect() })
}

/// A closure by its key, which must be some business of the account.
pub(super) async fn own(state: &BookingState, actor: &Actor, id: i64) -> Result<OwnClosure, BookingError> {
    let record = closures::find(&state.db, id).await.map_err(unreadable)?;
    let (snapshot, now) = (state.directory.snapshot(), state.now());
    let own = record.and_then(|record| OwnClosure::of(record, &snapshot, &actor.scope, now));
    own.ok_or(BookingError::UnknownClosure)
}
