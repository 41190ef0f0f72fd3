use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::accounts::audit::FieldChange;

/// Something in a file that a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// As the spreadsheet numbers it; the header is row 1.
    pub row: usize,
    /// The column's name, when one cell is to blame.
    pub column: Option<String>,
    pub reason: String,
    /// What was probably meant.
    pub fix: Option<Fix>,
}

impl Problem {
    #[must_use]
    pub fn new(row: usize, column: Option<&str>, reason: impl Into<String>) -> Self {
        Self { row, column: column.map(str::to_owned), reason: reason.into(), fix: None }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            Some(column) => write!(f, "row {}, {column}: {}", self.row, self.reason)?,
            None => write!(f, "row {}: {}", self.row, self.reason)?,
        }
        match &self.fix {
            Some(fix) => write!(f, " ({})", fix.detail),
            None => Ok(()),
        }
    }
}

/// A proposal that settles a doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// As a question: "swap lat and lon? 30.2672, -97.7431".
    pub detail: String,
    /// The cells as they would be, by our names of the columns; an empty one is left blank.
    pub cells: BTreeMap<String, String>,
}

/// What a row of a file means for the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowResult {
    Create,
    Change,
    Same,
    /// Somebody has to say what is meant.
    Decision,
    Error,
}

impl RowResult {
    pub const ALL: [Self; 5] = [Self::Create, Self::Change, Self::Same, Self::Decision, Self::Error];

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Same => "same",
            Self::Decision => "decision",
            Self::Error => "error",
        }
    }

    /// The inverse of [`RowResult::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == text)
    }
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Rows are still being judged, or the program ended while they were.
    Planning,
    Planned,
    Applied,
    Undone,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Planning, Self::Planned, Self::Applied, Self::Undone];

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Planned => "planned",
            Self::Applied => "applied",
            Self::Undone => "undone",
        }
    }

    /// The inverse of [`Status::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Applied,
    /// Left out, as somebody said.
    Skipped,
    /// Undone: the clinic is as it was before.
    Restored,
    /// Undone: the clinic that it created is gone.
    Removed,
    /// Undone as far as could be: something refers to the clinic that it created, which is closed instead.
    Closed,
    /// Not undone: the clinic was edited since.
    Kept,
}

impl Outcome {
    pub const ALL: [Self; 6] = [Self::Applied, Self::Skipped, Self::Restored, Self::Removed, Self::Closed, Self::Kept];

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Skipped => "skipped",
            Self::Restored => "restored",
            Self::Removed => "removed",
            Self::Closed => "closed",
            Self::Kept => "kept",
        }
    }

    /// The inverse of [`Outcome::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// How many rows of each result a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub create: usize,
    pub change: usize,
    pub same: usize,
    pub decision: usize,
    pub error: usize,
}

impl Summary {
    pub fn count(&mut self, result: RowResult) {
        *self.of(result) += 1;
    }

    /// A row that was counted turned out to be something else.
    pub fn recount(&mut self, from: RowResult, to: RowResult) {
        *self.of(from) -= 1;
        self.count(to);
    }

    fn of(&mut self, result: RowResult) -> &mut usize {
        match result {
            RowResult::Create => &mut self.create,
            RowResult::Change => &mut self.change,
            RowResult::Same => &mut self.same,
            RowResult::Decision => &mut self.decision,
            RowResult::Error => &mut self.error,
        }
    }

    /// Whether applying it would change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.create + self.change + self.decision + self.error == 0
    }
}

/// A file that somebody brought, as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: i64,
    pub status: Status,
    pub user_id: Option<i64>,
    pub file_name: Option<String>,
    pub is_raw: bool,
    pub is_demonstration: bool,
    pub retires_demonstration: bool,
    pub data_version: i64,
    pub summary: Summary,
    pub notes: Vec<Problem>,
    pub created_at: DateTime<Utc>,
    pub applied_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// A row with the clinic that it would change, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Key and data version of the clinic that it was compared with; `None` creates one.
    pub base: Option<(i64, i64)>,
    pub changes: Vec<FieldChange>,
}

/// One row of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRow {
    pub row: usize,
    pub code: String,
    pub result: RowResult,
    pub is_skippable: bool,
    /// As the file has it; `None` when that cannot be stored.
    pub given: Option<Target>,
    /// With the proposed fixes.
    pub fixed: Option<Target>,
    pub problems: Vec<Problem>,
    pub notes: Vec<Problem>,
    pub outcome: Option<Outcome>,
    pub reason: Option<String>,
    pub written_hash: Option<String>,
}

impl PlanRow {
    /// The fields that it would change, or changed.
    #[must_use]
    pub fn changes(&self) -> &[FieldChange] {
        self.given.as_ref().map_or(&[], |target| &target.changes)
    }
}
