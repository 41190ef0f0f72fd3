/// Longer addresses do not exist (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// A user's address as it is stored and compared: in lower case, without spaces around it.
#[must_use]
pub fn normalized(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let is_clean = email.len() <= LONGEST && !email.chars().any(|c| c.is_control() || c.is_whitespace());
    let has_domain = email.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
    (is_clean && has_domain && email_address::EmailAddress::is_valid(&email)).then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_stored_in_lower_case_and_must_be_one() {
        assert_eq!(normalized(" Ana@Example.COM\n").as_deref(), Some("ana@example.com"));
        for wrong in ["", "ana", "ana@localhost", "a b@example.com", "ana@example.com\nall@example.com", "@example.com"]
        {
            assert_eq!(normalized(wrong), None, "{wrong:?}");
        }
        assert_eq!(normalized(&format!("ana@{}.com", "a".repeat(260))), None);
    }
}
