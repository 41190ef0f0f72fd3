use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::hours::{SpecialDay, WeeklyHours};
use super::policy::PolicyOverrides;
use super::status::StatusDates;
use crate::geo::Point;

/// Text that may be absent; an empty one is never stored.
pub type Text = Option<Box<str>>;

/// A clinic as the network knows it. A stored one has a pin and a zone; one being read from a spreadsheet may not yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Clinic {
    pub code: Box<str>,
    /// Empty until the clinic is first stored.
    pub slug: Box<str>,
    pub name: Box<str>,
    pub status: StatusDates,
    pub status_note: Text,
    pub status_note_es: Text,
    /// The code of the clinic that took this one's place.
    pub moved_to: Text,
    pub region: Text,
    pub street: Text,
    pub unit: Text,
    pub city: Box<str>,
    /// Two letters; territories and DC count as states (P7).
    pub state: Box<str>,
    /// Five digits, leading zeros kept (P6).
    pub zip: Text,
    /// ISO 3166 code.
    pub country: Box<str>,
    pub pin: Option<Pin>,
    pub zone: Option<Tz>,
    /// E.164, as [`Clinic::booking_phone`].
    pub phone: Text,
    pub booking_phone: Text,
    pub email: Text,
    pub website: Text,
    pub services: Vec<Box<str>>,
    /// ISO 639 codes.
    pub languages: Vec<Box<str>>,
    /// Decides between clinics at the same distance, higher first (N2).
    pub priority: i32,
    pub description: Text,
    pub description_es: Text,
    pub directions_note: Text,
    pub directions_note_es: Text,
    pub accessibility: Text,
    pub photo_url: Text,
    pub legacy_urls: Vec<Box<str>>,
    /// `None` is unknown, which is not the same as closed (A10).
    pub hours: Option<Arc<WeeklyHours>>,
    /// `None` means the opening hours.
    pub consultation_hours: Option<Arc<WeeklyHours>>,
    /// Sorted by date, one per date.
    pub special_hours: Vec<SpecialDay>,
    pub offers_consultations: bool,
    pub policy: PolicyOverrides,
    /// For staff only.
    pub internal_notes: Text,
    pub updated_at: DateTime<Utc>,
}

/// Where a clinic stands on the map, and how well that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pin {
    pub point: Point,
    pub precision: PinPrecision,
}

/// Whether the pin was given, or stands in for its ZIP (I4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinPrecision {
    Exact,
    Zip,
}

impl PinPrecision {
    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Zip => "zip",
        }
    }
}

impl Clinic {
    /// Street, unit and town on one line, to be read out or put into a calendar.
    #[must_use]
    pub fn address(&self) -> String {
        let town = format!("{}, {} {}", self.city, self.state, self.zip.as_deref().unwrap_or_default());
        let parts = [self.street.as_deref(), self.unit.as_deref(), Some(town.trim_end())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// A new clinic of which nothing but the code is known; status open and consultations offered by default (I1).
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self {
            code: code.into(),
            slug: Box::default(),
            name: Box::default(),
            status: StatusDates::default(),
            status_note: None,
            status_note_es: None,
            moved_to: None,
            region: None,
            street: None,
            unit: None,
            city: Box::default(),
            state: Box::default(),
            zip: None,
            country: "US".into(),
            pin: None,
            zone: None,
            phone: None,
            booking_phone: None,
            email: None,
            website: None,
            services: Vec::new(),
            languages: Vec::new(),
            priority: 0,
            description: None,
            description_es: None,
            directions_note: None,
            directions_note_es: None,
            accessibility: None,
            photo_url: None,
            legacy_urls: Vec::new(),
            hours: None,
            consultation_hours: None,
            special_hours: Vec::new(),
            offers_consultations: true,
            policy: PolicyOverrides::default(),
            internal_notes: None,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
}

/// An E.164 number as Americans write it, `(512) 555-0134`; numbers of other countries stay as they are (I10).
#[must_use]
pub fn display_phone(e164: &str) -> String {
    match e164.strip_prefix("+1") {
        Some(national) if national.len() == 10 && national.is_ascii() => {
            format!("({}) {}-{}", &national[..3], &national[3..6], &national[6..])
        }
        _ => e164.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i10_phones_are_shown_national() {
        assert_eq!(display_phone("+15125550134"), "(512) 555-0134");
        assert_eq!(display_phone("+442079460000"), "+442079460000");
    }
}
