use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::row::ByCode;
use super::{Problem, Table, read_clinics, read_table};
use crate::clinics::store::{self, Changed, Stored};
use crate::clinics::{Clinic, Flavour, slug};
use crate::db;

/// The invented network that an empty directory starts with (rule I13).
pub const DEMONSTRATION: &[u8] = include_bytes!("../../../data/clinics.csv");
const DEMONSTRATION_NAME: &str = "Stipplecrown (demonstration)";

/// How far a load has come.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    Reading,
    Writing { done: usize, of: usize },
}

/// What a load did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub created: usize,
    pub changed: usize,
    pub same: usize,
    /// Invented clinics that made room for the network's own (I13).
    pub retired_demonstration: u64,
    /// Repairs and oddities, for a person to read.
    pub notes: Vec<Problem>,
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

fn plural(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}

/// Creates and refreshes clinics by code from a CSV file, in one transaction (rule I1): all of it, or nothing.
///
/// # Errors
/// Every problem of the file, or the database's refusal; either way nothing was written.
pub async fn load(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    file: &[u8],
    flavour: Flavour,
    mut progress: impl FnMut(Progress),
) -> Result<Loaded, LoadError> {
    progress(Progress::Reading);
    let source = Source::read(file, flavour)?;
    let transaction = db::begin_write(db).await?;
    let loaded = source.load(&transaction, now, progress).await?;
    transaction.commit().await?;
    Ok(loaded)
}

/// The first clinics of a directory, as [`load`]; `None` when it has some, if only since a moment ago: whoever imports or
/// starts at the same time comes before or after, and invented clinics never join real ones (I13).
///
/// # Errors
/// As [`load`].
pub async fn load_first(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    file: &[u8],
    flavour: Flavour,
    mut progress: impl FnMut(Progress),
) -> Result<Option<Loaded>, LoadError> {
    progress(Progress::Reading);
    let source = Source::read(file, flavour)?;
    let transaction = db::begin_write(db).await?;
    store::lock_network(&transaction, now).await?;
    if store::count(&transaction).await? > 0 {
        return Ok(None);
    }
    let loaded = source.load(&transaction, now, progress).await?;
    transaction.commit().await?;
    Ok(Some(loaded))
}

/// A file that was read, before it meets what is stored.
struct Source {
    table: Table,
    is_demonstration: bool,
}

impl Source {
    fn read(file: &[u8], flavour: Flavour) -> Result<Self, LoadError> {
        let table = read_table(file, flavour).map_err(LoadError::Refused)?;
        Ok(Self { table, is_demonstration: file == DEMONSTRATION })
    }

    async fn load(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
        mut progress: impl FnMut(Progress),
    ) -> Result<Loaded, LoadError> {
        let Self { table, is_demonstration } = self;
        let network = store::lock_network(transaction, now).await?;
        let (mut by_code, mut keys) = split(Changed::all().collect(transaction).await?);
        let is_demo = *is_demonstration || (network.is_demo && changes_nothing(table, &by_code));
        let retires = network.is_demo && !is_demo;
        if retires {
            by_code.clear();
            keys.clear();
        }
        let reading = read_clinics(table, &by_code).map_err(LoadError::Refused)?;
        let retired_demonstration = if retires { store::delete_all(transaction).await? } else { 0 };
        let mut plan = Plan::new(reading.clinics, &by_code);
        let total = plan.created.len() + plan.changed.len();
        if total > 0 || retires || is_demo != network.is_demo {
            let name = if is_demo { Some(DEMONSTRATION_NAME) } else { retires.then_some("Clinic Directory") };
            let version = store::raise_version(transaction, is_demo, name, now).await?;
            let old_slugs = store::redirects(transaction).await?.into_iter().map(|(slug, _)| slug.into());
            plan.choose_slugs(&by_code, old_slugs);
            plan.write(transaction, &keys, version, now, |done| progress(Progress::Writing { done, of: total }))
                .await?;
        }
        let (created, changed, same) = (plan.created.len(), plan.changed.len(), plan.same);
        Ok(Loaded { created, changed, same, retired_demonstration, notes: reading.notes })
    }
}

/// An export that comes back unchanged is not "other data": invented clinics stay marked as such (I13).
fn changes_nothing(table: &Table, stored: &ByCode) -> bool {
    let is_stored = |clinic: &Clinic| stored.get(&clinic.code) == Some(clinic);
    read_clinics(table, stored).is_ok_and(|reading| reading.clinics.iter().all(is_stored))
}

type Keys = HashMap<Box<str>, crate::clinics::ClinicId>;

fn split(stored: Vec<Stored>) -> (ByCode, Keys) {
    let keys = stored.iter().map(|row| (row.clinic.code.clone(), row.id)).collect();
    (stored.into_iter().map(|row| (row.clinic.code.clone(), row.clinic)).collect(), keys)
}

/// What the rows of a file mean for the stored clinics.
struct Plan {
    created: Vec<Clinic>,
    changed: Vec<Clinic>,
    same: usize,
}

impl Plan {
    fn new(clinics: Vec<Clinic>, stored: &ByCode) -> Self {
        let (known, created): (Vec<_>, Vec<_>) =
            clinics.into_iter().partition(|clinic| stored.contains_key(&clinic.code));
        let (same, changed): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|clinic| stored.get(&clinic.code) == Some(clinic));
        Self { created, changed, same: same.len() }
    }

    /// A slug that any clinic ever had leads to that one for good (I9).
    fn choose_slugs(&mut self, stored: &ByCode, old_slugs: impl Iterator<Item = Box<str>>) {
        let mut taken: HashSet<Box<str>> = stored.values().map(|clinic| clinic.slug.clone()).chain(old_slugs).collect();
        for clinic in &mut self.created {
            clinic.slug = slug::choose(&clinic.name, &clinic.city, &clinic.code, |slug| taken.contains(slug)).into();
            taken.insert(clinic.slug.clone());
        }
    }

    async fn write(
        &self,
        transaction: &DatabaseTransaction,
        keys: &Keys,
        version: i64,
        now: DateTime<Utc>,
        mut written: impl FnMut(usize),
    ) -> anyhow::Result<()> {
        store::insert(transaction, &self.created, version, now, &mut written).await?;
        for (index, clinic) in self.changed.iter().enumerate() {
            if let Some(id) = keys.get(&clinic.code) {
                store::update(transaction, *id, clinic, version, now).await?;
            }
            written(self.created.len() + index + 1);
        }
        Ok(())
    }
}
