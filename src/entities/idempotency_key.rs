//! A request that had its effect: enough to recognise a repetition and to answer it again, and no answer.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// The call, and whose it is where a token says so.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: String,
    pub request_hash: String,
    /// The HTTP status that was answered.
    pub status: Option<i32>,
    pub booking_id: Option<i64>,
    /// What it made when that is no booking: a block, a call or a closure.
    pub made_id: Option<i64>,
    /// State and times of the booking as they were answered, as JSON; nothing personal.
    pub answered: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
