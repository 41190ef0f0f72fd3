//! A file that somebody brought: what it would change, and what became of that.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `planning` until every row was judged, then `planned`, `applied` and perhaps `undone`.
    pub status: String,
    /// Whose it is; `None` for the command line and the first start.
    pub user_id: Option<i64>,
    pub file_name: Option<String>,
    pub is_raw: bool,
    /// The bundled file of invented clinics (rule I13).
    pub is_demonstration: bool,
    /// The invented clinics make room for those of this file (rule I13).
    pub retires_demonstration: bool,
    /// The data version that the rows were compared with.
    pub data_version: i64,
    pub to_create: i32,
    pub to_change: i32,
    pub same: i32,
    pub to_decide: i32,
    pub errors: i32,
    /// JSON: what there is to say about the whole file.
    pub notes: String,
    pub created_at: DateTimeUtc,
    pub applied_at: Option<DateTimeUtc>,
    pub undone_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
