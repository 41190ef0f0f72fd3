use crate::accounts::Actor;
use crate::bookings::find;
use crate::bookings::model::Status;
use crate::bookings::refusal::Refusal;
use crate::bookings::requests::Sought;
use crate::bookings::see::see;
use crate::bookings::state::BookingState;
use crate::bookings::visit::Visit;
use crate::entities::booking::Model;

/// The visits made with one phone number.
#[derive(Debug)]
pub struct Known {
    /// To come, or waiting for another time; the next one first.
    pub upcoming: Vec<Visit>,
    /// The latest one first.
    pub recent: Vec<Visit>,
}

/// What is known about whoever calls from this number, in E.164.
///
/// # Errors
/// When the database refuses.
pub async fn caller(state: &BookingState, actor: &Actor, phone: String) -> Result<Known, Refusal> {
    const MOST_RECENT: usize = 10;
    const MOST: u64 = 50;
    let rows = find::matching(&state.db, &actor.scope, &Sought::Phone(phone), MOST).await?;
    let now = state.now();
    let is_upcoming = |row: &Model| match Status::of(row) {
        Status::NeedsRebooking => true,
        Status::Confirmed => now < row.ends_at,
        _ => false,
    };
    let (mut upcoming, mut recent): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_upcoming);
    upcoming.reverse();
    recent.truncate(MOST_RECENT);
    see(state, actor, &upcoming.iter().chain(&recent).collect::<Vec<_>>())?;
    let of = |rows: Vec<Model>| rows.into_iter().filter_map(|row| Visit::of(state, row).ok()).collect();
    Ok(Known { upcoming: of(upcoming), recent: of(recent) })
}

/// Visits that match what is looked for, at most so many, the latest first; and whether there are more.
///
/// # Errors
/// When the database refuses.
pub async fn search(state: &BookingState, actor: &Actor, sought: &Sought) -> Result<(Vec<Visit>, bool), Refusal> {
    const MOST: usize = 50;
    let mut rows = find::matching(&state.db, &actor.scope, sought, MOST as u64 + 1).await?;
    let has_more = rows.len() > MOST;
    rows.truncate(MOST);
    see(state, actor, &rows.iter().collect::<Vec<_>>())?;
    Ok((rows.into_iter().filter_map(|row| Visit::of(state, row).ok()).collect(), has_more))
}
