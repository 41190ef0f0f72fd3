use chrono::{DateTime, Utc};

use crate::bookings::{BookingIn, ConsentIn, Purpose};
use crate::error::FieldErrors;
use crate::locations::Language;
use crate::web::{FromParams, Params};

/// What a visitor typed and chose so far; it is carried from page to page until the booking is made.
#[derive(Clone, Default)]
pub struct Typed {
    /// RFC 3339, as the button of the time sent it.
    pub starts_at: String,
    pub name: String,
    pub phone: String,
    pub email: String,
    pub contact_by: String,
    pub note: String,
    pub text_reminders: bool,
    pub marketing: bool,
    /// The hold has run out: take the time again first.
    pub again: bool,
}

impl FromParams for Typed {
    const NAMES: &'static [&'static str] =
        &["starts_at", "name", "phone", "email", "contact_by", "note", "text_reminders", "marketing", "again"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
        Ok(Self {
            starts_at: text("starts_at"),
            name: text("name"),
            phone: text("phone"),
            email: text("email"),
            contact_by: text("contact_by"),
            note: text("note"),
            text_reminders: params.get("text_reminders").is_some(),
            marketing: params.get("marketing").is_some(),
            again: params.get("again").is_some(),
        })
    }
}

impl Typed {
    /// The time that was chosen; `None` for what no button sends.
    #[must_use]
    pub fn time(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(&self.starts_at).ok().map(|at| at.to_utc())
    }

    #[must_use]
    pub fn agrees_to(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Privacy => true,
            Purpose::TextReminders => self.text_reminders,
            Purpose::Marketing => self.marketing,
        }
    }

    /// Everything but the time, as hidden fields of the next form; empty when nothing was typed.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, &str)> {
        let ticked = |is_ticked: bool| if is_ticked { "on" } else { "" };
        let fields = [
            ("name", &*self.name),
            ("phone", &*self.phone),
            ("email", &*self.email),
            ("contact_by", &*self.contact_by),
            ("note", &*self.note),
            ("text_reminders", ticked(self.text_reminders)),
            ("marketing", ticked(self.marketing)),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The request for a booking that was typed.
    #[must_use]
    pub fn request(&self, hold_token: String, language: Language, consents: Vec<ConsentIn>) -> BookingIn {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        BookingIn {
            hold_token: Some(hold_token),
            name: text(&self.name),
            phone: text(&self.phone),
            email: text(&self.email),
            contact_by: text(&self.contact_by),
            locale: Some(language.code().to_owned()),
            note: text(&self.note),
            consents: Some(consents),
            ..BookingIn::default()
        }
    }
}
