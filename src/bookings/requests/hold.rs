use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{TOKEN, instant, required};
use super::reason::FieldReason;
use crate::directory::{Near, miles};
use crate::error::FieldErrors;
use crate::geo::Metres;
use crate::token::TokenHash;

/// The longest horizon a network can have (rule A15).
const MAX_WITHIN_DAYS: u16 = 1_000;
/// As in searches.
const DEFAULT_RADIUS_MI: f64 = 25.0;

/// A time to hold: `clinic` and `starts_at`, or whatever is best near a place: `near`, `within_days` and perhaps `radius`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = HoldRequest)]
#[serde(deny_unknown_fields)]
pub struct HoldIn {
    /// The clinic's slug.
    pub clinic: Option<String>,
    /// When the consultation starts, RFC 3339 with an offset.
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// A ZIP, "City, ST", a state, "lat, lon" or a pasted address.
    pub near: Option<String>,
    /// Today or one of so many next dates; 0 to 1000.
    #[schema(minimum = 0, maximum = 1000)]
    pub within_days: Option<i64>,
    /// Miles, above 0, at most 12500; 25 by default. Without anything free inside, the search goes farther.
    pub radius: Option<f64>,
    /// A random text that the visitor's browser keeps: holding again gives the hold before back. 1 to 200 characters.
    pub visitor_token: Option<String>,
}

/// Where and when a visit is to move.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = RescheduleRequest)]
#[serde(deny_unknown_fields)]
pub struct RescheduleIn {
    /// RFC 3339 with an offset.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub starts_at: Option<String>,
    /// Another clinic's slug; the same clinic without it.
    pub clinic: Option<String>,
}

/// A validated [`HoldIn`].
#[derive(Clone, Debug, PartialEq)]
pub struct HoldAsked {
    pub wanted: Wanted,
    pub visitor: Option<TokenHash>,
}

/// Which time somebody wants to hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    This { clinic: String, starts_at: DateTime<Utc> },
    Best { near: Near, within_days: u16, radius: Metres },
}

impl HoldIn {
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<HoldAsked, FieldErrors> {
        let Self { clinic, starts_at, near, within_days, radius, visitor_token } = self;
        let mut errors = FieldErrors::default();
        let wanted = match near {
            None => {
                let only_with_near = [("within_days", within_days.is_some()), ("radius", radius.is_some())];
                refuse_beside(only_with_near, "is for a search by near", &mut errors);
                let clinic = required("clinic", clinic, &mut errors);
                Wanted::This { clinic, starts_at: instant("starts_at", starts_at, &mut errors) }
            }
            Some(near) => {
                let only_without = [("clinic", clinic.is_some()), ("starts_at", starts_at.is_some())];
                refuse_beside(only_without, "is for one certain time: leave it out, or near", &mut errors);
                best(near, within_days, radius, &mut errors)
            }
        };
        let is_usable = |token: &String| (1..=TOKEN).contains(&token.chars().count());
        if visitor_token.as_ref().is_some_and(|token| !is_usable(token)) {
            errors.push("visitor_token", "invalid_value", format!("must have 1 to {TOKEN} characters"));
        }
        let visitor = visitor_token.map(|token| TokenHash::of(&token));
        errors.or(HoldAsked { wanted, visitor })
    }
}

fn refuse_beside(members: [(&str, bool); 2], detail: &str, errors: &mut FieldErrors) {
    for (member, _) in members.into_iter().filter(|(_, is_given)| *is_given) {
        errors.push(member, "ambiguous", detail);
    }
}

fn best(near: String, within_days: Option<i64>, radius: Option<f64>, errors: &mut FieldErrors) -> Wanted {
    if within_days.is_none() {
        errors.add(FieldReason::Required.on("within_days", "is required: how many days ahead may it be?"));
    }
    let days = u16::try_from(within_days.unwrap_or_default()).ok().filter(|days| *days <= MAX_WITHIN_DAYS);
    let within_days = days.unwrap_or_else(|| {
        let detail = format!("must be a whole number from 0 to {MAX_WITHIN_DAYS}");
        let most = usize::from(MAX_WITHIN_DAYS);
        errors.add(FieldReason::OutOfRange.on("within_days", detail).with("min", 0).with("max", most));
        0
    });
    let radius = miles(radius.unwrap_or(DEFAULT_RADIUS_MI)).unwrap_or_else(|| {
        errors.push("radius", "invalid_value", "must be a number of miles above 0 and at most 12500");
        Metres(0.0)
    });
    Wanted::Best { near: Near::Text(near), within_days, radius }
}

impl RescheduleIn {
    /// The new start, and the slug of another clinic if one was named.
    ///
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<(DateTime<Utc>, Option<String>), FieldErrors> {
        let Self { starts_at, clinic } = self;
        let mut errors = FieldErrors::default();
        let starts_at = instant("starts_at", starts_at, &mut errors);
        errors.or((starts_at, clinic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_needs_an_offset() {
        let hold = |starts_at: &str| HoldIn {
            clinic: Some("austin".to_owned()),
            starts_at: Some(starts_at.to_owned()),
            ..HoldIn::default()
        };
        assert!(hold("2026-12-04T10:00:00-05:00").parse().is_ok());
        for wrong in ["2026-12-04T10:00:00", "2026-12-04", "tomorrow", "", "99999-12-04T10:00:00Z"] {
            assert!(hold(wrong).parse().is_err(), "{wrong}");
        }
    }

    #[test]
    fn one_certain_time_or_the_best_near_a_place_but_not_half_of_both() {
        let near = || HoldIn { near: Some("78701".to_owned()), within_days: Some(7), ..HoldIn::default() };
        assert!(near().parse().is_ok());
        let fields = |body: HoldIn| match body.parse() {
            Ok(_) => String::new(),
            Err(errors) => errors.iter().map(|error| error.field.clone()).collect::<Vec<_>>().join(","),
        };
        assert_eq!(fields(HoldIn { clinic: Some("austin".to_owned()), ..near() }), "clinic");
        assert_eq!(fields(HoldIn { within_days: None, ..near() }), "within_days");
        assert_eq!(fields(HoldIn { within_days: Some(-1), ..near() }), "within_days");
        assert_eq!(fields(HoldIn { radius: Some(f64::NAN), ..near() }), "radius");
        assert_eq!(fields(HoldIn { radius: Some(5.0), ..HoldIn::default() }), "radius,clinic,starts_at");
    }
}
