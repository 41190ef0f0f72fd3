//! Reading the text box: what was typed, before anything is looked up (rule P1).

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::fold::{Words, is_apostrophe};
use super::{PlaceError, State, ZipCode};
use crate::geo::Point;

/// No address is longer; what is, is refused before any work is done on it.
pub(super) const MAX_CHARS: usize = 200;
const MAX_BYTES_PER_CHAR: usize = 4;

/// "Islas Vírgenes de los Estados Unidos".
const MAX_STATE_WORDS: usize = 6;

/// The text without surrounding space, when it can be a place at all.
pub(super) fn checked(input: &str) -> Result<&str, PlaceError> {
    if input.len() > MAX_CHARS * MAX_BYTES_PER_CHAR || input.chars().count() > MAX_CHARS {
        return Err(PlaceError::TooLong);
    }
    if !input.chars().all(is_writing) {
        return Err(PlaceError::Characters);
    }
    let text = input.trim();
    if text.is_empty() { Err(PlaceError::Required) } else { Ok(text) }
}

/// Full-width digits, emoji and text-direction marks are neither letters, ordinary punctuation nor space.
fn is_writing(letter: char) -> bool {
    match letter {
        ' '..='~' | '\t' | '\n' | '\r' | '–' | '—' | '‐' | '‑' | '·' | '“' | '”' => true,
        _ if letter.is_ascii() => false,
        _ => {
            let is_letter = letter.is_alphabetic() && !letter.is_numeric();
            let is_space = letter.is_whitespace() && !letter.is_control();
            is_letter || is_space || is_combining_mark(letter) || is_apostrophe(letter)
        }
    }
}

/// Two numbers with one comma or spaces between them; `None` when the text is not made of numbers.
///
/// A single number is left to the ZIPs. "NaN", "inf" and "1e309" are numbers to Rust: [`Point::new`] refuses them.
pub(super) fn coordinates(text: &str) -> Option<Result<Point, PlaceError>> {
    let mut numbers = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    let (lat, lon) = (number(numbers.next()?)?, number(numbers.next()?)?);
    let commas = text.bytes().filter(|&byte| byte == b',').count();
    match numbers.next() {
        None if commas <= 1 => Some(Point::new(lat, lon).map_err(PlaceError::OffTheGlobe)),
        Some(third) if number(third).is_none() => None,
        _ => Some(Err(PlaceError::Coordinates)),
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// The words before a trailing "USA" and the like.
pub(super) fn without_country(words: &Words) -> Range<usize> {
    const COUNTRY: [&str; 6] = ["us", "usa", "unitedstates", "unitedstatesofamerica", "estadosunidos", "eeuu"];
    const MOST_WORDS: usize = 4;
    let all = words.all();
    let country =
        (all.end.saturating_sub(MOST_WORDS)..all.end).find(|&start| COUNTRY.contains(&&*words.joined(start..all.end)));
    match country {
        // The Spanish name of the Virgin Islands ends like a country.
        Some(start) if State::by_key(&words.key(all.clone())).is_none() => 0..start,
        _ => all,
    }
}

fn is_state(word: &str) -> bool {
    State::by_code(word).is_some() || State::by_key(word).is_some()
}

/// What the last word is, where it could be a ZIP.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LastWord {
    /// Five digits, with or without four more.
    Zip(ZipCode),
    /// Digits that were meant as a ZIP.
    NotQuiteZip,
    /// No ZIP: a name, or the number of a road or a room.
    Text,
}

/// A ZIP stands alone or last; a leading one is a house number (rule P1).
pub(super) fn last_word(words: &Words, span: Range<usize>) -> LastWord {
    const NINE_DIGITS: usize = 9;
    const LEAST_DIGITS_MEANT: usize = 4;
    let Some(at) = span.clone().last() else { return LastWord::Text };
    let word = words.word(at);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let zip = match word.split_once('-') {
        Some((zip, four)) if four.len() == 4 && digits == NINE_DIGITS => ZipCode::parse(zip),
        None if digits == NINE_DIGITS => word.get(..5).and_then(ZipCode::parse),
        None => ZipCode::parse(word),
        Some(_) => None,
    };
    if let Some(zip) = zip {
        return LastWord::Zip(zip);
    }
    let is_number = digits > 0 && !word.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_alone = span.len() == 1;
    let follows_state = !is_alone && is_state(words.word(at - 1));
    if (is_alone && digits > 0) || (is_number && (follows_state || digits >= LEAST_DIGITS_MEANT)) {
        return LastWord::NotQuiteZip;
    }
    LastWord::Text
}

/// The five digits that a malformed ZIP probably was: leading zeros lost to a spreadsheet, letters for digits, or digits
/// too many.
pub(super) fn mended_zip(word: &str) -> Option<ZipCode> {
    const LEAST: usize = 3;
    const MOST: usize = 8;
    let five_digits = word.split_once('-').map_or(word, |(first, _)| first);
    let digits: String = five_digits.chars().map(digit_meant).collect::<Option<_>>()?;
    match digits.len() {
        LEAST..=5 => ZipCode::parse(&format!("{digits:0>5}")),
        6..=MOST => ZipCode::parse(&digits[..5]),
        _ => None,
    }
}

fn digit_meant(letter: char) -> Option<char> {
    match letter {
        '0'..='9' => Some(letter),
        'o' => Some('0'),
        'i' | 'l' => Some('1'),
        _ => None,
    }
}

/// The state that a text ends with.
#[derive(Debug)]
pub(super) enum Said {
    Nothing,
    /// The whole part after a comma: it must constrain the answer (rule P2). With it, the words before.
    Surely(&'static State, Range<usize>),
    /// The last words, without a comma: they may belong to the city's name ("Port Washington"). Longest first.
    Perhaps(Vec<(&'static State, Range<usize>)>),
    /// Two letters after a comma that are no state's.
    NoState(Range<usize>),
    /// AA, AE or AP.
    Military,
}

/// Reads the state at the end of these words.
pub(super) fn said_state(words: &Words, span: Range<usize>) -> Said {
    let segment = words.last_segment(span.clone());
    let is_apart = segment.start > span.start;
    if is_military(words, &span) {
        return Said::Military;
    }
    if is_apart {
        if let Some(state) = state_named(words, segment.clone()) {
            return Said::Surely(state, span.start..segment.start);
        }
        if segment.len() == 1 && words.word(segment.start).len() == 2 {
            return Said::NoState(span.start..segment.start);
        }
    }
    let starts = segment.end.saturating_sub(MAX_STATE_WORDS).max(segment.start)..segment.end;
    let states = starts.filter(|&start| start > span.start).filter_map(|start| {
        let state = state_named(words, start..segment.end)?;
        Some((state, span.start..start))
    });
    let perhaps: Vec<_> = states.collect();
    if perhaps.is_empty() { Said::Nothing } else { Said::Perhaps(perhaps) }
}

/// Exactly these words as a state: code, name, "X State".
pub(super) fn state_named(words: &Words, span: Range<usize>) -> Option<&'static State> {
    let code = words.joined(span.clone());
    if code.len() == 2 {
        return State::by_code(&code);
    }
    let named = State::by_key(&words.key(span.clone())).map(|named| named.state);
    named.or_else(|| state_by_title(words, span))
}

/// Whether all these words are "X State" or "State of X", which no city is called; with "X State", X may be the code.
pub(super) fn state_by_title(words: &Words, span: Range<usize>) -> Option<&'static State> {
    const TITLES: [&str; 3] = ["stateof", "commonwealthof", "estadode"];
    if let Some(state) = words.joined(span.clone()).strip_suffix("state").and_then(State::by_code) {
        return Some(state);
    }
    let key = words.key(span);
    let name = key.strip_suffix("state").or_else(|| TITLES.iter().find_map(|title| key.strip_prefix(title)))?;
    State::by_key(name).filter(|named| named.formal).map(|named| named.state)
}

fn is_military(words: &Words, span: &Range<usize>) -> bool {
    const POST_OFFICES: [&str; 3] = ["apo", "fpo", "dpo"];
    let Some(last) = span.clone().last() else { return false };
    let is_code = matches!(words.word(last), "aa" | "ae" | "ap");
    is_code && (span.len() == 1 || words.is_after_comma(last) || POST_OFFICES.contains(&words.word(span.start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(text: &str) -> LastWord {
        let words = Words::of(text);
        last_word(&words, words.all())
    }

    fn zip(digits: &str) -> LastWord {
        LastWord::Zip(ZipCode::parse(digits).unwrap())
    }

    #[test]
    fn p1_two_numbers_are_coordinates() {
        for text in
            ["30.2672,-97.7431", "30.2672, -97.7431", "30.2672 -97.7431", "30.2672 , -97.7431", "+30.2672\t-97.7431"]
        {
            assert_eq!(coordinates(text), Some(Ok(Point::new(30.2672, -97.7431).unwrap())), "{text}");
        }
        for text in ["91,0", "0 181", "NaN,NaN", "inf 0", "1e309,0", "0,-inf"] {
            assert!(matches!(coordinates(text), Some(Err(PlaceError::OffTheGlobe(_)))), "{text}");
        }
        for text in ["1,2,3", "30,,-97", "1 2 3"] {
            assert_eq!(coordinates(text), Some(Err(PlaceError::Coordinates)), "{text}");
        }
        for text in ["78701", "78701,", "Nan, GA", "12 Main St", "0x1F,0x10", "", "-"] {
            assert_eq!(coordinates(text), None, "{text}");
        }
    }

    #[test]
    fn p1_a_zip_is_alone_or_last() {
        for text in ["02110", " 02110 ", "02110-1234", "021101234", "Boston, MA 02110", "Boston MA, 02110-1234."] {
            assert_eq!(last(text), zip("02110"), "{text}");
        }
        for text in ["10301 New Guinea Rd Fairfax VA", "78701 Austin", "Suite 400", "Highway 35", "Austin"] {
            assert_eq!(last(text), LastWord::Text, "{text}");
        }
    }

    #[test]
    fn p6_digits_that_are_no_zip_are_malformed() {
        for text in
            ["2110", "5", "021101", "02110-12", "0211O", "1234é", "Boston MA 2110", "Boston, MA 211", "6175551234"]
        {
            assert_eq!(last(text), LastWord::NotQuiteZip, "{text}");
        }
    }

    #[test]
    fn p6_a_malformed_zip_is_mended_where_the_digits_allow() {
        for word in ["2110", "2110-1234", "0211o", "o211o", "021101", "o2ll0"] {
            assert_eq!(mended_zip(word).map(|zip| zip.to_string()).as_deref(), Some("02110"), "{word}");
        }
        assert_eq!(mended_zip("501").map(|zip| zip.to_string()).as_deref(), Some("00501"));
        for word in ["5", "6175551234", "1234é", "k1a"] {
            assert_eq!(mended_zip(word), None, "{word}");
        }
    }

    #[test]
    fn p2_two_letters_after_a_comma_are_a_state() {
        for (text, code) in [("Scobie, MT", "MT"), ("La Porte, IN", "IN"), ("Austin, T.X.", "TX"), ("x, Or", "OR")] {
            let words = Words::of(text);
            assert!(matches!(said_state(&words, words.all()), Said::Surely(state, _) if state.code == code), "{text}");
        }
        let words = Words::of("Atlantis, ZZ");
        assert!(matches!(said_state(&words, words.all()), Said::NoState(_)));
    }

    #[test]
    fn p1_a_state_without_a_comma_may_belong_to_the_name() {
        let words = Words::of("Charleston West Virginia");
        let Said::Perhaps(states) = said_state(&words, words.all()) else { panic!("no state was read") };
        let codes: Vec<_> = states.iter().map(|(state, city)| (state.code, words.key(city.clone()))).collect();
        assert_eq!(codes, [("WV", "charleston".to_owned()), ("VA", "charlestonwest".to_owned())]);
    }

    #[test]
    fn a_trailing_country_is_tolerated() {
        for (text, kept) in
            [("Austin, TX, USA", 2), ("austin texas usa", 2), ("Austin, U.S.", 1), ("Waco TX US", 2), ("USA", 0)]
        {
            assert_eq!(without_country(&Words::of(text)), 0..kept, "{text}");
        }
        assert_eq!(without_country(&Words::of("Remus")), 0..1);
        assert_eq!(without_country(&Words::of("Islas Vírgenes de los Estados Unidos")), 0..6);
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        for text in ["Austin\0", "Austin \u{202E}XT", "🏥", "１２３４５", "½", "a\u{FFFD}", "\u{200B}Austin", "\u{85}"]
        {
            assert_eq!(checked(text), Err(PlaceError::Characters), "{text:?}");
        }
        assert_eq!(checked(&"a".repeat(201)), Err(PlaceError::TooLong));
        assert_eq!(checked(&"é".repeat(200)).map(str::len), Ok(400));
        for text in ["", "  ", "\t\n", "\u{a0}"] {
            assert_eq!(checked(text), Err(PlaceError::Required), "{text:?}");
        }
        for text in ["Coeur d’Alene", "Hawaiʻi", "St. Louis – MO", "M\u{301}exico"] {
            assert!(checked(text).is_ok(), "{text:?}");
        }
    }
}
