//! Slugs: the last segment of a clinic's page, permanent once published (rule I9).

use unicode_normalization::UnicodeNormalization;

/// Words that the locations pages need for themselves.
const RESERVED: [&str; 10] = ["search", "near", "map", "es", "en", "new", "all", "states", "api", "feed"];
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

/// The first free slug for a new clinic: its name, else name and city, name and code, name and code and a number.
pub fn choose(name: &str, city: &str, code: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let is_free = |slug: &str| !slug.is_empty() && !RESERVED.contains(&slug) && !is_taken(slug);
    let base = slugify(name);
    let named = [base.clone(), slugify(&format!("{name} {city}")), slugify(&format!("{name} {code}"))];
    if let Some(slug) = named.into_iter().find(|slug| is_free(slug)) {
        return slug;
    }
    let stem = if base.is_empty() { "clinic" } else { &base };
    // Ends: only so many slugs are taken.
    let mut number = 2_u64;
    loop {
        let slug = format!("{stem}-{number}");
        if is_free(&slug) {
            return slug;
        }
        number += 1;
    }
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
    fn i9_reserved_words_and_taken_slugs_are_passed_over() {
        assert_eq!(choose("Search", "Austin", "A1", |_| false), "search-austin");
        assert_eq!(choose("Same", "Austin", "A1", |slug| slug == "same"), "same-austin");
        assert_eq!(choose("診療所", "", "", |slug| slug == "clinic-2"), "clinic-3");
    }
}
