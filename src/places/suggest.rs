//! Type-ahead: what the text in the box may become.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;

use super::fold::{self, Words, written_out};
use super::query::{self, Said, said_state, state_named};
use super::{Gazetteer, PlaceRef, State, Suggestion, ZipCode};
use crate::geo::Point;

/// So many candidates are weighed by the clinics near them, however many begin alike.
const MOST_WEIGHED: usize = 32;
/// "Islas Vírgenes de los Estados Unidos".
const MOST_STATE_WORDS: usize = 6;

/// How well a place fits what was typed; the better, the smaller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// What the text means by rule P1, if nothing is added.
    Meant,
    /// It has exactly that name.
    Exact,
    Beginning,
}

#[derive(Clone, Copy)]
enum Place {
    State(&'static State),
    City(u32),
    Zip(usize),
}

struct Candidate {
    fit: Fit,
    place: Place,
    /// Residents, as far as the order needs them.
    weight: u32,
}

impl Gazetteer {
    /// At most `limit` places that the text may become: exact names before beginnings, then those with clinics nearby,
    /// then the more populous. Never an error: text that can become nothing has no suggestions.
    ///
    /// `clinics_within_25mi` is asked only about the few most populous, so one letter costs no more than a name.
    pub fn suggest(&self, typed: &str, limit: usize, clinics_within_25mi: impl Fn(Point) -> u32) -> Vec<Suggestion> {
        let Ok(text) = query::checked(typed) else { return Vec::new() };
        let words = Words::of(text);
        let mut candidates = self.candidates(&words, limit.max(MOST_WEIGHED));
        candidates.sort_by_key(|candidate| (candidate.fit, Reverse(candidate.weight)));
        candidates.truncate(limit.max(MOST_WEIGHED));
        let mut weighed: Vec<_> =
            candidates.into_iter().map(|candidate| self.weighed(&candidate, &clinics_within_25mi)).collect();
        // A state's second place of the same name would resolve to the first.
        let mut labels = HashSet::new();
        weighed.retain(|(_, suggestion)| labels.insert(fold::spaced(&suggestion.label)));
        weighed.sort_by_key(|(fit, suggestion)| (*fit, suggestion.clinics_within_25mi == 0));
        weighed.into_iter().map(|(_, suggestion)| suggestion).take(limit).collect()
    }

    fn weighed(&self, candidate: &Candidate, clinics_within_25mi: &impl Fn(Point) -> u32) -> (Fit, Suggestion) {
        let PlaceRef { label, kind, state, point } = match candidate.place {
            Place::State(state) => self.state_ref(state),
            Place::City(rank) => self.city(rank).into(),
            Place::Zip(at) => (&self.zips[at]).into(),
        };
        (candidate.fit, Suggestion { label, kind, state, point, clinics_within_25mi: clinics_within_25mi(point) })
    }

    fn candidates(&self, words: &Words, most: usize) -> Vec<Candidate> {
        let span = words.all();
        let Some(last) = span.clone().last() else { return Vec::new() };
        if words.word(last).bytes().all(|byte| byte.is_ascii_digit()) {
            return self.zips_beginning(words, last, most);
        }
        let mut candidates = self.states_beginning(words, span.clone());
        candidates.extend(self.cities_of_states_beginning(words, most));
        if words.last_segment(span.clone()).start == 0 {
            candidates.extend(self.cities_beginning(words, span, most, |_| true));
        }
        candidates
    }

    /// The ZIPs that begin with the last word, in the state before it, when one is said.
    fn zips_beginning(&self, words: &Words, last: usize, most: usize) -> Vec<Candidate> {
        let state = match said_state(words, 0..last) {
            _ if last == 0 => None,
            Said::Surely(state, _) => Some(state),
            Said::Perhaps(states) => states.first().map(|&(state, _)| state),
            _ => match state_named(words, 0..last) {
                Some(state) => Some(state),
                None => return Vec::new(),
            },
        };
        let Some((from, to)) = ZipCode::starting_with(words.word(last)) else { return Vec::new() };
        let in_state = |&at: &usize| state.is_none_or(|state| self.zips[at].state == state);
        let mut found: Vec<usize> = self.zips_between(from, to).filter(in_state).collect();
        keep_least(&mut found, most, |&at| Reverse(self.zips[at].population));
        let candidate = |at| Candidate { fit: Fit::Beginning, place: Place::Zip(at), weight: self.zips[at].population };
        found.into_iter().map(candidate).collect()
    }

    fn states_beginning(&self, words: &Words, span: Range<usize>) -> Vec<Candidate> {
        let fitting = states_fitting(words, span).into_iter();
        fitting.map(|(fit, state)| self.state_candidate(fit, state)).collect()
    }

    /// A state weighs as much as its largest city, and the two that share their name with a city come after it (rule P1).
    fn state_candidate(&self, fit: Fit, state: &'static State) -> Candidate {
        let namesake = state.is_called_like_its_city().then(|| self.names.exact(&fold::key(state.name))[0]);
        let weight =
            namesake.map_or(self.city(self.principal_city(state)).population, |city| self.city(city).population - 1);
        let fit = if namesake.is_some() { fit.max(Fit::Exact) } else { fit };
        Candidate { fit, place: Place::State(state), weight }
    }

    /// "austin, t", "portland m": a city and the beginning of its state. Without a comma the city must be whole, or
    /// "san a" would be every San in Alabama.
    fn cities_of_states_beginning(&self, words: &Words, most: usize) -> Vec<Candidate> {
        let all = words.all();
        let segment = words.last_segment(all.clone());
        if segment.start > 0 {
            let states = states_fitting(words, segment.clone());
            return self.cities_beginning(words, 0..segment.start, most, |state| {
                states.iter().any(|&(_, other)| other == state)
            });
        }
        let starts = all.end.saturating_sub(MOST_STATE_WORDS).max(1)..all.end;
        let mut candidates = Vec::new();
        for start in starts {
            let named = self.names.exact(&words.key(0..start));
            let states = if named.is_empty() { Vec::new() } else { states_fitting(words, start..all.end) };
            let here =
                |rank: u32| states.iter().find(|(_, state)| *state == self.city(rank).state).map(|(fit, _)| *fit);
            candidates.extend(named.iter().filter_map(|&rank| Some(self.city_candidate(here(rank)?, rank))));
        }
        candidates
    }

    /// The most populous cities whose names begin so, in states that are accepted.
    fn cities_beginning(
        &self,
        words: &Words,
        span: Range<usize>,
        most: usize,
        accept: impl Fn(&State) -> bool,
    ) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for beginning in beginnings(words, span) {
            let accepted = |ranks: &[u32]| -> Vec<u32> {
                ranks.iter().copied().filter(|&rank| accept(self.city(rank).state)).collect()
            };
            let exact = accepted(self.names.exact(&beginning));
            let mut all = accepted(self.names.starting_with(&beginning));
            keep_least(&mut all, most, |&rank| rank);
            let longer = all.into_iter().filter(|rank| !exact.contains(rank));
            candidates.extend(longer.map(|rank| self.city_candidate(Fit::Beginning, rank)));
            candidates.extend(exact.iter().map(|&rank| self.city_candidate(Fit::Exact, rank)));
        }
        candidates
    }

    fn city_candidate(&self, fit: Fit, rank: u32) -> Candidate {
        Candidate { fit, place: Place::City(rank), weight: self.city(rank).population }
    }
}

/// The states whose code or full name these words are or begin.
fn states_fitting(words: &Words, span: Range<usize>) -> Vec<(Fit, &'static State)> {
    let typed = words.joined(span.clone());
    let beginnings = beginnings(words, span);
    let fit = |state: &'static State, names: &[&str]| {
        let is_meant =
            typed.eq_ignore_ascii_case(state.code) || names.iter().any(|name| beginnings.iter().any(|b| b == name));
        let begins = || names.iter().any(|name| beginnings.iter().any(|beginning| name.starts_with(&**beginning)));
        match () {
            () if is_meant => Some((Fit::Meant, state)),
            () if begins() => Some((Fit::Beginning, state)),
            () => None,
        }
    };
    let mut fitting: Vec<(Fit, &State)> = State::formal_keys().filter_map(|(key, state)| fit(state, &[key])).collect();
    fitting.sort_by_key(|&(fit, state)| (state.code, fit));
    fitting.dedup_by_key(|(_, state)| state.code);
    fitting
}

/// The key that the words begin, with the last word as typed and written out: "st" may become "Stockton" or "St. Louis".
fn beginnings(words: &Words, span: Range<usize>) -> Vec<String> {
    let Some(last) = span.clone().last() else { return Vec::new() };
    let head = words.key(span.start..last);
    let typed = words.word(last);
    let mut beginnings = vec![format!("{head}{typed}")];
    if written_out(typed) != typed {
        beginnings.push(format!("{head}{}", written_out(typed)));
    }
    beginnings
}

/// Keeps the least by a key, in any order: cheaper than sorting all that begin with one letter.
fn keep_least<T, K: Ord>(items: &mut Vec<T>, most: usize, key: impl FnMut(&T) -> K) {
    if items.len() > most {
        items.select_nth_unstable_by_key(most, key);
        items.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer;
    use super::*;

    fn labels(typed: &str) -> Vec<String> {
        gazetteer().suggest(typed, 8, |_| 0).into_iter().map(|suggestion| suggestion.label).collect()
    }

    fn first(typed: &str) -> String {
        labels(typed).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn the_first_answer_for_aus_is_austin() {
        assert_eq!(first("aus"), "Austin, TX");
        assert_eq!(first("AUS"), "Austin, TX");
    }

    #[test]
    fn exact_names_come_before_beginnings() {
        assert_eq!(labels("spring")[0], "Spring, TX");
        assert!(labels("spring").iter().any(|label| label.starts_with("Springfield")));
        assert_eq!(first("nyc"), "New York City, NY");
        assert_eq!(first("new york"), "New York City, NY");
        assert_eq!(labels("new york")[1], "New York State");
        assert_eq!(first("washington"), "Washington, DC");
        assert_eq!(first("texas"), "Texas");
        assert_eq!(first("wyoming"), "Wyoming", "rule P1: the state, not the larger city in Michigan");
        assert_eq!(first("or"), "Oregon");
    }

    #[test]
    fn among_beginnings_clinics_go_before_population() {
        let near_austintown =
            |point: Point| u32::from((point.lat() - 41.1).abs() < 0.2 && (point.lon() + 80.7).abs() < 0.2);
        let suggestions = gazetteer().suggest("aus", 8, near_austintown);
        assert_eq!(suggestions[0].label, "Austintown, OH");
        assert_eq!(suggestions[0].clinics_within_25mi, 1);
        assert_eq!(suggestions[1].label, "Austin, TX");
        assert_eq!(gazetteer().suggest("austin", 8, near_austintown)[0].label, "Austin, TX", "exactness goes first");
    }

    #[test]
    fn a_city_and_the_beginning_of_its_state() {
        assert_eq!(first("portland m"), "Portland, ME");
        assert_eq!(first("portland, or"), "Portland, OR");
        assert_eq!(first("portl, ore"), "Portland, OR");
        assert_eq!(first("austin texa"), "Austin, TX");
        assert_eq!(first("springfield, il"), "Springfield, IL");
        assert!(labels("austin, zz").is_empty());
    }

    #[test]
    fn an_abbreviation_may_be_the_beginning_of_a_longer_word() {
        let st = gazetteer().suggest("st", 40, |_| 0);
        assert!(st.iter().any(|place| place.label == "Stockton, CA"));
        assert!(st.iter().any(|place| place.label == "St. Louis, MO"));
        assert_eq!(first("st lo"), "St. Louis, MO");
        assert_eq!(first("ft w"), "Fort Worth, TX");
        assert_eq!(first("n las"), "North Las Vegas, NV");
        assert_eq!(first("o'fal"), "O'Fallon, MO");
    }

    #[test]
    fn zips_are_completed_from_their_first_digits() {
        let found = labels("021");
        assert_eq!(found.len(), 8);
        assert!(found.iter().all(|label| label.contains(", MA 021")), "{found:?}");
        assert_eq!(labels("02110"), ["Boston, MA 02110"]);
        assert!(labels("boston, ma 0").iter().all(|label| label.contains(", MA 0")));
        assert_eq!(labels("tx 787").len(), 8);
        for none in ["tx 021", "021100", "12 main st 78"] {
            assert_eq!(labels(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn nothing_is_suggested_for_nothing() {
        for typed in ["", " ", ",", "🏥", "qqqq", "a\0", &"a".repeat(500)] {
            assert_eq!(labels(typed), [""; 0], "{typed:?}");
        }
    }

    #[test]
    fn one_letter_asks_about_few_places() {
        let asked = std::cell::Cell::new(0);
        let places = gazetteer().suggest("s", 8, |_| {
            asked.set(asked.get() + 1);
            0
        });
        assert_eq!(places.len(), 8);
        assert_eq!(places[0].label, "San Antonio, TX");
        assert!(asked.get() <= MOST_WEIGHED);
    }

    #[test]
    fn every_suggestion_resolves_to_itself() {
        for typed in ["a", "new", "was", "st", "san", "021", "9", "portland", "washington", "kansas c", "burbank"] {
            for suggestion in gazetteer().suggest(typed, 100, |_| 0) {
                let resolved = gazetteer().resolve(&suggestion.label).unwrap();
                assert_eq!((resolved.label, resolved.point), (suggestion.label, suggestion.point));
            }
        }
    }
}
