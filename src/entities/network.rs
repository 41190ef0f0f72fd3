//! The network's settings; the table holds exactly one row, with id 1.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "networks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub name: String,
    pub phone: Option<String>,
    pub is_demo: bool,
    pub data_version: i64,
    pub duration_min: i32,
    pub step_min: i32,
    pub turnover_min: i32,
    pub capacity: i32,
    pub min_notice_min: i32,
    pub horizon_days: i32,
    pub hold_min: i32,
    /// How many miles a day of waiting outweighs (rule A16).
    pub wait_day_mi: f64,
    pub updated_at: DateTimeUtc,
    /// Counts the edits of the settings.
    pub settings_version: i64,
    /// Personal data is erased so many days after the visit.
    pub retention_days: i32,
    pub privacy_url: Option<String>,
    pub terms_url: Option<String>,
    /// JSON: a code to `{"en": .., "es": ..}`.
    pub services: String,
    /// JSON: a name to `#rrggbb`.
    pub colors: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
