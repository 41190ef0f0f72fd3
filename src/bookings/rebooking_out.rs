//! The work list as it is answered, to editors and to agents alike.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::alternatives::ReplacementsOut;
use super::desk::{Calling, Waiting, WaitingPage};
use super::reticent::reticent;
use super::staff_out::StaffBookingOut;

/// Visits that wait for another time, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebookingPage {
    data: Vec<RebookingOut>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// A visit that waits for another time.
#[derive(Serialize, ToSchema)]
#[schema(as = Rebooking)]
pub struct RebookingOut {
    booking: StaffBookingOut,
    why: WhyOut,
    /// Somebody is calling the visitor.
    claim: Option<ClaimOut>,
    /// How often the visitor was not reached.
    attempts: i32,
    attempted_at: Option<DateTime<Utc>>,
    replacements: Option<ReplacementsOut>,
}

reticent!(RebookingOut);

/// Why it lost its time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RebookingReason)]
pub struct WhyOut {
    /// `closure`, `block` or `status` (the clinic is not open on that date).
    cause: &'static str,
    since: DateTime<Utc>,
    /// The closure's id.
    closure: Option<i64>,
    /// What the public is told about the closure.
    note: Option<String>,
    /// The closure was lifted since.
    lifted: bool,
}

/// Who is calling.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RebookingClaim)]
pub struct ClaimOut {
    /// By the account that asks.
    own: bool,
    until: DateTime<Utc>,
}

impl From<WaitingPage> for RebookingPage {
    fn from(page: WaitingPage) -> Self {
        Self { data: page.visits.iter().map(Into::into).collect(), next: page.next.map(|after| after.to_string()) }
    }
}

impl From<&Waiting> for RebookingOut {
    fn from(waiting: &Waiting) -> Self {
        Self {
            booking: StaffBookingOut::new(&waiting.visit),
            why: waiting.into(),
            claim: waiting.calling.map(|Calling { is_own, until }| ClaimOut { own: is_own, until }),
            attempts: waiting.attempts,
            attempted_at: waiting.attempted_at,
            replacements: waiting.instead.as_ref().map(Into::into),
        }
    }
}

impl From<&Waiting> for WhyOut {
    fn from(waiting: &Waiting) -> Self {
        let closure = waiting.closure.as_ref();
        Self {
            cause: waiting.cause.as_str(),
            since: waiting.since,
            closure: closure.map(|record| record.id),
            note: closure.and_then(|record| record.closure.note.clone()),
            lifted: closure.is_some_and(|record| record.lifted_at.is_some()),
        }
    }
}
