use std::fmt::Write;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::{progress_bar, show};
use crate::accounts::Actor;
use crate::clinics::import::store::{self, RowFilter};
use crate::clinics::import::{
    Decisions, Import, PlanError, Problem, Progress, Review, RowResult, Source, plan, printable, review, row_text,
};

/// Rows read at a time.
const ROWS_PER_PAGE: usize = 500;

/// A plan with what a person reads about it.
pub struct Planned {
    pub import: Import,
    /// With as many rows of a kind as were asked for.
    pub text: String,
    pub review: Review,
}

/// Plans a file, or says why it is none.
pub async fn planned(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    name: &str,
    source: Source,
    decisions: &Decisions,
    most: usize,
) -> anyhow::Result<Result<Planned, Problem>> {
    let bar = progress_bar();
    show(&bar, Progress::Reading);
    let mut judged = |done| show(&bar, Progress::Planning { done });
    let planned = plan(db, &Actor::command(), now, source, &mut judged).await;
    bar.finish_and_clear();
    let import = match planned {
        Ok(import) => import,
        Err(PlanError::Unreadable(problem)) => return Ok(Err(problem)),
        Err(error) => return Err(error.into()),
    };
    let text = plan_text(db, name, &import, most).await?;
    let review = review(db, &import, decisions).await?;
    Ok(Ok(Planned { import, text, review }))
}

/// The plan as a person reads it: what would be created, changed field by field, what is open, what is wrong.
async fn plan_text(db: &impl ConnectionTrait, name: &str, import: &Import, most: usize) -> anyhow::Result<String> {
    let summary = import.summary;
    let mut text = format!(
        "{name}: {} to create, {} to change, {} unchanged, {} to decide, {} in error\n",
        summary.create, summary.change, summary.same, summary.decision, summary.error
    );
    if import.retires_demonstration {
        text.push_str("the demonstration network makes room for it\n");
    }
    for note in &import.notes {
        writeln!(text, "note: {}", printable(&note.to_string()))?;
    }
    for (result, heading, count) in [
        (RowResult::Create, "to create", summary.create),
        (RowResult::Change, "to change", summary.change),
        (RowResult::Decision, "to decide", summary.decision),
        (RowResult::Error, "in error", summary.error),
    ] {
        if count > 0 {
            write!(text, "\n{heading}\n")?;
            add_rows(&mut text, db, import, result, most).await?;
        }
        if count > most {
            writeln!(text, "  ... and {} more; --dry-run shows all", count - most)?;
        }
    }
    Ok(text)
}

async fn add_rows(
    text: &mut String,
    db: &impl ConnectionTrait,
    import: &Import,
    result: RowResult,
    most: usize,
) -> anyhow::Result<()> {
    let (mut filter, mut left) = (RowFilter { result: Some(result), ..RowFilter::default() }, most);
    while left > 0 {
        let rows = store::rows(db, import.id, &filter, ROWS_PER_PAGE.min(left)).await?;
        let Some(last) = rows.last() else { break };
        filter.after = last.row;
        left -= rows.len();
        text.extend(rows.iter().map(row_text));
    }
    Ok(())
}
