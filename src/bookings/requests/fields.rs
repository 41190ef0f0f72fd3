//! How single members are read. A refusal never repeats what was typed.

use chrono::{DateTime, NaiveDate, Utc};

use super::reason::FieldReason;
use crate::clinics::contact;
use crate::error::{FieldError, FieldErrors};

/// Longest texts, in characters.
pub const NAME: usize = 200;
pub const NOTE: usize = 300;
pub const LABEL: usize = 100;
pub const EMAIL: usize = 254;
pub const PHONE: usize = 40;
pub const TOKEN: usize = 200;
/// Why something was done.
pub const REASON: usize = 200;

/// A text that has to be there; empty when it is not.
pub fn required(field: &str, value: Option<String>, errors: &mut FieldErrors) -> String {
    let value = value.filter(|text| !text.is_empty());
    if value.is_none() {
        errors.add(FieldReason::Required.on(field, "is required"));
    }
    value.unwrap_or_default()
}

/// An instant; the epoch when it was refused.
pub fn instant(field: &str, value: Option<String>, errors: &mut FieldErrors) -> DateTime<Utc> {
    let text = required(field, value, errors);
    let read = DateTime::parse_from_rfc3339(&text);
    if read.is_err() && !text.is_empty() {
        errors.add(FieldReason::NotATime.on(field, "must be an instant such as 2026-12-04T10:00:00-05:00"));
    }
    read.map_or(DateTime::UNIX_EPOCH, |instant| instant.to_utc())
}

/// Somebody's name.
pub fn person(name: Option<String>, errors: &mut FieldErrors) -> String {
    let name = required("name", name.map(|name| name.trim().to_owned()), errors);
    if name.chars().count() > NAME || name.chars().any(char::is_control) {
        errors.add(unfit("name", &name, NAME));
    }
    name
}

/// A text of the visitor's own words; an empty one is none.
pub fn line(field: &str, value: Option<&str>, longest: usize, errors: &mut FieldErrors) -> Option<String> {
    let is_fine = |text: &str| text.chars().count() <= longest && !text.chars().any(contact::is_hidden);
    let refuse = |text: &str| unfit(field, text, longest);
    read(value, usize::MAX, errors, refuse, |text| is_fine(text).then(|| text.to_owned()))
}

/// The refusal of a text that is too long, or else has characters that nobody sees.
fn unfit(field: &str, text: &str, longest: usize) -> FieldError {
    let detail = format!("must have at most {longest} characters, none of them hidden");
    if text.chars().count() > longest {
        return FieldReason::TooLong.on(field, detail).with("max", longest);
    }
    FieldReason::Hidden.on(field, detail)
}

/// What `parse` makes of a text that is there and not empty; else what `refuse` says about it is noted.
pub fn read<T>(
    value: Option<&str>,
    longest: usize,
    errors: &mut FieldErrors,
    refuse: impl FnOnce(&str) -> FieldError,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = value.map(str::trim_ascii).filter(|text| !text.is_empty())?;
    // Trimming would hide what a header injection ends with.
    let is_whole = value.is_some_and(|text| !text.ends_with(['\r', '\n']));
    let read = Some(text).filter(|text| is_whole && text.chars().count() <= longest).and_then(parse);
    if read.is_none() {
        errors.add(refuse(text));
    }
    read
}

/// Close to BCP 47: letters, digits and hyphens, so that it is safe wherever it is written.
pub fn is_language(text: &str) -> bool {
    const LONGEST: usize = 35;
    (2..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A text that was blank is refused like one that was not there; one that was refused already is not refused twice.
pub fn needed(field: &str, value: Option<String>, errors: &mut FieldErrors) -> String {
    if value.is_none() && !errors.is_about(field) {
        errors.add(FieldReason::Required.on(field, "is required"));
    }
    value.unwrap_or_default()
}

/// A phone number in E.164.
pub fn phone(field: &str, value: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    let refuse = |text: &str| {
        let detail = "must be a phone number such as (512) 555-0134";
        match digits_of_another_length(text) {
            Some(digits) => FieldReason::PhoneDigits.on(field, detail).with("n", digits),
            None => FieldReason::PhoneInvalid.on(field, detail),
        }
    };
    read(value, PHONE, errors, refuse, |text| contact::phone(text).map(Into::into))
}

/// How many digits an American number has, when they are not ten: those of the country are not counted, as nobody knows
/// whether to.
fn digits_of_another_length(text: &str) -> Option<usize> {
    const COUNTRY: char = '1';
    const NATIONAL: usize = 10;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_foreign = text.starts_with('+') && !digits.starts_with(COUNTRY);
    let is_number = !is_foreign && !text.chars().any(char::is_alphabetic);
    // No area code begins with the digit of the country.
    let count = digits.strip_prefix(COUNTRY).unwrap_or(&digits).len();
    (is_number && count > 0 && count != NATIONAL).then_some(count)
}

/// An e-mail address as given.
pub fn email(field: &str, value: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    let refuse = |text: &str| {
        let reason = if text.contains('@') { FieldReason::EmailInvalid } else { FieldReason::EmailNoAt };
        reason.on(field, "must be an e-mail address")
    };
    read(value, EMAIL, errors, refuse, |text| contact::email(text).map(Into::into))
}

/// A reason that staff give. It is kept where nothing can be erased, so it must not say how to reach somebody.
pub fn reason(field: &str, value: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    let is_fine = |text: &str| {
        text.chars().count() <= REASON && !text.chars().any(contact::is_hidden) && !tells_how_to_reach(text)
    };
    let refuse = |text: &str| {
        let unfit = unfit(field, text, REASON);
        let detail = format!("{}, and no phone number or e-mail address", unfit.detail);
        // A text that is too long may be anything.
        let is_private = unfit.reason != FieldReason::TooLong.as_str() && tells_how_to_reach(text);
        if is_private { FieldReason::TellsHowToReach.on(field, detail) } else { FieldError { detail, ..unfit } }
    };
    read(value, usize::MAX, errors, refuse, |text| is_fine(text).then(|| text.to_owned()))
}

/// Whether a text holds what may be a phone number or an address.
fn tells_how_to_reach(text: &str) -> bool {
    const DIGITS_OF_A_LOCAL_NUMBER: usize = 7;
    let is_date = |word: &&str| word.trim_end_matches([',', '.']).parse::<NaiveDate>().is_ok();
    let text: Vec<&str> = text.split_whitespace().map(|word| if is_date(&word) { "date" } else { word }).collect();
    let (text, mut digits) = (text.join(" "), 0);
    let is_phone = text.chars().any(|c| {
        match c {
            '0'..='9' => digits += 1,
            ' ' | '-' | '.' | '(' | ')' | '+' | '/' => {}
            _ => digits = 0,
        }
        digits >= DIGITS_OF_A_LOCAL_NUMBER
    });
    is_phone || text.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_no_phone_number_and_no_address() {
        let read = |text: &str| reason("reason", Some(text), &mut FieldErrors::default()).is_some();
        for fine in ["dentist, 2 to 3 pm", "2026-12-04", "seat 3 of 5, room 1200"] {
            assert!(read(fine), "{fine}");
        }
        for wrong in ["call (512) 555-0134", "555 0134", "+1.512.555.0134", "ana@example.com", "a\u{7}b"] {
            assert!(!read(wrong), "{wrong}");
        }
        assert!(!read(&"x".repeat(201)));
    }

    #[test]
    fn a_reason_that_is_refused_says_which_of_its_rules_it_broke() {
        let refused = |text: &str| {
            let mut errors = FieldErrors::default();
            reason("reason", Some(text), &mut errors);
            let error = errors.iter().next().expect("one").clone();
            assert!(error.detail.ends_with("none of them hidden, and no phone number or e-mail address"));
            error.reason
        };
        assert_eq!(refused("call 512 555 0134"), "tells_how_to_reach");
        assert_eq!(refused("a\u{7}b"), "hidden");
        assert_eq!(refused(&"5".repeat(201)), "too_long");
    }

    #[test]
    fn digits_are_counted_without_the_country_and_only_of_american_numbers() {
        for (text, digits) in [
            ("555-0134", Some(7)),
            ("+1 512 555", Some(6)),
            ("1 512 555 013", Some(9)),
            ("(512) 555-01345", Some(11)),
            ("(512) 555-0134", None),
            ("1 512 555 0134", None),
            ("+44 20", None),
            ("1-800-FLOWERS", None),
            ("--", None),
        ] {
            assert_eq!(digits_of_another_length(text), digits, "{text}");
        }
    }
}
