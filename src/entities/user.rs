//! Somebody who works with the directory.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// In lower case.
    pub email: String,
    /// `clinic`, `agent`, `editor` or `admin`.
    pub role: String,
    /// `all`, or `region:R` and `clinic:CODE`, one a line.
    pub scope: String,
    /// PHC string of argon2id; null until a one-time link was used.
    pub password_hash: Option<String>,
    pub is_disabled: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
