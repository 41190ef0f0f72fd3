use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::reticent::reticent;
use crate::availability::{Agenda, Claims, NotOffered, Schedule};
use crate::clinics::Policy;
use crate::entities::booking;

/// Where a booking stands. What is held, confirmed, or was kept or missed, owns its claims; the others own none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Taken for some minutes by somebody who fills in a form.
    Held,
    /// A hold that ran out and whose seat was freed.
    Expired,
    /// A hold that was given back.
    Released,
    Confirmed,
    /// The clinic cannot keep the visit; somebody will find another time.
    NeedsRebooking,
    Cancelled,
    Arrived,
    Completed,
    NoShow,
}

impl Status {
    pub const ALL: [Self; 9] = [
        Self::Held,
        Self::Expired,
        Self::Released,
        Self::Confirmed,
        Self::NeedsRebooking,
        Self::Cancelled,
        Self::Arrived,
        Self::Completed,
        Self::NoShow,
    ];

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Expired => "expired",
            Self::Released => "released",
            Self::Confirmed => "confirmed",
            Self::NeedsRebooking => "needs_rebooking",
            Self::Cancelled => "cancelled",
            Self::Arrived => "arrived",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
        }
    }

    /// The inverse of [`Status::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether the visit is still to come and its visitor may move or cancel it.
    #[must_use]
    pub fn is_upcoming(self) -> bool {
        matches!(self, Self::Confirmed | Self::NeedsRebooking)
    }

    /// Of a row.
    ///
    /// # Panics
    /// With another word, which a CHECK of the database keeps out.
    #[must_use]
    pub fn of(booking: &booking::Model) -> Self {
        Self::parse(&booking.status).expect("a CHECK allows these words only")
    }
}

/// Who comes, as they said it; everything here but the locale is personal. Made by the parser of the request.
#[derive(Clone, PartialEq, Eq)]
pub struct Guest {
    pub name: String,
    /// E.164. One of phone and e-mail is always there.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub contact_by: Option<ContactBy>,
    pub locale: Option<String>,
    pub time_zone: Option<Tz>,
    pub source: Option<String>,
    pub campaign: Option<String>,
    pub consents: Vec<Consent>,
}

reticent!(Guest);

impl Guest {
    /// The name as it is searched for.
    #[must_use]
    pub fn name_key(&self) -> String {
        name_key(&self.name)
    }
}

/// A name folded for search: its words without case, accents and punctuation, each after a space, one space at the end.
/// ` ana maria oneil ` holds ` one`: any word of a name can be searched for by its beginning.
#[must_use]
pub fn name_key(name: &str) -> String {
    let folded: String = name
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '’' | '‘' | 'ʼ'))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    format!(" {} ", words.join(" "))
}

/// How a visitor wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactBy {
    Phone,
    Text,
    Email,
}

impl ContactBy {
    pub const ALL: [Self; 3] = [Self::Phone, Self::Text, Self::Email];

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Text => "text",
            Self::Email => "email",
        }
    }
}

/// One thing that a visitor agreed to or not, and the words they saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub purpose: Purpose,
    pub granted: bool,
    pub wording_version: String,
    pub channel: Channel,
}

/// What a consent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Privacy,
    TextReminders,
    Marketing,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::Privacy, Self::TextReminders, Self::Marketing];

    /// The name in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::TextReminders => "text_reminders",
            Self::Marketing => "marketing",
        }
    }
}

/// How a consent was given: ticked on a page, or said on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Web,
    Verbal,
}

impl Channel {
    /// The name in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Verbal => "verbal",
        }
    }
}

/// Whether a visit that was agreed on lies outside the hours as they are now (rule B18): it is honoured, staff should know.
#[must_use]
pub fn is_outside_hours(booking: &booking::Model, schedule: &Schedule) -> bool {
    let minutes = (booking.ends_at - booking.starts_at).num_minutes();
    // Only the hours are in question: notice, horizon and seats were judged when the time was held.
    let policy = Policy {
        duration_min: u16::try_from(minutes).unwrap_or(u16::MAX),
        min_notice_min: 0,
        horizon_days: 1,
        ..Policy::default()
    };
    let now = booking.starts_at - TimeDelta::minutes(1);
    let agenda = Agenda { schedule, policy: &policy, claims: &Claims::default(), now };
    !matches!(agenda.explain(booking.starts_at), Ok(_) | Err(NotOffered::OffGrid))
}

/// The wall clock of the clinic that is agreed on, stored beside the instant: `2026-12-04T10:00`.
#[must_use]
pub fn wall_clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_folded_to_words_without_case_accents_and_punctuation() {
        assert_eq!(name_key("Ana-María  O'Neil"), " ana maria oneil ");
        assert_eq!(name_key("ÑANDÚ % _"), " nandu ");
        assert_eq!(name_key(" … "), "  ");
        assert!(!format!("{:?}", name_key("李 小龍")).contains("  "));
    }

    #[test]
    fn a_status_is_named_as_in_the_database() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
        assert_eq!(Status::parse("Held"), None);
    }
}
