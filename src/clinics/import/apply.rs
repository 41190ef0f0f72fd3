//! Writes what a plan says and somebody decided: all of it or nothing, in one transaction (rule I2).

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use super::bulk;
use super::decide::{Chosen, Decisions};
use super::legacy_claims;
use super::model::{Import, Outcome, PlanRow, RowResult, Status, Target};
use super::record::{hash, with_changes};
use super::settle::{self, MOST_NAMED};
use super::store::{self, RowFilter};
use crate::accounts::audit::{self, Entry, FieldChange, Subject};
use crate::accounts::{Actor, Scope};
use crate::clinics::rows::Weeks;
use crate::clinics::store::{self as clinics, Stored};
use crate::clinics::{Clinic, ClinicId, Records, slug};
use crate::entities::network;

/// How often an import is begun anew that met a booking at its last lock.
pub(super) const MOST_ATTEMPTS: u32 = 3;
/// Rows written at a time.
const ROWS_PER_BATCH: usize = 1_000;
pub const DEMONSTRATION_NAME: &str = "Stipplecrown (demonstration)";
/// What a network is called until somebody names it.
const UNNAMED: &str = "Clinic Directory";

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    pub created: usize,
    pub changed: usize,
    pub same: usize,
    pub skipped: usize,
    /// Invented clinics that made room for the network's own (I13).
    pub retired_demonstration: u64,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// There is no such import, or it is somebody else's.
    #[error("there is no such import")]
    Unknown,
    /// It was applied or undone already, or its rows are still being judged.
    #[error("this import is {}, and cannot be applied", .0.as_str())]
    NotPlanned(Status),
    /// The choices that are none for their rows.
    #[error("{} choices do not fit their rows", .0.len())]
    Misfits(Vec<(usize, &'static str)>),
    /// How many rows still need a decision or are in error, and the first of them.
    #[error("{count} rows still need a decision, or are in error and not skipped")]
    Open { rows: Vec<PlanRow>, count: usize },
    /// What is stored has moved since the plan was made; the rows that were seen to be behind, if single ones are.
    #[error("what is stored has changed since this plan was made: import the file again")]
    Stale(Vec<PlanRow>),
    /// The account's scope no longer covers these rows.
    #[error("{} rows are outside the scope of the account", .0.len())]
    OutsideScope(Vec<PlanRow>),
    /// Without the rows that were left out, an address of an older site would lead to two clinics (I9).
    #[error("{0}: decide otherwise about the row that gives it up, or skip the one that takes it")]
    AddressTaken(String),
    /// There are clinics already, where there were to be none.
    #[error("the directory is not empty")]
    NotEmpty,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<DbErr> for ApplyError {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.into())
    }
}

/// On what terms a plan is applied.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    pub decisions: Decisions,
    /// Only as the first clinics of a directory.
    pub only_if_empty: bool,
}

/// Applies a plan with the decisions about it. `progress` hears how many rows are written, of how many.
///
/// # Errors
/// Why not; then nothing was written.
pub async fn apply(
    records: &Records,
    actor: &Actor,
    now: DateTime<Utc>,
    id: i64,
    terms: &Terms,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Applied, ApplyError> {
    for _ in 1..MOST_ATTEMPTS {
        match apply_once(records, actor, now, id, terms, progress).await {
            Err(ApplyError::Failed(error)) if records.is_deadlock(&error) => {}
            outcome => return outcome,
        }
    }
    apply_once(records, actor, now, id, terms, progress).await
}

async fn apply_once(
    records: &Records,
    actor: &Actor,
    now: DateTime<Utc>,
    id: i64,
    terms: &Terms,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Applied, ApplyError> {
    let (_long, transaction) = records.begin_long_write().await?;
    let network = clinics::lock_network(&transaction, now).await?;
    let of_user = actor.user.filter(|_| actor.scope != Scope::All);
    let import = store::find(&transaction, id, of_user).await?.ok_or(ApplyError::Unknown)?;
    if import.status != Status::Planned {
        return Err(ApplyError::NotPlanned(import.status));
    }
    if terms.only_if_empty && clinics::count(&transaction).await? > 0 {
        return Err(ApplyError::NotEmpty);
    }
    let writes = settle::count_writes(&transaction, &import, &terms.decisions).await?;
    let mut applying = Applying::begin(&transaction, actor, now, &import, &network, writes).await?;
    applying.write_rows(&terms.decisions, &mut |done| progress(done, writes)).await?;
    let moves_addresses = applying.moves_addresses;
    let version = applying.version;
    let applied = applying.end().await?;
    if moves_addresses && let Some(collision) = legacy_claims::collision(&transaction).await? {
        return Err(ApplyError::AddressTaken(collision));
    }
    clinics::lock_written(&transaction, version).await?;
    records.commit(transaction).await?;
    Ok(applied)
}

/// A plan that is being written.
struct Applying<'t> {
    transaction: &'t DatabaseTransaction,
    actor: &'t Actor,
    now: DateTime<Utc>,
    import: &'t Import,
    version: i64,
    /// Codes and slugs that are taken.
    codes: HashSet<String>,
    slugs: HashSet<Box<str>>,
    weeks: Weeks,
    /// Some row said something about addresses of an older site.
    moves_addresses: bool,
    applied: Applied,
}

/// A row on its way into the database.
struct Writing {
    row: PlanRow,
    old: Option<Stored>,
    new: Clinic,
    changes: Vec<FieldChange>,
}

impl<'t> Applying<'t> {
    async fn begin(
        transaction: &'t DatabaseTransaction,
        actor: &'t Actor,
        now: DateTime<Utc>,
        import: &'t Import,
        network: &network::Model,
        writes: usize,
    ) -> Result<Self, ApplyError> {
        let is_demo = import.is_demonstration || (network.is_demo && !import.retires_demonstration);
        settle::refuse_mixing(transaction, import, network, writes).await?;
        let mut applied = Applied { same: import.summary.same, ..Applied::default() };
        if import.retires_demonstration {
            applied.retired_demonstration = clinics::delete_all(transaction).await?;
        }
        let mut version = network.data_version;
        if writes > 0 || is_demo != network.is_demo {
            let name = if import.is_demonstration { Some(DEMONSTRATION_NAME) } else { None };
            let name = name.or(import.retires_demonstration.then_some(UNNAMED));
            version = clinics::raise_version(transaction, is_demo, name, now).await?;
        }
        let codes = bulk::codes(transaction).await?.into_iter().collect();
        let slugs = bulk::slugs(transaction).await?;
        let (weeks, moves_addresses) = (Weeks::default(), false);
        Ok(Self { transaction, actor, now, import, version, codes, slugs, weeks, moves_addresses, applied })
    }

    async fn write_rows(
        &mut self,
        decisions: &Decisions,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), ApplyError> {
        let (mut filter, mut done) = (RowFilter::default(), 0);
        loop {
            let rows = store::rows(self.transaction, self.import.id, &filter, ROWS_PER_BATCH).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            filter.after = last.row;
            done += self.write_batch(rows, decisions).await?;
            progress(done);
        }
    }

    async fn write_batch(&mut self, rows: Vec<PlanRow>, decisions: &Decisions) -> Result<usize, ApplyError> {
        let (mut taken, mut skipped) = (Vec::new(), Vec::new());
        for mut row in rows {
            row.reason = decisions.reason(row.row).map(str::to_owned);
            match decisions.choose(&row) {
                Ok(Chosen::Take(target)) if target.changes.is_empty() => {
                    // Rows that are the same as they stand were counted by the plan.
                    self.applied.same += usize::from(row.result == RowResult::Decision);
                }
                Ok(Chosen::Take(target)) => {
                    row.given = Some(target.clone());
                    taken.push(row);
                }
                _ => skipped.push(PlanRow { outcome: Some(Outcome::Skipped), ..row }),
            }
        }
        self.applied.skipped += skipped.len();
        store::settle_rows(self.transaction, self.import.id, &skipped).await?;
        let stored = self.stored(&taken).await?;
        let writings = self.build(taken, stored).await?;
        let written = writings.len();
        self.write(writings).await?;
        Ok(written)
    }

    /// The clinics that the rows change, as the plan saw them, and none that they create.
    async fn stored(&mut self, rows: &[PlanRow]) -> Result<HashMap<i64, Stored>, ApplyError> {
        let base = |row: &PlanRow| row.given.as_ref().and_then(|target| target.base);
        let ids: Vec<i64> = rows.iter().filter_map(|row| Some(base(row)?.0)).collect();
        let stored = bulk::by_ids(self.transaction, &ids, &mut self.weeks).await?;
        let stored: HashMap<i64, Stored> = stored.into_iter().map(|stored| (stored.id.0, stored)).collect();
        let is_behind = |row: &&PlanRow| match base(row) {
            Some((id, version)) => stored.get(&id).is_none_or(|stored| stored.data_version != version),
            None => self.codes.contains(&row.code),
        };
        let behind: Vec<PlanRow> = rows.iter().filter(is_behind).take(MOST_NAMED).cloned().collect();
        if behind.is_empty() { Ok(stored) } else { Err(ApplyError::Stale(behind)) }
    }

    async fn build(
        &mut self,
        rows: Vec<PlanRow>,
        mut stored: HashMap<i64, Stored>,
    ) -> Result<Vec<Writing>, ApplyError> {
        let build = move || {
            let writing = |row: PlanRow| {
                let Target { base, changes } = row.given.clone().context("a row that is taken says what it writes")?;
                let old = base.and_then(|(id, _)| stored.remove(&id));
                let start = old.as_ref().map_or_else(|| Clinic::new(&row.code), |old| old.clinic.clone());
                Ok(Writing { new: with_changes(start, &changes)?, row, old, changes })
            };
            rows.into_iter().map(writing).collect::<anyhow::Result<Vec<_>>>()
        };
        let mut writings = tokio::task::spawn_blocking(build).await.context("the rows could not be prepared")??;
        self.refuse_outside(&writings)?;
        for writing in writings.iter_mut().filter(|writing| writing.old.is_none()) {
            let Clinic { name, city, code, .. } = &writing.new;
            let slug: Box<str> = slug::choose(name, city, code, |slug| self.slugs.contains(slug)).into();
            self.slugs.insert(slug.clone());
            writing.changes.push(FieldChange::new("slug", serde_json::Value::Null, &*slug));
            writing.new.slug = slug;
        }
        Ok(writings)
    }

    /// The account's scope may be smaller than it was when the plan was made.
    fn refuse_outside(&self, writings: &[Writing]) -> Result<(), ApplyError> {
        let covers = |clinic: &Clinic| self.actor.scope.covers(&clinic.code, clinic.region.as_deref());
        let is_inside =
            |writing: &Writing| covers(&writing.new) && writing.old.as_ref().is_none_or(|old| covers(&old.clinic));
        let outside = writings.iter().filter(|writing| !is_inside(writing)).take(MOST_NAMED);
        let outside: Vec<PlanRow> = outside.map(|writing| writing.row.clone()).collect();
        if outside.is_empty() { Ok(()) } else { Err(ApplyError::OutsideScope(outside)) }
    }

    async fn write(&mut self, writings: Vec<Writing>) -> Result<(), ApplyError> {
        let (changed, created): (Vec<_>, Vec<_>) = writings.into_iter().partition(|writing| writing.old.is_some());
        let is_address = |change: &FieldChange| change.field == legacy_claims::COLUMN;
        self.moves_addresses |= changed.iter().chain(&created).any(|row| row.changes.iter().any(is_address));
        self.applied.changed += changed.len();
        self.applied.created += created.len();
        let of = |writing: &Writing| Some((writing.old.as_ref()?.id, writing.new.clone()));
        let clinics: Vec<_> = changed.iter().filter_map(of).collect();
        bulk::update_clinics(self.transaction, &clinics, self.version, self.now).await?;
        let clinics: Vec<Clinic> = created.iter().map(|writing| writing.new.clone()).collect();
        let ids = clinics::insert(self.transaction, &clinics, self.version, self.now, |_| {}).await?;
        let mut rows = Vec::new();
        for writing in changed.into_iter().chain(created) {
            let id = match &writing.old {
                Some(old) => old.id,
                None => *ids.get(&*writing.new.code).context("a clinic that was just inserted")?,
            };
            rows.push((id, writing));
        }
        self.record(rows).await
    }

    /// Writes the log, and into each row what became of it.
    async fn record(&self, written: Vec<(ClinicId, Writing)>) -> Result<(), ApplyError> {
        let entry = |(id, writing): &(ClinicId, Writing)| {
            let verb = if writing.old.is_some() { "update" } else { "create" };
            let reason = format!("import {}", self.import.id);
            let reason = writing.row.reason.as_ref().map_or(reason.clone(), |said| format!("{reason}: {said}"));
            let entry = Entry::new(Subject::Clinic, verb, id.0).at_clinic(id.0);
            entry.changing(writing.changes.clone()).because(Some(&reason))
        };
        // The first clinics of a directory, which nobody brought, are not news.
        if !self.import.is_demonstration {
            audit::record(self.transaction, self.actor, self.now, written.iter().map(entry)).await?;
        }
        let settled = |(id, writing): (ClinicId, Writing)| PlanRow {
            given: Some(Target { base: Some((id.0, self.version)), changes: writing.changes }),
            outcome: Some(Outcome::Applied),
            written_hash: Some(hash(&writing.new)),
            ..writing.row
        };
        let rows: Vec<PlanRow> = written.into_iter().map(settled).collect();
        store::settle_rows(self.transaction, self.import.id, &rows).await?;
        Ok(())
    }

    async fn end(self) -> Result<Applied, ApplyError> {
        let Self { transaction, actor, now, import, applied, .. } = self;
        if import.is_demonstration {
            // There is nothing in it that anybody would take back.
            store::delete(transaction, import.id).await?;
            return Ok(applied);
        }
        if !store::advance(transaction, import.id, Status::Planned, Status::Applied, now).await? {
            return Err(ApplyError::NotPlanned(Status::Applied));
        }
        let count = |name: &str, count: usize| FieldChange::new(name, serde_json::Value::Null, count);
        let changes = vec![
            count("created", applied.created),
            count("changed", applied.changed),
            count("skipped", applied.skipped),
        ];
        let entry = Entry::new(Subject::Import, "apply", import.id).changing(changes);
        audit::record(transaction, actor, now, [entry]).await?;
        Ok(applied)
    }
}
