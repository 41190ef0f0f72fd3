//! Why a visit waits for another time, and who is calling its visitor.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rebookings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub booking_id: i64,
    /// `closure`, `block` or `status`.
    pub cause: String,
    /// The key of the closure or block.
    pub cause_id: Option<i64>,
    pub displaced_at: DateTimeUtc,
    /// The user who is calling the visitor, until `claimed_until`.
    pub claimed_by: Option<i64>,
    pub claimed_until: Option<DateTimeUtc>,
    /// How often the visitor was not reached.
    pub attempts: i32,
    pub attempted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
