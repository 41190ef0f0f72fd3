//! The link that makes the first admin; its row goes when it is used.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "setup_links")]
pub struct Model {
    /// Always 1: there is one at most.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// From which, with the secret key, the link's token is derived.
    pub nonce: String,
    /// SHA-256 of the link's token in hexadecimal digits.
    pub token_hash: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
