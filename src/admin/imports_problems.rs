//! Why an import was refused, as the API tells it.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::imports_in::ApplyIn;
use super::imports_out::RowOut;
use crate::clinics::import::{ApplyError, PlanError, PlanRow, Status, UndoError};
use crate::db::told;
use crate::error::{AppError, FieldErrors};

/// 404: what lies outside the account's scope is not there.
pub fn unknown_import() -> AppError {
    let detail = "there is no import with this id among those that this account may see";
    AppError::NotFound { code: "import_unknown", detail: detail.to_owned() }
}

impl From<PlanError> for AppError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Unreadable(problem) => FieldErrors::one("file", "unreadable_file", problem.to_string()).into(),
            PlanError::OutsideScope => refused("demonstration", error.to_string(), &[], None),
            PlanError::Failed(error) => told(error),
        }
    }
}

/// Why a plan was not applied; the body says which member named a row.
pub fn apply_problem(error: ApplyError, body: &ApplyIn) -> AppError {
    let detail = error.to_string();
    match error {
        ApplyError::Unknown => unknown_import(),
        ApplyError::NotPlanned(status) => refused(code_of(status), detail, &[], None),
        ApplyError::Misfits(misfits) => {
            let mut errors = FieldErrors::default();
            for (row, reason) in misfits {
                errors.push(&body.field(row), "not_a_choice", format!("row {row}: {reason}"));
            }
            errors.into()
        }
        ApplyError::Open { rows, count } => refused("decisions_needed", detail, &rows, Some(count)),
        ApplyError::Stale(rows) => refused("plan_stale", detail, &rows, None),
        ApplyError::OutsideScope(rows) => refused("outside_scope", detail, &codes_only(rows), None),
        ApplyError::AddressTaken(_) => refused("legacy_url_taken", detail, &[], None),
        ApplyError::NotEmpty => refused("not_empty", detail, &[], None),
        ApplyError::Failed(error) => told(error),
    }
}

impl From<UndoError> for AppError {
    fn from(error: UndoError) -> Self {
        let detail = error.to_string();
        match error {
            UndoError::Unknown => unknown_import(),
            UndoError::NotApplied(status) => refused(code_of(status), detail, &[], None),
            UndoError::AddressTaken(_) => refused("legacy_url_taken", detail, &[], None),
            UndoError::OutsideScope(rows) => refused("outside_scope", detail, &codes_only(rows), None),
            UndoError::Failed(error) => told(error),
        }
    }
}

/// What an import already is.
fn code_of(status: Status) -> &'static str {
    match status {
        Status::Planning => "import_unfinished",
        Status::Planned => "import_not_applied",
        Status::Applied => "import_applied",
        Status::Undone => "import_undone",
    }
}

/// What lies outside a scope is named, not shown.
fn codes_only(rows: Vec<PlanRow>) -> Vec<PlanRow> {
    rows.into_iter().map(|row| PlanRow { given: None, fixed: None, ..row }).collect()
}

/// 409 with the rows that it is about.
fn refused(code: &'static str, detail: String, rows: &[PlanRow], count: Option<usize>) -> AppError {
    let mut extra = Map::new();
    if !rows.is_empty() {
        let rows: Vec<RowOut> = rows.iter().cloned().map(Into::into).collect();
        extra.insert("rows".to_owned(), serde_json::to_value(rows).unwrap_or(Value::Null));
    }
    if let Some(count) = count {
        extra.insert("open".to_owned(), count.into());
    }
    AppError::Refused { status: StatusCode::CONFLICT, code, detail, extra }
}
