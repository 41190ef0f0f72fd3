//! One row of an import, unless it changes nothing and there is nothing to say about it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: i64,
    /// As the spreadsheet numbers it; the header is row 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row: i32,
    pub code: String,
    pub result: String,
    /// False where leaving out this row would leave out what nobody has seen: a broken header, an open quote.
    pub is_skippable: bool,
    /// The clinic it changes; set on a new one when it was applied.
    pub clinic_id: Option<i64>,
    /// The clinic's data version that the row was compared with.
    pub base_version: Option<i64>,
    /// JSON: the fields that differ, old and new, as the file has them; once applied, as they were written. `None` when they
    /// cannot be stored.
    pub changes: Option<String>,
    pub fix_clinic_id: Option<i64>,
    pub fix_base_version: Option<i64>,
    /// The same with the proposed fixes; `None` when there is none.
    pub fix_changes: Option<String>,
    /// JSON: why it needs a decision, or cannot be stored.
    pub problems: String,
    /// JSON: repairs and oddities.
    pub notes: String,
    pub outcome: Option<String>,
    /// Why the file's word was taken against a doubt.
    pub reason: Option<String>,
    /// Of the clinic as this row left it: whether somebody has edited it since.
    pub written_hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
