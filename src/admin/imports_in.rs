//! What the calls about imports are asked: queries, and the decisions about a plan.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::clinics::Flavour;
use crate::clinics::contact;
use crate::clinics::import::store::RowFilter;
use crate::clinics::import::{Choice, Decision, Decisions, Open, Outcome, RowResult};
use crate::error::FieldErrors;
use crate::web::{FromParams, Params};

/// Rows a page without `limit`.
pub const DEFAULT_ROWS: usize = 100;

/// `?raw=&filename=`.
#[derive(Debug)]
pub struct UploadQuery {
    pub flavour: Flavour,
    pub name: Option<String>,
}

impl FromParams for UploadQuery {
    const NAMES: &'static [&'static str] = &["raw", "filename"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let flavour = params.read("raw", Flavour::Spreadsheet, &mut errors, |text| match text {
            "true" => Ok(Flavour::Raw),
            "false" => Ok(Flavour::Spreadsheet),
            _ => Err("true or false".to_owned()),
        });
        let name = params.read("filename", None, &mut errors, |text| {
            const LONGEST: usize = 200;
            let is_name = text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
            let last = text.rsplit(['/', '\\']).next().unwrap_or(text);
            is_name.then(|| Some(last.to_owned())).ok_or_else(|| "at most 200 characters".to_owned())
        });
        errors.or(Self { flavour, name })
    }
}

/// `?limit=&cursor=` of a list.
#[derive(Debug)]
pub struct ListQuery {
    pub limit: u64,
    pub before: Option<i64>,
}

impl FromParams for ListQuery {
    const NAMES: &'static [&'static str] = &["limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        const DEFAULT_LIMIT: u64 = 50;
        let mut errors = FieldErrors::default();
        let limit = params.read("limit", DEFAULT_LIMIT, &mut errors, limit);
        let before = params.read("cursor", None, &mut errors, cursor);
        errors.or(Self { limit, before })
    }
}

fn limit(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|limit| (1..=100).contains(limit)).ok_or_else(|| "a number from 1 to 100".to_owned())
}

fn cursor(text: &str) -> Result<Option<i64>, String> {
    text.parse().map(Some).map_err(|_| "take the value of `next` as it is".to_owned())
}

/// `?result=&outcome=&limit=&cursor=` of an import's rows.
#[derive(Debug)]
pub struct RowsQuery {
    pub filter: RowFilter,
    pub limit: usize,
}

impl Default for RowsQuery {
    fn default() -> Self {
        Self { filter: RowFilter::default(), limit: DEFAULT_ROWS }
    }
}

impl FromParams for RowsQuery {
    const NAMES: &'static [&'static str] = &["result", "outcome", "limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let one_of = |names: Vec<&str>| format!("one of {}", names.join(", "));
        let result = params.read("result", None, &mut errors, |text| {
            let known = || one_of(RowResult::ALL.map(RowResult::as_str).to_vec());
            RowResult::parse(text).map(Some).ok_or_else(known)
        });
        let outcome = params.read("outcome", None, &mut errors, |text| {
            let known = || one_of(Outcome::ALL.map(Outcome::as_str).to_vec());
            Outcome::parse(text).map(Some).ok_or_else(known)
        });
        let limit = params.read("limit", DEFAULT_ROWS as u64, &mut errors, limit);
        let after = params.read("cursor", 0, &mut errors, |text| {
            text.parse().map_err(|_| "take the value of `next` as it is".to_owned())
        });
        let limit = usize::try_from(limit).unwrap_or(DEFAULT_ROWS);
        errors.or(Self { filter: RowFilter { result, outcome, after }, limit })
    }
}

/// What was decided about a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportDecisions)]
pub struct ApplyIn {
    /// Rows that are not named are taken as they are; one that needs a decision or is in error must be.
    #[serde(default)]
    #[schema(required = false)]
    decisions: Vec<DecisionIn>,
}

/// What to do with one row: exactly one of `use_fix`, `override` and `skip` is true.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportDecision)]
pub struct DecisionIn {
    row: usize,
    /// Take the proposed fixes.
    #[serde(default)]
    use_fix: bool,
    /// Take the row as it is; needs a reason.
    #[serde(default, rename = "override")]
    overrides: bool,
    /// Leave the row out.
    #[serde(default)]
    skip: bool,
    /// Why, for the log; at most 300 characters.
    #[schema(max_length = 300)]
    reason: Option<String>,
}

impl ApplyIn {
    /// The decisions by row.
    ///
    /// # Errors
    /// Those that are none, or contradict each other.
    pub fn parse(&self) -> Result<Decisions, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut decisions = Decisions::all(Open::Ask);
        for (at, decision) in self.decisions.iter().enumerate() {
            match decision.parse() {
                Err(detail) => errors.push(&format!("decisions[{at}]"), "invalid_value", detail),
                Ok(parsed) => {
                    if decisions.by_row.insert(decision.row, parsed).is_some() {
                        let detail = format!("row {} is decided twice", decision.row);
                        errors.push(&format!("decisions[{at}]"), "repeated", detail);
                    }
                }
            }
        }
        errors.or(decisions)
    }

    /// The member that named a row.
    #[must_use]
    pub fn field(&self, row: usize) -> String {
        let at = self.decisions.iter().position(|decision| decision.row == row).unwrap_or_default();
        format!("decisions[{at}]")
    }
}

impl DecisionIn {
    fn parse(&self) -> Result<Decision, &'static str> {
        const LONGEST_REASON: usize = 300;
        let choice = match (self.use_fix, self.overrides, self.skip) {
            (true, false, false) => Choice::UseFix,
            (false, true, false) => Choice::Override,
            (false, false, true) => Choice::Skip,
            _ => return Err("set exactly one of use_fix, override and skip to true"),
        };
        let reason = self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if choice == Choice::Override && reason.is_none() {
            return Err("an override needs a reason");
        }
        if reason
            .is_some_and(|reason| reason.chars().count() > LONGEST_REASON || reason.chars().any(contact::is_hidden))
        {
            return Err("a reason has at most 300 characters, none of them hidden");
        }
        Ok(Decision { choice, reason: reason.map(str::to_owned) })
    }
}
