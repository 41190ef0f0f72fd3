use crate::clinics::contact;
use crate::token::{SecretKey, TokenHash};

/// By what somebody is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Phone,
    Email,
}

impl Kind {
    /// The name in the database, in the log and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// The inverse of [`Kind::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Phone, Self::Email].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Somebody whose data is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    pub kind: Kind,
    /// E.164, or an address in lower case.
    value: String,
}

/// Personal: never in a log.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Person {
    /// Whoever has this number, however it is written; `None` when it is none.
    #[must_use]
    pub fn of_phone(text: &str) -> Option<Self> {
        contact::phone(text.trim_ascii()).map(|e164| Self { kind: Kind::Phone, value: e164.into() })
    }

    /// Whoever has this address, in whatever case; `None` when it is none.
    #[must_use]
    pub fn of_email(text: &str) -> Option<Self> {
        contact::email(text.trim_ascii()).map(|email| Self { kind: Kind::Email, value: email.to_lowercase() })
    }

    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What stands for the person outside the directory.
    #[must_use]
    pub fn fingerprint(&self, secret: &SecretKey) -> String {
        fingerprint(secret, self.kind, &self.value)
    }
}

/// Of a value as it is stored.
pub fn fingerprint(secret: &SecretKey, kind: Kind, stored: &str) -> String {
    secret.person(kind.as_str(), &stored.to_lowercase())
}

/// What stands for a booking in the log: made from its random nonce, it says nothing, and no key is needed to find it again.
pub fn mark(token_nonce: &str) -> String {
    const LETTERS: usize = 32;
    let mut mark = TokenHash::of(&format!("erased:{token_nonce}")).0;
    mark.truncate(LETTERS);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_the_same_however_the_number_or_the_address_is_written() {
        let key = SecretKey::new(&"k".repeat(32)).unwrap();
        let other_key = SecretKey::new(&"l".repeat(32)).unwrap();
        let phone = Person::of_phone("(512) 555-0134").unwrap();
        assert_eq!(phone, Person::of_phone(" +1 512 555 0134 ").unwrap());
        assert_eq!(Person::of_email("Ana@Example.com"), Person::of_email("ana@example.COM"));
        assert_eq!(phone.fingerprint(&key), fingerprint(&key, Kind::Phone, "+15125550134"));
        assert_ne!(phone.fingerprint(&key), phone.fingerprint(&other_key));
        assert_ne!(phone.fingerprint(&key), fingerprint(&key, Kind::Email, "+15125550134"));
        assert!(Person::of_phone("Ana").is_none() && Person::of_email("Ana").is_none());
        assert!(!format!("{phone:?}").contains("555"));
    }
}
