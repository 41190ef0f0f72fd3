//! How many searches of a day and ZIP3 had their nearest clinic within a band of miles.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unmet_demand")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub searched_on: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub zip3: String,
    /// The upper end of the band in miles; the last one also holds "no clinic at all".
    #[sea_orm(primary_key, auto_increment = false)]
    pub band_mi: i32,
    pub searches: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
