//! Typing errors (rule P3): the names that are the fewest edits away.

use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};

use super::State;
use super::names::Names;

/// Shorter names have too many neighbours to guess among.
const LEAST_LETTERS: usize = 4;
/// Up to this length one edit is allowed, above it two.
const SHORT_LETTERS: usize = 7;
pub(super) const MOST_EDITS: u8 = 2;

/// An adjacent swap is one edit (rule P3), which fst's own automaton does not know.
const SWAP_IS_ONE_EDIT: bool = true;

/// Costly to make, cheap to use: by the number of edits, less one.
static BUILDERS: LazyLock<[LevenshteinAutomatonBuilder; MOST_EDITS as usize]> =
    LazyLock::new(|| [1, MOST_EDITS].map(|edits| LevenshteinAutomatonBuilder::new(edits, SWAP_IS_ONE_EDIT)));

/// A name that matched nothing, ready to be compared.
pub(super) struct Misspelt {
    automaton: DFA,
}

/// A name within the allowed edits, with the ranks of its cities that were accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Near {
    pub edits: u8,
    pub key: String,
    pub ranks: Vec<u32>,
}

/// How many edits a name of this many letters may be off.
pub(super) fn edits_allowed(key: &str) -> u8 {
    match key.len() {
        0..LEAST_LETTERS => 0,
        LEAST_LETTERS..=SHORT_LETTERS => 1,
        _ => MOST_EDITS,
    }
}

impl Misspelt {
    /// `None` for what is too short or too long to be a misspelt name, or is not made of letters: the automaton's cost
    /// grows with the length, so this bounds it.
    pub(super) fn new(key: &str, edits: u8, names: &Names) -> Option<Self> {
        let longest = names.longest_key() + usize::from(MOST_EDITS);
        let is_name = key.bytes().all(|byte| byte.is_ascii_alphabetic()) && key.len() <= longest;
        let builder = BUILDERS.get(usize::from(edits.checked_sub(1)?))?;
        is_name.then(|| Self { automaton: builder.build_dfa(key) })
    }

    /// The accepted cities under the names with the fewest edits.
    pub(super) fn nearest_cities(&self, names: &Names, accept: impl Fn(&str, u32) -> bool) -> Vec<Near> {
        let mut nearest: Vec<Near> = Vec::new();
        names.search(&self.automaton, |key, state, ranks| {
            let Distance::Exact(edits) = self.automaton.distance(state) else { return };
            let fewest = nearest.first().map_or(u8::MAX, |near| near.edits);
            let ranks: Vec<u32> = ranks.iter().copied().filter(|&rank| edits <= fewest && accept(key, rank)).collect();
            if ranks.is_empty() {
                return;
            }
            if edits < fewest {
                nearest.clear();
            }
            nearest.push(Near { edits, key: key.to_owned(), ranks });
        });
        nearest
    }

    /// The state whose full name has the fewest edits, and how many; `None` when two are as near.
    pub(super) fn nearest_state(&self) -> Option<(u8, &'static str, &'static State)> {
        let edits = |key: &str| match self.automaton.eval(key) {
            Distance::Exact(edits) => Some(edits),
            Distance::AtLeast(_) => None,
        };
        let near = || State::formal_keys().filter_map(|(key, state)| Some((edits(key)?, key, state)));
        let (fewest, key, state) = near().min_by_key(|&(edits, ..)| edits)?;
        let is_alone = near().all(|(edits, _, other)| edits > fewest || other == state);
        is_alone.then_some((fewest, key, state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let names = ["ames", "austen", "austin", "bakersfield", "phoenix", "san"];
        Names::build(names.into_iter().zip(0..))
    }

    fn nearest(key: &str) -> Vec<String> {
        let misspelt = Misspelt::new(key, edits_allowed(key), &names());
        let near = misspelt.map(|misspelt| misspelt.nearest_cities(&names(), |_, _| true)).unwrap_or_default();
        near.into_iter().map(|near| near.key).collect()
    }

    #[test]
    fn p3_one_edit_for_four_to_seven_letters_two_above() {
        assert_eq!(["san", "ames", "phoenix", "bakersfi", ""].map(edits_allowed), [0, 1, 1, 2, 0]);
        assert_eq!(nearest("amse"), ["ames"]);
        assert_eq!(nearest("phonx"), [""; 0], "two edits in five letters");
        assert_eq!(nearest("bakrsfeild"), ["bakersfield"]);
        assert_eq!(nearest("bakrsfild"), ["bakersfield"]);
        assert_eq!(nearest("bkrsfild"), [""; 0], "three edits");
        assert_eq!(nearest("sn"), [""; 0]);
    }

    #[test]
    fn p3_an_adjacent_swap_is_one_edit() {
        assert_eq!(nearest("phoneix"), ["phoenix"]);
    }

    #[test]
    fn p3_names_equally_near_are_all_named() {
        assert_eq!(nearest("austan"), ["austen", "austin"]);
        assert_eq!(nearest("austinn"), ["austin"]);
    }

    #[test]
    fn p3_a_misspelt_state_is_read_when_only_one_is_near() {
        let state = |key: &str| {
            Misspelt::new(key, edits_allowed(key), &names())?.nearest_state().map(|(_, _, state)| state.code)
        };
        assert_eq!(state("teaxs"), Some("TX"));
        assert_eq!(state("pensylvannia"), Some("PA"));
        assert_eq!(state("ontario"), None);
        assert_eq!(state("northcarolna"), Some("NC"));
    }

    #[test]
    fn the_cost_of_a_misspelling_is_bounded() {
        assert!(Misspelt::new(&"a".repeat(200), 2, &names()).is_none());
        assert!(Misspelt::new("остин", 1, &names()).is_none());
    }
}
