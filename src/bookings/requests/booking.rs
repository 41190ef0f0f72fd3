use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{self, LABEL, NOTE, is_language, line, person, read, required};
use super::reason::FieldReason;
use crate::bookings::model::{Channel, Consent, ContactBy, Guest, Purpose};
use crate::bookings::reticent::reticent;
use crate::error::FieldErrors;

const MAX_CONSENTS: usize = 10;

/// Who comes, for a time that is held.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
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

reticent!(BookingIn);

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
        let typed =
            Typed { name, phone, email, contact_by, locale, visitor_time_zone, note, source, campaign, consents };
        let guest = typed.read(Channel::Web, &mut errors);
        can_be_reached(&guest, &mut errors);
        errors.or((hold_token, guest))
    }
}

/// Who comes, as it was typed by the visitor or for them.
pub struct Typed {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub contact_by: Option<String>,
    pub locale: Option<String>,
    pub visitor_time_zone: Option<String>,
    pub note: Option<String>,
    pub source: Option<String>,
    pub campaign: Option<String>,
    pub consents: Option<Vec<ConsentIn>>,
}

impl Typed {
    pub fn read(self, channel: Channel, errors: &mut FieldErrors) -> Guest {
        let Self { name, phone, email, contact_by, locale, visitor_time_zone, note, source, campaign, consents } = self;
        let way = |text: &str| ContactBy::ALL.into_iter().find(|contact_by| contact_by.as_str() == text);
        let language = |text: &str| is_language(text).then(|| text.to_owned());
        Guest {
            name: person(name, errors),
            phone: fields::phone("phone", phone.as_deref(), errors),
            email: fields::email("email", email.as_deref(), errors),
            note: line("note", note.as_deref(), NOTE, errors),
            contact_by: word("contact_by", contact_by.as_deref(), errors, "must be phone, text or email", way),
            locale: word("locale", locale.as_deref(), errors, "must be a language such as en or es", language),
            time_zone: word("visitor_time_zone", visitor_time_zone.as_deref(), errors, "must be an IANA name", |t| {
                t.parse().ok()
            }),
            source: line("source", source.as_deref(), LABEL, errors),
            campaign: line("campaign", campaign.as_deref(), LABEL, errors),
            consents: read_consents(consents.unwrap_or_default(), channel, errors),
        }
    }
}

fn word<T>(
    field: &str,
    value: Option<&str>,
    errors: &mut FieldErrors,
    detail: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    read(value, LABEL, errors, |_| FieldReason::UnknownChoice.on(field, detail), parse)
}

fn read_consents(consents: Vec<ConsentIn>, channel: Channel, errors: &mut FieldErrors) -> Vec<Consent> {
    if consents.len() > MAX_CONSENTS {
        let detail = format!("must have at most {MAX_CONSENTS} entries");
        errors.add(FieldReason::TooMany.on("consents", detail).with("max", MAX_CONSENTS));
        return Vec::new();
    }
    let mut read_consents: Vec<Consent> = Vec::with_capacity(consents.len());
    for (i, ConsentIn { purpose, granted, wording_version }) in consents.into_iter().enumerate() {
        let purpose = Purpose::ALL.into_iter().find(|known| known.as_str() == purpose);
        let is_repeated = read_consents.iter().any(|consent| Some(consent.purpose) == purpose);
        let Some(purpose) = purpose.filter(|_| !is_repeated) else {
            let detail = "must be privacy, text_reminders or marketing, each once";
            errors.add(FieldReason::UnknownChoice.on(&format!("consents[{i}].purpose"), detail));
            continue;
        };
        let field = format!("consents[{i}].wording_version");
        let detail = "is required: it says which words were agreed to";
        let wording_version = line(&field, Some(&wording_version), LABEL, errors).unwrap_or_else(|| {
            errors.add(FieldReason::Required.on(&field, detail));
            String::new()
        });
        read_consents.push(Consent { purpose, granted, wording_version, channel });
    }
    read_consents
}

/// A phone number or an e-mail address is there, and the one that fits `contact_by`.
pub fn can_be_reached(guest: &Guest, errors: &mut FieldErrors) {
    let (no_phone, no_email) = (guest.phone.is_none(), guest.email.is_none());
    if no_phone && no_email && !errors.is_about("phone") && !errors.is_about("email") {
        errors.add(FieldReason::ContactRequired.on("phone", "give a phone number or an e-mail address"));
        return;
    }
    let lacks = match guest.contact_by {
        Some(ContactBy::Email) => no_email.then_some("email"),
        Some(ContactBy::Phone | ContactBy::Text) => no_phone.then_some("phone"),
        None => None,
    };
    if let Some(field) = lacks.filter(|field| !errors.is_about(field)) {
        errors.add(FieldReason::WayRequired.on(field, "is required for this way of contact_by"));
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::FromRequest;

    use super::*;
    use crate::error::Arg;
    use crate::web::Form;

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
            assert_eq!(refused(body.clone()), fields);
            let told = body.clone().parse().unwrap_err().to_string();
            assert!(!told.contains("FLOWERS") && !told.contains("Bcc"), "{told}");
        }
    }

    #[test]
    fn refusals_of_one_code_are_told_apart_by_their_reasons() {
        let text = |text: &str| Some(text.to_owned());
        let consents = |consents: usize| {
            let consent = ConsentIn { purpose: "privacy".into(), granted: true, wording_version: "v1".into() };
            Some(vec![consent; consents])
        };
        let count = |name, count| vec![(name, Arg::Count(count))];
        let cases = [
            (BookingIn { name: text(" "), ..complete() }, FieldReason::Required, vec![]),
            (BookingIn { name: Some("x".repeat(201)), ..complete() }, FieldReason::TooLong, count("max", 200)),
            (BookingIn { name: text("Ana\u{7}"), ..complete() }, FieldReason::Hidden, vec![]),
            (BookingIn { phone: None, ..complete() }, FieldReason::ContactRequired, vec![]),
            (BookingIn { phone: text("555-0134"), ..complete() }, FieldReason::PhoneDigits, count("n", 7)),
            (BookingIn { phone: text("1-800-FLOWERS"), ..complete() }, FieldReason::PhoneInvalid, vec![]),
            (BookingIn { email: text("ana.example.com"), ..complete() }, FieldReason::EmailNoAt, vec![]),
            (BookingIn { email: text("ana@example"), ..complete() }, FieldReason::EmailInvalid, vec![]),
            (BookingIn { contact_by: text("email"), ..complete() }, FieldReason::WayRequired, vec![]),
            (BookingIn { contact_by: text("pigeon"), ..complete() }, FieldReason::UnknownChoice, vec![]),
            (BookingIn { note: Some("x".repeat(301)), ..complete() }, FieldReason::TooLong, count("max", 300)),
            (BookingIn { consents: consents(11), ..complete() }, FieldReason::TooMany, count("max", 10)),
        ];
        for (body, reason, args) in &cases {
            let errors = body.clone().parse().unwrap_err();
            let error = errors.iter().next().expect("one");
            assert_eq!((error.reason, &error.args), (reason.as_str(), args));
            let code = if reason.is_missing() { "required" } else { "invalid_value" };
            assert_eq!(error.code, code, "{reason:?}");
        }
        assert!(FieldReason::OF_VISITORS.iter().all(|known| cases.iter().any(|(_, reason, _)| reason == known)));
    }

    #[tokio::test]
    async fn a_form_and_json_are_read_into_the_same_request() {
        let form = "hold_token=t&name=Ana+Mar%C3%ADa+O%27Neil&phone=%28512%29+555-0134&email=&note=+\
                    &consents=purpose%3Dprivacy%26granted%3Dtrue%26wording_version%3Dv1";
        let request = axum::http::Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form)).unwrap();
        let Form(body) = Form::<BookingIn>::from_request(request, &()).await.unwrap();
        let privacy = ConsentIn { purpose: "privacy".into(), granted: true, wording_version: "v1".into() };
        let json = serde_json::to_value(BookingIn { consents: Some(vec![privacy]), ..complete() }).unwrap();
        assert_eq!(serde_json::to_value(&body).unwrap(), json);
        assert!(body.parse().is_ok());
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
}
