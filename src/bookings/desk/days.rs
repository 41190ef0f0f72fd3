use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use super::named;
use crate::accounts::Actor;
use crate::bookings::block::Block;
use crate::bookings::refusal::Refusal;
use crate::bookings::see::see;
use crate::bookings::state::BookingState;
use crate::bookings::visit::Visit;
use crate::bookings::{find, store};
use crate::directory::Entry;
use crate::error::FieldErrors;

/// Some dates of a clinic's calendar.
#[derive(Debug)]
pub struct ClinicDays {
    pub clinic: Arc<Entry>,
    /// The first date.
    pub from: NaiveDate,
    /// By their time; cancelled ones included.
    pub visits: Vec<Visit>,
    /// By their time.
    pub blocks: Vec<Block>,
}

/// The visits and blocks of a clinic on so many dates; from today on when no date is given.
///
/// # Errors
/// There is no such clinic in the scope, or the date is not of this century.
pub async fn days(
    state: &BookingState,
    actor: &Actor,
    slug: &str,
    from: Option<NaiveDate>,
    count: u64,
) -> Result<ClinicDays, Refusal> {
    let clinic = Arc::clone(named(&state.directory.snapshot(), slug, &actor.scope)?);
    let from = from.unwrap_or_else(|| clinic.schedule().local_date(state.now()));
    let time = time_of(&clinic, from, count)?;
    let rows = find::at_clinic(&state.db, &actor.scope, clinic.id, &time).await?;
    let blocks = store::blocks_of(&state.db, clinic.id, &time).await?;
    see(state, actor, &rows.iter().collect::<Vec<_>>())?;
    let visits = rows.into_iter().map(|row| Visit { row, clinic: Arc::clone(&clinic) }).collect();
    Ok(ClinicDays { clinic, from, visits, blocks: blocks.into_iter().map(Into::into).collect() })
}

/// From midnight to midnight where the clinic is.
fn time_of(clinic: &Entry, from: NaiveDate, count: u64) -> Result<Range<DateTime<Utc>>, FieldErrors> {
    let end = from.checked_add_days(Days::new(count)).filter(|end| is_ordinary(from) && is_ordinary(*end));
    let end = end.ok_or_else(|| FieldErrors::one("from", "invalid_value", "must be a date of this century"))?;
    let schedule = clinic.schedule();
    Ok(schedule.midnight(from)..schedule.midnight(end))
}

/// Dates that databases and time zones agree on.
fn is_ordinary(date: NaiveDate) -> bool {
    (2000..=2100).contains(&date.year())
}
