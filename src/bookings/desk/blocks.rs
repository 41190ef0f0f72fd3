use std::sync::Arc;

use super::caught_up;
use crate::accounts::Actor;
use crate::bookings::block::{BlockRequest, Blocked, block as block_verb, lift_block as lift_verb};
use crate::bookings::error::BookingError;
use crate::bookings::idempotency::RequestKey;
use crate::bookings::refusal::Refusal;
use crate::bookings::requests::BlockAsked;
use crate::bookings::state::BookingState;
use crate::bookings::work::Over;
use crate::directory::Entry;

/// Lays a block over a time of a clinic (rule A17).
///
/// # Errors
/// There is no such clinic in the scope, the block is too long, or visits are in the way that were not named.
pub async fn block(
    state: &BookingState,
    actor: &Actor,
    asked: &BlockAsked,
    key: Option<&RequestKey>,
) -> Result<(Blocked, Arc<Entry>), Refusal> {
    let entry = caught_up(state, &asked.clinic, &actor.scope).await?;
    let request = BlockRequest {
        clinic: entry.id,
        from: asked.from,
        to: asked.to,
        seats: asked.seats,
        reason: &asked.reason,
        over: Over::These(&asked.over),
        actor,
    };
    Ok((block_verb(state, &request, key).await?, entry))
}

/// Takes a block away: its times are offered again.
///
/// # Errors
/// There is no such block in the scope, or it was taken away before.
pub async fn lift_block(state: &BookingState, actor: &Actor, id: i64) -> Result<(), Refusal> {
    if lift_verb(state, actor, id).await? { Ok(()) } else { Err(BookingError::UnknownBlock.into()) }
}
