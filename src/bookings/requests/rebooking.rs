use crate::bookings::rebooking::After;
use crate::error::FieldErrors;
use crate::web::{FromParams, Params};

/// `?limit=&cursor=` of the visits that wait for another time.
#[derive(Debug)]
pub struct RebookingQuery {
    /// Visits a page.
    pub limit: u64,
    /// The last visit of the page before.
    pub after: Option<After>,
}

impl FromParams for RebookingQuery {
    const NAMES: &'static [&'static str] = &["limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        const DEFAULT_LIMIT: u64 = 20;
        let mut errors = FieldErrors::default();
        let limit = params.read("limit", DEFAULT_LIMIT, &mut errors, |text| {
            text.parse().ok().filter(|limit| (1..=100).contains(limit)).ok_or("a number from 1 to 100".to_owned())
        });
        let after = params.read("cursor", None, &mut errors, |text| {
            After::parse(text).map(Some).ok_or("take the value of `next` as it is".to_owned())
        });
        errors.or(Self { limit, after })
    }
}
