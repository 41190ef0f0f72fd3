use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::bookings::{BookingIn, ConsentIn, Purpose};
use crate::web::page::Language;

/// What a visitor typed and chose so far; it is carried from page to page until the booking is made.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
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
            // A line end after the last word is none of the words.
            note: text(self.note.trim_end()),
            consents: Some(consents),
            ..BookingIn::default()
        }
    }
}
