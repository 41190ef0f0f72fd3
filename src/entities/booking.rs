//! A booking from its hold on. What the statuses mean is said by `bookings`; tokens are stored hashed.

use sea_orm::entity::prelude::*;

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bookings")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub clinic_id: i64,
    pub status: String,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    /// The wall clock of the clinic that was agreed on, without an offset.
    pub local_starts: String,
    pub time_zone: String,
    pub first_bucket: i64,
    /// Inclusive; turnover is part of it.
    pub last_bucket: i64,
    pub seat: i32,
    /// The clinic that it was last moved away from.
    pub moved_from: Option<i64>,
    pub override_reason: Option<String>,
    pub expires_at: Option<DateTimeUtc>,
    /// The user who held it for a caller.
    pub held_by: Option<i64>,
    pub extensions: i32,
    /// The SEQUENCE of the calendar file: raised whenever the visit moves or is cancelled.
    pub sequence: i32,
    pub token_nonce: String,
    pub hold_token_hash: String,
    pub manage_token_hash: Option<String>,
    pub visitor_token_hash: Option<String>,
    pub reference: Option<String>,
    pub name: Option<String>,
    /// The name folded for search; empty with it.
    pub name_key: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<String>,
    pub contact_by: Option<String>,
    pub locale: Option<String>,
    pub visitor_time_zone: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub confirmed_at: Option<DateTimeUtc>,
    pub cancelled_at: Option<DateTimeUtc>,
    /// When the personal columns were emptied.
    pub erased_at: Option<DateTimeUtc>,
}

/// Of the visit, not of the visitor.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, clinic_id, status, starts_at, seat, .. } = self;
        f.debug_struct("Booking")
            .field("id", id)
            .field("clinic_id", clinic_id)
            .field("status", status)
            .field("starts_at", starts_at)
            .field("seat", seat)
            .finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
