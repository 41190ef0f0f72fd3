//! When nothing is called that: typing errors (rule P3), and what to offer beside a refusal.

use std::ops::Range;

use super::cities::Found;
use super::resolve::Question;
use super::spelling::{MOST_EDITS, Misspelt, Near, edits_allowed};
use super::{PlaceError, PlaceRef, Resolved, State, UnknownPlace};

/// More would be a list, not help.
const MOST_OFFERED: usize = 5;
/// Completions of one or two letters would be noise.
const LEAST_PREFIX: usize = 3;

/// The names with the fewest edits.
enum Guess {
    /// One name, which may be several places'.
    One(String),
    /// Several names: the ranks behind all of them.
    Several(Vec<u32>),
    Nothing,
}

impl Question<'_> {
    /// A city of this state with a typing error.
    pub(super) fn guess_in(&self, state: &'static State, before: Range<usize>) -> Result<Resolved, PlaceError> {
        let town = self.town(before.clone());
        let key = self.words.key(town.clone());
        let is_here = |rank: &u32| self.gazetteer.city(*rank).state == state;
        let near = self.nearest(&key, self.edits_allowed(town), |_, rank| is_here(&rank));
        match only_name(near) {
            Guess::One(key) => {
                let mut here = self.gazetteer.names.exact(&key).iter().copied().filter(is_here);
                let rank = here.next().expect("the guess was accepted for a city in this state");
                Ok(self.corrected(self.gazetteer.found_city(rank, here)))
            }
            Guess::Several(mut ranks) => {
                ranks.extend(self.beginning_with(&key, is_here));
                Err(self.unknown_in(state, before, self.labels(ranks)))
            }
            Guess::Nothing => Err(self.unknown_in(state, before.clone(), self.nearly_in(state, before, &key))),
        }
    }

    /// A city or a state with a typing error, or a city with a typing error in its state.
    pub(super) fn guess(&self, span: Range<usize>) -> Result<Resolved, PlaceError> {
        if let Some(city) = self.city_in_misspelt_state(span.clone()) {
            return Ok(self.corrected(city));
        }
        let key = self.words.key(span.clone());
        match self.city_or_state_nearest(&key, span.clone()) {
            Guess::One(key) => Ok(self.corrected(self.meant(&key))),
            Guess::Several(mut ranks) => {
                ranks.extend(self.beginning_with(&key, |_| true));
                Err(unknown(self.labels(ranks)))
            }
            Guess::Nothing => Err(unknown(self.nearly(span, &key))),
        }
    }

    fn nearest(&self, key: &str, edits: u8, accept: impl Fn(&str, u32) -> bool) -> Vec<Near> {
        let names = &self.gazetteer.names;
        Misspelt::new(key, edits, names).map(|misspelt| misspelt.nearest_cities(names, accept)).unwrap_or_default()
    }

    /// By the letters that were typed: an abbreviation written out does not make room for more errors ("N/A" is no "North").
    fn edits_allowed(&self, span: Range<usize>) -> u8 {
        edits_allowed(&self.words.joined(span))
    }

    fn city_or_state_nearest(&self, key: &str, span: Range<usize>) -> Guess {
        let names = &self.gazetteer.names;
        let Some(misspelt) = Misspelt::new(key, self.edits_allowed(span.clone()), names) else {
            return Guess::Nothing;
        };
        // "VA Scobie" is two edits from "Scobie": dropping a state that was said is no typing error (rule P2).
        let said = self.code_first(span).map_or("", |(code, _)| code);
        let cities = misspelt.nearest_cities(names, |key, _| key.starts_with(said));
        let fewest = cities.first().map(|near| near.edits);
        match misspelt.nearest_state() {
            Some((edits, key, _)) if fewest.is_none_or(|fewest| edits < fewest) => Guess::One(key.to_owned()),
            Some((edits, state, _)) if fewest == Some(edits) && cities.iter().any(|near| near.key != state) => {
                Guess::Several(cities.into_iter().flat_map(|near| near.ranks).collect())
            }
            _ => only_name(cities),
        }
    }

    /// Two letters before other words that are a state's: "TX Austin", unless they are a word.
    fn code_first(&self, span: Range<usize>) -> Option<(&str, &'static State)> {
        let first = self.words.word(span.start);
        State::by_code(first).filter(|_| span.len() > 1).map(|state| (first, state))
    }

    /// What a corrected name stands for when it is read again.
    fn meant(&self, key: &str) -> Found {
        if let Some(named) = State::by_key(key).filter(|named| named.formal) {
            return self.gazetteer.state_or_its_city(named.state, key);
        }
        let ranks = self.gazetteer.names.exact(key);
        self.gazetteer.found_city(ranks[0], ranks.iter().copied())
    }

    /// "Austin, Texs": the last words are nearly a state, and it has such a city.
    fn city_in_misspelt_state(&self, span: Range<usize>) -> Option<Found> {
        const MOST_WORDS: usize = 2;
        let segment = self.words.last_segment(span.clone());
        let mut starts = if segment.start > span.start {
            segment.start..segment.start + 1
        } else {
            span.end.saturating_sub(MOST_WORDS).max(span.start + 1)..span.end
        };
        starts.find_map(|start| {
            // Comparing with states costs more than finding out that there is no such city anywhere.
            let town = self.words.key(self.town(span.start..start));
            self.gazetteer.names.exact(&town).first()?;
            let key = self.words.key(start..span.end);
            let misspelt = Misspelt::new(&key, edits_allowed(&key), &self.gazetteer.names)?;
            let (_, _, state) = misspelt.nearest_state()?;
            self.city_in(state, span.start..start)
        })
    }

    /// What a place unknown in this state may be: the town behind words that are no street, a name with one error more
    /// than may be corrected unasked, the beginning of a name.
    fn nearly_in(&self, state: &'static State, before: Range<usize>, key: &str) -> Vec<String> {
        let is_here = |rank: &u32| self.gazetteer.city(*rank).state == state;
        // "02110 MA": first, it is a house number (rule P1), but not much of a house.
        let zip = self.gazetteer.zip(&self.words.joined(before.clone())).filter(|zip| zip.state == state);
        if let Some(zip) = zip {
            return vec![zip.label()];
        }
        let town = self.town(before);
        let shorter = (town.start + 1..town.end)
            .filter_map(|start| self.gazetteer.city_ranked(state, &self.words, start..town.end));
        let mut ranks: Vec<u32> = shorter.take(1).collect();
        if ranks.is_empty() && (1..MOST_EDITS).contains(&self.edits_allowed(town)) {
            let near = self.nearest(key, MOST_EDITS, |_, rank| is_here(&rank));
            ranks = near.into_iter().flat_map(|near| near.ranks).collect();
        }
        if ranks.is_empty() {
            ranks = self.beginning_with(key, is_here);
        }
        self.labels(ranks)
    }

    /// The same where no state was said.
    fn nearly(&self, span: Range<usize>, key: &str) -> Vec<String> {
        let mut tails =
            (span.start + 1..span.end).map(|start| self.gazetteer.names.exact(&self.words.key(start..span.end)));
        let mut ranks = tails.find(|ranks| !ranks.is_empty()).unwrap_or_default().to_vec();
        if let Some((_, state)) = self.code_first(span) {
            ranks.retain(|&rank| self.gazetteer.city(rank).state == state);
        }
        if ranks.is_empty() {
            ranks = self.beginning_with(key, |_| true);
        }
        self.labels(ranks)
    }

    fn beginning_with(&self, key: &str, accept: impl Fn(&u32) -> bool) -> Vec<u32> {
        let ranks = if key.len() < LEAST_PREFIX { &[] } else { self.gazetteer.names.starting_with(key) };
        ranks.iter().copied().filter(accept).collect()
    }

    /// The labels of the most populous, each once.
    fn labels(&self, mut ranks: Vec<u32>) -> Vec<String> {
        ranks.sort_unstable();
        let mut labels = Vec::new();
        for rank in ranks {
            let label = self.gazetteer.city(rank).label();
            if !labels.contains(&label) {
                labels.push(label);
            }
            if labels.len() == MOST_OFFERED {
                break;
            }
        }
        labels
    }

    fn elsewhere(&self, span: Range<usize>) -> Vec<PlaceRef> {
        let found = (!span.is_empty()).then(|| self.city_named(span)).flatten();
        let places = found.map(|found| std::iter::once(found.place).chain(found.alternatives));
        places.into_iter().flatten().take(MOST_OFFERED).collect()
    }

    fn unknown_in(&self, state: &State, before: Range<usize>, did_you_mean: Vec<String>) -> PlaceError {
        let detail = format!(
            "no place of that name is known in {}: check the spelling, or give a ZIP code or a larger town nearby",
            state.name
        );
        PlaceError::Unknown(Box::new(UnknownPlace {
            detail,
            did_you_mean,
            alternatives: self.elsewhere(self.town(before)),
        }))
    }

    pub(super) fn no_such_state(&self, before: Range<usize>) -> PlaceError {
        let detail =
            "the two letters after the comma are no US state: give a city with its state (\"Austin, TX\")".into();
        let alternatives = self.elsewhere(self.town(before));
        PlaceError::Unknown(Box::new(UnknownPlace { detail, alternatives, ..UnknownPlace::default() }))
    }
}

/// The refusal of a text that said no state.
pub(super) fn unknown(did_you_mean: Vec<String>) -> PlaceError {
    let detail = "no place of that name is known: give a ZIP code, or a city with its state (\"Austin, TX\")".into();
    PlaceError::Unknown(Box::new(UnknownPlace { detail, did_you_mean, ..UnknownPlace::default() }))
}

/// Two spellings that lead to the same city are one name.
fn only_name(near: Vec<Near>) -> Guess {
    let Some(first) = near.first() else { return Guess::Nothing };
    if near.iter().all(|other| other.ranks == first.ranks) {
        return Guess::One(first.key.clone());
    }
    Guess::Several(near.into_iter().flat_map(|near| near.ranks).collect())
}

#[cfg(test)]
mod tests {
    use super::super::asked::{alternatives, assert_answers, refused, resolved};

    #[test]
    fn p3_exact_means_the_whole_folded_name() {
        assert_answers(&[
            ("Selma, TX", "Selma, TX"),
            ("Selma Village, TX", "place_unknown"),
            ("Albuq", "place_unknown"),
            ("ABCDE", "place_unknown"),
            ("Green Acres, CA", "Green Acres, CA"),
        ]);
        assert_eq!(refused("Albuq").did_you_mean()[0], "Albuquerque, NM", "a prefix is a suggestion");
    }

    #[test]
    fn p3_one_unique_best_correction_is_answered_and_said() {
        for (typed, meant) in [
            ("Phoneix, AZ", "Phoenix, AZ"),
            ("Bostn, MA", "Boston, MA"),
            ("San Fransisco", "San Francisco, CA"),
            ("Minneaplois", "Minneapolis, MN"),
            ("Albuqerque, New Mexico", "Albuquerque, NM"),
            ("100 Congress Ave, Austn, TX", "Austin, TX"),
            ("Californa", "California"),
            ("Austin, Texs", "Austin, TX"),
            ("Portland, Oregn", "Portland, OR"),
            ("St Pual, MN", "Saint Paul, MN"),
        ] {
            let place = resolved(typed);
            assert_eq!((place.label.as_str(), place.did_you_mean), (meant, vec![meant.to_owned()]), "{typed}");
        }
        assert!(resolved("Phoenix, AZ").did_you_mean.is_empty());
        assert_answers(&[("N/A", "place_unknown"), ("n.a.", "place_unknown"), ("St X", "place_unknown")]);
        assert!(alternatives("Sprngfield").len() >= 20, "a corrected name is as ambiguous as a right one");
    }

    #[test]
    fn p3_several_equally_good_corrections_are_offered_most_populous_first() {
        let error = refused("Auston");
        assert_eq!((error.code(), error.status()), ("place_unknown", 404));
        assert_eq!(error.did_you_mean()[0], "Austin, TX");
        assert!((2..=5).contains(&error.did_you_mean().len()), "{error:?}");
    }
}
