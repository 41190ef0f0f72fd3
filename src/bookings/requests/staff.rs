use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::{ConsentIn, Typed, can_be_reached};
use super::fields::{NOTE, instant, line, reason, required};
use super::reason::FieldReason;
use crate::bookings::model::{Channel, Guest, Status};
use crate::bookings::reticent::reticent;
use crate::error::FieldErrors;
use crate::web::Patch;

/// A time to hold for a caller.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = StaffHoldRequest)]
#[serde(deny_unknown_fields)]
pub struct StaffHoldIn {
    /// The clinic's slug.
    #[schema(required = true, nullable = false)]
    pub clinic: Option<String>,
    /// RFC 3339 with an offset.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub starts_at: Option<String>,
    /// Takes a seat above the capacity when all are taken. At most 200 characters, no phone number or e-mail address.
    pub override_reason: Option<String>,
}

impl StaffHoldIn {
    /// The clinic's slug, the start, and why all seats may be taken.
    ///
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<(String, DateTime<Utc>, Option<String>), FieldErrors> {
        let Self { clinic, starts_at, override_reason } = self;
        let mut errors = FieldErrors::default();
        let clinic = required("clinic", clinic, &mut errors);
        let starts_at = instant("starts_at", starts_at, &mut errors);
        let override_reason = reason("override_reason", override_reason.as_deref(), &mut errors);
        errors.or((clinic, starts_at, override_reason))
    }
}

/// A visit to book for somebody on the phone or at the desk.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = StaffBookingRequest)]
#[serde(deny_unknown_fields)]
pub struct StaffBookingIn {
    /// The clinic's slug.
    #[schema(required = true, nullable = false)]
    pub clinic: Option<String>,
    /// RFC 3339 with an offset.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub starts_at: Option<String>,
    /// Of a hold for this time; without it a seat is taken at once.
    pub hold_token: Option<String>,
    /// At most 200 characters.
    #[schema(required = true, nullable = false)]
    pub name: Option<String>,
    #[schema(required = true, nullable = false)]
    pub phone: Option<String>,
    pub email: Option<String>,
    /// `phone`, `text` or `email`.
    pub contact_by: Option<String>,
    /// Such as `en` or `es`.
    pub locale: Option<String>,
    /// IANA name.
    pub visitor_time_zone: Option<String>,
    /// At most 300 characters.
    pub note: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<String>,
    /// As they were said on the phone.
    pub consents: Option<Vec<ConsentIn>>,
    /// Takes a seat above the capacity when all are taken. At most 200 characters, no phone number or e-mail address.
    pub override_reason: Option<String>,
}

/// A validated [`StaffBookingIn`].
pub struct BookingAsked {
    pub clinic: String,
    pub starts_at: DateTime<Utc>,
    pub hold_token: Option<String>,
    pub guest: Guest,
    pub override_reason: Option<String>,
}

impl StaffBookingIn {
    /// # Errors
    /// Every wrong or missing member; none of them repeats what was typed.
    pub fn parse(self) -> Result<BookingAsked, FieldErrors> {
        let Self {
            clinic,
            starts_at,
            hold_token,
            name,
            phone,
            email,
            contact_by,
            locale,
            visitor_time_zone,
            note,
            source,
            campaign,
            consents,
            override_reason,
        } = self;
        let mut errors = FieldErrors::default();
        let clinic = required("clinic", clinic, &mut errors);
        let starts_at = instant("starts_at", starts_at, &mut errors);
        if phone.as_deref().is_none_or(|phone| phone.trim().is_empty()) {
            errors.add(FieldReason::Required.on("phone", "is required: who calls can be called back"));
        }
        let typed =
            Typed { name, phone, email, contact_by, locale, visitor_time_zone, note, source, campaign, consents };
        let guest = typed.read(Channel::Verbal, &mut errors);
        can_be_reached(&guest, &mut errors);
        let override_reason = reason("override_reason", override_reason.as_deref(), &mut errors);
        errors.or(BookingAsked { clinic, starts_at, hold_token, guest, override_reason })
    }
}

/// Another time for a visit.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = StaffRescheduleRequest)]
#[serde(deny_unknown_fields)]
pub struct StaffRescheduleIn {
    /// RFC 3339 with an offset.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub starts_at: Option<String>,
    /// Another clinic's slug; the same clinic without it.
    pub clinic: Option<String>,
    /// Takes a seat above the capacity when all are taken. At most 200 characters, no phone number or e-mail address.
    pub override_reason: Option<String>,
}

/// A validated [`StaffRescheduleIn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RescheduleAsked {
    pub starts_at: DateTime<Utc>,
    pub clinic: Option<String>,
    pub override_reason: Option<String>,
}

impl StaffRescheduleIn {
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<RescheduleAsked, FieldErrors> {
        let Self { starts_at, clinic, override_reason } = self;
        let mut errors = FieldErrors::default();
        let starts_at = instant("starts_at", starts_at, &mut errors);
        let override_reason = reason("override_reason", override_reason.as_deref(), &mut errors);
        errors.or(RescheduleAsked { starts_at, clinic, override_reason })
    }
}

/// What is to be different about a visit.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingPatch {
    /// `arrived`, `completed` or `no_show`; `confirmed` takes a wrong mark back.
    #[schema(nullable = false)]
    pub status: Option<String>,
    /// At most 300 characters; null clears it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub note: Patch<String>,
}

/// A validated [`BookingPatch`].
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// `None` leaves it.
    pub status: Option<Status>,
    pub note: Patch<String>,
}

impl BookingPatch {
    /// # Errors
    /// Every wrong member, and nothing to change.
    pub fn parse(self) -> Result<Change, FieldErrors> {
        const MARKS: [Status; 4] = [Status::Confirmed, Status::Arrived, Status::Completed, Status::NoShow];
        let Self { status, note } = self;
        let mut errors = FieldErrors::default();
        if status.is_none() && note == Patch::Absent {
            errors.add(FieldReason::Required.on("status", "give status or note"));
        }
        let mark = status.as_deref().map(|text| MARKS.into_iter().find(|mark| mark.as_str() == text));
        if mark == Some(None) {
            errors.add(FieldReason::UnknownChoice.on("status", "must be arrived, completed, no_show or confirmed"));
        }
        let note = note.read(|note| line("note", Some(&note), NOTE, &mut errors));
        errors.or(Change { status: mark.flatten(), note })
    }
}

reticent!(StaffBookingIn, BookingAsked, BookingPatch, Change);

#[cfg(test)]
mod tests {
    use super::super::refused_fields as fields;
    use super::*;

    #[test]
    fn a_patch_is_of_a_mark_or_a_note() {
        let parse = |json: &str| fields(serde_json::from_str::<BookingPatch>(json).unwrap().parse());
        for fine in [r#"{"status":"arrived"}"#, r#"{"note":null}"#, r#"{"note":"late","status":"confirmed"}"#] {
            assert_eq!(parse(fine), "", "{fine}");
        }
        for (wrong, field) in
            [("{}", "status"), (r#"{"status":"cancelled"}"#, "status"), (r#"{"note":"\u0007"}"#, "note")]
        {
            assert_eq!(parse(wrong), field, "{wrong}");
        }
    }

    #[test]
    fn staff_book_with_a_phone_and_consents_that_were_said() {
        let body = StaffBookingIn {
            clinic: Some("austin".to_owned()),
            starts_at: Some("2026-12-04T14:00:00-06:00".to_owned()),
            name: Some("Ana Example".to_owned()),
            phone: Some("512 555 0134".to_owned()),
            consents: Some(vec![ConsentIn { purpose: "privacy".into(), granted: true, wording_version: "v1".into() }]),
            ..StaffBookingIn::default()
        };
        assert_eq!(body.clone().parse().unwrap().guest.consents[0].channel, Channel::Verbal);
        assert_eq!(format!("{body:?}"), "StaffBookingIn { .. }");
        assert_eq!(
            fields(StaffBookingIn { phone: None, email: Some("a@example.com".to_owned()), ..body }.parse()),
            "phone"
        );
    }
}
