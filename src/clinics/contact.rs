//! What counts as a phone number, an e-mail address and a decent text, in a clinic's record and in a visitor's form.
//!
//! Refusals carry no value: what a visitor typed must not come back in an error.

/// E.164 of numbers that libphonenumber calls valid or possible: ranges are opened faster than tables follow. A number
/// without a country is American.
#[must_use]
pub fn phone(value: &str) -> Option<Box<str>> {
    if value.chars().any(|c| c.is_alphabetic() || c.is_control()) {
        return None;
    }
    let number = phonenumber::parse(Some(phonenumber::country::Id::US), value).ok()?;
    let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
    let is_possible = !e164.starts_with("+1") || e164.len() == "+15125550134".len();
    is_possible.then(|| e164.into())
}

/// An address with a domain of the public network, as given.
#[must_use]
pub fn email(value: &str) -> Option<Box<str>> {
    let is_clean = !value.chars().any(|c| c.is_control() || c.is_whitespace());
    let is_public = value.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
    (is_clean && is_public && email_address::EmailAddress::is_valid(value)).then(|| value.into())
}

/// A character that NUL-averse PostgreSQL refuses, or that only hides; tabs and line ends are text.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i10_phones_become_e164_and_letters_are_refused() {
        assert_eq!(phone("(512) 555-0134").as_deref(), Some("+15125550134"));
        assert_eq!(phone("+44 20 7946 0000").as_deref(), Some("+442079460000"));
        for wrong in ["", "1-800-FLOWERS", "555-0134", "12345", "+15125550134\r\n"] {
            assert_eq!(phone(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn i10_an_address_cannot_carry_a_header() {
        assert_eq!(email("ana@example.com").as_deref(), Some("ana@example.com"));
        for wrong in ["", "ana", "ana@localhost", "ana@example.com\r\nBcc: all@example.com", "a b@example.com"] {
            assert_eq!(email(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_dot_of_an_address_is_in_its_domain() {
        assert_eq!(email("a.b@example.com").as_deref(), Some("a.b@example.com"));
        for wrong in ["a.b@localhost", "\"a.b@c.d\"@localhost"] {
            assert_eq!(email(wrong), None, "{wrong:?}");
        }
    }
}
