use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reason::FieldReason;
use crate::bookings::work::Outcome;
use crate::error::FieldErrors;
use crate::geo::Metres;
use crate::places::{PlaceKind, gazetteer};

/// A call that has ended.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = CallRequest)]
#[serde(deny_unknown_fields)]
pub struct CallIn {
    /// `booked`, `rescheduled`, `cancelled`, `information`, `nothing_suitable`, `too_far`, `complaint`, `wrong_number`,
    /// `not_reached` or `other`.
    #[schema(required = true, nullable = false)]
    pub outcome: Option<String>,
    /// Where the caller was: a ZIP or a city. Its label is kept, not what was typed.
    pub place: Option<String>,
    /// The slug of the clinic that it was about.
    pub clinic: Option<String>,
    /// The id of the booking that it was about.
    pub booking: Option<i64>,
}

/// A validated [`CallIn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallAsked {
    pub outcome: Outcome,
    /// As the gazetteer names it.
    pub place: Option<String>,
    /// A slug.
    pub clinic: Option<String>,
    pub booking: Option<i64>,
}

impl CallIn {
    /// # Errors
    /// An outcome that is missing or none, or a place that is none or several.
    pub fn parse(self) -> Result<CallAsked, FieldErrors> {
        let Self { outcome, place, clinic, booking } = self;
        let outcome = ended(outcome.as_deref())?;
        let place = place.as_deref().map(label).transpose()?;
        Ok(CallAsked { outcome, place, clinic, booking })
    }
}

fn ended(text: Option<&str>) -> Result<Outcome, FieldErrors> {
    let found = Outcome::ALL.into_iter().find(|outcome| Some(outcome.as_str()) == text);
    found.ok_or_else(|| {
        let words = Outcome::ALL.map(Outcome::as_str).join(", ");
        let reason = if text.is_none() { FieldReason::Required } else { FieldReason::UnknownChoice };
        reason.on("outcome", format!("must be one of {words}")).into()
    })
}

/// How the gazetteer names the place, which may be kept; of exact coordinates the ZIP around them.
fn label(text: &str) -> Result<String, FieldErrors> {
    const FARTHEST: Metres = Metres(200_000.0);
    let refused = || FieldErrors::one("place", "place_unknown", "must be a ZIP, a city or a state that exists");
    // What was typed does not come back in an error: it may be more than a place.
    let resolved = gazetteer().resolve(text).map_err(|_| refused())?;
    if !resolved.alternatives.is_empty() {
        let others: Vec<&str> = resolved.alternatives.iter().map(|place| &*place.label).collect();
        let detail = format!("could be {} or {}: say which", resolved.label, others.join(", "));
        return Err(FieldErrors::one("place", "ambiguous", detail));
    }
    if resolved.kind != PlaceKind::Point {
        return Ok(resolved.label);
    }
    let zip = gazetteer().nearest_zip(resolved.point, FARTHEST).ok_or_else(refused)?;
    let around = gazetteer().resolve(&zip.code.to_string()).map_err(|_| refused())?;
    Ok(around.label)
}

#[cfg(test)]
mod tests {
    use super::super::refused_fields as fields;
    use super::*;

    fn call(outcome: &str, place: &str) -> CallIn {
        CallIn { outcome: Some(outcome.to_owned()), place: Some(place.to_owned()), ..CallIn::default() }
    }

    #[test]
    fn a_call_has_an_outcome_and_a_place_that_exists() {
        assert_eq!(fields(CallIn::default().parse()), "outcome");
        assert_eq!(fields(call("bored", "78701").parse()), "outcome");
        assert_eq!(fields(call("booked", "Nowhere at all, QQ").parse()), "place");
    }

    #[test]
    fn coordinates_are_kept_as_the_zip_around_them() {
        let asked = call("booked", "30.26721, -97.74312").parse().unwrap();
        assert_eq!(asked.place.as_deref(), Some("Austin, TX 78701"));
    }
}
