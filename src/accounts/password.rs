//! Which passwords are taken: long ones that are not among the first that anybody would try. No rules of composition: they
//! make passwords that people forget and programs guess (NIST SP 800-63B, 3.1.1.2).

use unicode_normalization::UnicodeNormalization;

use crate::error::{FieldError, FieldErrors};

/// In characters, not bytes.
const SHORTEST: usize = 12;
const LONGEST: usize = 128;
/// What has to be left when everything that everybody tries is taken out.
const OWN_CHARACTERS: usize = 5;
/// Fewer different characters are a pattern.
const DIFFERENT_CHARACTERS: usize = 5;
/// Shorter names would be found in many good passwords.
const SHORTEST_NAME: usize = 4;

/// The words of lists of leaked passwords, and rows of keys; folded, one a line.
const COMMON: &str = include_str!("common_words.txt");

/// A password that may be set, in the one form (NFC) that is hashed: what looks the same is the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

impl Password {
    /// Checks a password that somebody chose. `names` are those that an attacker knows: the e-mail, the network.
    ///
    /// # Errors
    /// What is wrong with it, under `password`; never the password.
    pub fn choose(text: &str, names: &[&str]) -> Result<Self, FieldErrors> {
        let password: String = text.nfc().collect();
        let refusal = |code, detail: String| FieldError::new("password", code, detail);
        let length = password.chars().count();
        if length < SHORTEST {
            let detail = format!("choose at least {SHORTEST} characters; a few words are fine");
            return Err(refusal("too_short", detail).with("min", SHORTEST).into());
        }
        if length > LONGEST {
            return Err(refusal("too_long", format!("choose at most {LONGEST} characters"))
                .with("max", LONGEST)
                .into());
        }
        if is_common(&password, names) {
            let detail = "this is among the first that others would try; a few unrelated words are better";
            return Err(refusal("too_common", detail.to_owned()).into());
        }
        Ok(Self(password))
    }

    /// What is hashed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The form in which a password that was typed is compared.
#[must_use]
pub fn typed(text: &str) -> String {
    text.nfc().collect()
}

/// Whether hardly anything is left without common words, the names, years and runs like `1234` or `aaaa`.
fn is_common(password: &str, names: &[&str]) -> bool {
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    if different.len() < DIFFERENT_CHARACTERS {
        return true;
    }
    // Signs that stand for letters are read as both; other ASCII signs are what people put at the end.
    let typed: Vec<char> = password.to_lowercase().chars().filter(|c| unleet(*c).is_alphanumeric()).collect();
    let meant: Vec<char> = typed.iter().map(|c| unleet(*c)).collect();
    let foreign_signs = password.chars().filter(|c| !c.is_alphanumeric() && !c.is_ascii()).count();
    foreign_signs + own_characters(&typed, &meant, &words(names)) < OWN_CHARACTERS
}

fn words(names: &[&str]) -> Vec<Vec<char>> {
    let names = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let names = names.filter(|name| name.chars().count() >= SHORTEST_NAME).map(str::to_lowercase);
    let mut words: Vec<Vec<char>> =
        COMMON.lines().map(str::to_owned).chain(names).map(|word| word.chars().collect()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// `P4$$w0rd` is `password` to everybody's program.
fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

/// How many letters and digits belong to nothing that is common, read from the left, the longest word first.
fn own_characters(typed: &[char], meant: &[char], words: &[Vec<char>]) -> usize {
    let (mut at, mut own) = (0, 0);
    while at < typed.len() {
        let (typed, meant) = (&typed[at..], &meant[at..]);
        let word = words.iter().find(|word| typed.starts_with(word) || meant.starts_with(word)).map_or(0, Vec::len);
        let common = word.max(run(typed)).max(year(typed));
        own += usize::from(common == 0 && typed[0].is_alphanumeric());
        at += common.max(1);
    }
    own
}

/// The length of `1234`, `dcba` or `aaaa` at the start; 0 below three characters.
fn run(text: &[char]) -> usize {
    const SHORTEST_RUN: usize = 3;
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let Some(first) = text.windows(2).next().map(step).filter(|step| (-1..=1).contains(step)) else { return 0 };
    let length = 1 + text.windows(2).take_while(|pair| step(pair) == first).count();
    if length >= SHORTEST_RUN { length } else { 0 }
}

/// The length of a year of ours at the start.
fn year(text: &[char]) -> usize {
    const DIGITS: usize = 4;
    let is_year = text.len() >= DIGITS
        && matches!(text[..2], ['1', '9'] | ['2', '0'])
        && text[2..DIGITS].iter().all(char::is_ascii_digit);
    if is_year { DIGITS } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["marguerite.lopez@example.com", "Stipplecrown Clinics"];

    fn code(password: &str) -> Option<&'static str> {
        Password::choose(password, &NAMES).err().map(|errors| errors.iter().next().expect("one").code)
    }

    #[test]
    fn a_password_has_12_to_128_characters_however_many_bytes_they_take() {
        assert_eq!(code("gravel otte"), Some("too_short"));
        assert_eq!(code("gravel otter"), None);
        assert_eq!(code("żółw ślimakó"), None, "twelve characters of two bytes");
        assert_eq!(code("żółw ślimak"), Some("too_short"));
        let long: String = "gravel otter ".chars().cycle().take(LONGEST).collect();
        assert_eq!((code(&long), code(&format!("{long}x"))), (None, Some("too_long")));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in [
            "password1234",
            "Password123!",
            "P4$$w0rd2026!",
            "qwertyuiop12",
            "123456789012",
            "aaaaaaaaaaaa",
            "abababababab",
            "iloveyou2024",
            "Summer2026!!!",
            "letmein12345",
            "admin1234567",
            "welcomewelcome",
            "correct horse battery staple",
            "changeme1234",
            "asdfghjkl123",
            "1q2w3e4r5t6y",
        ] {
            assert_eq!(code(common), Some("too_common"), "{common}");
        }
    }

    #[test]
    fn names_that_an_attacker_knows_are_no_password() {
        for known in ["marguerite2026", "Lopez.Marguerite1", "stipplecrown-clinics", "StippleCrown123!"] {
            assert_eq!(code(known), Some("too_common"), "{known}");
        }
    }

    #[test]
    fn no_composition_is_asked_for() {
        for fine in ["gravel otter lantern", "928374650192", "GRAVELOTTERLAMP", "пароль-и-ещё-что", "xK9#mQ2$vL7!"]
        {
            assert_eq!(code(fine), None, "{fine}");
        }
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        let composed = Password::choose("caf\u{e9} gravel otter", &[]).unwrap();
        assert_eq!(Password::choose("cafe\u{301} gravel otter", &[]), Ok(composed.clone()));
        assert_eq!(typed("cafe\u{301} gravel otter").as_bytes(), composed.as_bytes());
    }
}
