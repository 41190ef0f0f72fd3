//! What clients send, and what of it is accepted. Members are optional here, so that every missing one is named at once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Channel, Consent, ContactBy, Guest, Purpose};
use crate::clinics::contact;
use crate::directory::{Near, miles};
use crate::error::FieldErrors;
use crate::geo::Metres;
use crate::token::TokenHash;

/// Longest texts, in characters.
const NAME: usize = 200;
const NOTE: usize = 300;
const LABEL: usize = 100;
const EMAIL: usize = 254;
const PHONE: usize = 40;
const TOKEN: usize = 200;
const MAX_CONSENTS: usize = 10;
/// The longest horizon a network can have (rule A15).
const MAX_WITHIN_DAYS: u16 = 1_000;
/// As in searches.
const DEFAULT_RADIUS_MI: f64 = 25.0;

/// A time to hold: `clinic` and `starts_at`, or whatever is best near a place: `near`, `within_days` and perhaps `radius`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = HoldRequest)]
#[serde(deny_unknown_fields)]
pub struct HoldIn {
    /// The clinic's slug.
    pub clinic: Option<String>,
    /// When the consultation starts, RFC 3339 with an offset.
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// A ZIP, "City, ST", a state, "lat, lon" or a pasted address.
    pub near: Option<String>,
    /// Today or one of so many next dates; 0 to 1000.
    #[schema(minimum = 0, maximum = 1000)]
    pub within_days: Option<i64>,
    /// Miles, above 0, at most 12500; 25 by default. Without anything free inside, the search goes farther.
    pub radius: Option<f64>,
    /// A random text that the visitor's browser keeps: holding again gives the hold before back. 1 to 200 characters.
    pub visitor_token: Option<String>,
}

/// Who comes, for a time that is held.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = BookingRequest)]
#[serde(deny_unknown_fields)]
pub struct BookingIn {
    /// As the hold was answered with.
    #[schema(required = true, nullable = false)]
    pub hold_token: Option<String>,
    /// At most 200 characters.
    #[schema(required = true, nullable = false)]
    pub name: Option<String>,
    /// A phone number or an e-mail address is required.
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
    pub consents: Option<Vec<ConsentIn>>,
}

/// What a visitor agreed to or not.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Consent)]
#[serde(deny_unknown_fields)]
pub struct ConsentIn {
    /// `privacy`, `text_reminders` or `marketing`.
    pub purpose: String,
    pub granted: bool,
    /// Which words the visitor saw.
    pub wording_version: String,
}

/// Where and when a visit is to move.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = RescheduleRequest)]
#[serde(deny_unknown_fields)]
pub struct RescheduleIn {
    /// RFC 3339 with an offset.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub starts_at: Option<String>,
    /// Another clinic's slug; the same clinic without it.
    pub clinic: Option<String>,
}

/// A validated [`HoldIn`].
#[derive(Clone, Debug, PartialEq)]
pub struct HoldAsked {
    pub wanted: Wanted,
    pub visitor: Option<TokenHash>,
}

/// Which time somebody wants to hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    This { clinic: String, starts_at: DateTime<Utc> },
    Best { near: Near, within_days: u16, radius: Metres },
}

impl HoldIn {
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<HoldAsked, FieldErrors> {
        let Self { clinic, starts_at, near, within_days, radius, visitor_token } = self;
        let mut errors = FieldErrors::default();
        let wanted = match near {
            None => {
                let only_with_near = [("within_days", within_days.is_some()), ("radius", radius.is_some())];
                refuse_beside(only_with_near, "is for a search by near", &mut errors);
                let clinic = required("clinic", clinic, &mut errors);
                Wanted::This { clinic, starts_at: instant(starts_at, &mut errors) }
            }
            Some(near) => {
                let only_without = [("clinic", clinic.is_some()), ("starts_at", starts_at.is_some())];
                refuse_beside(only_without, "is for one certain time: leave it out, or near", &mut errors);
                best(near, within_days, radius, &mut errors)
            }
        };
        let is_usable = |token: &String| (1..=TOKEN).contains(&token.chars().count());
        if visitor_token.as_ref().is_some_and(|token| !is_usable(token)) {
            errors.push("visitor_token", "invalid_value", format!("must have 1 to {TOKEN} characters"));
        }
        let visitor = visitor_token.map(|token| TokenHash::of(&token));
        errors.or(HoldAsked { wanted, visitor })
    }
}

fn refuse_beside(members: [(&str, bool); 2], detail: &str, errors: &mut FieldErrors) {
    for (member, _) in members.into_iter().filter(|(_, is_given)| *is_given) {
        errors.push(member, "ambiguous", detail);
    }
}

fn best(near: String, within_days: Option<i64>, radius: Option<f64>, errors: &mut FieldErrors) -> Wanted {
    if within_days.is_none() {
        errors.push("within_days", "required", "is required: how many days ahead may it be?");
    }
    let days = u16::try_from(within_days.unwrap_or_default()).ok().filter(|days| *days <= MAX_WITHIN_DAYS);
    let within_days = days.unwrap_or_else(|| {
        errors.push("within_days", "invalid_value", format!("must be a whole number from 0 to {MAX_WITHIN_DAYS}"));
        0
    });
    let radius = miles(radius.unwrap_or(DEFAULT_RADIUS_MI)).unwrap_or_else(|| {
        errors.push("radius", "invalid_value", "must be a number of miles above 0 and at most 12500");
        Metres(0.0)
    });
    Wanted::Best { near: Near::Text(near), within_days, radius }
}

impl RescheduleIn {
    /// The new start, and the slug of another clinic if one was named.
    ///
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<(DateTime<Utc>, Option<String>), FieldErrors> {
        let Self { starts_at, clinic } = self;
        let mut errors = FieldErrors::default();
        let starts_at = instant(starts_at, &mut errors);
        errors.or((starts_at, clinic))
    }
}

impl BookingIn {
    /// The token of the hold, and who comes.
    ///
    /// # Errors
    /// Every wrong or missing member; none of them repeats what was typed.
    pub fn parse(self) -> Result<(String, Guest), FieldErrors> {
        let Self {
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
        } = self;
        let mut errors = FieldErrors::default();
        let hold_token = required("hold_token", hold_token, &mut errors);
        let guest = Guest {
            name: person(name, &mut errors),
            phone: read(
                "phone",
                phone.as_deref(),
                PHONE,
                &mut errors,
                "must be a phone number such as (512) 555-0134",
                |text| contact::phone(text).map(Into::into),
            ),
            email: read("email", email.as_deref(), EMAIL, &mut errors, "must be an e-mail address", |text| {
                contact::email(text).map(Into::into)
            }),
            note: line("note", note.as_deref(), NOTE, &mut errors),
            contact_by: read(
                "contact_by",
                contact_by.as_deref(),
                LABEL,
                &mut errors,
                "must be phone, text or email",
                |text| ContactBy::ALL.into_iter().find(|contact_by| contact_by.as_str() == text),
            ),
            locale: read(
                "locale",
                locale.as_deref(),
                LABEL,
                &mut errors,
                "must be a language such as en or es",
                |text| is_language(text).then(|| text.to_owned()),
            ),
            time_zone: read(
                "visitor_time_zone",
                visitor_time_zone.as_deref(),
                LABEL,
                &mut errors,
                "must be an IANA name",
                |text| text.parse().ok(),
            ),
            source: line("source", source.as_deref(), LABEL, &mut errors),
            campaign: line("campaign", campaign.as_deref(), LABEL, &mut errors),
            consents: read_consents(consents.unwrap_or_default(), &mut errors),
        };
        can_be_reached(&guest, &mut errors);
        errors.or((hold_token, guest))
    }
}

fn required(field: &str, value: Option<String>, errors: &mut FieldErrors) -> String {
    let value = value.filter(|text| !text.is_empty());
    if value.is_none() {
        errors.push(field, "required", "is required");
    }
    value.unwrap_or_default()
}

fn instant(value: Option<String>, errors: &mut FieldErrors) -> DateTime<Utc> {
    let text = required("starts_at", value, errors);
    let read = DateTime::parse_from_rfc3339(&text);
    if read.is_err() && !text.is_empty() {
        errors.push("starts_at", "invalid_value", "must be an instant such as 2026-12-04T10:00:00-05:00");
    }
    read.map_or(DateTime::UNIX_EPOCH, |instant| instant.to_utc())
}

fn person(name: Option<String>, errors: &mut FieldErrors) -> String {
    let name = required("name", name.map(|name| name.trim().to_owned()), errors);
    if name.chars().count() > NAME || name.chars().any(char::is_control) {
        errors.push("name", "invalid_value", format!("must have at most {NAME} characters, none of them hidden"));
    }
    name
}

/// A text of the visitor's own words; an empty one is none.
fn line(field: &str, value: Option<&str>, longest: usize, errors: &mut FieldErrors) -> Option<String> {
    let detail = format!("must have at most {longest} characters, none of them hidden");
    let is_fine = |text: &str| text.chars().count() <= longest && !text.chars().any(contact::is_hidden);
    read(field, value, usize::MAX, errors, &detail, |text| is_fine(text).then(|| text.to_owned()))
}

/// What `parse` makes of a text that is there and not empty; a refusal is noted.
fn read<T>(
    field: &str,
    value: Option<&str>,
    longest: usize,
    errors: &mut FieldErrors,
    detail: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = value.map(str::trim_ascii).filter(|text| !text.is_empty())?;
    // Trimming would hide what a header injection ends with.
    let is_whole = value.is_some_and(|text| !text.ends_with(['\r', '\n']));
    let read = Some(text).filter(|text| is_whole && text.chars().count() <= longest).and_then(parse);
    if read.is_none() {
        errors.push(field, "invalid_value", detail);
    }
    read
}

/// Close to BCP 47: letters, digits and hyphens, so that it is safe wherever it is written.
fn is_language(text: &str) -> bool {
    const LONGEST: usize = 35;
    (2..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn read_consents(consents: Vec<ConsentIn>, errors: &mut FieldErrors) -> Vec<Consent> {
    if consents.len() > MAX_CONSENTS {
        errors.push("consents", "invalid_value", format!("must have at most {MAX_CONSENTS} entries"));
        return Vec::new();
    }
    let mut read_consents: Vec<Consent> = Vec::with_capacity(consents.len());
    for (i, ConsentIn { purpose, granted, wording_version }) in consents.into_iter().enumerate() {
        let purpose = Purpose::ALL.into_iter().find(|known| known.as_str() == purpose);
        let is_repeated = read_consents.iter().any(|consent| Some(consent.purpose) == purpose);
        let Some(purpose) = purpose.filter(|_| !is_repeated) else {
            let detail = "must be privacy, text_reminders or marketing, each once";
            errors.push(&format!("consents[{i}].purpose"), "invalid_value", detail);
            continue;
        };
        let field = format!("consents[{i}].wording_version");
        let detail = "is required: it says which words were agreed to";
        let wording_version = line(&field, Some(&wording_version), LABEL, errors).unwrap_or_else(|| {
            errors.push(&field, "required", detail);
            String::new()
        });
        read_consents.push(Consent { purpose, granted, wording_version, channel: Channel::Web });
    }
    read_consents
}

fn can_be_reached(guest: &Guest, errors: &mut FieldErrors) {
    let is_refused = |field: &str| errors.iter().any(|error| error.field == field);
    let (no_phone, no_email) = (guest.phone.is_none(), guest.email.is_none());
    if no_phone && no_email && !is_refused("phone") && !is_refused("email") {
        errors.push("phone", "required", "give a phone number or an e-mail address");
        return;
    }
    let lacks = match guest.contact_by {
        Some(ContactBy::Email) => no_email.then_some("email"),
        Some(ContactBy::Phone | ContactBy::Text) => no_phone.then_some("phone"),
        None => None,
    };
    if let Some(field) = lacks.filter(|field| !errors.iter().any(|error| error.field == *field)) {
        errors.push(field, "required", "is required for this way of contact_by");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> BookingIn {
        BookingIn {
            hold_token: Some("t".to_owned()),
            name: Some("Ana María O'Neil".to_owned()),
            phone: Some("(512) 555-0134".to_owned()),
            ..BookingIn::default()
        }
    }

    fn refused(body: BookingIn) -> String {
        let errors = body.parse().unwrap_err();
        errors.iter().map(|error| error.field.clone()).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn a_phone_or_an_email_is_enough() {
        assert!(complete().parse().is_ok());
        let by_mail = BookingIn { phone: None, email: Some("ana@example.com".to_owned()), ..complete() };
        assert!(by_mail.parse().is_ok());
        assert_eq!(refused(BookingIn { phone: None, ..complete() }), "phone");
    }

    #[test]
    fn bad_input_is_refused_per_field_without_repeating_it() {
        let text = |text: &str| Some(text.to_owned());
        let cases = [
            (BookingIn { name: Some("x".repeat(10_000)), ..complete() }, "name"),
            (BookingIn { name: text("Ana\u{7}"), ..complete() }, "name"),
            (BookingIn { name: text("  "), ..complete() }, "name"),
            (BookingIn { email: text("ana@example.com\r\nBcc: x@example.com"), ..complete() }, "email"),
            (BookingIn { email: text("ana@example.com\r\n"), ..complete() }, "email"),
            (BookingIn { phone: text("1-800-FLOWERS"), ..complete() }, "phone"),
            (BookingIn { note: Some("x".repeat(301)), ..complete() }, "note"),
            (BookingIn { contact_by: text("pigeon"), ..complete() }, "contact_by"),
            (BookingIn { contact_by: text("email"), ..complete() }, "email"),
            (BookingIn { visitor_time_zone: text("Mars/Olympus"), ..complete() }, "visitor_time_zone"),
            (BookingIn { locale: text("e\"n"), ..complete() }, "locale"),
            (BookingIn { name: None, phone: text("abc"), ..complete() }, "name,phone"),
        ];
        for (body, fields) in cases {
            assert_eq!(refused(body.clone()), fields, "{body:?}");
            let told = body.clone().parse().unwrap_err().to_string();
            assert!(!told.contains("FLOWERS") && !told.contains("Bcc"), "{told}");
        }
    }

    #[test]
    fn consents_are_of_known_purposes_each_once_and_in_known_words() {
        let consent = |purpose: &str, wording: &str| ConsentIn {
            purpose: purpose.to_owned(),
            granted: false,
            wording_version: wording.to_owned(),
        };
        let with = |consents: Vec<ConsentIn>| BookingIn { consents: Some(consents), ..complete() };
        assert!(with(vec![consent("privacy", "v1"), consent("marketing", "v1")]).parse().is_ok());
        assert_eq!(refused(with(vec![consent("privacy", "v1"), consent("privacy", "v1")])), "consents[1].purpose");
        assert_eq!(refused(with(vec![consent("spam", "v1")])), "consents[0].purpose");
        assert_eq!(refused(with(vec![consent("privacy", "")])), "consents[0].wording_version");
    }

    #[test]
    fn a_start_needs_an_offset() {
        let hold = |starts_at: &str| HoldIn {
            clinic: Some("austin".to_owned()),
            starts_at: Some(starts_at.to_owned()),
            ..HoldIn::default()
        };
        assert!(hold("2026-12-04T10:00:00-05:00").parse().is_ok());
        for wrong in ["2026-12-04T10:00:00", "2026-12-04", "tomorrow", "", "99999-12-04T10:00:00Z"] {
            assert!(hold(wrong).parse().is_err(), "{wrong}");
        }
    }

    #[test]
    fn one_certain_time_or_the_best_near_a_place_but_not_half_of_both() {
        let near = || HoldIn { near: Some("78701".to_owned()), within_days: Some(7), ..HoldIn::default() };
        assert!(near().parse().is_ok());
        let fields = |body: HoldIn| match body.parse() {
            Ok(_) => String::new(),
            Err(errors) => errors.iter().map(|error| error.field.clone()).collect::<Vec<_>>().join(","),
        };
        assert_eq!(fields(HoldIn { clinic: Some("austin".to_owned()), ..near() }), "clinic");
        assert_eq!(fields(HoldIn { within_days: None, ..near() }), "within_days");
        assert_eq!(fields(HoldIn { within_days: Some(-1), ..near() }), "within_days");
        assert_eq!(fields(HoldIn { radius: Some(f64::NAN), ..near() }), "radius");
        assert_eq!(fields(HoldIn { radius: Some(5.0), ..HoldIn::default() }), "radius,clinic,starts_at");
    }
}
