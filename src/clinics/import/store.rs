//! Rows of `imports` and `import_rows`: the queries of this feature, as functions over a connection or a transaction.

use anyhow::anyhow;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

use super::model::{Fix, Import, Outcome, PlanRow, Problem, RowResult, Status, Summary, Target};
use crate::accounts::audit::FieldChange;
use crate::entities::{import, import_row};

/// Rows times columns must stay below SQLite's 32,766 parameters a statement.
const ROWS_PER_STATEMENT: usize = 500;
/// How long a plan that nobody applied is kept.
const UNAPPLIED_KEPT: TimeDelta = TimeDelta::days(7);

/// A problem as stored: the row is the row's.
#[derive(Serialize, Deserialize)]
struct ProblemJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
}

fn to_json(problems: &[Problem]) -> anyhow::Result<String> {
    let stored = problems.iter().map(|problem| ProblemJson {
        column: problem.column.clone(),
        reason: problem.reason.clone(),
        fix: problem.fix.clone(),
    });
    Ok(serde_json::to_string(&stored.collect::<Vec<_>>())?)
}

fn from_json(row: usize, stored: &str) -> anyhow::Result<Vec<Problem>> {
    let problems: Vec<ProblemJson> = serde_json::from_str(stored)?;
    let whole =
        |problem: ProblemJson| Problem { row, column: problem.column, reason: problem.reason, fix: problem.fix };
    Ok(problems.into_iter().map(whole).collect())
}

fn count(stored: i32) -> usize {
    usize::try_from(stored).unwrap_or_default()
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn import_of(row: import::Model) -> anyhow::Result<Import> {
    let summary = Summary {
        create: count(row.to_create),
        change: count(row.to_change),
        same: count(row.same),
        decision: count(row.to_decide),
        error: count(row.errors),
    };
    Ok(Import {
        id: row.id,
        status: Status::parse(&row.status).ok_or_else(|| anyhow!("status \"{}\"", row.status))?,
        user_id: row.user_id,
        file_name: row.file_name,
        is_raw: row.is_raw,
        is_demonstration: row.is_demonstration,
        retires_demonstration: row.retires_demonstration,
        data_version: row.data_version,
        summary,
        notes: from_json(1, &row.notes)?,
        created_at: row.created_at,
        applied_at: row.applied_at,
        undone_at: row.undone_at,
    })
}

/// Begins a plan; its key. Rows follow by [`add_rows`].
///
/// # Errors
/// When the database refuses.
pub async fn insert(db: &impl ConnectionTrait, plan: &Import) -> anyhow::Result<i64> {
    let row = import::ActiveModel {
        id: NotSet,
        status: Set(plan.status.as_str().to_owned()),
        user_id: Set(plan.user_id),
        file_name: Set(plan.file_name.clone()),
        is_raw: Set(plan.is_raw),
        is_demonstration: Set(plan.is_demonstration),
        retires_demonstration: Set(plan.retires_demonstration),
        data_version: Set(plan.data_version),
        to_create: Set(0),
        to_change: Set(0),
        same: Set(0),
        to_decide: Set(0),
        errors: Set(0),
        notes: Set(to_json(&plan.notes)?),
        created_at: Set(plan.created_at),
        applied_at: Set(None),
        undone_at: Set(None),
    };
    Ok(row.insert(db).await?.id)
}

/// Ends the planning: every row is there.
///
/// # Errors
/// When the database refuses.
pub async fn finish(db: &impl ConnectionTrait, id: i64, summary: Summary) -> Result<(), DbErr> {
    let row = import::ActiveModel {
        status: Set(Status::Planned.as_str().to_owned()),
        to_create: Set(number(summary.create)),
        to_change: Set(number(summary.change)),
        same: Set(number(summary.same)),
        to_decide: Set(number(summary.decision)),
        errors: Set(number(summary.error)),
        ..Default::default()
    };
    import::Entity::update_many().set(row).filter(import::Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Marks it as applied or undone, if it still is what it was; whether it was.
///
/// # Errors
/// When the database refuses.
pub async fn advance(
    db: &impl ConnectionTrait,
    id: i64,
    from: Status,
    to: Status,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let at = if to == Status::Applied { import::Column::AppliedAt } else { import::Column::UndoneAt };
    let update = import::Entity::update_many()
        .col_expr(import::Column::Status, Expr::value(to.as_str()))
        .col_expr(at, Expr::value(now))
        .filter(import::Column::Id.eq(id))
        .filter(import::Column::Status.eq(from.as_str()));
    Ok(update.exec(db).await?.rows_affected == 1)
}

/// Removes a plan with its rows.
///
/// # Errors
/// When the database refuses.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    import::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Removes the plans that nobody applied in a week: an import that was applied stays, to be undone.
///
/// # Errors
/// When the database refuses.
pub async fn delete_forgotten(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let unapplied = [Status::Planning, Status::Planned].map(Status::as_str);
    import::Entity::delete_many()
        .filter(import::Column::Status.is_in(unapplied))
        .filter(import::Column::CreatedAt.lt(now - UNAPPLIED_KEPT))
        .exec(db)
        .await?;
    Ok(())
}

/// An import by its key, of one user if that is asked for.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &impl ConnectionTrait, id: i64, of_user: Option<i64>) -> anyhow::Result<Option<Import>> {
    let mut found = import::Entity::find_by_id(id);
    if let Some(user) = of_user {
        found = found.filter(import::Column::UserId.eq(user));
    }
    found.one(db).await?.map(import_of).transpose()
}

/// Imports from the newest on, of one user if that is asked for; a cursor is the key of the last one seen.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(
    db: &impl ConnectionTrait,
    of_user: Option<i64>,
    before: Option<i64>,
    limit: u64,
) -> anyhow::Result<Vec<Import>> {
    let mut found = import::Entity::find().order_by_desc(import::Column::Id).limit(limit);
    if let Some(user) = of_user {
        found = found.filter(import::Column::UserId.eq(user));
    }
    if let Some(before) = before {
        found = found.filter(import::Column::Id.lt(before));
    }
    found.all(db).await?.into_iter().map(import_of).collect()
}

/// Adds judged rows to a plan.
///
/// # Errors
/// When the database refuses.
pub async fn add_rows(db: &impl ConnectionTrait, import: i64, rows: &[PlanRow]) -> anyhow::Result<()> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let stored: Vec<_> = chunk.iter().map(|row| row_model(import, row)).collect::<anyhow::Result<_>>()?;
        import_row::Entity::insert_many(stored).exec_without_returning(db).await?;
    }
    Ok(())
}

fn row_model(import: i64, row: &PlanRow) -> anyhow::Result<import_row::ActiveModel> {
    let changes =
        |target: &Option<Target>| target.as_ref().map(|target| serde_json::to_string(&target.changes)).transpose();
    let base = |target: &Option<Target>| target.as_ref().and_then(|target| target.base);
    let model = import_row::Model {
        import_id: import,
        row: number(row.row),
        // A code that is too long to be one is in an error anyway.
        code: row.code.chars().filter(|c| *c != '\0').take(60).collect(),
        result: row.result.as_str().to_owned(),
        is_skippable: row.is_skippable,
        clinic_id: base(&row.given).map(|(id, _)| id),
        base_version: base(&row.given).map(|(_, version)| version),
        changes: changes(&row.given)?,
        fix_clinic_id: base(&row.fixed).map(|(id, _)| id),
        fix_base_version: base(&row.fixed).map(|(_, version)| version),
        // Without a doubt there is nothing to fix.
        fix_changes: changes(&row.fixed)?.filter(|_| row.result == RowResult::Decision),
        problems: to_json(&row.problems)?,
        notes: to_json(&row.notes)?,
        outcome: row.outcome.map(|outcome| outcome.as_str().to_owned()),
        reason: row.reason.clone(),
        written_hash: row.written_hash.clone(),
    };
    Ok(model.into_active_model().reset_all())
}

fn plan_row(row: import_row::Model) -> anyhow::Result<PlanRow> {
    let target = |clinic: Option<i64>, version: Option<i64>, changes: Option<String>| {
        let read = |changes: String| {
            let changes: Vec<FieldChange> = serde_json::from_str(&changes)?;
            anyhow::Ok(Target { base: clinic.zip(version), changes })
        };
        changes.map(read).transpose()
    };
    let number = count(row.row);
    Ok(PlanRow {
        row: number,
        code: row.code,
        result: RowResult::parse(&row.result).ok_or_else(|| anyhow!("result \"{}\"", row.result))?,
        is_skippable: row.is_skippable,
        given: target(row.clinic_id, row.base_version, row.changes)?,
        fixed: target(row.fix_clinic_id, row.fix_base_version, row.fix_changes)?,
        problems: from_json(number, &row.problems)?,
        notes: from_json(number, &row.notes)?,
        outcome: row.outcome.as_deref().and_then(Outcome::parse),
        reason: row.reason,
        written_hash: row.written_hash,
    })
}

/// Which rows of an import are asked for.
#[derive(Clone, Debug, Default)]
pub struct RowFilter {
    pub result: Option<RowResult>,
    pub outcome: Option<Outcome>,
    /// The last row that was seen.
    pub after: usize,
}

/// Rows of an import in the order of the file.
///
/// # Errors
/// When the database cannot be read.
pub async fn rows(
    db: &impl ConnectionTrait,
    import: i64,
    filter: &RowFilter,
    limit: usize,
) -> anyhow::Result<Vec<PlanRow>> {
    let mut found = import_row::Entity::find()
        .filter(import_row::Column::ImportId.eq(import))
        .filter(import_row::Column::Row.gt(number(filter.after)))
        .order_by_asc(import_row::Column::Row)
        .limit(limit as u64);
    if let Some(result) = filter.result {
        found = found.filter(import_row::Column::Result.eq(result.as_str()));
    }
    if let Some(outcome) = filter.outcome {
        found = found.filter(import_row::Column::Outcome.eq(outcome.as_str()));
    }
    found.all(db).await?.into_iter().map(plan_row).collect()
}

/// These rows of an import, as far as it has them.
///
/// # Errors
/// When the database cannot be read.
pub async fn rows_named(db: &impl ConnectionTrait, import: i64, named: &[usize]) -> anyhow::Result<Vec<PlanRow>> {
    let mut rows = Vec::new();
    for chunk in named.chunks(ROWS_PER_STATEMENT) {
        let found = import_row::Entity::find()
            .filter(import_row::Column::ImportId.eq(import))
            .filter(import_row::Column::Row.is_in(chunk.iter().copied().map(number)))
            .all(db)
            .await?;
        rows.extend(found.into_iter().map(plan_row).collect::<anyhow::Result<Vec<_>>>()?);
    }
    Ok(rows)
}

/// Writes what rows turned out to be, and why.
///
/// # Errors
/// When the database refuses.
pub async fn judge_again(db: &impl ConnectionTrait, import: i64, rows: &[PlanRow]) -> anyhow::Result<()> {
    upsert_rows(db, import, rows, &[import_row::Column::Result, import_row::Column::Problems]).await
}

/// Writes what became of rows: their clinics, the changes as made, the hash of what they left.
///
/// # Errors
/// When the database refuses.
pub async fn settle_rows(db: &impl ConnectionTrait, import: i64, rows: &[PlanRow]) -> anyhow::Result<()> {
    let settled = [
        import_row::Column::ClinicId,
        import_row::Column::BaseVersion,
        import_row::Column::Changes,
        import_row::Column::Outcome,
        import_row::Column::Reason,
        import_row::Column::WrittenHash,
    ];
    upsert_rows(db, import, rows, &settled).await
}

/// Overwrites these columns of rows that are there.
async fn upsert_rows(
    db: &impl ConnectionTrait,
    import: i64,
    rows: &[PlanRow],
    columns: &[import_row::Column],
) -> anyhow::Result<()> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let stored: Vec<_> = chunk.iter().map(|row| row_model(import, row)).collect::<anyhow::Result<_>>()?;
        let key = [import_row::Column::ImportId, import_row::Column::Row];
        import_row::Entity::insert_many(stored)
            .on_conflict(OnConflict::columns(key).update_columns(columns.iter().copied()).to_owned())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}
