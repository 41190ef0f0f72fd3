//! Slugs: the last segment of a clinic's page, permanent once published (rule I9).

use unicode_normalization::UnicodeNormalization;

/// Words that stand, or may come to stand, where a slug does: first segments of the product's addresses, what the locations
/// pages need beside the clinics of a city, and what follows a clinic's own address.
#[rustfmt::skip]
const RESERVED: [&str; 41] = [
    "about", "account", "admin", "all", "api", "assets", "availability", "book", "booking", "bookings", "calendar", "cities",
    "clinics", "closures", "console", "en", "es", "explain", "feed", "feeds", "help", "holds", "hours", "index", "locations",
    "login", "logout", "map", "my-day", "near", "nearest", "new", "places", "reset", "robots", "search", "setup", "sitemap",
    "staff", "states", "static",
];
const LONGEST: usize = 80;

/// Lower-case ASCII words joined by hyphens; empty when the text has none.
#[must_use]
pub fn slugify(text: &str) -> String {
    // Nearly all text is ASCII, and searching the list of clinics folds every name in it.
    if text.is_ascii() {
        join(text.len(), text.chars().map(|c| c.to_ascii_lowercase()))
    } else {
        join(text.len(), text.nfkd().flat_map(char::to_lowercase))
    }
}

fn join(capacity: usize, letters: impl Iterator<Item = char>) -> String {
    let mut slug = String::with_capacity(capacity);
    for c in letters {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            // Marks split off by the decomposition, and apostrophes: "O'Fallon" is one word.
            '\u{300}'..='\u{36f}' | '\'' | '’' => {}
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
        if slug.len() >= LONGEST {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Whether somebody may choose this slug for a clinic, as far as the word itself tells.
///
/// # Errors
/// What is wrong with it, with the slug that was probably meant.
pub fn check(slug: &str) -> Result<(), String> {
    let proper = slugify(slug);
    if proper.is_empty() {
        return Err("must have a letter from A to Z or a digit".to_owned());
    }
    if proper != slug {
        return Err("must be lower-case letters and digits joined by single hyphens".to_owned());
    }
    if RESERVED.contains(&slug) {
        return Err(format!("\"{slug}\" is a word that the addresses of the pages need: add the city, or a number"));
    }
    Ok(())
}

/// Slugs for a new clinic, the best first and without end: its name, else name and city, name and code, name and a number.
pub fn candidates(name: &str, city: &str, code: &str) -> impl Iterator<Item = String> {
    let base = slugify(name);
    let named = [base.clone(), slugify(&format!("{name} {city}")), slugify(&format!("{name} {code}"))];
    let stem = if base.is_empty() { "clinic".to_owned() } else { base };
    let numbered = (2_u64..).map(move |number| format!("{stem}-{number}"));
    named.into_iter().filter(|slug| !slug.is_empty() && !RESERVED.contains(&slug.as_str())).chain(numbered)
}

/// The first of the [`candidates`] that is free.
pub fn choose(name: &str, city: &str, code: &str, is_taken: impl Fn(&str) -> bool) -> String {
    // Ends: only so many slugs are taken.
    candidates(name, city, code).find(|slug| !is_taken(slug)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_apostrophes_fold() {
        assert_eq!(slugify("Española – Plaza"), "espanola-plaza");
        assert_eq!(slugify("O'Fallon (West)"), "ofallon-west");
        assert_eq!(slugify("診療所"), "");
    }

    #[test]
    fn i9_a_chosen_slug_is_one_already() {
        assert_eq!(check("austin-2"), Ok(()));
        for wrong in ["Austin Downtown", "", "-", "a--b", "a-", "Á", "a/b", "search", "診療所", "a\0"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
        assert!(RESERVED.is_sorted() && RESERVED.iter().all(|word| slugify(word) == *word));
    }

    #[test]
    fn i9_reserved_words_and_taken_slugs_are_passed_over() {
        assert_eq!(choose("Search", "Austin", "A1", |_| false), "search-austin");
        assert_eq!(choose("Same", "Austin", "A1", |slug| slug == "same"), "same-austin");
        assert_eq!(choose("診療所", "", "", |slug| slug == "clinic-2"), "clinic-3");
    }
}
