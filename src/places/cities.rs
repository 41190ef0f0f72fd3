//! Cities and states by exactly their names (rules P1, P2, P4).

use std::ops::Range;

use super::query::{state_by_title, state_named};
use super::resolve::Question;
use super::{Gazetteer, PlaceKind, PlaceRef, State};

/// A name of the gazetteer has no more words; what stands before them in an address is the street.
const MAX_CITY_WORDS: usize = 8;

/// A place, with what else the words could mean.
pub(super) struct Found {
    pub place: PlaceRef,
    pub alternatives: Vec<PlaceRef>,
    pub uncertainty_m: Option<u32>,
}

impl Gazetteer {
    /// A state, where its most populous city lies (rule P8).
    pub(super) fn state_ref(&self, state: &'static State) -> PlaceRef {
        let point = self.city(self.principal_city(state)).point;
        PlaceRef { label: state.label(), kind: PlaceKind::State, state, point }
    }

    pub(super) fn found_state(&self, state: &'static State, alternatives: Vec<PlaceRef>) -> Found {
        Found { place: self.state_ref(state), alternatives, uncertainty_m: None }
    }

    pub(super) fn found_city(&self, rank: u32, namesakes: impl Iterator<Item = u32>) -> Found {
        Found {
            place: PlaceRef::from(self.city(rank)),
            alternatives: self.others(rank, namesakes),
            uncertainty_m: Some(self.uncertainty_of_city(rank)),
        }
    }

    /// What a state's full name means alone: the state, except that New York and Washington are cities first (rule P1).
    pub(super) fn state_or_its_city(&self, state: &'static State, key: &str) -> Found {
        let namesakes = self.names.exact(key);
        match namesakes.first() {
            Some(&city) if state.is_called_like_its_city() => {
                let mut found = self.found_city(city, namesakes.iter().copied());
                found.alternatives.insert(0, self.state_ref(state));
                found
            }
            _ => self.found_state(state, namesakes.iter().map(|&rank| self.city(rank).into()).collect()),
        }
    }
}

impl Question<'_> {
    /// All the words as a state: a code, a full name, "X State".
    pub(super) fn state_alone(&self, span: Range<usize>) -> Option<Found> {
        let code = self.words.joined(span.clone());
        if let Some(state) = State::by_code(&code).or_else(|| state_by_title(&self.words, span.clone())) {
            return Some(self.gazetteer.found_state(state, Vec::new()));
        }
        let key = self.words.key(span);
        let named = State::by_key(&key).filter(|named| named.formal)?;
        Some(self.gazetteer.state_or_its_city(named.state, &key))
    }

    /// "Calif.", "USVI": less than a full name, so a city of that name goes before.
    pub(super) fn abbreviated_state(&self, span: Range<usize>) -> Option<Found> {
        let named = State::by_key(&self.words.key(span))?;
        Some(self.gazetteer.found_state(named.state, Vec::new()))
    }

    /// All the words as a city's name, with its namesakes everywhere (rule P4).
    pub(super) fn city_named(&self, span: Range<usize>) -> Option<Found> {
        let namesakes = self.gazetteer.names.exact(&self.words.key(span.clone()));
        let chosen = match namesakes {
            [] => return None,
            &[only] => only,
            several => self.gazetteer.most_exact(&self.words, span, several.iter().copied()),
        };
        Some(self.gazetteer.found_city(chosen, namesakes.iter().copied()))
    }

    /// The words before a state as a city in it, alone or at the end of an address.
    pub(super) fn city_in(&self, state: &'static State, before: Range<usize>) -> Option<Found> {
        self.city_in_state(state, before.clone()).or_else(|| self.state_said_twice(state, before.clone())).or_else(
            || {
                let town = self.town(before.clone());
                let runs = town.end.saturating_sub(MAX_CITY_WORDS).max(town.start)..town.end;
                let after_street = |&start: &usize| {
                    start > before.start && (start == town.start || self.has_street(before.start..start))
                };
                runs.filter(after_street).find_map(|start| self.city_in_state(state, start..town.end))
            },
        )
    }

    fn city_in_state(&self, state: &'static State, span: Range<usize>) -> Option<Found> {
        let gazetteer = self.gazetteer;
        let rank = gazetteer.city_ranked(state, &self.words, span.clone())?;
        let namesakes = gazetteer.names.exact(&self.words.key(span)).iter().copied();
        Some(gazetteer.found_city(rank, namesakes.filter(|&rank| gazetteer.city(rank).state == state)))
    }

    /// "Puerto Rico, PR".
    fn state_said_twice(&self, state: &'static State, before: Range<usize>) -> Option<Found> {
        let twice = state_named(&self.words, before)? == state;
        twice.then(|| self.gazetteer.found_state(state, Vec::new()))
    }

    /// A state before its city: "Texas Austin", "TX, Austin". Without a comma two letters are a word: "in Austin".
    pub(super) fn state_first(&self, span: Range<usize>) -> Option<Found> {
        let is_apart = |&end: &usize| self.words.is_after_comma(end) || self.words.joined(span.start..end).len() > 2;
        let ends = (span.start + 1..span.end).rev().filter(is_apart);
        ends.filter_map(|end| Some((state_named(&self.words, span.start..end)?, end..span.end)))
            .find_map(|(state, city)| self.city_in_state(state, city))
    }

    /// The part between commas where an address has its town; map services put the county after it.
    pub(super) fn town(&self, before: Range<usize>) -> Range<usize> {
        const COUNTIES: [&str; 3] = ["county", "parish", "municipio"];
        let last = self.words.last_segment(before.clone());
        let is_county = last.clone().last().is_some_and(|word| COUNTIES.contains(&self.words.word(word)));
        if is_county && last.start > before.start { self.words.last_segment(before.start..last.start) } else { last }
    }

    /// Whether words are a street and not the beginning of a name: "West Selma" is not the Selma of the west.
    fn has_street(&self, span: Range<usize>) -> bool {
        const STREETS: [&str; 26] = [
            "street",
            "st",
            "avenue",
            "ave",
            "av",
            "road",
            "rd",
            "boulevard",
            "blvd",
            "drive",
            "dr",
            "lane",
            "ln",
            "court",
            "ct",
            "place",
            "pl",
            "highway",
            "hwy",
            "parkway",
            "pkwy",
            "way",
            "circle",
            "cir",
            "plaza",
            "suite",
        ];
        span.clone().any(|at| {
            let word = self.words.word(at);
            let ends_its_name = at > span.start && STREETS.contains(&word);
            ends_its_name || word.bytes().any(|byte| byte.is_ascii_digit())
        })
    }
}
