//! Rows and records: the queries of this feature, as functions over a connection or a transaction.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, LockType, SimpleExpr};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::hours::{SpecialDay, Window};
use super::id::ClinicId;
use super::model::Clinic;
use super::network::{DEFAULT_RETENTION_DAYS, DEFAULT_WAIT_DAY_MI};
use super::policy::Policy;
use super::rows::{Weeks, from_row, to_row};
use crate::accounts::Scope;
use crate::accounts::store::clinics_in;
use crate::entities::{clinic, closure, network, slug_redirect, special_hour};

/// A clinic with its database key and the data version at which it last changed.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: ClinicId,
    pub data_version: i64,
    pub clinic: Clinic,
}

/// Rows times columns must stay below SQLite's 32,766 parameters a statement.
const ROWS_PER_INSERT: usize = 500;
/// Keys named in one statement.
const KEYS_PER_STATEMENT: usize = 1_000;
/// Rows read at a time: some megabytes.
const ROWS_PER_PAGE: u64 = 5_000;
/// The one row of `networks`.
const NETWORK_ID: i64 = 1;
/// What a network is called until somebody names it.
const UNNAMED: &str = "Clinic Directory";

fn narrow(number: i32) -> Option<u16> {
    u16::try_from(number).ok()
}

/// How consultations are offered where a clinic does not say otherwise; the table's CHECKs keep the numbers in range.
#[must_use]
pub fn policy(network: &network::Model) -> Policy {
    let default = Policy::default();
    Policy {
        duration_min: narrow(network.duration_min).unwrap_or(default.duration_min),
        step_min: narrow(network.step_min).unwrap_or(default.step_min),
        turnover_min: narrow(network.turnover_min).unwrap_or(default.turnover_min),
        capacity: narrow(network.capacity).unwrap_or(default.capacity),
        min_notice_min: narrow(network.min_notice_min).unwrap_or(default.min_notice_min),
        horizon_days: narrow(network.horizon_days).unwrap_or(default.horizon_days),
        hold_min: narrow(network.hold_min).unwrap_or(default.hold_min),
    }
}

/// The network's settings; the first call of a new database writes the defaults of rule A12.
///
/// # Errors
/// When the database cannot be read.
pub async fn network(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<network::Model, DbErr> {
    if let Some(found) = stored_network(db).await? {
        return Ok(found);
    }
    let policy = Policy::default();
    let first = network::Model {
        id: NETWORK_ID,
        name: UNNAMED.to_owned(),
        phone: None,
        is_demo: false,
        data_version: 0,
        duration_min: policy.duration_min.into(),
        step_min: policy.step_min.into(),
        turnover_min: policy.turnover_min.into(),
        capacity: policy.capacity.into(),
        min_notice_min: policy.min_notice_min.into(),
        horizon_days: policy.horizon_days.into(),
        hold_min: policy.hold_min.into(),
        wait_day_mi: DEFAULT_WAIT_DAY_MI,
        updated_at: now,
        settings_version: 0,
        retention_days: DEFAULT_RETENTION_DAYS.into(),
        privacy_url: None,
        terms_url: None,
        services: "{}".to_owned(),
        colors: "{}".to_owned(),
    };
    // Another replica may do the same at this moment; then its row stands.
    let insert = network::Entity::insert(first.into_active_model());
    insert
        .on_conflict(sea_orm::sea_query::OnConflict::column(network::Column::Id).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    stored_network(db).await?.ok_or_else(|| DbErr::RecordNotFound("networks".to_owned()))
}

/// As [`network()`], and writes nothing: a new database has none yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn stored_network(db: &impl ConnectionTrait) -> Result<Option<network::Model>, DbErr> {
    network::Entity::find_by_id(NETWORK_ID).one(db).await
}

/// The network's settings, locked until the transaction ends: whoever changes clinics comes one after the other, and sees
/// what the one before left. (SQLite has locked all when a write began.)
///
/// # Errors
/// When the database cannot be read.
pub async fn lock_network(transaction: &DatabaseTransaction, now: DateTime<Utc>) -> Result<network::Model, DbErr> {
    network(transaction, now).await?;
    let locked = network::Entity::find_by_id(NETWORK_ID).lock_exclusive().one(transaction).await?;
    locked.ok_or_else(|| DbErr::RecordNotFound("networks".to_owned()))
}

/// Locks a clinic's row until the transaction ends; false when there is none. SQLite has one writer and locks nothing.
///
/// # Errors
/// When the database cannot be read.
pub async fn lock(db: &DatabaseTransaction, id: ClinicId, lock: LockType) -> Result<bool, DbErr> {
    Ok(!locked(db, clinic::Column::Id.eq(id.0), lock).await?.is_empty())
}

/// As [`lock`] for update, for several, in the order of their keys: two that lock the same ones never wait for each other.
///
/// # Errors
/// When the database cannot be read.
pub async fn lock_some(db: &DatabaseTransaction, mut ids: Vec<ClinicId>) -> Result<(), DbErr> {
    ids.sort_unstable();
    for batch in ids.chunks(KEYS_PER_STATEMENT) {
        locked(db, clinic::Column::Id.is_in(batch.iter().map(|id| id.0)), LockType::Update).await?;
    }
    Ok(())
}

/// As [`lock`] for update, for those that this transaction wrote with its data version. Taken last: whoever was booking there
/// by the former record has committed then, and whoever comes waits for this one's end, and no longer.
///
/// # Errors
/// When the database cannot be read.
pub async fn lock_written(db: &DatabaseTransaction, version: i64) -> Result<(), DbErr> {
    locked(db, clinic::Column::DataVersion.eq(version), LockType::Update).await.map(drop)
}

async fn locked(db: &DatabaseTransaction, which: SimpleExpr, lock: LockType) -> Result<Vec<i64>, DbErr> {
    let keys = clinic::Entity::find().select_only().column(clinic::Column::Id).filter(which);
    keys.order_by_asc(clinic::Column::Id).lock(lock).into_tuple().all(db).await
}

/// Raises the data version by one and stores whether the network is the demonstration; the new version.
///
/// # Errors
/// When the database refuses the write.
pub async fn raise_version(
    db: &impl ConnectionTrait,
    is_demo: bool,
    name: Option<&str>,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    let mut update = network::Entity::update_many()
        .col_expr(network::Column::DataVersion, Expr::col(network::Column::DataVersion).add(1))
        .col_expr(network::Column::IsDemo, Expr::value(is_demo))
        .col_expr(network::Column::UpdatedAt, Expr::value(now));
    if let Some(name) = name {
        // The name is a setting: whoever edits the settings has seen the one before.
        update = update
            .col_expr(network::Column::Name, Expr::value(name))
            .col_expr(network::Column::SettingsVersion, Expr::col(network::Column::SettingsVersion).add(1));
    }
    update.exec(db).await?;
    data_version(db).await
}

/// The version of the newest committed change.
///
/// # Errors
/// When the database cannot be read.
pub async fn data_version(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let version =
        network::Entity::find().select_only().column(network::Column::DataVersion).into_tuple().one(db).await?;
    Ok(version.unwrap_or_default())
}

/// How many clinics are stored, in any status.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    clinic::Entity::find().count(db).await
}

/// Reads the clinics that changed after a data version, a page at a time, so that a large network is never in memory twice.
#[derive(Debug)]
pub struct Changed {
    since: i64,
    /// The first and the last key that are still to be read, once they are known.
    left: Option<(i64, i64)>,
    weeks: Weeks,
}

impl Changed {
    /// Every clinic.
    #[must_use]
    pub fn all() -> Self {
        Self::since(-1)
    }

    /// The clinics that changed after `version`.
    #[must_use]
    pub fn since(version: i64) -> Self {
        Self { since: version, left: None, weeks: Weeks::default() }
    }

    /// The next page in the order of the keys, with special hours; empty after the last.
    ///
    /// # Errors
    /// When the database cannot be read, or holds something that this program does not understand.
    pub async fn page(&mut self, db: &impl ConnectionTrait) -> anyhow::Result<Vec<Stored>> {
        let Some((from, to)) = self.left(db).await? else { return Ok(Vec::new()) };
        let rows = clinic::Entity::find()
            .filter(clinic::Column::DataVersion.gt(self.since))
            .filter(clinic::Column::Id.between(from, to))
            .order_by_asc(clinic::Column::Id)
            .limit(ROWS_PER_PAGE)
            .all(db)
            .await?;
        let (Some(first), Some(last)) = (rows.first().map(|row| row.id), rows.last().map(|row| row.id)) else {
            return Ok(Vec::new());
        };
        self.left = Some((last + 1, to));
        let mut special = special_hours_of(db, special_hour::Column::ClinicId.between(first, last)).await?;
        let mut stored = Vec::with_capacity(rows.len());
        for row in rows {
            let code = row.code.clone();
            let days = special.remove(&row.id).unwrap_or_default();
            stored
                .push(from_row(row, days, &mut self.weeks).with_context(|| format!("clinic {code} is not readable"))?);
        }
        Ok(stored)
    }

    /// The keys that are still to be read. Which they are at all is asked of the index of versions: in the order of the
    /// keys, SQLite would look at every clinic to find the one that changed.
    async fn left(&mut self, db: &impl ConnectionTrait) -> anyhow::Result<Option<(i64, i64)>> {
        if self.left.is_none() {
            let bounds: Option<(Option<i64>, Option<i64>)> = clinic::Entity::find()
                .select_only()
                .column_as(clinic::Column::Id.min(), "first")
                .column_as(clinic::Column::Id.max(), "last")
                .filter(clinic::Column::DataVersion.gt(self.since))
                .into_tuple()
                .one(db)
                .await?;
            self.left = bounds.and_then(|(first, last)| first.zip(last));
        }
        Ok(self.left)
    }

    /// All pages at once.
    ///
    /// # Errors
    /// As [`Changed::page`].
    pub async fn collect(mut self, db: &impl ConnectionTrait) -> anyhow::Result<Vec<Stored>> {
        let mut stored = Vec::new();
        loop {
            let page = self.page(db).await?;
            if page.is_empty() {
                return Ok(stored);
            }
            stored.extend(page);
        }
    }
}

/// The special hours of some clinics, by the clinic's key.
///
/// # Errors
/// When the database cannot be read, or holds something that this program does not understand.
pub async fn special_hours_of(
    db: &impl ConnectionTrait,
    clinics: SimpleExpr,
) -> anyhow::Result<HashMap<i64, Vec<SpecialDay>>> {
    let rows = special_hour::Entity::find().filter(clinics).order_by_asc(special_hour::Column::HeldOn).all(db).await?;
    let mut by_clinic: HashMap<i64, Vec<SpecialDay>> = HashMap::new();
    for row in rows {
        let windows =
            row.windows.split(',').filter(|text| !text.is_empty()).map(Window::parse).collect::<Result<_, _>>();
        let day =
            SpecialDay { on: row.held_on, windows: windows.context("special hours are not readable")?, note: row.note };
        by_clinic.entry(row.clinic_id).or_default().push(day);
    }
    Ok(by_clinic)
}

/// The clinic with this code, if it lies in the scope.
///
/// # Errors
/// When the database cannot be read, or holds something that this program does not understand.
pub async fn find(db: &impl ConnectionTrait, scope: &Scope, code: &str) -> anyhow::Result<Option<Stored>> {
    // No code has a NUL, and PostgreSQL would not even look.
    if code.contains('\0') {
        return Ok(None);
    }
    let mut rows = clinic::Entity::find().filter(clinic::Column::Code.eq(code));
    if let Some(clinics) = clinics_in(scope) {
        rows = rows.filter(clinic::Column::Id.in_subquery(clinics));
    }
    let Some(row) = rows.one(db).await? else { return Ok(None) };
    let of_this = special_hour::Column::ClinicId.eq(row.id);
    let days = special_hours_of(db, of_this).await?.remove(&row.id).unwrap_or_default();
    let unreadable = format!("clinic {} is not readable", row.code);
    from_row(row, days, &mut Weeks::default()).map(Some).context(unreadable)
}

/// Where the clinic with this code has moved to: `None` when there is no such clinic.
///
/// # Errors
/// When the database cannot be read.
pub async fn moved_to(db: &impl ConnectionTrait, code: &str) -> Result<Option<Option<String>>, DbErr> {
    clinic::Entity::find()
        .select_only()
        .column(clinic::Column::MovedTo)
        .filter(clinic::Column::Code.eq(code))
        .into_tuple()
        .one(db)
        .await
}

/// Old slugs and the clinics they lead to (rule I9).
///
/// # Errors
/// When the database cannot be read.
pub async fn redirects(db: &impl ConnectionTrait) -> Result<Vec<(String, ClinicId)>, DbErr> {
    let rows = slug_redirect::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.slug, ClinicId(row.clinic_id))).collect())
}

/// Inserts new clinics with their special hours, calling `inserted` with the count so far; their keys by code.
///
/// # Errors
/// When the database refuses a row.
pub async fn insert(
    db: &impl ConnectionTrait,
    clinics: &[Clinic],
    version: i64,
    now: DateTime<Utc>,
    mut inserted: impl FnMut(usize),
) -> anyhow::Result<HashMap<String, ClinicId>> {
    let mut keys = HashMap::with_capacity(clinics.len());
    for chunk in clinics.chunks(ROWS_PER_INSERT) {
        let last = last_key(db).await?;
        let rows: Vec<_> = chunk.iter().map(|clinic| to_row(clinic, None, version, now)).collect::<Result<_, _>>()?;
        clinic::Entity::insert_many(rows).exec_without_returning(db).await?;
        let inserted_keys = keys_after(db, last).await?;
        let days = chunk.iter().filter(|clinic| !clinic.special_hours.is_empty());
        let days = days.filter_map(|clinic| Some((inserted_keys.get(&*clinic.code)?.0, &*clinic.special_hours)));
        insert_special_hours(db, days).await?;
        keys.extend(inserted_keys);
        inserted(keys.len());
    }
    Ok(keys)
}

async fn last_key(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let last = clinic::Entity::find().select_only().column(clinic::Column::Id).order_by_desc(clinic::Column::Id);
    Ok(last.into_tuple().one(db).await?.unwrap_or_default())
}

/// What was inserted after a key, found by the order of the keys: a list of 500 codes would make PostgreSQL look through a
/// table that it has no statistics of yet.
async fn keys_after(db: &impl ConnectionTrait, last: i64) -> Result<HashMap<String, ClinicId>, DbErr> {
    let found: Vec<(String, i64)> = clinic::Entity::find()
        .select_only()
        .columns([clinic::Column::Code, clinic::Column::Id])
        .filter(clinic::Column::Id.gt(last))
        .order_by_asc(clinic::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(|(code, id)| (code, ClinicId(id))).collect())
}

/// Overwrites a stored clinic and its special hours.
///
/// # Errors
/// When the database refuses the row.
pub async fn update(
    db: &impl ConnectionTrait,
    id: ClinicId,
    clinic: &Clinic,
    version: i64,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let row = to_row(clinic, Some(id), version, now)?;
    clinic::Entity::update_many().set(row).filter(clinic::Column::Id.eq(id.0)).exec(db).await?;
    special_hour::Entity::delete_many().filter(special_hour::Column::ClinicId.eq(id.0)).exec(db).await?;
    insert_special_hours(db, std::iter::once((id.0, &*clinic.special_hours))).await?;
    Ok(())
}

/// Removes every clinic with its closures: only ever the invented ones of the demonstration (rule I13).
///
/// # Errors
/// When the database refuses.
pub async fn delete_all(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    closure::Entity::delete_many().exec(db).await?;
    Ok(clinic::Entity::delete_many().exec(db).await?.rows_affected)
}

/// Adds special hours to clinics that have none.
///
/// # Errors
/// When the database refuses.
pub async fn insert_special_hours<'c>(
    db: &impl ConnectionTrait,
    days_by_clinic: impl Iterator<Item = (i64, &'c [SpecialDay])>,
) -> Result<(), DbErr> {
    let row = |clinic_id: i64, day: &SpecialDay| special_hour::ActiveModel {
        id: NotSet,
        clinic_id: Set(clinic_id),
        held_on: Set(day.on),
        windows: Set(day.windows.iter().map(Window::to_string).collect::<Vec<_>>().join(",")),
        note: Set(day.note.clone()),
    };
    let rows: Vec<_> = days_by_clinic.flat_map(|(id, days)| days.iter().map(move |day| row(id, day))).collect();
    for chunk in rows.chunks(ROWS_PER_INSERT) {
        special_hour::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}
