//! A person's data was erased on request; whose it was cannot be read from it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasures")]
pub struct Model {
    /// The number of the receipt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub erased_at: DateTimeUtc,
    /// `phone` or `email`.
    pub kind: String,
    /// Of the number or address, keyed with a secret that is not here.
    pub fingerprint: String,
    /// How many were emptied.
    pub bookings: i32,
    /// How many of them were still to come.
    pub cancelled: i32,
    /// Later than `erased_at` in a database that was restored from an older backup.
    pub applied_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
