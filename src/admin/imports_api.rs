use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::imports_out::{ImportOut, PlanOut, RowOut};
use crate::accounts::{Actor, Editor, Scope};
use crate::app::AppState;
use crate::clinics::Flavour;
use crate::clinics::import::store::RowFilter;
use crate::clinics::import::{
    ApplyError, Choice, Decision, Decisions, Import, Open, Outcome, PlanError, PlanRow, RowResult, Source, Status,
    Terms, UndoError, apply, plan, store, undo,
};
use crate::db::told;
use crate::error::{AppError, FieldErrors, StaffReadProblems, StaffWriteProblems};
use crate::web::{FromParams, Json, Params, Path, Query, Upload};

/// Rows a page without `limit`, and in refusals.
const DEFAULT_ROWS: usize = 100;

/// `?raw=&filename=`.
#[derive(Debug)]
pub struct UploadQuery {
    flavour: Flavour,
    name: Option<String>,
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
    limit: u64,
    before: Option<i64>,
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
    filter: RowFilter,
    limit: usize,
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

/// Plans an import: the body is the file, CSV or .xlsx, up to 64 MB. Nothing but the plan is stored.
#[utoipa::path(
    post,
    path = "/admin/imports",
    tag = "admin",
    params(
        ("raw" = Option<bool>, Query, description = "Read cells as they are, as `export.csv?flavour=raw` writes them"),
        ("filename" = Option<String>, Query, description = "What to call it in the list"),
    ),
    request_body(content = Vec<u8>, description = "The file", content_type = "application/octet-stream"),
    responses((status = 201, description = "The plan with its first rows", body = PlanOut), StaffWriteProblems)
)]
pub async fn create_import(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(query): Query<UploadQuery>,
    upload: Upload,
) -> Result<impl IntoResponse, AppError> {
    let (bytes, _place) = upload.into_parts();
    let source = Source { bytes, flavour: query.flavour, name: query.name };
    let import = plan(&state.db, &actor, state.clock.now(), source, &mut |_| {}).await?;
    let plan = page_of(&state, import, &RowsQuery::default()).await?;
    Ok((StatusCode::CREATED, Json(plan)))
}

/// A page of imports, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPage {
    data: Vec<ImportOut>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// The imports of all, or one's own for an account that sees some of the clinics.
#[utoipa::path(
    get,
    path = "/admin/imports",
    tag = "admin",
    params(
        ("limit" = Option<u64>, Query, description = "Imports a page, 50 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page, the newest first", body = ImportPage), StaffReadProblems)
)]
pub async fn list_imports(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ImportPage>, AppError> {
    let found = store::page(&state.db, whose(&actor), query.before, query.limit + 1).await;
    let mut imports = found.map_err(told)?;
    let has_more = imports.len() as u64 > query.limit;
    imports.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    let next = imports.last().filter(|_| has_more).map(|import| import.id.to_string());
    let emails: HashMap<i64, String> = crate::accounts::store::emails(&state.db).await?.into_iter().collect();
    let out = |import: Import| {
        let by = import.user_id.and_then(|id| emails.get(&id).cloned());
        ImportOut::new(import, by)
    };
    Ok(Json(ImportPage { data: imports.into_iter().map(out).collect(), next }))
}

/// An import with a page of its rows.
#[utoipa::path(
    get,
    path = "/admin/imports/{id}",
    tag = "admin",
    params(
        ("id" = i64, Path, description = "The import"),
        ("result" = Option<String>, Query, description = "Only rows that `create`, `change`, are `same`, need a `decision` or are in `error`"),
        ("outcome" = Option<String>, Query, description = "Only rows that were `applied`, `skipped`, `restored`, `removed`, `closed` or `kept`"),
        ("limit" = Option<u64>, Query, description = "Rows a page, 100 without it", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "The import", body = PlanOut), StaffReadProblems)
)]
pub async fn get_import(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(query): Query<RowsQuery>,
) -> Result<Json<PlanOut>, AppError> {
    let import = store::find(&state.db, id, whose(&actor)).await.map_err(told)?.ok_or_else(unknown_import)?;
    Ok(Json(page_of(&state, import, &query).await?))
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
    fn parse(&self) -> Result<Decisions, FieldErrors> {
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
    fn field(&self, row: usize) -> String {
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
        if reason.is_some_and(|reason| {
            reason.chars().count() > LONGEST_REASON || reason.chars().any(crate::clinics::contact::is_hidden)
        }) {
            return Err("a reason has at most 300 characters, none of them hidden");
        }
        Ok(Decision { choice, reason: reason.map(str::to_owned) })
    }
}

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppliedImport)]
pub struct AppliedOut {
    id: i64,
    status: &'static str,
    created: usize,
    changed: usize,
    same: usize,
    skipped: usize,
    /// Invented clinics that made room.
    retired_demonstration: u64,
}

/// Writes all that a plan says, or nothing.
#[utoipa::path(
    post,
    path = "/admin/imports/{id}/apply",
    tag = "admin",
    params(("id" = i64, Path, description = "The plan")),
    request_body = ApplyIn,
    responses(
        (status = 200, description = "It is written: 409 says `decisions_needed` or `plan_stale` otherwise, with the rows",
            body = AppliedOut),
        StaffWriteProblems
    )
)]
pub async fn apply_import(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
    Json(body): Json<ApplyIn>,
) -> Result<Json<AppliedOut>, AppError> {
    let terms = Terms { decisions: body.parse()?, only_if_empty: false };
    let applied = apply(&state.db, &actor, state.clock.now(), id, &terms, &mut |_, _| {}).await;
    let applied = applied.map_err(|error| apply_problem(error, &body))?;
    Ok(Json(AppliedOut {
        id,
        status: Status::Applied.as_str(),
        created: applied.created,
        changed: applied.changed,
        same: applied.same,
        skipped: applied.skipped,
        retired_demonstration: applied.retired_demonstration,
    }))
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UndoneImport)]
pub struct UndoneOut {
    id: i64,
    status: &'static str,
    /// Clinics that are as they were before.
    restored: usize,
    /// Clinics that it had created and that are gone.
    removed: usize,
    /// Clinics that it had created and that something refers to: closed instead.
    closed: usize,
    /// Clinics that were edited since: left as they are.
    kept: usize,
    /// The first of those that were closed or kept; `?outcome=` of the import lists all.
    rows: Vec<RowOut>,
}

/// Takes an import back; what was edited since stays.
#[utoipa::path(
    post,
    path = "/admin/imports/{id}/undo",
    tag = "admin",
    params(("id" = i64, Path, description = "The import")),
    responses((status = 200, description = "What was taken back", body = UndoneOut), StaffWriteProblems)
)]
pub async fn undo_import(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    Query(()): Query<()>,
) -> Result<Json<UndoneOut>, AppError> {
    let undone = undo(&state.db, &actor, state.clock.now(), id).await?;
    let mut rows = Vec::new();
    for outcome in [Outcome::Kept, Outcome::Closed] {
        let filter = RowFilter { outcome: Some(outcome), ..RowFilter::default() };
        rows.extend(store::rows(&state.db, id, &filter, DEFAULT_ROWS).await.map_err(told)?);
    }
    Ok(Json(UndoneOut {
        id,
        status: Status::Undone.as_str(),
        restored: undone.restored,
        removed: undone.removed,
        closed: undone.closed,
        kept: undone.kept,
        rows: rows.into_iter().map(Into::into).collect(),
    }))
}

/// Whose imports somebody may see: a plan tells of all the clinics in its file.
fn whose(actor: &Actor) -> Option<i64> {
    actor.user.filter(|_| actor.scope != Scope::All)
}

async fn page_of(state: &AppState, import: Import, query: &RowsQuery) -> Result<PlanOut, AppError> {
    let mut rows = store::rows(&state.db, import.id, &query.filter, query.limit + 1).await.map_err(told)?;
    let has_more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| has_more).map(|row| row.row.to_string());
    let emails: HashMap<i64, String> = crate::accounts::store::emails(&state.db).await?.into_iter().collect();
    let by = import.user_id.and_then(|id| emails.get(&id).cloned());
    Ok(PlanOut { import: ImportOut::new(import, by), rows: rows.into_iter().map(Into::into).collect(), next })
}

fn unknown_import() -> AppError {
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

fn apply_problem(error: ApplyError, body: &ApplyIn) -> AppError {
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
