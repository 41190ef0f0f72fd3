//! The audit log: who, when, from where, what, field by field; written in the transaction of the change, changed by nobody.
//! That something was only looked at may be written a moment later ([`record_each`]).

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Actor, Scope, store};
use crate::entities::audit_entry;

/// Rows times columns must stay below SQLite's 32,766 parameters a statement.
const ROWS_PER_INSERT: usize = 1_000;

/// One field that changed. Of a personal one only that it did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = FieldChange)]
pub struct FieldChange {
    pub field: String,
    /// Null when there was nothing, or the field is personal.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub old: Value,
    /// Null when there is nothing, or the field is personal.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub new: Value,
    /// The values are personal and not kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
}

impl FieldChange {
    #[must_use]
    pub fn new(field: impl Into<String>, old: impl Into<Value>, new: impl Into<Value>) -> Self {
        Self { field: field.into(), old: old.into(), new: new.into(), personal: false }
    }

    /// A personal field that changed or was seen.
    #[must_use]
    pub fn personal(field: impl Into<String>) -> Self {
        Self { field: field.into(), old: Value::Null, new: Value::Null, personal: true }
    }
}

/// The kinds of records that the log tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Clinic,
    Closure,
    Booking,
    Block,
    Call,
    Network,
    Import,
    User,
    Token,
    /// A person whose data was exported or erased.
    Person,
}

impl Subject {
    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Closure => "closure",
            Self::Booking => "booking",
            Self::Block => "block",
            Self::Call => "call",
            Self::Network => "network",
            Self::Import => "import",
            Self::User => "user",
            Self::Token => "token",
            Self::Person => "person",
        }
    }
}

/// Something that was done to one record.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The verb: `create`, `update`, `seen`.
    pub verb: &'static str,
    pub subject: Subject,
    pub subject_id: Option<i64>,
    pub clinic_id: Option<i64>,
    pub changes: Vec<FieldChange>,
    pub reason: Option<String>,
}

impl Entry {
    #[must_use]
    pub fn new(subject: Subject, verb: &'static str, subject_id: i64) -> Self {
        Self { verb, subject, subject_id: Some(subject_id), clinic_id: None, changes: Vec::new(), reason: None }
    }

    #[must_use]
    pub fn at_clinic(self, clinic_id: i64) -> Self {
        Self { clinic_id: Some(clinic_id), ..self }
    }

    #[must_use]
    pub fn changing(self, changes: Vec<FieldChange>) -> Self {
        Self { changes, ..self }
    }

    #[must_use]
    pub fn because(self, reason: Option<&str>) -> Self {
        Self { reason: reason.map(str::to_owned), ..self }
    }
}

/// Appends to the log, in the transaction of what was done.
///
/// # Errors
/// When the database refuses; then nothing was done either.
pub async fn record(
    db: &impl ConnectionTrait,
    actor: &Actor,
    now: DateTime<Utc>,
    entries: impl IntoIterator<Item = Entry>,
) -> Result<(), DbErr> {
    let mut rows = Vec::new();
    for entry in entries {
        rows.push(row(actor, now, entry));
        if rows.len() == ROWS_PER_INSERT {
            insert(db, std::mem::take(&mut rows)).await?;
        }
    }
    insert(db, rows).await
}

/// Appends what several people did at their own instants, in this order.
///
/// # Errors
/// When the database refuses; then nothing was appended, once the transaction is undone.
pub async fn record_each(
    db: &impl ConnectionTrait,
    done: impl IntoIterator<Item = (&Actor, DateTime<Utc>, Entry)>,
) -> Result<(), DbErr> {
    let rows: Vec<_> = done.into_iter().map(|(actor, at, entry)| row(actor, at, entry)).collect();
    for chunk in rows.chunks(ROWS_PER_INSERT) {
        insert(db, chunk.to_vec()).await?;
    }
    Ok(())
}

async fn insert(db: &impl ConnectionTrait, rows: Vec<audit_entry::ActiveModel>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    audit_entry::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

fn row(actor: &Actor, now: DateTime<Utc>, entry: Entry) -> audit_entry::ActiveModel {
    audit_entry::ActiveModel {
        id: NotSet,
        at: Set(now),
        user_id: Set(actor.user),
        via: Set(actor.via.as_str().to_owned()),
        address: Set(actor.address.map(|ip| ip.to_string())),
        action: Set(format!("{}.{}", entry.subject.as_str(), entry.verb)),
        subject: Set(entry.subject.as_str().to_owned()),
        subject_id: Set(entry.subject_id),
        clinic_id: Set(entry.clinic_id),
        changes: Set(serde_json::to_string(&entry.changes).expect("text and numbers are JSON")),
        reason: Set(entry.reason),
    }
}

/// Which entries are asked for; a cursor is the key of the last one seen.
#[derive(Clone, Debug)]
pub struct AuditFilter {
    /// Outside of it nothing is seen; what is about no clinic is only seen by those who see all.
    pub scope: Scope,
    pub clinic_id: Option<i64>,
    pub user_id: Option<i64>,
    pub before: Option<i64>,
}

/// Entries from the newest on.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &AuditFilter,
    limit: u64,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    let mut entries = audit_entry::Entity::find().order_by_desc(audit_entry::Column::Id).limit(limit);
    for (column, wanted) in
        [(audit_entry::Column::ClinicId, filter.clinic_id), (audit_entry::Column::UserId, filter.user_id)]
    {
        if let Some(id) = wanted {
            entries = entries.filter(column.eq(id));
        }
    }
    if let Some(clinics) = store::clinics_in(&filter.scope) {
        entries = entries.filter(audit_entry::Column::ClinicId.in_subquery(clinics));
    }
    if let Some(id) = filter.before {
        entries = entries.filter(audit_entry::Column::Id.lt(id));
    }
    entries.all(db).await
}
