//! What the tests of this feature ask the gazetteer.

use super::{PlaceError, Resolved, gazetteer};

/// The label of the answer, or the code of the refusal.
pub(super) fn answer(input: &str) -> String {
    gazetteer().resolve(input).map_or_else(|error| error.code().to_owned(), |place| place.label)
}

pub(super) fn assert_answers(expected: &[(&str, &str)]) {
    let wrong = expected.iter().filter(|(input, label)| answer(input) != *label);
    let wrong: Vec<_> = wrong.map(|(input, label)| (input, answer(input), "instead of", label)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

pub(super) fn resolved(input: &str) -> Resolved {
    gazetteer().resolve(input).unwrap_or_else(|error| panic!("{input}: {error}"))
}

pub(super) fn alternatives(input: &str) -> Vec<String> {
    resolved(input).alternatives.into_iter().map(|place| place.label).collect()
}

pub(super) fn refused(input: &str) -> PlaceError {
    gazetteer().resolve(input).expect_err(input)
}
