//! Takes an import back: what it changed is as it was before, what was edited since stays and is told (rule I2).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};

use super::apply::MOST_ATTEMPTS;
use super::model::{Import, Outcome, PlanRow, Status};
use super::record::{hash, reversed, with_changes};
use super::store::{self, RowFilter};
use super::{bulk, legacy_claims};
use crate::accounts::audit::{self, Entry, FieldChange, Subject};
use crate::accounts::{Actor, Scope};
use crate::clinics::rows::Weeks;
use crate::clinics::status::{ClinicStatus, StatusDates};
use crate::clinics::store::{self as clinics, Stored};
use crate::clinics::{Clinic, ClinicId, Records, changes};

/// Rows taken back at a time.
const ROWS_PER_BATCH: usize = 1_000;

/// What became of the clinics of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    pub restored: usize,
    /// Created by the import and gone.
    pub removed: usize,
    /// Created by the import, and closed because something refers to them.
    pub closed: usize,
    /// Edited since, or gone: left as they are.
    pub kept: usize,
}

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such import, or it is somebody else's.
    #[error("there is no such import")]
    Unknown,
    /// It was never applied, or was undone already.
    #[error("this import is {}, and cannot be undone", .0.as_str())]
    NotApplied(Status),
    /// The account's scope no longer covers these rows.
    #[error("{} rows are outside the scope of the account", .0.len())]
    OutsideScope(Vec<PlanRow>),
    /// An address of an older site that the import took away has another clinic by now (I9).
    #[error("{0}: take it from the other clinic first")]
    AddressTaken(String),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl From<DbErr> for UndoError {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.into())
    }
}

/// Takes back what an import wrote; which rows were kept is in them ([`Outcome::Kept`], [`Outcome::Closed`]).
///
/// # Errors
/// Why not; then nothing was written.
pub async fn undo(records: &Records, actor: &Actor, now: DateTime<Utc>, id: i64) -> Result<Undone, UndoError> {
    for _ in 1..MOST_ATTEMPTS {
        match undo_once(records, actor, now, id).await {
            Err(UndoError::Failed(error)) if records.is_deadlock(&error) => {}
            outcome => return outcome,
        }
    }
    undo_once(records, actor, now, id).await
}

async fn undo_once(records: &Records, actor: &Actor, now: DateTime<Utc>, id: i64) -> Result<Undone, UndoError> {
    let (_long, transaction) = records.begin_long_write().await?;
    let network = clinics::lock_network(&transaction, now).await?;
    let of_user = actor.user.filter(|_| actor.scope != Scope::All);
    let import = store::find(&transaction, id, of_user).await?.ok_or(UndoError::Unknown)?;
    if import.status != Status::Applied {
        return Err(UndoError::NotApplied(import.status));
    }
    let version = clinics::raise_version(&transaction, network.is_demo, None, now).await?;
    let mut undoing = Undoing {
        transaction: &transaction,
        actor,
        now,
        import: &import,
        version,
        weeks: Weeks::default(),
        undone: Undone::default(),
    };
    let created = undoing.restore().await?;
    undoing.remove(created).await?;
    let undone = undoing.end().await?;
    if let Some(collision) = legacy_claims::collision(&transaction).await? {
        return Err(UndoError::AddressTaken(collision));
    }
    clinics::lock_written(&transaction, version).await?;
    records.commit(transaction).await?;
    Ok(undone)
}

/// An import that is being taken back.
struct Undoing<'t> {
    transaction: &'t DatabaseTransaction,
    actor: &'t Actor,
    now: DateTime<Utc>,
    import: &'t Import,
    version: i64,
    weeks: Weeks,
    undone: Undone,
}

/// A clinic that the import created and nobody has edited.
struct Created {
    row: usize,
    id: i64,
}

impl Undoing<'_> {
    /// Gives every clinic that was changed, and not edited since, its former record; those that were created.
    async fn restore(&mut self) -> Result<Vec<Created>, UndoError> {
        let mut filter = RowFilter { outcome: Some(Outcome::Applied), ..RowFilter::default() };
        let mut created = Vec::new();
        loop {
            let rows = store::rows(self.transaction, self.import.id, &filter, ROWS_PER_BATCH).await?;
            let Some(last) = rows.last() else { return Ok(created) };
            filter.after = last.row;
            created.extend(self.restore_batch(rows).await?);
        }
    }

    async fn restore_batch(&mut self, rows: Vec<PlanRow>) -> Result<Vec<Created>, UndoError> {
        let mut stored = self.stored(rows.iter().filter_map(clinic_of).collect()).await?;
        self.refuse_outside(&rows, &stored)?;
        let (mut created, mut clinics, mut entries, mut settled) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let is_untouched = |stored: &Stored| row.written_hash.as_deref() == Some(&*hash(&stored.clinic));
            let Some(now) = clinic_of(&row).and_then(|id| stored.remove(&id)).filter(is_untouched) else {
                self.undone.kept += 1;
                settled.push(PlanRow { outcome: Some(Outcome::Kept), ..row });
                continue;
            };
            if created_it(&row) {
                created.push(Created { row: row.row, id: now.id.0 });
                continue;
            }
            let back = reversed(row.changes());
            entries.push(self.entry("update", now.id, back.clone()));
            clinics.push((now.id, with_changes(now.clinic, &back)?));
            settled.push(PlanRow { outcome: Some(Outcome::Restored), ..row });
        }
        self.undone.restored += clinics.len();
        bulk::update_clinics(self.transaction, &clinics, self.version, self.now).await?;
        audit::record(self.transaction, self.actor, self.now, entries).await?;
        store::settle_rows(self.transaction, self.import.id, &settled).await?;
        Ok(created)
    }

    async fn stored(&mut self, ids: Vec<i64>) -> anyhow::Result<HashMap<i64, Stored>> {
        let stored = bulk::by_ids(self.transaction, &ids, &mut self.weeks).await?;
        Ok(stored.into_iter().map(|stored| (stored.id.0, stored)).collect())
    }

    fn refuse_outside(&self, rows: &[PlanRow], stored: &HashMap<i64, Stored>) -> Result<(), UndoError> {
        let clinic = |row: &&PlanRow| clinic_of(row).and_then(|id| stored.get(&id));
        let is_outside = |row: &&PlanRow| {
            clinic(row)
                .is_some_and(|stored| !self.actor.scope.covers(&stored.clinic.code, stored.clinic.region.as_deref()))
        };
        let outside: Vec<PlanRow> = rows.iter().filter(is_outside).cloned().collect();
        if outside.is_empty() { Ok(()) } else { Err(UndoError::OutsideScope(outside)) }
    }

    /// Removes what was created, or closes it where something would point at nothing.
    async fn remove(&mut self, created: Vec<Created>) -> Result<(), UndoError> {
        let going: HashSet<i64> = created.iter().map(|created| created.id).collect();
        for chunk in created.chunks(ROWS_PER_BATCH) {
            let ids: Vec<i64> = chunk.iter().map(|created| created.id).collect();
            // A visit that is booked from here on would be gone with its clinic.
            bulk::lock(self.transaction, &ids).await?;
            let stored = self.stored(ids).await?;
            let clinics: Vec<(ClinicId, Clinic)> =
                stored.into_values().map(|stored| (stored.id, stored.clinic)).collect();
            let staying = bulk::referred_to(self.transaction, &clinics, &going).await?;
            let (closing, leaving): (Vec<_>, Vec<_>) = clinics.into_iter().partition(|(id, _)| staying.contains(id));
            self.undone.closed += closing.len();
            self.undone.removed += leaving.len();
            let gone: Vec<ClinicId> = leaving.iter().map(|(id, _)| *id).collect();
            bulk::delete_clinics(self.transaction, &gone).await?;
            let removals: Vec<Entry> = gone.iter().map(|id| self.entry("remove", *id, Vec::new())).collect();
            audit::record(self.transaction, self.actor, self.now, removals).await?;
            self.close(closing).await?;
            self.settle(chunk, &staying).await?;
        }
        Ok(())
    }

    async fn close(&self, clinics: Vec<(ClinicId, Clinic)>) -> Result<(), UndoError> {
        let close = |(id, clinic): (ClinicId, Clinic)| {
            let status = StatusDates { stored: ClinicStatus::Closed, ..StatusDates::default() };
            let closed = Clinic { status, ..clinic.clone() };
            (self.entry("update", id, changes(Some(&clinic), &closed)), (id, closed))
        };
        let (entries, clinics): (Vec<Entry>, Vec<_>) = clinics.into_iter().map(close).unzip();
        bulk::update_clinics(self.transaction, &clinics, self.version, self.now).await?;
        audit::record(self.transaction, self.actor, self.now, entries).await?;
        Ok(())
    }

    async fn settle(&self, created: &[Created], staying: &HashSet<ClinicId>) -> Result<(), UndoError> {
        let outcomes: HashMap<usize, Outcome> = created
            .iter()
            .map(|Created { row, id }| {
                (*row, if staying.contains(&ClinicId(*id)) { Outcome::Closed } else { Outcome::Removed })
            })
            .collect();
        let named: Vec<usize> = outcomes.keys().copied().collect();
        let rows = store::rows_named(self.transaction, self.import.id, &named).await?;
        let settled: Vec<PlanRow> =
            rows.into_iter().map(|row| PlanRow { outcome: outcomes.get(&row.row).copied(), ..row }).collect();
        store::settle_rows(self.transaction, self.import.id, &settled).await?;
        Ok(())
    }

    fn entry(&self, verb: &'static str, id: ClinicId, changes: Vec<FieldChange>) -> Entry {
        let reason = format!("undo of import {}", self.import.id);
        Entry::new(Subject::Clinic, verb, id.0).at_clinic(id.0).changing(changes).because(Some(&reason))
    }

    async fn end(self) -> Result<Undone, UndoError> {
        let Self { transaction, actor, now, import, undone, .. } = self;
        if !store::advance(transaction, import.id, Status::Applied, Status::Undone, now).await? {
            return Err(UndoError::NotApplied(Status::Undone));
        }
        let Undone { restored, removed, closed, kept } = undone;
        let counts = [("restored", restored), ("removed", removed), ("closed", closed), ("kept", kept)];
        let changes = counts.map(|(name, count)| FieldChange::new(name, serde_json::Value::Null, count));
        let entry = Entry::new(Subject::Import, "undo", import.id).changing(changes.to_vec());
        audit::record(transaction, actor, now, [entry]).await?;
        Ok(undone)
    }
}

fn clinic_of(row: &PlanRow) -> Option<i64> {
    Some(row.given.as_ref()?.base?.0)
}

/// A clinic's code never changes: where it did, there was none before.
fn created_it(row: &PlanRow) -> bool {
    row.changes().iter().any(|change| change.field == "code")
}
