//! A call and how it ended; nothing of it is personal.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calls")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: Option<i64>,
    pub at: DateTimeUtc,
    pub outcome: String,
    /// The label of a place, never what the caller said.
    pub place: Option<String>,
    pub clinic_id: Option<i64>,
    pub booking_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
