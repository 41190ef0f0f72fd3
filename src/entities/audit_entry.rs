//! Who did what, when and from where; triggers refuse every change of a row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: DateTimeUtc,
    pub user_id: Option<i64>,
    /// `session`, `token`, `command` or `system`.
    pub via: String,
    /// The client's address.
    pub address: Option<String>,
    /// `clinic.update`: the kind of record and the verb.
    pub action: String,
    /// The kind of record.
    pub subject: String,
    pub subject_id: Option<i64>,
    /// The clinic that it is about, if it is about one.
    pub clinic_id: Option<i64>,
    /// JSON: `[{"field":..,"old":..,"new":..}]`; of personal fields only `{"field":..,"personal":true}`.
    pub changes: String,
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
