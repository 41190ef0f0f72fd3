use super::error::BookingError;
use super::follow;
use super::hold::{HoldRequest, hold};
use super::idempotency::{self, RequestKey};
use super::state::BookingState;
use crate::directory::{Choice, Dates, Filter, Origin, Question, Sort, weigh};
use crate::entities::booking;
use crate::geo::Metres;
use crate::token::TokenHash;

/// How many options are tried before memory is asked again.
const TRIED: usize = 10;
/// How often memory is asked: in a rush others may be faster at every option, but not for ever.
const ROUNDS: usize = 20;

/// Whatever is best near a place, by distance and wait (rule A16).
#[derive(Debug)]
pub struct BestRequest<'a> {
    pub near: &'a Origin,
    pub radius: Metres,
    /// Today or one of so many next dates of each clinic's calendar.
    pub within_days: u16,
    /// As in [`HoldRequest`].
    pub visitor: Option<&'a TokenHash>,
}

/// Holds the best free time near a place; when somebody was faster, the next best.
///
/// # Errors
/// Nothing is free in those days, or the database refuses.
pub async fn hold_best(
    state: &BookingState,
    wanted: &BestRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    for _ in 0..ROUNDS {
        let snapshot = state.directory.snapshot();
        let options = weigh(&snapshot, &question(state, wanted), wanted.near.listed_state());
        if options.choices.is_empty() {
            // A repetition is answered as before, even when that took the last time there was.
            return match idempotency::earlier(&state.db, key, state.now()).await? {
                Some(earlier) => Ok(earlier),
                None => Err(BookingError::NothingFree(options.skipped)),
            };
        }
        for Choice { position, slot, .. } in &options.choices {
            let request = HoldRequest {
                clinic: snapshot.entry(*position).id,
                starts_at: slot.starts_at,
                visitor: wanted.visitor,
                override_reason: None,
                staff: None,
            };
            match hold(state, &request, key).await {
                Err(
                    BookingError::SlotTaken { .. }
                    | BookingError::NotOffered(_)
                    | BookingError::NoConsultations
                    | BookingError::UnknownClinic,
                ) => {}
                outcome => return outcome,
            }
        }
        follow::look(state).await?;
    }
    Err(BookingError::SlotTaken { retry_at: None })
}

fn question(state: &BookingState, wanted: &BestRequest<'_>) -> Question {
    Question {
        from: wanted.near.resolved.point,
        limit: TRIED,
        radius: wanted.radius,
        filter: Filter { times: Some(Dates::within(wanted.within_days)), ..Filter::default() },
        sort: Sort::Distance,
        as_of: state.directory.as_of(),
    }
}
