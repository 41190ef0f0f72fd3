use serde_json::{Value, json};

use super::alternatives::{Alternatives, AlternativesOut};
use super::desk::InTheWay;
use super::error::BookingError;
use super::out::time_of;
use super::visit::Visit;
use crate::error::AppError;

/// Why a step was not done, and what can be had instead; nothing was written.
#[derive(Debug)]
pub struct Refusal {
    pub error: BookingError,
    /// For a time that is taken: what is available around it.
    pub alternatives: Option<Alternatives>,
    /// For a closure that nobody has confirmed: the visits in its way.
    pub in_the_way: Option<InTheWay>,
    /// For a hold that ran out: the hold, when its time can be had once more (rule B3).
    pub rehold: Option<Visit>,
}

impl<E: Into<BookingError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self { error: error.into(), alternatives: None, in_the_way: None, rehold: None }
    }
}

/// As JSON tells it.
impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        let Refusal { error, alternatives, in_the_way: _, rehold } = refusal;
        let others = alternatives.map(|found| ("alternatives", json!(AlternativesOut::from(found))));
        let again =
            matches!(error, BookingError::HoldExpired).then(|| ("rehold", rehold.as_ref().map_or(Value::Null, asked)));
        error.told_with([others, again].into_iter().flatten().map(|(name, value)| (name.to_owned(), value)))
    }
}

/// What to ask for to have it again.
fn asked(hold: &Visit) -> Value {
    json!({ "clinic": hold.clinic.clinic.slug, "starts_at": time_of(&hold.row, &hold.clinic).starts_at })
}
