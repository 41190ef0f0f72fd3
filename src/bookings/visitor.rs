//! What a visitor does about a visit, each step one call: for JSON and for pages.
//!
//! A step counts the attempt, catches up with other processes, looks up what is meant, runs the verb and, when that refuses,
//! finds what the visitor can have instead. Nothing else here calls limits or catches up.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::alternatives::alternatives;
use super::by::By;
use super::error::BookingError;
use super::hold::HoldRequest;
use super::hold_best::BestRequest;
use super::idempotency::RequestKey;
use super::model::Guest;
use super::refusal::Refusal;
use super::reschedule::MoveRequest;
use super::state::BookingState;
use super::visit::Visit;
use super::{
    cancel as cancel_verb, confirm, extend as extend_verb, hold as hold_verb, hold_best, release as release_verb,
};
use super::{reschedule, store};
use crate::directory::{Entry, Origin};
use crate::error::FieldErrors;
use crate::geo::Metres;
use crate::token::TokenHash;
use crate::web::ClientAddress;

/// Who asks, as far as is known.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// `None` within this process.
    pub client: Option<ClientAddress>,
    /// Of the browser; whoever holds again gives the hold before back (rule B5).
    pub token: Option<TokenHash>,
}

/// Holds a time at a clinic, named by any slug that it ever had (rules B1, B5, B19).
///
/// # Errors
/// There is no such clinic, the time cannot be had, or this visitor tries too often.
pub async fn hold(
    state: &BookingState,
    visitor: &Visitor,
    slug: &str,
    starts_at: DateTime<Utc>,
    key: Option<&RequestKey>,
) -> Result<Visit, Refusal> {
    state.limits.hold(visitor.client, visitor.token.as_ref())?;
    let entry = named(state, slug).await?;
    let request = HoldRequest {
        clinic: entry.id,
        starts_at,
        visitor: visitor.token.as_ref(),
        override_reason: None,
        staff: None,
    };
    match hold_verb(state, &request, key).await {
        Ok(row) => Ok(Visit::of(state, row)?),
        Err(error) => Err(around(state, &entry, starts_at, error)),
    }
}

/// Holds the best time near a place (rule A16), in as many days ahead.
///
/// # Errors
/// Nothing can be had there in those days, or this visitor tries too often.
pub async fn hold_near(
    state: &BookingState,
    visitor: &Visitor,
    near: &Origin,
    (radius, within_days): (Metres, u16),
    key: Option<&RequestKey>,
) -> Result<Visit, Refusal> {
    state.limits.hold(visitor.client, visitor.token.as_ref())?;
    state.directory.catch_up().await?;
    let request = BestRequest { near, radius, within_days, visitor: visitor.token.as_ref() };
    Ok(Visit::of(state, hold_best(state, &request, key).await?)?)
}

/// Adds minutes to a hold (rule B8).
///
/// # Errors
/// The hold is unknown, over, or cannot be extended further.
pub async fn extend(state: &BookingState, token: &TokenHash, key: Option<&RequestKey>) -> Result<Visit, Refusal> {
    Ok(Visit::of(state, extend_verb(state, token, key).await?)?)
}

/// Gives a hold back; one that is over already is none the worse for it.
///
/// # Errors
/// The hold is unknown, or has become a visit.
pub async fn release(state: &BookingState, token: &TokenHash) -> Result<(), Refusal> {
    Ok(release_verb(state, token).await?)
}

/// Makes a hold a visit (rules B3, B4, B17).
///
/// # Errors
/// The hold is unknown or over: then with the way to have its time once more; or somebody books too often from this address.
pub async fn book(
    state: &BookingState,
    visitor: &Visitor,
    token: &TokenHash,
    guest: &Guest,
    key: Option<&RequestKey>,
) -> Result<Visit, Refusal> {
    state.limits.booking(visitor.client)?;
    match confirm(state, token, guest, key).await {
        Ok(row) => Ok(Visit::of(state, row)?),
        Err(error @ BookingError::HoldExpired) => Err(expired(state, token, error).await?),
        Err(error) => Err(error.into()),
    }
}

/// The hold with this token.
///
/// # Errors
/// There is none, or the database cannot be read.
pub async fn held(state: &BookingState, token: &TokenHash) -> Result<Visit, Refusal> {
    let row = store::by_hold_token(&state.db, token).await?.ok_or(BookingError::UnknownHold)?;
    Ok(Visit::of(state, row)?)
}

/// What a visitor held last, whatever has become of it.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest(state: &BookingState, visitor: &Visitor) -> Result<Option<Visit>, Refusal> {
    let Some(token) = &visitor.token else { return Ok(None) };
    let row = store::latest_of_visitor(&state.db, token).await?;
    Ok(row.map(|row| Visit::of(state, row)).transpose()?)
}

/// The visit with this manage token.
///
/// # Errors
/// There is none, or the database cannot be read.
pub async fn see(state: &BookingState, token: &TokenHash) -> Result<Visit, Refusal> {
    let row = store::by_manage_token(&state.db, token, false).await?.ok_or(BookingError::UnknownBooking)?;
    Ok(Visit::of(state, row)?)
}

/// Moves one's own visit to another time, here or at the clinic that is named; refused, it stands as it was (rules B11, B12).
///
/// # Errors
/// The visit is unknown or past changing, the time cannot be had, or this visitor tries too often.
pub async fn move_to(
    state: &BookingState,
    visitor: &Visitor,
    token: &TokenHash,
    (slug, starts_at): (Option<&str>, DateTime<Utc>),
    key: Option<&RequestKey>,
) -> Result<Visit, Refusal> {
    state.limits.hold(visitor.client, visitor.token.as_ref())?;
    let entry = match slug {
        Some(slug) => named(state, slug).await?,
        None => see(state, token).await?.clinic,
    };
    let to = MoveRequest { clinic: entry.id, starts_at, override_reason: None };
    match reschedule(state, By::Visitor(token), &to, key).await {
        Ok(row) => Ok(Visit::of(state, row)?),
        Err(error) => Err(around(state, &entry, starts_at, error)),
    }
}

/// Cancels one's own visit.
///
/// # Errors
/// The visit is unknown, cancelled already (rule B10), or past changing.
pub async fn cancel(state: &BookingState, token: &TokenHash, key: Option<&RequestKey>) -> Result<Visit, Refusal> {
    Ok(Visit::of(state, cancel_verb(state, By::Visitor(token), key).await?)?)
}

async fn named(state: &BookingState, slug: &str) -> Result<Arc<Entry>, BookingError> {
    state.directory.catch_up().await?;
    let unknown = || FieldErrors::one("clinic", "clinic_unknown", "there is no clinic with this slug").into();
    state.directory.snapshot().lookup(slug).cloned().ok_or_else(unknown)
}

/// A taken time is told with the nearest others; they are looked up after the refusal, outside its transaction.
pub(super) fn around(state: &BookingState, entry: &Arc<Entry>, wanted: DateTime<Utc>, error: BookingError) -> Refusal {
    let is_taken = matches!(error, BookingError::SlotTaken { .. });
    Refusal { alternatives: is_taken.then(|| alternatives(state, entry, wanted)), ..error.into() }
}

/// Rule B3: a hold that ran out is told with the way to have its time once more, when it can be had.
pub(super) async fn expired(
    state: &BookingState,
    token: &TokenHash,
    error: BookingError,
) -> Result<Refusal, BookingError> {
    let row = store::by_hold_token(&state.db, token).await?.ok_or(BookingError::UnknownHold)?;
    let hold = Visit::of(state, row)?;
    let rehold = hold.is_free_at(state.now()).then_some(hold);
    Ok(Refusal { rehold, ..error.into() })
}
