//! The six characters by which a visitor and an agent speak of a booking; useless without a staff login.

use crate::token::random;

/// No look-alikes (0 O, 1 I L, 5 S, 2 Z, 8 B, U V) and no vowels, which would spell words.
const ALPHABET: &[u8] = b"34679CDFGHJKMNPQRTVWXY";
pub const REFERENCE_LENGTH: usize = 6;

/// A reference out of 113 million, evenly; the database refuses one that is taken.
#[must_use]
pub fn new_reference() -> String {
    // The largest multiple of the alphabet below 256: bytes above it would favour its first letters.
    let fair = 256 - 256 % ALPHABET.len();
    let mut reference = String::with_capacity(REFERENCE_LENGTH);
    while reference.len() < REFERENCE_LENGTH {
        let [byte] = random::<1>();
        if usize::from(byte) < fair {
            reference.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        }
    }
    reference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_six_characters_that_can_be_told_apart() {
        let references: std::collections::BTreeSet<_> = (0..1_000).map(|_| new_reference()).collect();
        assert!(references.len() > 990, "only {} of 1000 differ", references.len());
        for reference in references {
            assert_eq!(reference.len(), 6);
            assert!(!reference.contains(|c| "0O1IL5S2Z8BU".contains(c)), "{reference}");
        }
    }
}
