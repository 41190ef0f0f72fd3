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
        if let Some(state) = State::by_code(&code) {
            // "LA" is Louisiana, and many who say so mean Los Angeles.
            let cities = self.gazetteer.names.exact(&code).iter().map(|&rank| self.gazetteer.city(rank).into());
            return Some(self.gazetteer.found_state(state, cities.collect()));
        }
        if let Some(state) = state_by_title(&self.words, span.clone()) {
            return Some(self.gazetteer.found_state(state, Vec::new()));
        }
        let key = self.words.key(span);
        let named = State::by_key(&key).filter(|named| named.formal)?;
        Some(self.gazetteer.state_or_its_city(named.state, &key))
    }

    /// A city, or a state by less than its full name ("Calif.", "USVI", "Samoa"), which a city of that name precedes.
    pub(super) fn city_or_short_state(&self, span: Range<usize>) -> Option<Found> {
        let state = State::by_key(&self.words.key(span.clone())).map(|named| named.state);
        match (self.city_named(span), state) {
            (Some(mut city), Some(state)) => {
                city.alternatives.insert(0, self.gazetteer.state_ref(state));
                Some(city)
            }
            (None, Some(state)) => Some(self.gazetteer.found_state(state, Vec::new())),
            (city, None) => city,
        }
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

#[cfg(test)]
mod tests {
    use super::super::asked::{alternatives, answer, assert_answers, refused, resolved};
    use super::super::{fold, gazetteer};
    use super::*;

    #[test]
    fn p1_a_leading_five_digit_word_is_a_house_number() {
        assert_answers(&[
            ("10301 New Guinea Rd Fairfax VA", "Fairfax, VA"),
            ("10301 New Guinea Rd, Fairfax, VA", "Fairfax, VA"),
            ("350 5th Ave, New York", "New York City, NY"),
            ("350 5th Ave New York", "New York City, NY"),
            ("1 Main St, Washington", "Washington, DC"),
            ("10301 New Guinea Rd Fairfax VA 22030", "Fairfax, VA 22030"),
            ("78701 Portland OR", "Portland, OR"),
            ("02110 Austin, TX", "Austin, TX"),
        ]);
    }

    #[test]
    fn p1_the_city_of_an_address_is_the_longest_run_before_the_state_that_names_a_place_there() {
        assert_answers(&[
            ("1600 Pennsylvania Ave NW, Washington, DC 20500", "Washington, DC 20500"),
            ("1600 Pennsylvania Ave NW Washington DC", "Washington, DC"),
            ("1600 Pennsylvania Ave NW, Suite 100, Washington, DC, USA", "Washington, DC"),
            ("500 Main St Apt 4 N Las Vegas NV", "North Las Vegas, NV"),
            ("100 Main St E, Lansing, MI", "Lansing, MI"),
            ("12 Oak St\nSt Louis, MO", "St. Louis, MO"),
            ("Main Street Fairfax VA", "Fairfax, VA"),
            ("1 Way, Austin, Travis County, Texas, United States", "Austin, TX"),
            ("1 Plaza, Port Washington, NY", "Port Washington, NY"),
            ("100 Congress Ave Austin", "place_unknown"),
            ("Downtown Austin, TX", "place_unknown"),
            ("West Selma, TX", "place_unknown"),
        ]);
        assert_eq!(refused("100 Congress Ave Austin").did_you_mean()[0], "Austin, TX");
        assert_eq!(refused("West Selma, TX").did_you_mean(), ["Selma, TX"]);
        assert_eq!(refused("ME Portland").did_you_mean(), ["Portland, ME"]);
        assert_eq!(refused("02110 MA").did_you_mean(), ["Boston, MA 02110"]);
    }

    #[test]
    fn p1_names_that_contain_a_state_are_read_as_people_mean_them() {
        assert_answers(&[
            ("Kansas City, KS", "Kansas City, KS"),
            ("Virginia Beach, Virginia", "Virginia Beach, VA"),
            ("Virginia Beach", "Virginia Beach, VA"),
            ("Oklahoma City", "Oklahoma City, OK"),
            ("Iowa City IA", "Iowa City, IA"),
            ("Texas City", "Texas City, TX"),
            ("Indiana, PA", "Indiana, PA"),
            ("Wyoming, MI", "Wyoming, MI"),
            ("Nevada Missouri", "Nevada, MO"),
            ("Delaware, Ohio", "Delaware, OH"),
            ("Washington, Pennsylvania", "Washington, PA"),
            ("Charleston West Virginia", "Charleston, WV"),
            ("West New York", "West New York, NJ"),
            ("Port Washington", "Port Washington, NY"),
            ("Downtown DC", "Downtown DC, DC"),
            ("San Juan Puerto Rico", "San Juan, PR"),
            ("Puerto Rico, PR", "Puerto Rico"),
            ("Texas, Austin", "Austin, TX"),
            ("TX, Austin", "Austin, TX"),
            ("TX Austin", "place_unknown"),
            ("in Austin", "place_unknown"),
        ]);
    }

    #[test]
    fn p2_a_state_that_was_said_constrains_the_answer() {
        assert_answers(&[
            ("Scobie, MT", "place_unknown"),
            ("Scobie MT", "place_unknown"),
            ("Scobie, Montana", "place_unknown"),
            ("VA Scobie", "place_unknown"),
            ("La Porte, IN", "La Porte, IN"),
            ("La Porte IN", "La Porte, IN"),
            ("Bend, OR", "Bend, OR"),
            ("Bath, ME", "Bath, ME"),
            ("Atlantis, ZZ", "place_unknown"),
            ("Toronto, ON", "place_unknown"),
            ("Toronto, Ontario", "place_unknown"),
            ("Paris, France", "place_unknown"),
            ("Travis County, TX", "place_unknown"),
            ("Boston, Mass.", "Boston, MA"),
            ("Raleigh, N. C.", "Raleigh, NC"),
        ]);
        let elsewhere: Vec<_> =
            refused("Honolulu, MT").alternatives().iter().map(|place| place.label.clone()).collect();
        assert_eq!(elsewhere, ["Honolulu, HI"]);
        assert!(refused("Honolulu, MT").did_you_mean().is_empty(), "nothing like it is in Montana");
    }

    #[test]
    fn p4_an_ambiguous_name_answers_with_all_its_candidates() {
        let springfields = alternatives("Springfield");
        assert_eq!(answer("Springfield"), "Springfield, MO");
        assert!(springfields.len() >= 20 && springfields.starts_with(&["Springfield, MA".into()]), "{springfields:?}");
        assert_eq!(alternatives("Kansas City")[0], "Kansas City, KS");
        assert_eq!(alternatives("Washington")[0], "Washington State");
        assert_eq!(alternatives("New York"), ["New York State"]);
        assert_eq!(alternatives("Samoa"), ["American Samoa"]);
        assert!(alternatives("Wyoming").contains(&"Wyoming, MI".to_owned()));
        assert_eq!(alternatives("Springfield, MO"), [""; 0]);
    }

    #[test]
    fn p4_no_candidate_is_listed_twice_and_a_far_namesake_goes_by_its_zip() {
        for name in ["Springfield", "Washington", "Franklin", "Burbank", "Saint Louis", "Brentwood", "Whitehall, PA"] {
            let mut labels = alternatives(name);
            labels.push(answer(name));
            let listed = labels.len();
            labels.sort();
            labels.dedup();
            assert_eq!(labels.len(), listed, "{name}");
        }
        assert!(alternatives("Bryn Mawr, PA").contains(&"Bryn Mawr, PA 19010".to_owned()));
    }

    #[test]
    fn p2_every_city_of_the_map_resolves_in_its_state() {
        for city in gazetteer().cities() {
            let label = city.label();
            let place = resolved(&label);
            assert_eq!((place.kind, place.state), (PlaceKind::City, Some(city.state)), "{label}");
            assert_eq!(fold::spaced(&place.label), fold::spaced(&label));
            assert!(place.did_you_mean.is_empty(), "{label} is exact");
            let spelled_out = format!("{} {}", city.name.to_uppercase(), city.state.name);
            assert_eq!(resolved(&spelled_out).label, place.label, "{spelled_out}");
        }
    }

    #[test]
    fn p4_every_name_without_its_state_offers_all_its_places() {
        for city in gazetteer().cities().iter().filter(|city| State::by_name(city.name).is_none()).step_by(5) {
            let Ok(place) = gazetteer().resolve(city.name) else { panic!("{} is unknown", city.name) };
            let mut offered = place.alternatives.iter().map(|place| &place.label).chain([&place.label]);
            let label = fold::spaced(&city.label());
            assert!(offered.any(|offered| fold::spaced(offered) == label), "{label}");
        }
    }
}
