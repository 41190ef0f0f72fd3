//! What is wrong with a form, in the visitor's words.

use fluent::FluentValue;

use crate::bookings::FieldReason;
use crate::error::{Arg, FieldError, FieldErrors};
use crate::locations::Language;

/// What is wrong with a field, and which one.
#[derive(Debug)]
pub struct Mistake {
    pub field: String,
    pub words: String,
}

impl Mistake {
    #[must_use]
    pub fn new(language: Language, error: &FieldError) -> Self {
        // Most reasons are said in one way, some in a way of the field's own.
        let own = format!("error-{}-{}", error.field, error.reason);
        let id = if language.has(&own) { own } else { format!("error-{}", error.reason) };
        let values: Vec<_> = error.args.iter().map(|(name, arg)| (*name, value(*arg))).collect();
        Self { field: error.field.clone(), words: language.tell(&id, &values) }
    }
}

fn value(arg: Arg) -> FluentValue<'static> {
    match arg {
        Arg::Count(count) => count.into(),
        Arg::Word(word) => word.into(),
    }
}

/// What is wrong with a field, if something is.
#[must_use]
pub fn mistake(mistakes: &[Mistake], field: &str) -> Option<String> {
    mistakes.iter().find(|mistake| mistake.field == field).map(|mistake| mistake.words.clone())
}

/// How much there is to mend, above the list of it.
#[must_use]
pub fn summary(language: Language, errors: &FieldErrors) -> String {
    let is_missing = |error: &FieldError| {
        FieldReason::OF_VISITORS.iter().any(|reason| reason.is_missing() && reason.as_str() == error.reason)
    };
    let count = errors.iter().count();
    if count == 1 && errors.iter().all(is_missing) {
        return language.say("error-one-missing").into_owned();
    }
    language.tell("error-summary", &[("n", count.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookings::BookingIn;

    fn told(language: Language, body: BookingIn) -> Vec<String> {
        let errors = body.parse().unwrap_err();
        let mistakes = errors.iter().map(|error| Mistake::new(language, error).words);
        std::iter::once(summary(language, &errors)).chain(mistakes).collect()
    }

    fn complete() -> BookingIn {
        let text = |text: &str| Some(text.to_owned());
        BookingIn { hold_token: text("t"), name: text("Ana"), phone: text("512 555 0134"), ..BookingIn::default() }
    }

    #[test]
    fn every_reason_of_a_visitors_form_has_words_in_both_languages() {
        for language in Language::ALL {
            for reason in FieldReason::OF_VISITORS {
                assert!(language.has(&format!("error-{}", reason.as_str())), "{reason:?}");
                for field in ["name", "phone", "email", "note", "contact_by", "consents[0].wording_version"] {
                    // What no words have a gap for does no harm.
                    let error = reason.on(field, "").with("n", 7).with("max", 300);
                    let words = Mistake::new(language, &error).words;
                    assert!(!words.starts_with("error-") && !words.contains(['{', '$']), "{words}");
                }
            }
        }
    }

    #[test]
    fn a_mistake_is_told_in_the_words_of_the_design() {
        let text = |text: &str| Some(text.to_owned());
        let cases = [
            (BookingIn { name: None, ..complete() }, "Give your name", "Escriba su nombre"),
            (
                BookingIn { phone: None, ..complete() },
                "Give a phone number or an e-mail address",
                "Escriba un teléfono o un correo electrónico",
            ),
            (
                BookingIn { phone: text("555-0134"), ..complete() },
                "This phone number has 7 digits, ten are needed",
                "Este teléfono tiene 7 cifras; hacen falta diez",
            ),
            (
                BookingIn { email: text("ana.example.com"), ..complete() },
                "This e-mail address has no @",
                "A este correo le falta la @",
            ),
            (
                BookingIn { note: Some("x".repeat(301)), ..complete() },
                "Keep the note under 300 characters",
                "La nota puede tener 300 caracteres",
            ),
        ];
        for (body, english, spanish) in cases {
            assert_eq!(told(Language::English, body.clone())[1..], [english]);
            assert_eq!(told(Language::Spanish, body)[1..], [spanish]);
        }
    }

    #[test]
    fn the_summary_counts() {
        let one = || BookingIn { name: None, ..complete() };
        let two = || BookingIn { email: Some("ana".to_owned()), ..one() };
        let wrong = BookingIn { email: Some("ana".to_owned()), ..complete() };
        assert_eq!(told(Language::English, one())[0], "One thing is missing");
        assert_eq!(told(Language::Spanish, one())[0], "Falta una cosa");
        assert_eq!(told(Language::English, wrong)[0], "One thing needs a look");
        assert_eq!(told(Language::English, two())[0], "2 things need a look");
        assert_eq!(told(Language::Spanish, two())[0], "Revise 2 cosas");
    }
}
