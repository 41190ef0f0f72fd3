//! Reads a file and writes down what it would change, a batch of rows at a time.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::file::SheetRow;
use super::header::Header;
use super::judge::{ByCode, Judge, Reads};
use super::legacy_claims::LegacyClaims;
use super::load::DEMONSTRATION;
use super::model::{Import, PlanRow, Problem, RowResult, Status, Summary};
use super::{Sheet, bulk, store};
use crate::accounts::{Actor, Scope};
use crate::clinics::Flavour;
use crate::clinics::rows::Weeks;
use crate::clinics::store as clinics;

/// Rows judged at a time: a megabyte or two.
const ROWS_PER_BATCH: usize = 1_000;

/// A file as somebody brought it.
#[derive(Clone, Debug)]
pub struct Source {
    pub bytes: Vec<u8>,
    pub flavour: Flavour,
    /// What it was called, to be recognised in a list.
    pub name: Option<String>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It is no file of clinics at all.
    #[error("{0}")]
    Unreadable(Problem),
    /// Invented clinics make room for all of a network's own, which is not for an account that sees some of them.
    #[error("the demonstration network is still here: an account for all clinics has to replace it first")]
    OutsideScope,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<sea_orm::DbErr> for PlanError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

/// Judges every row of a file on top of what is stored; nothing but the plan is written (rules I1 to I6). `progress` hears
/// how many rows were judged.
///
/// # Errors
/// When it is no file of clinics, or the database does not answer.
pub async fn plan(
    db: &impl ConnectionTrait,
    actor: &Actor,
    now: DateTime<Utc>,
    source: Source,
    progress: &mut (dyn FnMut(usize) + Send),
) -> Result<Import, PlanError> {
    store::delete_forgotten(db, now).await?;
    let network = clinics::network(db, now).await?;
    let has_clinics = clinics::count(db).await? > 0;
    let is_demonstration = source.bytes == DEMONSTRATION && (network.is_demo || !has_clinics);
    let again = (network.is_demo && !is_demonstration).then(|| source.clone());
    let begun = Import {
        id: 0,
        status: Status::Planning,
        user_id: actor.user,
        file_name: source.name.clone(),
        is_raw: source.flavour == Flavour::Raw,
        is_demonstration,
        retires_demonstration: false,
        data_version: network.data_version,
        summary: Summary::default(),
        notes: Vec::new(),
        created_at: now,
        applied_at: None,
        undone_at: None,
    };
    let scope = &actor.scope;
    let first = Planning::open(source, begun.clone(), scope, db).await?.run(db, progress).await?;
    let Some(source) = again.filter(|_| !first.summary.is_empty()) else { return Ok(first) };
    // Other data than the invented: it starts from nothing (I13). What comes back unchanged leaves them what they are.
    store::delete(db, first.id).await?;
    if *scope != Scope::All {
        return Err(PlanError::OutsideScope);
    }
    let begun = Import { retires_demonstration: true, ..begun };
    Planning::open(source, begun, scope, db).await?.run(db, progress).await
}

/// A plan that is being made.
struct Planning {
    import: Import,
    reader: Reader,
    weeks: Weeks,
}

/// The file with the rows that are to be judged next.
struct Reader {
    sheet: Sheet,
    judge: Judge,
    rows: Vec<SheetRow>,
}

impl Reader {
    fn open(source: Source, scope: Scope, stored_codes: Vec<String>) -> Result<Self, Problem> {
        let is_raw = source.flavour == Flavour::Raw;
        let mut sheet = Sheet::open(source.bytes, source.flavour)?;
        let header = Header::read(sheet.header.clone());
        let reads = Reads { has_decimal_commas: sheet.has_decimal_commas(), is_raw };
        // Without codes no row says which clinic it is about.
        let rows = if header.has("code") { sheet.next_rows(ROWS_PER_BATCH) } else { Vec::new() };
        Ok(Self { sheet, judge: Judge::new(header, reads, scope, stored_codes), rows })
    }

    /// Judges the rows and reads the next ones.
    fn step(mut self, stored: &ByCode) -> (Self, Vec<PlanRow>) {
        let rows = std::mem::take(&mut self.rows);
        let judged = rows.iter().map(|row| self.judge.judge(row, stored)).collect();
        self.rows = self.sheet.next_rows(ROWS_PER_BATCH);
        (self, judged)
    }
}

impl Planning {
    async fn open(
        source: Source,
        mut import: Import,
        scope: &Scope,
        db: &impl ConnectionTrait,
    ) -> Result<Self, PlanError> {
        let codes = if import.retires_demonstration { Vec::new() } else { bulk::codes(db).await? };
        let scope = scope.clone();
        let opened = apart(move || Reader::open(source, scope, codes)).await?;
        let reader = opened.map_err(PlanError::Unreadable)?;
        import.notes.clone_from(&reader.judge.header.notes);
        Ok(Self { import, reader, weeks: Weeks::default() })
    }

    async fn run(
        self,
        db: &impl ConnectionTrait,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Import, PlanError> {
        let Self { mut import, mut reader, mut weeks } = self;
        import.id = store::insert(db, &import).await?;
        let header = std::mem::take(&mut reader.judge.header.problems);
        if !header.is_empty() {
            keep(db, &mut import, vec![header_row(header)]).await?;
        }
        let (mut judged, mut claims) = (0, LegacyClaims::default());
        let mut waiting = Vec::new();
        while !reader.rows.is_empty() {
            let stored =
                if import.retires_demonstration { ByCode::new() } else { stored(db, &reader, &mut weeks).await? };
            // The rows before are written while these are judged.
            let (stepped, kept) = tokio::join!(apart(move || reader.step(&stored)), keep(db, &mut import, waiting));
            kept?;
            (reader, waiting) = stepped?;
            claims.gather(&waiting);
            judged += waiting.len();
            progress(judged);
        }
        keep(db, &mut import, waiting).await?;
        refuse_claims(db, &mut import, &claims).await?;
        store::finish(db, import.id, import.summary).await?;
        Ok(Import { status: Status::Planned, ..import })
    }
}

async fn stored(db: &impl ConnectionTrait, reader: &Reader, weeks: &mut Weeks) -> anyhow::Result<ByCode> {
    let codes: Vec<&str> = reader.rows.iter().flat_map(|row| reader.judge.codes_of(row)).collect();
    let stored = bulk::by_codes(db, &codes, weeks).await?;
    Ok(stored.into_iter().map(|stored| (stored.clinic.code.clone(), stored)).collect())
}

/// Rows that change nothing are counted, and kept only when there is something to say about them.
async fn keep(db: &impl ConnectionTrait, import: &mut Import, rows: Vec<PlanRow>) -> anyhow::Result<()> {
    for row in &rows {
        import.summary.count(row.result);
    }
    let is_kept = |row: &PlanRow| row.result != RowResult::Same || !row.notes.is_empty();
    let kept: Vec<PlanRow> = rows.into_iter().filter(is_kept).collect();
    store::add_rows(db, import.id, &kept).await
}

/// Rows that were fine by themselves, and claim what another clinic has.
async fn refuse_claims(db: &impl ConnectionTrait, import: &mut Import, claims: &LegacyClaims) -> anyhow::Result<()> {
    let problems = claims.problems(db, import.retires_demonstration).await?;
    let named: Vec<usize> = problems.keys().copied().collect();
    let mut rows = store::rows_named(db, import.id, &named).await?;
    for row in &mut rows {
        import.summary.recount(row.result, RowResult::Error);
        row.result = RowResult::Error;
        row.problems.extend(problems[&row.row].iter().cloned());
    }
    store::judge_again(db, import.id, &rows).await
}

/// What is wrong with the header is wrong with every row: it cannot be skipped.
fn header_row(problems: Vec<Problem>) -> PlanRow {
    PlanRow {
        row: 1,
        code: String::new(),
        result: RowResult::Error,
        is_skippable: false,
        given: None,
        fixed: None,
        problems,
        notes: Vec::new(),
        outcome: None,
        reason: None,
        written_hash: None,
    }
}

/// Long work, on a thread that answers no requests.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("the file could not be read to its end")
}
