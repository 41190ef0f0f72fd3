//! What staff are answered with: visits in full, for those in whose scope they lie.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Status, is_outside_hours};
use super::out::time_of;
use super::reticent::reticent;
use super::visit::Visit;
use crate::availability::{LocalTime, dates_differ};
use crate::clinics::display_phone;
use crate::directory::SlotOut;

/// A visit as staff see it.
#[derive(Serialize, ToSchema)]
#[schema(as = StaffBooking)]
pub struct StaffBookingOut {
    pub id: i64,
    /// Six characters to be spoken on the phone.
    pub reference: Option<String>,
    /// `confirmed`, `needs_rebooking`, `cancelled`, `arrived`, `completed` or `no_show`.
    pub status: &'static str,
    /// The clinic's slug.
    pub clinic: String,
    pub clinic_name: String,
    pub slot: SlotOut,
    /// The same moment where the visitor is, when that zone is known.
    pub visitor_local: Option<String>,
    /// The visitor's calendar shows another date than the clinic's.
    pub visitor_date_differs: bool,
    /// Null once it is erased, like the other personal members.
    pub name: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub phone_display: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub contact_by: Option<String>,
    pub locale: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<String>,
    pub seat: i32,
    /// The hours were changed after it was agreed on: it is honoured.
    pub outside_hours: bool,
    /// On a seat above the clinic's capacity, after an override or when the capacity was lowered.
    pub over_capacity: bool,
    /// Why a seat above the capacity was taken.
    pub override_reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub erased_at: Option<DateTime<Utc>>,
}

reticent!(StaffBookingOut);

impl StaffBookingOut {
    #[must_use]
    pub fn new(visit: &Visit) -> Self {
        let Visit { row: booking, clinic: entry } = visit;
        let visitor_zone: Option<Tz> = booking.visitor_time_zone.as_deref().and_then(|name| name.parse().ok());
        let has_seat = matches!(Status::of(booking), Status::Confirmed | Status::Arrived);
        Self {
            id: booking.id,
            reference: booking.reference.clone(),
            status: Status::of(booking).as_str(),
            clinic: entry.clinic.slug.to_string(),
            clinic_name: entry.clinic.name.to_string(),
            slot: time_of(booking, entry),
            visitor_local: visitor_zone.map(|zone| LocalTime::new(booking.starts_at, zone).text),
            visitor_date_differs: visitor_zone.is_some_and(|zone| dates_differ(booking.starts_at, zone, entry.zone)),
            name: booking.name.clone(),
            phone: booking.phone.clone(),
            phone_display: booking.phone.as_deref().map(display_phone),
            email: booking.email.clone(),
            note: booking.note.clone(),
            contact_by: booking.contact_by.clone(),
            locale: booking.locale.clone(),
            source: booking.source.clone(),
            campaign: booking.campaign.clone(),
            seat: booking.seat,
            outside_hours: has_seat && is_outside_hours(booking, &entry.schedule()),
            over_capacity: has_seat && booking.seat > i32::from(entry.policy.capacity),
            override_reason: booking.override_reason.clone(),
            created_at: booking.confirmed_at.unwrap_or(booking.created_at),
            cancelled_at: booking.cancelled_at,
            erased_at: booking.erased_at,
        }
    }
}

/// A visit without anything personal, to name it by.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookingBrief)]
pub struct BookingBriefOut {
    pub id: i64,
    pub reference: Option<String>,
    pub status: &'static str,
    /// The clinic's slug.
    pub clinic: String,
    pub clinic_name: String,
    pub slot: SlotOut,
}

impl BookingBriefOut {
    #[must_use]
    pub fn new(visit: &Visit) -> Self {
        let Visit { row, clinic } = visit;
        Self {
            id: row.id,
            reference: row.reference.clone(),
            status: visit.status().as_str(),
            clinic: clinic.clinic.slug.to_string(),
            clinic_name: clinic.clinic.name.to_string(),
            slot: time_of(row, clinic),
        }
    }
}
