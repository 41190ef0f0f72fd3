//! The words of a consent that visitors were shown, by version and language; once published they never change.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent_wordings")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `privacy`, `text_reminders` or `marketing`.
    pub purpose: String,
    pub version: String,
    /// Such as `en` or `es`.
    pub locale: String,
    pub text: String,
    pub published_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
