//! Imports and their rows as the API shows them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::accounts::audit::FieldChange;
use crate::clinics::import::{Fix, Import, PlanRow, Problem, Summary};

/// A file that somebody brought, without its rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportOut {
    pub id: i64,
    /// `planning`, `planned`, `applied` or `undone`.
    pub status: &'static str,
    pub file_name: Option<String>,
    /// Whether cells were read as they are, without removing an export's apostrophes.
    pub raw: bool,
    /// The e-mail of whose it is; null for the command line.
    pub created_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub applied_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
    /// The data version that its rows were compared with.
    pub data_version: i64,
    /// Whether the invented clinics make room for those of this file.
    pub retires_demonstration: bool,
    pub summary: SummaryOut,
    /// What there is to say about the whole file.
    pub notes: Vec<NoteOut>,
}

/// Rows by what they mean.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportSummary)]
pub struct SummaryOut {
    pub create: usize,
    pub change: usize,
    pub same: usize,
    pub decision: usize,
    pub error: usize,
}

/// A plan with a page of its rows; those that change nothing are left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPlan)]
pub struct PlanOut {
    #[serde(flatten)]
    pub import: ImportOut,
    pub rows: Vec<RowOut>,
    /// The cursor of the next rows; null after the last.
    pub next: Option<String>,
}

/// One row of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub struct RowOut {
    /// As the spreadsheet numbers it; the header is row 1.
    pub row: usize,
    pub code: String,
    /// `create`, `change`, `same`, `decision` or `error`.
    pub result: &'static str,
    /// `applied`, `skipped`, `restored`, `removed`, `closed` or `kept`; null before it is applied.
    pub outcome: Option<&'static str>,
    pub changes: Vec<FieldChange>,
    pub problems: Vec<ProblemOut>,
    /// Repairs and oddities that stop nothing.
    pub notes: Vec<NoteOut>,
    /// Why the row was taken against a doubt.
    pub reason: Option<String>,
}

/// Why a row needs a decision, or is in error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportProblem)]
pub struct ProblemOut {
    pub column: Option<String>,
    pub reason: String,
    /// What was probably meant.
    pub fix: Option<FixOut>,
}

/// A proposal that settles a doubt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFix)]
pub struct FixOut {
    /// As a question.
    pub detail: String,
    /// The cells as they would be, by column; an empty one is left blank.
    #[schema(value_type = Object)]
    pub cells: Map<String, Value>,
}

/// Something to know that stops nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportNote)]
pub struct NoteOut {
    pub column: Option<String>,
    pub reason: String,
}

impl ImportOut {
    /// `created_by` is the e-mail of its user.
    #[must_use]
    pub fn new(import: Import, created_by: Option<String>) -> Self {
        let Summary { create, change, same, decision, error } = import.summary;
        Self {
            id: import.id,
            status: import.status.as_str(),
            file_name: import.file_name,
            raw: import.is_raw,
            created_by,
            created_at: import.created_at,
            applied_at: import.applied_at,
            undone_at: import.undone_at,
            data_version: import.data_version,
            retires_demonstration: import.retires_demonstration,
            summary: SummaryOut { create, change, same, decision, error },
            notes: import.notes.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PlanRow> for RowOut {
    fn from(row: PlanRow) -> Self {
        Self {
            row: row.row,
            result: row.result.as_str(),
            outcome: row.outcome.map(crate::clinics::import::Outcome::as_str),
            changes: row.given.map(|target| target.changes).unwrap_or_default(),
            problems: row.problems.into_iter().map(Into::into).collect(),
            notes: row.notes.into_iter().map(Into::into).collect(),
            code: row.code,
            reason: row.reason,
        }
    }
}

impl From<Problem> for ProblemOut {
    fn from(problem: Problem) -> Self {
        Self { column: problem.column, reason: problem.reason, fix: problem.fix.map(Into::into) }
    }
}

impl From<Fix> for FixOut {
    fn from(fix: Fix) -> Self {
        let cells = fix.cells.into_iter().map(|(column, cell)| (column, Value::String(cell)));
        Self { detail: fix.detail, cells: cells.collect() }
    }
}

impl From<Problem> for NoteOut {
    fn from(note: Problem) -> Self {
        Self { column: note.column, reason: note.reason }
    }
}
