//! A clinic as stored: texts are validated on the way in by `clinics`, enumerations by a CHECK.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "clinics")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub code: String,
    pub slug: String,
    pub name: String,
    pub status: String,
    pub status_note: Option<String>,
    pub status_note_es: Option<String>,
    pub opens_on: Option<Date>,
    pub temporarily_closed_on: Option<Date>,
    pub reopens_on: Option<Date>,
    pub closed_on: Option<Date>,
    pub moved_to: Option<String>,
    pub region: Option<String>,
    pub street: Option<String>,
    pub unit: Option<String>,
    pub city: String,
    pub state: String,
    pub zip: Option<String>,
    pub country: String,
    pub lat: f64,
    pub lon: f64,
    pub pin_precision: String,
    pub time_zone: String,
    pub phone: Option<String>,
    pub booking_phone: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    pub services: String,
    pub languages: String,
    pub priority: i32,
    pub description: Option<String>,
    pub description_es: Option<String>,
    pub directions_note: Option<String>,
    pub directions_note_es: Option<String>,
    pub accessibility: Option<String>,
    pub photo_url: Option<String>,
    pub legacy_urls: String,
    pub internal_notes: Option<String>,
    pub hours: Option<String>,
    pub consultation_hours: Option<String>,
    pub offers_consultations: bool,
    pub duration_min: Option<i32>,
    pub step_min: Option<i32>,
    pub turnover_min: Option<i32>,
    pub capacity: Option<i32>,
    pub min_notice_min: Option<i32>,
    pub horizon_days: Option<i32>,
    pub data_version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
