//! What staff do about visits of others, each step one call: for JSON and for pages.
//!
//! As in [`super::visitor`], a step does all that belongs to it. Besides, everything lies within the scope of the account, and
//! whoever is shown a visit is in the audit log before the step returns it (`see`).
//!
//! A step that does something at a clinic that it is given by name catches up with other processes first. One that only shows
//! something does not: staff who look would wait while the directory is read anew, and it follows by itself a moment later.

mod blocks;
mod calls;
mod closing;
mod closures;
mod days;
mod finding;
mod rebooking;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use crate::accounts::{Actor, Scope};
use crate::bookings::book::BookRequest;
use crate::bookings::by::By;
use crate::bookings::error::BookingError;
use crate::bookings::hold::HoldRequest;
use crate::bookings::idempotency::RequestKey;
use crate::bookings::refusal::Refusal;
use crate::bookings::requests::{BookingAsked, Change, RescheduleAsked};
use crate::bookings::reschedule::MoveRequest;
use crate::bookings::see::see_changed;
use crate::bookings::state::BookingState;
use crate::bookings::visit::Visit;
use crate::bookings::visitor::{around, expired};
use crate::bookings::{
    book as book_verb, cancel as cancel_verb, find, hold as hold_verb, mark as mark_verb, reschedule,
};
use crate::directory::{Entry, Snapshot};
use crate::entities::booking::Model;
use crate::error::FieldErrors;
use crate::token::TokenHash;

pub use blocks::{block, lift_block};
pub use calls::{Called, call};
pub use closing::{InTheWay, amend_closure, close, lift_closure};
pub use closures::{OwnClosure, ShownClosure, closure, closures};
pub use days::{ClinicDays, days};
pub use finding::{Known, caller, search};
pub use rebooking::{Calling, Waiting, WaitingPage, claim, rebooking, unclaim};

/// A visit that was booked for somebody.
#[derive(Debug)]
pub struct Booked {
    pub visit: Visit,
    /// Other visits to come with the same phone number: to be asked about.
    pub duplicates: Vec<Visit>,
}

/// Holds a time for a caller; with a reason above the capacity (rule B9).
///
/// # Errors
/// There is no such clinic in the scope, the time cannot be had, or the account holds too many.
pub async fn hold(
    state: &BookingState,
    actor: &Actor,
    (slug, starts_at): (&str, DateTime<Utc>),
    override_reason: Option<&str>,
    key: Option<&RequestKey>,
) -> Result<Visit, Refusal> {
    state.limits.staff_hold(actor.user)?;
    let entry = caught_up(state, slug, &actor.scope).await?;
    let request = HoldRequest { clinic: entry.id, starts_at, visitor: None, override_reason, staff: Some(actor) };
    match hold_verb(state, &request, key).await {
        Ok(row) => Ok(Visit::of(state, row)?),
        Err(error) => Err(around(state, &entry, starts_at, error)),
    }
}

/// Books a visit for somebody, with or without a hold before.
///
/// # Errors
/// As [`hold()`]; a hold that is over comes with the way to have its time once more.
pub async fn book(
    state: &BookingState,
    actor: &Actor,
    asked: &BookingAsked,
    key: Option<&RequestKey>,
) -> Result<Booked, Refusal> {
    let entry = caught_up(state, &asked.clinic, &actor.scope).await?;
    let hold = asked.hold_token.as_deref().map(|token| TokenHash::of_ours(token).ok_or(BookingError::UnknownHold));
    let hold = hold.transpose()?;
    state.views.check(state.now())?;
    let request = BookRequest {
        actor,
        clinic: entry.id,
        starts_at: asked.starts_at,
        hold: hold.as_ref(),
        guest: &asked.guest,
        override_reason: asked.override_reason.as_deref(),
    };
    match (book_verb(state, &request, key).await, &hold) {
        (Ok(row), _) => with_duplicates(state, actor, Visit::of(state, row)?).await,
        (Err(error @ BookingError::HoldExpired), Some(token)) => Err(expired(state, token, error).await?),
        (Err(error), _) => Err(around(state, &entry, asked.starts_at, error)),
    }
}

async fn with_duplicates(state: &BookingState, actor: &Actor, visit: Visit) -> Result<Booked, Refusal> {
    let Some(phone) = &visit.row.phone else { return Ok(Booked { visit, duplicates: Vec::new() }) };
    let rows = find::upcoming_of(&state.db, &actor.scope, phone, visit.row.id, state.now()).await?;
    see_changed(state, actor, &rows.iter().collect::<Vec<_>>());
    let duplicates = rows.into_iter().filter_map(|row| Visit::of(state, row).ok()).collect();
    Ok(Booked { visit, duplicates })
}

/// Finds another time for a visit, here or at the clinic that is named; refused, it stands as it was.
///
/// # Errors
/// The visit is unknown within the scope or past changing, or the time cannot be had.
pub async fn move_to(
    state: &BookingState,
    actor: &Actor,
    id: i64,
    to: &RescheduleAsked,
    key: Option<&RequestKey>,
) -> Result<Visit, Refusal> {
    let standing = find::find(&state.db, &actor.scope, id).await?.ok_or(BookingError::UnknownBooking)?;
    let entry = match &to.clinic {
        Some(slug) => caught_up(state, slug, &actor.scope).await?,
        None => Visit::of(state, standing)?.clinic,
    };
    state.views.check(state.now())?;
    let wanted =
        MoveRequest { clinic: entry.id, starts_at: to.starts_at, override_reason: to.override_reason.as_deref() };
    match reschedule(state, By::Staff(actor, id), &wanted, key).await {
        Ok(row) => Ok(shown(state, actor, row)?),
        Err(error) => Err(around(state, &entry, to.starts_at, error)),
    }
}

/// Cancels a visit to come, or one that waits for another time.
///
/// # Errors
/// The visit is unknown within the scope, cancelled already, or past changing.
pub async fn cancel(state: &BookingState, actor: &Actor, id: i64, key: Option<&RequestKey>) -> Result<Visit, Refusal> {
    state.views.check(state.now())?;
    Ok(shown(state, actor, cancel_verb(state, By::Staff(actor, id), key).await?)?)
}

/// Marks a visit or changes its note.
///
/// # Errors
/// The visit is unknown within the scope, its day has not come, or it cannot be marked so.
pub async fn mark(state: &BookingState, actor: &Actor, id: i64, change: &Change) -> Result<Visit, Refusal> {
    state.views.check(state.now())?;
    Ok(shown(state, actor, mark_verb(state, actor, id, change).await?)?)
}

/// A visit that the account has changed and is shown.
fn shown(state: &BookingState, actor: &Actor, row: Model) -> Result<Visit, BookingError> {
    see_changed(state, actor, &[&row]);
    Visit::of(state, row)
}

/// The clinic that a request names, once this process knows what others have changed.
async fn caught_up(state: &BookingState, slug: &str, scope: &Scope) -> Result<Arc<Entry>, BookingError> {
    state.directory.catch_up().await?;
    Ok(named(&state.directory.snapshot(), slug, scope).cloned()?)
}

/// The clinic that a request names; what lies outside the scope is not there.
///
/// # Errors
/// There is none, told of the field `clinic`.
pub fn named<'s>(snapshot: &'s Snapshot, slug: &str, scope: &Scope) -> Result<&'s Arc<Entry>, FieldErrors> {
    let found = snapshot.lookup(slug).filter(|entry| entry.is_in(scope));
    let detail = "there is no clinic with this slug in the scope of this account";
    found.ok_or_else(|| FieldErrors::one("clinic", "clinic_unknown", detail))
}

/// What the store of closures fails with: mostly the database.
fn unreadable(error: anyhow::Error) -> BookingError {
    let other = |error| DbErr::Custom(format!("{error:#}"));
    BookingError::Database(error.downcast().unwrap_or_else(other))
}
