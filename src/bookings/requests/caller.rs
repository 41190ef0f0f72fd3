use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{self, NAME, needed};
use super::reason::FieldReason;
use crate::bookings::model::name_key;
use crate::bookings::reference::REFERENCE_LENGTH;
use crate::bookings::reticent::reticent;
use crate::error::FieldErrors;

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
        let sought = match (phone, email, name, reference) {
            (Some(phone), None, None, None) => Sought::Phone(needed_phone(Some(&phone), &mut errors)),
            (None, Some(email), None, None) => {
                let email = fields::email("email", Some(&email), &mut errors);
                Sought::Email(needed("email", email, &mut errors))
            }
            (None, None, Some(name), None) => Sought::Name(searched_name(&name, &mut errors)),
            (None, None, None, Some(reference)) => Sought::Reference(spoken(&reference, &mut errors)),
            _ => {
                errors.push("phone", "ambiguous", "give exactly one of phone, email, name and reference");
                Sought::Name(String::new())
            }
        };
        errors.or(sought)
    }
}

fn needed_phone(phone: Option<&str>, errors: &mut FieldErrors) -> String {
    let phone = fields::phone("phone", phone, errors);
    needed("phone", phone, errors)
}

/// A name with something in it that can be looked for.
fn searched_name(name: &str, errors: &mut FieldErrors) -> String {
    let detail = || format!("must have a letter or digit and at most {NAME} characters");
    if name.chars().count() > NAME {
        errors.add(FieldReason::TooLong.on("name", detail()).with("max", NAME));
    } else if name_key(name).trim().is_empty() {
        errors.add(FieldReason::NothingToFind.on("name", detail()));
    }
    name.to_owned()
}

/// A reference as it was said on the phone, in any case.
fn spoken(reference: &str, errors: &mut FieldErrors) -> String {
    let reference = reference.trim().to_ascii_uppercase();
    if reference.len() != REFERENCE_LENGTH || !reference.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let detail = format!("must be {REFERENCE_LENGTH} letters and digits");
        errors.add(FieldReason::NoReference.on("reference", detail).with("n", REFERENCE_LENGTH));
    }
    reference
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
        let phone = needed_phone(self.phone.as_deref(), &mut errors);
        errors.or(phone)
    }
}

reticent!(SearchIn, Sought, CallerIn);

#[cfg(test)]
mod tests {
    use super::super::refused_fields as fields;
    use super::*;

    #[test]
    fn a_search_is_by_exactly_one_thing_that_can_be_looked_for() {
        let search = |search: SearchIn| fields(search.parse());
        assert_eq!(search(SearchIn { phone: Some("(512) 555-0134".to_owned()), ..SearchIn::default() }), "");
        assert_eq!(search(SearchIn { name: Some("Añ".to_owned()), ..SearchIn::default() }), "");
        assert_eq!(search(SearchIn { reference: Some(" cdf346 ".to_owned()), ..SearchIn::default() }), "");
        assert_eq!(search(SearchIn::default()), "phone");
        assert_eq!(
            search(SearchIn { name: Some("a".to_owned()), phone: Some("1".to_owned()), ..SearchIn::default() }),
            "phone"
        );
        for (field, wrong) in [
            ("phone", SearchIn { phone: Some("555".to_owned()), ..SearchIn::default() }),
            ("phone", SearchIn { phone: Some(" ".to_owned()), ..SearchIn::default() }),
            ("email", SearchIn { email: Some("ana".to_owned()), ..SearchIn::default() }),
            ("name", SearchIn { name: Some("%_".to_owned()), ..SearchIn::default() }),
            ("reference", SearchIn { reference: Some("CDF34".to_owned()), ..SearchIn::default() }),
            ("reference", SearchIn { reference: Some("CDF34%".to_owned()), ..SearchIn::default() }),
        ] {
            assert_eq!(search(wrong), field);
        }
    }
}
