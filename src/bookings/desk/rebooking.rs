use chrono::{DateTime, Utc};

use super::unreadable;
use crate::accounts::Actor;
use crate::bookings::alternatives::{Replacements, replacements};
use crate::bookings::error::BookingError;
use crate::bookings::rebooking::{self as list, After};
use crate::bookings::refusal::Refusal;
use crate::bookings::requests::RebookingQuery;
use crate::bookings::see::see;
use crate::bookings::state::BookingState;
use crate::bookings::visit::Visit;
use crate::bookings::work::Cause;
use crate::clinics::closures::{self, Record};
use crate::entities::{booking, rebooking as row};

/// A page of the visits that wait for another time.
#[derive(Debug)]
pub struct WaitingPage {
    /// The oldest first.
    pub visits: Vec<Waiting>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<After>,
}

/// A visit that waits for another time.
#[derive(Debug)]
pub struct Waiting {
    pub visit: Visit,
    /// Why it lost its time.
    pub cause: Cause,
    /// When it lost it.
    pub since: DateTime<Utc>,
    /// The closure that took it, also when that was lifted since.
    pub closure: Option<Record>,
    pub calling: Option<Calling>,
    /// How often the visitor was not reached.
    pub attempts: i32,
    pub attempted_at: Option<DateTime<Utc>>,
    pub instead: Option<Replacements>,
}

/// That somebody is calling the visitor.
#[derive(Clone, Copy, Debug)]
pub struct Calling {
    /// It is the account that looks.
    pub is_own: bool,
    pub until: DateTime<Utc>,
}

type Listed = (booking::Model, Option<row::Model>);

/// Visits that wait for another time, with why and with what they can have instead.
///
/// # Errors
/// When the database refuses.
pub async fn rebooking(state: &BookingState, actor: &Actor, query: &RebookingQuery) -> Result<WaitingPage, Refusal> {
    let mut rows = list::page(&state.db, &actor.scope, query.after, query.limit + 1).await?;
    let has_more = rows.len() as u64 > query.limit;
    rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    see(state, actor, &rows.iter().map(|(booking, _)| booking).collect::<Vec<_>>())?;
    let closures = closures_of(state, &rows).await?;
    let last = rows.last().filter(|_| has_more);
    let next = last.map(|(booking, _)| After { starts_at: booking.starts_at, id: booking.id });
    let visits = rows.into_iter().filter_map(|listed| waiting(state, actor, listed, &closures)).collect();
    Ok(WaitingPage { visits, next })
}

async fn closures_of(state: &BookingState, rows: &[Listed]) -> Result<Vec<Record>, BookingError> {
    let mut ids: Vec<i64> = rows.iter().filter_map(|(_, row)| closure_of(cause(row.as_ref()))).collect();
    ids.sort_unstable();
    ids.dedup();
    closures::some(&state.db, &ids).await.map_err(unreadable)
}

/// What waits for a reason that nobody recorded has lost its time to its clinic's status.
fn cause(row: Option<&row::Model>) -> Cause {
    row.map_or(Cause::Status, |row| Cause::of(&row.cause, row.cause_id))
}

fn closure_of(cause: Cause) -> Option<i64> {
    if let Cause::Closure(id) = cause { Some(id) } else { None }
}

/// `None` for a visit whose clinic is not in the directory.
fn waiting(state: &BookingState, actor: &Actor, (booking, row): Listed, closures: &[Record]) -> Option<Waiting> {
    let (snapshot, now, row) = (state.directory.snapshot(), state.now(), row.as_ref());
    let cause = cause(row);
    let closure = closure_of(cause).and_then(|id| closures.iter().find(|record| record.id == id));
    Some(Waiting {
        cause,
        since: row.map_or(booking.updated_at, |row| row.displaced_at),
        closure: closure.cloned(),
        calling: row.and_then(|row| calling(row, actor, now)),
        attempts: row.map_or(0, |row| row.attempts),
        attempted_at: row.and_then(|row| row.attempted_at),
        instead: replacements(&snapshot, &booking, None, now),
        visit: Visit::of(state, booking).ok()?,
    })
}

fn calling(row: &row::Model, actor: &Actor, now: DateTime<Utc>) -> Option<Calling> {
    let until = row.claimed_until.filter(|until| now < *until)?;
    Some(Calling { is_own: row.claimed_by == actor.user, until })
}

/// Takes a visit for a quarter of an hour, to call its visitor: until when. Again by the same account, anew.
///
/// # Errors
/// The visit is unknown within the scope, does not wait, or somebody else is calling.
pub async fn claim(state: &BookingState, actor: &Actor, id: i64) -> Result<DateTime<Utc>, Refusal> {
    Ok(list::claim(state, actor, id).await?)
}

/// Gives a claimed visit back to the list; one that is not claimed by this account is none the worse for it.
///
/// # Errors
/// The visit is unknown within the scope, or does not wait.
pub async fn unclaim(state: &BookingState, actor: &Actor, id: i64) -> Result<(), Refusal> {
    Ok(list::unclaim(state, actor, id).await?)
}
