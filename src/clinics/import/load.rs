//! Plan and apply in one go: the command that nobody watches, and the first start.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use super::apply::{Applied, ApplyError, Terms, apply};
use super::decide::{Chosen, Decisions, Open};
use super::model::{Import, Problem};
use super::plan::{PlanError, Source, plan};
use super::store::{self, RowFilter};
use crate::accounts::Actor;
use crate::clinics::{Flavour, Records};

/// The invented network that an empty directory starts with (rule I13).
pub const DEMONSTRATION: &[u8] = include_bytes!("../../../data/clinics.csv");

/// How often a file is planned anew when others write at the same time.
const MOST_ATTEMPTS: usize = 10;
/// Rows looked at a time.
const ROWS_PER_PAGE: usize = 1_000;

/// How far a load has come.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    Reading,
    Planning { done: usize },
    Writing { done: usize, of: usize },
}

/// What a load did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The import that can be taken back; `None` for the demonstration.
    pub import: Option<i64>,
    pub created: usize,
    pub changed: usize,
    pub same: usize,
    /// Invented clinics that made room for the network's own (I13).
    pub retired_demonstration: u64,
    /// Repairs and oddities, for a person to read.
    pub notes: Vec<Problem>,
}

impl Loaded {
    #[must_use]
    pub fn new(import: &Import, applied: Applied, notes: Vec<Problem>) -> Self {
        let import = Some(import.id).filter(|_| !import.is_demonstration);
        let Applied { created, changed, same, retired_demonstration, .. } = applied;
        Self { import, created, changed, same, retired_demonstration, notes }
    }
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{} in the file", plural(.0.len()))]
    Refused(Vec<Problem>),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<sea_orm::DbErr> for LoadError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl From<PlanError> for LoadError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Unreadable(problem) => Self::Refused(vec![problem]),
            PlanError::Failed(error) => Self::Failed(error),
            PlanError::OutsideScope => Self::Failed(error.into()),
        }
    }
}

fn plural(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}

/// A file to be loaded, and what to do with its doubts.
#[derive(Clone, Copy, Debug)]
pub struct Request<'f> {
    pub file: &'f [u8],
    pub flavour: Flavour,
    pub open: Open,
}

/// Creates and refreshes clinics by code from a file, in one transaction (rules I1, I2): all of it, or nothing.
///
/// # Errors
/// Every problem of the file, or the database's refusal; either way nothing was written.
pub async fn load(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    request: Request<'_>,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Loaded, LoadError> {
    let terms = Terms { decisions: Decisions::all(request.open), only_if_empty: false };
    let loaded = attempt(db, now, request, &terms, &mut progress).await?;
    Ok(loaded.unwrap_or_default())
}

/// The first clinics of a directory, as [`load`]; `None` when it has some, if only since a moment ago: whoever imports or
/// starts at the same time comes before or after, and invented clinics never join real ones (I13).
///
/// # Errors
/// As [`load`].
pub async fn load_first(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    request: Request<'_>,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Option<Loaded>, LoadError> {
    let terms = Terms { decisions: Decisions::all(request.open), only_if_empty: true };
    attempt(db, now, request, &terms, &mut progress).await
}

/// Plans until nobody else wrote in between.
async fn attempt(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    request: Request<'_>,
    terms: &Terms,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Option<Loaded>, LoadError> {
    progress(Progress::Reading);
    let (actor, records) = (Actor::command(), Records::new(db.clone()));
    for _ in 0..MOST_ATTEMPTS {
        let source = Source { bytes: request.file.to_vec(), flavour: request.flavour, name: None };
        let import = plan(db, &actor, now, source, &mut |done| progress(Progress::Planning { done })).await?;
        let Review { notes, open } = review(db, &import, &terms.decisions).await?;
        if !open.is_empty() {
            store::delete(db, import.id).await?;
            return Err(LoadError::Refused(open));
        }
        let mut written = |done, of| progress(Progress::Writing { done, of });
        match apply(&records, &actor, now, import.id, terms, &mut written).await {
            Ok(applied) => return Ok(Some(Loaded::new(&import, applied, notes))),
            Err(ApplyError::Stale(_)) => store::delete(db, import.id).await?,
            Err(error) => {
                store::delete(db, import.id).await?;
                return match error {
                    ApplyError::NotEmpty => Ok(None),
                    ApplyError::Failed(error) => Err(LoadError::Failed(error)),
                    error => Err(LoadError::Failed(error.into())),
                };
            }
        }
    }
    Err(LoadError::Failed(anyhow::anyhow!("others change the same clinics again and again: try later")))
}

/// What is to be said about a plan beside its numbers.
#[derive(Debug, Default)]
pub struct Review {
    /// Repairs and oddities of rows that would be written.
    pub notes: Vec<Problem>,
    /// Problems of rows that still need a decision, or are in error and not skipped.
    pub open: Vec<Problem>,
}

/// Looks through a whole plan.
///
/// # Errors
/// When the database cannot be read.
pub async fn review(db: &impl ConnectionTrait, import: &Import, decisions: &Decisions) -> anyhow::Result<Review> {
    let mut review = Review { notes: import.notes.clone(), open: Vec::new() };
    let mut filter = RowFilter::default();
    loop {
        let rows = store::rows(db, import.id, &filter, ROWS_PER_PAGE).await?;
        let Some(last) = rows.last() else { return Ok(review) };
        filter.after = last.row;
        for row in rows {
            match decisions.choose(&row) {
                Ok(Chosen::Open) | Err(_) => review.open.extend(row.problems),
                _ => review.notes.extend(row.notes),
            }
        }
    }
}
