//! Folding: what makes two spellings of a name the same (rule P5).
//!
//! Text becomes words without case, accents or punctuation; words become a *key* with abbreviations written out and
//! nothing between the words, so that "O'Fallon", "O Fallon" and "OFALLON" are one. Names and questions pass through here
//! alike, which is why an expansion may be crude ("Main St" is "mainsaint") and still never tell them apart.

use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The key of a whole name.
pub(super) fn key(name: &str) -> String {
    let words = Words::of(name);
    words.key(words.all())
}

/// The key with spaces: equal only for names that are also written apart alike.
pub(super) fn spaced(name: &str) -> String {
    let words = Words::of(name);
    words.spaced(words.all())
}

/// Text as words in lower case without accents, which remember the comma before them.
#[derive(Debug, Default)]
pub(super) struct Words {
    letters: String,
    words: Vec<Word>,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    start: usize,
    end: usize,
    /// How many commas stand before it.
    segment: usize,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self::default();
        words.read(text);
        words
    }

    /// Takes in other text, keeping the memory: the gazetteer folds 60,000 names at the start.
    pub(super) fn read(&mut self, text: &str) {
        self.letters.clear();
        self.words.clear();
        let (mut segment, mut start) = (0, 0);
        for (at, letter) in text.char_indices() {
            match letter {
                'a'..='z' | '0'..='9' => self.letters.push(letter),
                'A'..='Z' => self.letters.push(letter.to_ascii_lowercase()),
                _ if is_apostrophe(letter) => {}
                '.' | '-' | '–' if joins_digits(text, at, letter) => {
                    self.letters.push(if letter == '.' { '.' } else { '-' });
                }
                '.' if joins_initials(text, at) => {}
                _ if letter.is_alphabetic() || is_combining_mark(letter) => self.push_plain(letter),
                _ => {
                    start = self.close(start, segment);
                    segment += usize::from(matches!(letter, ',' | ';' | '\n'));
                }
            }
        }
        self.close(start, segment);
    }

    fn push_plain(&mut self, letter: char) {
        decompose_canonical(letter, |part| {
            if !is_combining_mark(part) {
                self.letters.extend(part.to_lowercase());
            }
        });
    }

    fn close(&mut self, start: usize, segment: usize) -> usize {
        let end = self.letters.len();
        if end > start {
            self.words.push(Word { start, end, segment });
        }
        end
    }

    pub(super) fn all(&self) -> Range<usize> {
        0..self.words.len()
    }

    /// One word as it was typed, not written out.
    pub(super) fn word(&self, at: usize) -> &str {
        let Word { start, end, .. } = self.words[at];
        &self.letters[start..end]
    }

    /// Whether a comma, semicolon or line break stands between this word and the one before it.
    pub(super) fn is_after_comma(&self, at: usize) -> bool {
        at > 0 && self.words[at].segment != self.words[at - 1].segment
    }

    /// Where the part between commas that ends this span begins.
    pub(super) fn last_segment(&self, span: Range<usize>) -> Range<usize> {
        let start = span.clone().skip(1).rfind(|&at| self.is_after_comma(at)).unwrap_or(span.start);
        start..span.end
    }

    /// These words with abbreviations written out and nothing between them: what the gazetteer is asked for.
    pub(super) fn key(&self, span: Range<usize>) -> String {
        let mut key = String::with_capacity(self.letters.len() + 8);
        self.push_key(span, &mut key);
        key
    }

    /// The same, onto the end of other text.
    pub(super) fn push_key(&self, span: Range<usize>, onto: &mut String) {
        span.for_each(|at| onto.push_str(written_out(self.word(at))));
    }

    /// The same with spaces: it prefers "West Point" to "Westpoint" where a state has both.
    pub(super) fn spaced(&self, span: Range<usize>) -> String {
        span.map(|at| written_out(self.word(at))).collect::<Vec<_>>().join(" ")
    }

    /// These words run together as they were typed.
    pub(super) fn joined(&self, span: Range<usize>) -> String {
        span.map(|at| self.word(at)).collect()
    }
}

/// Written out on both sides, in names and in questions.
pub(super) fn written_out(word: &str) -> &str {
    match word {
        "st" | "ste" | "sainte" => "saint",
        "ft" => "fort",
        "mt" => "mount",
        "n" => "north",
        "s" | "so" => "south",
        "e" => "east",
        "w" => "west",
        // The thirteen letters of the post office's city line cut names to these.
        "hts" => "heights",
        "spgs" => "springs",
        "bch" => "beach",
        "fls" => "falls",
        "vly" => "valley",
        "mtn" => "mountain",
        "jct" => "junction",
        "twp" => "township",
        _ => word,
    }
}

/// Marks that stand inside a name and are often left out: O'Fallon, Coeur d’Alene, Kaʻaʻawa.
pub(super) fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '’' | '‘' | 'ʻ' | 'ʼ' | '´' | '′')
}

/// "02110-1234", "30.5": one word.
fn joins_digits(text: &str, at: usize, mark: char) -> bool {
    text[..at].ends_with(|c: char| c.is_ascii_digit())
        && text[at + mark.len_utf8()..].starts_with(|c: char| c.is_ascii_digit())
}

/// The dot in "D.C." or "N.Y.C." but not in "N.Las Vegas" or "St.Louis": initials are single letters.
fn joins_initials(text: &str, at: usize) -> bool {
    is_single_letter(text[..at].chars().rev()) && is_single_letter(text[at + 1..].chars())
}

fn is_single_letter(mut letters: impl Iterator<Item = char>) -> bool {
    letters.next().is_some_and(char::is_alphabetic) && !letters.next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_spellings_of_one_name_have_one_key() {
        for same in [
            &["St. Louis", "Saint Louis", "SAINT LOUIS", "st louis", "St.Louis", "Ste Louis"][..],
            &["Ft. Worth", "Fort Worth", "ft worth"],
            &["Mt Pleasant", "Mount Pleasant", "Mt. Pleasant"],
            &["N. Las Vegas", "North Las Vegas", "N Las Vegas", "N.Las Vegas"],
            &["Winston-Salem", "Winston Salem", "Winston–Salem", "winstonsalem"],
            &["O'Fallon", "O’Fallon", "O Fallon", "OFallon"],
            &["Coeur d'Alene", "Coeur dAlene", "Coeur D Alene"],
            &["Española", "Espanola", "ESPAN\u{303}OLA"],
            &["‘Āhuimanu", "ʻĀhuimanu", "Ahuimanu"],
            &["Washington D.C.", "Washington, DC"],
        ] {
            assert_eq!(
                same.iter().map(|name| key(name)).collect::<std::collections::HashSet<_>>().len(),
                1,
                "{same:?}"
            );
        }
    }

    #[test]
    fn p3_folding_keeps_different_names_apart() {
        assert_ne!(key("Selma"), key("Selman City"));
        assert_ne!(key("Kansas"), key("Kansas City"));
        assert_ne!(key("Northfield"), key("N. Field Park"));
    }

    #[test]
    fn words_remember_commas_and_keep_numbers_whole() {
        let words = Words::of("Apt. 5-B, 02110-1234;\nWashington,D.C.");
        let typed: Vec<_> = words.all().map(|at| (words.word(at), words.is_after_comma(at))).collect();
        let expected =
            [("apt", false), ("5", false), ("b", false), ("02110-1234", true), ("washington", true), ("dc", true)];
        assert_eq!(typed, expected);
        assert_eq!(words.last_segment(0..5), 4..5);
        assert_eq!(words.last_segment(0..3), 0..3);
    }

    #[test]
    fn a_name_written_apart_differs_only_when_spaced() {
        let (apart, together) = (Words::of("West Point"), Words::of("Westpoint"));
        assert_eq!(apart.key(0..2), together.key(0..1));
        assert_ne!(apart.spaced(0..2), together.spaced(0..1));
    }
}
