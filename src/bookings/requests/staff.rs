use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::booking::{ConsentIn, Typed, can_be_reached};
use super::fields::{self, NAME, NOTE, instant, line, reason, required};
use crate::bookings::block::BlockSeats;
use crate::bookings::model::{Channel, Guest, Outcome, Status, name_key};
use crate::bookings::reticent::reticent;
use crate::error::FieldErrors;

/// A block names at most so many bookings that it is laid over.
const MAX_OVER: usize = 1_000;

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
            errors.push("phone", "required", "is required: who calls can be called back");
        }
        let typed =
            Typed { name, phone, email, contact_by, locale, visitor_time_zone, note, source, campaign, consents };
        let guest = typed.read(Channel::Verbal, &mut errors);
        can_be_reached(&guest, &mut errors);
        let override_reason = reason("override_reason", override_reason.as_deref(), &mut errors);
        errors.or(BookingAsked { clinic, starts_at, hold_token, guest, override_reason })
    }
}

/// What is to be different about a visit.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingPatch {
    /// `arrived`, `completed` or `no_show`; `confirmed` takes a wrong mark back.
    #[schema(nullable = false)]
    pub status: Option<String>,
    /// At most 300 characters; null clears it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Option<String>>,
}

/// A member that is there, be it null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A validated [`BookingPatch`]; `None` leaves what there is.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    pub status: Option<Status>,
    pub note: Option<Option<String>>,
}

impl BookingPatch {
    /// # Errors
    /// Every wrong member, and nothing to change.
    pub fn parse(self) -> Result<Change, FieldErrors> {
        const MARKS: [Status; 4] = [Status::Confirmed, Status::Arrived, Status::Completed, Status::NoShow];
        let Self { status, note } = self;
        let mut errors = FieldErrors::default();
        if status.is_none() && note.is_none() {
            errors.push("status", "required", "give status or note");
        }
        let mark = status.as_deref().map(|text| MARKS.into_iter().find(|mark| mark.as_str() == text));
        if mark == Some(None) {
            errors.push("status", "invalid_value", "must be arrived, completed, no_show or confirmed");
        }
        let note = note.map(|note| line("note", note.as_deref(), NOTE, &mut errors));
        errors.or(Change { status: mark.flatten(), note })
    }
}

/// By what bookings are looked for: exactly one of these.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = BookingSearch)]
#[serde(deny_unknown_fields)]
pub struct SearchIn {
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The beginnings of some words of the name, in any spelling.
    pub name: Option<String>,
    /// The six characters.
    pub reference: Option<String>,
}

/// A validated [`SearchIn`].
#[derive(Clone, PartialEq, Eq)]
pub enum Sought {
    /// E.164.
    Phone(String),
    Email(String),
    Name(String),
    Reference(String),
}

impl SearchIn {
    /// # Errors
    /// None or several of the members, or one that cannot be looked for.
    pub fn parse(self) -> Result<Sought, FieldErrors> {
        let Self { phone, email, name, reference } = self;
        let mut errors = FieldErrors::default();
        let given = [phone.is_some(), email.is_some(), name.is_some(), reference.is_some()];
        if given.into_iter().filter(|is_given| *is_given).count() != 1 {
            errors.push("phone", "ambiguous", "give exactly one of phone, email, name and reference");
            return errors.or(Sought::Name(String::new()));
        }
        let name_ok = |text: &str| text.chars().count() <= NAME && !name_key(text).trim().is_empty();
        let name_detail = format!("must have a letter or digit and at most {NAME} characters");
        let six = |text: &str| text.chars().count() == 6 && text.chars().all(|c| c.is_ascii_alphanumeric());
        let read = |field: &str,
                    value: Option<String>,
                    errors: &mut FieldErrors,
                    is_fine: &dyn Fn(&str) -> bool,
                    detail: &str| {
            let text = value.map(|text| text.trim().to_owned());
            let fine = text.filter(|text| is_fine(text));
            if fine.is_none() {
                errors.push(field, "invalid_value", detail);
            }
            fine.unwrap_or_default()
        };
        let sought = if phone.is_some() {
            Sought::Phone(needed("phone", fields::phone("phone", phone.as_deref(), &mut errors), &mut errors))
        } else if email.is_some() {
            Sought::Email(needed("email", fields::email("email", email.as_deref(), &mut errors), &mut errors))
        } else if name.is_some() {
            Sought::Name(read("name", name, &mut errors, &name_ok, &name_detail))
        } else {
            let reference = read("reference", reference, &mut errors, &six, "must be six letters and digits");
            Sought::Reference(reference.to_ascii_uppercase())
        };
        errors.or(sought)
    }
}

/// A text that was blank is refused like one that was not there; one that was refused already is not refused twice.
fn needed(field: &str, value: Option<String>, errors: &mut FieldErrors) -> String {
    if value.is_none() && !errors.iter().any(|error| error.field == field) {
        errors.push(field, "required", "is required");
    }
    value.unwrap_or_default()
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

impl StaffRescheduleIn {
    /// The start, the slug of another clinic if one was named, and why all seats may be taken.
    ///
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<(DateTime<Utc>, Option<String>, Option<String>), FieldErrors> {
        let Self { starts_at, clinic, override_reason } = self;
        let mut errors = FieldErrors::default();
        let starts_at = instant("starts_at", starts_at, &mut errors);
        let override_reason = reason("override_reason", override_reason.as_deref(), &mut errors);
        errors.or((starts_at, clinic, override_reason))
    }
}

/// A time in which a clinic gives no consultations.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = BlockRequest)]
#[serde(deny_unknown_fields)]
pub struct BlockIn {
    /// The clinic's slug.
    #[schema(required = true, nullable = false)]
    pub clinic: Option<String>,
    /// RFC 3339 with an offset.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub from: Option<String>,
    /// RFC 3339 with an offset, at most seven days later.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub to: Option<String>,
    /// Why, for the staff. At most 200 characters, no phone number or e-mail address.
    #[schema(required = true, nullable = false)]
    pub reason: Option<String>,
    /// `all` (the default) or `1`.
    pub seats: Option<SeatsIn>,
    /// The ids of bookings that it is laid over: they will need another time.
    pub over: Option<Vec<i64>>,
}

/// `all`, or one seat as a number or a text.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SeatsIn {
    Number(u32),
    Text(String),
}

/// A validated [`BlockIn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockAsked {
    pub clinic: String,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub reason: String,
    pub seats: BlockSeats,
    pub over: Vec<i64>,
}

impl BlockIn {
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<BlockAsked, FieldErrors> {
        let Self { clinic, from, to, reason: why, seats, over } = self;
        let mut errors = FieldErrors::default();
        let clinic = required("clinic", clinic, &mut errors);
        let from = instant("from", from, &mut errors);
        let to = instant("to", to, &mut errors);
        for (field, at) in [("from", from), ("to", to)] {
            // Databases and calendars agree on these; a refused one is the epoch and was told.
            if !(2000..=2100).contains(&at.year()) && errors.iter().all(|error| error.field != field) {
                errors.push(field, "invalid_value", "must be an instant of this century");
            }
        }
        let why = reason("reason", why.as_deref(), &mut errors);
        let why = needed("reason", why, &mut errors);
        let seats = match seats {
            None => BlockSeats::All,
            Some(SeatsIn::Text(text)) if text == "all" => BlockSeats::All,
            Some(SeatsIn::Number(1)) => BlockSeats::One,
            Some(SeatsIn::Text(text)) if ["1", "one"].contains(&&*text) => BlockSeats::One,
            Some(_) => {
                errors.push("seats", "invalid_value", "must be all or 1");
                BlockSeats::All
            }
        };
        let over = over.unwrap_or_default();
        if over.len() > MAX_OVER {
            errors.push("over", "invalid_value", format!("must have at most {MAX_OVER} entries"));
        }
        errors.or(BlockAsked { clinic, from, to, reason: why, seats, over })
    }
}

/// A call that has ended.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = CallRequest)]
#[serde(deny_unknown_fields)]
pub struct CallIn {
    /// `booked`, `rescheduled`, `cancelled`, `information`, `nothing_suitable`, `too_far`, `complaint`, `wrong_number`,
    /// `not_reached` or `other`.
    #[schema(required = true, nullable = false)]
    pub outcome: Option<String>,
    /// Where the caller was: a ZIP or a city. Its label is kept, not what was typed.
    pub place: Option<String>,
    /// The slug of the clinic that it was about.
    pub clinic: Option<String>,
    /// The id of the booking that it was about.
    pub booking: Option<i64>,
}

impl CallIn {
    /// The outcome; the other members are looked up by the caller.
    ///
    /// # Errors
    /// An outcome that is missing or none.
    pub fn outcome(&self) -> Result<Outcome, FieldErrors> {
        let found = Outcome::ALL.into_iter().find(|outcome| Some(outcome.as_str()) == self.outcome.as_deref());
        found.ok_or_else(|| {
            let words = Outcome::ALL.map(Outcome::as_str).join(", ");
            let code = if self.outcome.is_none() { "required" } else { "invalid_value" };
            FieldErrors::one("outcome", code, format!("must be one of {words}"))
        })
    }
}

/// Who is on the line.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = CallerRequest)]
#[serde(deny_unknown_fields)]
pub struct CallerIn {
    #[schema(required = true, nullable = false)]
    pub phone: Option<String>,
}

impl CallerIn {
    /// The number in E.164.
    ///
    /// # Errors
    /// A number that is missing or none; it is not repeated.
    pub fn parse(self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::default();
        let phone = fields::phone("phone", self.phone.as_deref(), &mut errors);
        let phone = needed("phone", phone, &mut errors);
        errors.or(phone)
    }
}

reticent!(StaffBookingIn, BookingAsked, BookingPatch, Change, SearchIn, Sought, CallerIn);

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<T>(outcome: Result<T, FieldErrors>) -> String {
        let refused =
            |errors: FieldErrors| errors.iter().map(|error| error.field.clone()).collect::<Vec<_>>().join(",");
        outcome.map_or_else(refused, |_| String::new())
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_search_is_by_exactly_one_thing_that_can_be_looked_for() {
        let search = |search: SearchIn| fields(search.parse());
        assert_eq!(search(SearchIn { phone: some("(512) 555-0134"), ..SearchIn::default() }), "");
        assert_eq!(search(SearchIn { name: some("Añ"), ..SearchIn::default() }), "");
        assert_eq!(search(SearchIn { reference: some(" cdf346 "), ..SearchIn::default() }), "");
        assert_eq!(search(SearchIn::default()), "phone");
        assert_eq!(search(SearchIn { name: some("a"), phone: some("1"), ..SearchIn::default() }), "phone");
        for (field, wrong) in [
            ("phone", SearchIn { phone: some("555"), ..SearchIn::default() }),
            ("phone", SearchIn { phone: some(" "), ..SearchIn::default() }),
            ("email", SearchIn { email: some("ana"), ..SearchIn::default() }),
            ("name", SearchIn { name: some("%_"), ..SearchIn::default() }),
            ("reference", SearchIn { reference: some("CDF34"), ..SearchIn::default() }),
            ("reference", SearchIn { reference: some("CDF34%"), ..SearchIn::default() }),
        ] {
            assert_eq!(search(wrong), field);
        }
    }

    #[test]
    fn a_block_has_two_ends_a_reason_and_all_seats_or_one() {
        let block = |seats: Option<SeatsIn>| BlockIn {
            clinic: some("austin"),
            from: some("2026-12-04T14:00:00-06:00"),
            to: some("2026-12-04T15:00:00-06:00"),
            reason: some("dentist"),
            seats,
            over: None,
        };
        assert_eq!(block(None).parse().unwrap().seats, BlockSeats::All);
        assert_eq!(block(Some(SeatsIn::Number(1))).parse().unwrap().seats, BlockSeats::One);
        assert_eq!(fields(block(Some(SeatsIn::Number(2))).parse()), "seats");
        assert_eq!(fields(BlockIn::default().parse()), "clinic,from,to,reason");
    }

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
            clinic: some("austin"),
            starts_at: some("2026-12-04T14:00:00-06:00"),
            name: some("Ana Example"),
            phone: some("512 555 0134"),
            consents: Some(vec![ConsentIn { purpose: "privacy".into(), granted: true, wording_version: "v1".into() }]),
            ..StaffBookingIn::default()
        };
        assert_eq!(body.clone().parse().unwrap().guest.consents[0].channel, Channel::Verbal);
        assert_eq!(format!("{body:?}"), "StaffBookingIn { .. }");
        assert_eq!(fields(StaffBookingIn { phone: None, email: some("a@example.com"), ..body }.parse()), "phone");
    }
}
