use crate::error::FieldErrors;
use crate::web::{FromParams, Params};

/// `?limit=&cursor=` of lists by key.
#[derive(Debug)]
pub struct PageQuery {
    pub limit: u64,
    /// The key of the last one seen; 0 before the first.
    pub after: i64,
}

impl FromParams for PageQuery {
    const NAMES: &'static [&'static str] = &["limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        const DEFAULT_LIMIT: u64 = 50;
        let mut errors = FieldErrors::default();
        let limit = params.read("limit", DEFAULT_LIMIT, &mut errors, |text| {
            text.parse().ok().filter(|limit| (1..=100).contains(limit)).ok_or("a number from 1 to 100".to_owned())
        });
        let after = params.read("cursor", 0, &mut errors, |text| {
            text.parse().map_err(|_| "take the value of `next` as it is".to_owned())
        });
        errors.or(Self { limit, after })
    }
}

impl PageQuery {
    /// As [`cut()`].
    pub fn cut<T>(&self, rows: &mut Vec<T>, key: impl Fn(&T) -> i64) -> Option<String> {
        cut(rows, self.limit, key)
    }
}

/// Cuts `limit` of `limit + 1` rows off; the cursor of the next page, if there is one.
pub fn cut<T>(rows: &mut Vec<T>, limit: u64, key: impl Fn(&T) -> i64) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| has_more).map(|row| key(row).to_string())
}
