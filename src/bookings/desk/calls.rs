use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::caught_up;
use crate::accounts::Actor;
use crate::bookings::call::{CallRequest, call as call_verb};
use crate::bookings::find;
use crate::bookings::idempotency::RequestKey;
use crate::bookings::refusal::Refusal;
use crate::bookings::requests::CallAsked;
use crate::bookings::state::BookingState;
use crate::bookings::work::Outcome;
use crate::directory::Entry;
use crate::error::FieldErrors;

/// A call that is recorded.
#[derive(Debug)]
pub struct Called {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
    /// As the gazetteer names it.
    pub place: Option<String>,
    pub clinic: Option<Arc<Entry>>,
    pub booking: Option<i64>,
}

/// Records how a call ended. When a visitor who waits for another time was not reached, that counts on the work list.
///
/// # Errors
/// There is no such clinic or visit in the scope.
pub async fn call(
    state: &BookingState,
    actor: &Actor,
    asked: &CallAsked,
    key: Option<&RequestKey>,
) -> Result<Called, Refusal> {
    let clinic = match &asked.clinic {
        Some(slug) => Some(caught_up(state, slug, &actor.scope).await?),
        None => None,
    };
    if let Some(id) = asked.booking {
        known_visit(state, actor, id).await?;
    }
    let (outcome, place, booking) = (asked.outcome, asked.place.as_deref(), asked.booking);
    let request = CallRequest { outcome, place, clinic: clinic.as_ref().map(|entry| entry.id), booking };
    let made = call_verb(state, actor, &request, key).await?;
    Ok(Called { id: made.id, at: made.at, outcome, place: made.place, clinic, booking })
}

async fn known_visit(state: &BookingState, actor: &Actor, id: i64) -> Result<(), Refusal> {
    let detail = "there is no booking with this id in the scope of this account";
    let unknown = || FieldErrors::one("booking", "booking_unknown", detail);
    find::find(&state.db, &actor.scope, id).await?.ok_or_else(unknown)?;
    Ok(())
}
