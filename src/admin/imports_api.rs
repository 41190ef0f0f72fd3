use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::imports_in::{ApplyIn, DEFAULT_ROWS, ListQuery, RowsQuery, UploadQuery};
use super::imports_out::{ImportOut, PlanOut, RowOut};
use super::imports_problems::{apply_problem, unknown_import};
use super::paging::cut;
use crate::accounts::{Actor, Editor, Scope, store as accounts};
use crate::app::AppState;
use crate::clinics::import::store::RowFilter;
use crate::clinics::import::{Import, Outcome, PlanRow, Source, Status, Terms, Undone, apply, plan, store, undo};
use crate::db::told;
use crate::error::{AppError, StaffReadProblems, StaffWriteProblems};
use crate::web::{Json, Path, Query, Upload};

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
    let next = cut(&mut imports, query.limit, |import| import.id);
    let emails: HashMap<i64, String> = accounts::emails(&state.db).await?.into_iter().collect();
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
    let applied = apply(&state.records, &actor, state.clock.now(), id, &terms, &mut |_, _| {}).await;
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
    let undone = undo(&state.records, &actor, state.clock.now(), id).await?;
    let rows = not_undone(&state, id).await?.into_iter().map(Into::into).collect();
    let Undone { restored, removed, closed, kept } = undone;
    Ok(Json(UndoneOut { id, status: Status::Undone.as_str(), restored, removed, closed, kept, rows }))
}

/// The first rows of an undone import that are not as before.
async fn not_undone(state: &AppState, id: i64) -> Result<Vec<PlanRow>, AppError> {
    let mut rows = Vec::new();
    for outcome in [Outcome::Kept, Outcome::Closed] {
        let filter = RowFilter { outcome: Some(outcome), ..RowFilter::default() };
        rows.extend(store::rows(&state.db, id, &filter, DEFAULT_ROWS).await.map_err(told)?);
    }
    Ok(rows)
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
    let emails: HashMap<i64, String> = accounts::emails(&state.db).await?.into_iter().collect();
    let by = import.user_id.and_then(|id| emails.get(&id).cloned());
    Ok(PlanOut { import: ImportOut::new(import, by), rows: rows.into_iter().map(Into::into).collect(), next })
}
