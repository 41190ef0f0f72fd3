//! What clients are answered with.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::Status;
use super::visit::Visit;
use crate::availability::{LocalTime, dates_differ};
use crate::clinics::display_phone;
use crate::directory::{Entry, Origin, SlotOut};
use crate::entities::booking;
use crate::geo::geodesic;
use crate::places::Resolved;
use crate::token::SecretKey;

/// The time of a hold or booking at its clinic.
#[must_use]
pub fn time_of(booking: &booking::Model, entry: &Entry) -> SlotOut {
    SlotOut::own(booking.starts_at, booking.ends_at, entry.zone)
}

/// A time that is held.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
pub struct HoldOut {
    /// Confirms, extends and releases the hold; keep it to yourself.
    pub hold_token: String,
    pub expires_at: DateTime<Utc>,
    /// How many more times it can be extended by five minutes.
    pub extensions_left: i32,
    /// The clinic's slug.
    pub clinic: String,
    /// Where to go and whom to call, to be read out.
    pub clinic_name: String,
    pub address: String,
    pub clinic_phone_display: Option<String>,
    pub slot: SlotOut,
    /// Null unless the best time near a place was asked for.
    pub near: Option<NearOut>,
}

/// How a place was understood, and how far its best time is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HoldNear)]
pub struct NearOut {
    pub label: String,
    /// In a straight line; it may lie beyond the radius that was asked for, when nothing nearer is free.
    pub distance_mi: f64,
    /// What a misspelt text was corrected to.
    pub did_you_mean: Vec<String>,
}

impl NearOut {
    #[must_use]
    pub fn new(origin: &Origin, entry: &Entry) -> Self {
        let Resolved { label, did_you_mean, point, .. } = &origin.resolved;
        let miles = geodesic(*point, entry.point).miles();
        Self { label: label.clone(), distance_mi: (miles * 10.0).round() / 10.0, did_you_mean: did_you_mean.clone() }
    }
}

impl HoldOut {
    #[must_use]
    pub fn new(hold: &Visit, secret: &SecretKey) -> Self {
        let entry = &hold.clinic;
        Self {
            hold_token: hold.hold_token(secret),
            expires_at: hold.hold_ends_at(),
            extensions_left: hold.extensions_left(),
            clinic: entry.clinic.slug.to_string(),
            clinic_name: entry.clinic.name.to_string(),
            address: entry.clinic.address(),
            clinic_phone_display: entry.clinic.phone.as_deref().map(display_phone),
            slot: time_of(&hold.row, entry),
            near: None,
        }
    }
}

/// A visitor's own booking; how to reach them is masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Booking)]
pub struct BookingOut {
    /// Six characters to be spoken on the phone.
    pub reference: Option<String>,
    /// `confirmed`, `needs_rebooking`, `cancelled`, `arrived`, `completed` or `no_show`.
    pub status: &'static str,
    /// The clinic's slug.
    pub clinic: String,
    pub clinic_name: String,
    pub address: String,
    pub clinic_phone_display: Option<String>,
    pub slot: SlotOut,
    /// The same moment where the visitor is, when that zone was given.
    pub visitor_local: Option<String>,
    /// The visitor's calendar shows another date than the clinic's.
    pub visitor_date_differs: bool,
    pub name: Option<String>,
    /// Masked.
    pub phone: Option<String>,
    /// Masked.
    pub email: Option<String>,
    pub contact_by: Option<String>,
    pub locale: Option<String>,
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
    pub cancelled_at: Option<DateTime<Utc>>,
}

impl BookingOut {
    #[must_use]
    pub fn new(visit: &Visit) -> Self {
        let (booking, entry) = (&visit.row, &visit.clinic);
        let visitor_zone: Option<Tz> = booking.visitor_time_zone.as_deref().and_then(|name| name.parse().ok());
        Self {
            reference: booking.reference.clone(),
            status: Status::of(booking).as_str(),
            clinic: entry.clinic.slug.to_string(),
            clinic_name: entry.clinic.name.to_string(),
            address: entry.clinic.address(),
            clinic_phone_display: entry.clinic.phone.as_deref().map(display_phone),
            slot: time_of(booking, entry),
            visitor_local: visitor_zone.map(|zone| LocalTime::new(booking.starts_at, zone).text),
            visitor_date_differs: visitor_zone.is_some_and(|zone| dates_differ(booking.starts_at, zone, entry.zone)),
            name: booking.name.clone(),
            phone: booking.phone.as_deref().map(mask_phone),
            email: booking.email.as_deref().map(mask_email),
            contact_by: booking.contact_by.clone(),
            locale: booking.locale.clone(),
            note: booking.note.clone(),
            created_at: booking.confirmed_at.unwrap_or(booking.created_at),
            cancelled_at: booking.cancelled_at,
        }
    }
}

/// A hold that became a booking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Booked)]
pub struct BookedOut {
    pub booking: BookingOut,
    /// Shows, moves and cancels the booking; keep it to yourself.
    pub manage_token: String,
}

/// One's own booking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnBooking)]
pub struct OwnBookingOut {
    pub booking: BookingOut,
}

/// Enough to recognise one's own number.
fn mask_phone(e164: &str) -> String {
    const SHOWN: usize = 2;
    let hidden = e164.chars().count().saturating_sub(SHOWN);
    e164.chars().enumerate().map(|(i, c)| if i < hidden { '*' } else { c }).collect()
}

/// The first letter and the domain.
fn mask_email(email: &str) -> String {
    let (mailbox, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}***@{domain}", mailbox.chars().next().map_or_else(String::new, String::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_and_email_are_masked() {
        assert_eq!(mask_phone("+15125550134"), "**********34");
        assert_eq!(mask_email("ana.maria@example.com"), "a***@example.com");
        assert_eq!(mask_email("é@example.com"), "é***@example.com");
    }
}
