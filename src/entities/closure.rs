//! A time in which some clinics are closed although their hours say otherwise.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "closures")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `clinics`, `region`, `state`, `all` or `circle`.
    pub scope: String,
    /// Codes, one a line, a region, or a state.
    pub target: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub radius_m: Option<f64>,
    pub starts_on: Date,
    /// The last date, included.
    pub ends_on: Date,
    /// `14:00-16:00`: the closed part of each date; empty for whole days.
    pub windows: String,
    pub note: Option<String>,
    pub note_es: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub lifted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
