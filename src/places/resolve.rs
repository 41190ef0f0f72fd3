//! One text in, one place out: the precedence of rule P1.

use std::ops::Range;

use super::cities::Found;
use super::fold::Words;
use super::guess::unknown;
use super::query::{self, LastWord, Said, said_state};
use super::{Gazetteer, PlaceError, PlaceKind, Precision, Resolved, State, ZipCode};
use crate::geo::Point;

impl Gazetteer {
    /// The place that a text stands for, by rules P1-P8. Costs under a microsecond for a ZIP, a few for a city and
    /// some hundred for a misspelt one; no text costs more than a few of those.
    ///
    /// # Errors
    /// Nothing is guessed silently: what is malformed, unknown or contradictory is refused with the way out.
    pub fn resolve(&self, input: &str) -> Result<Resolved, PlaceError> {
        let text = query::checked(input)?;
        if let Some(zip) = ZipCode::parse(text) {
            // What most people type: there are no other words to read.
            return Question { gazetteer: self, input, words: Words::default() }.zip(zip, 0..0);
        }
        if let Some(point) = query::coordinates(text) {
            return Ok(at_point(input, point?));
        }
        let question = Question { gazetteer: self, input, words: Words::of(text) };
        if question.words.all().is_empty() {
            return Err(PlaceError::Required);
        }
        let span = query::without_country(&question.words);
        match query::last_word(&question.words, span.clone()) {
            LastWord::Zip(zip) => question.zip(zip, span.start..span.end - 1),
            LastWord::NotQuiteZip => Err(question.malformed_zip(span)),
            LastWord::Text => question.place(span),
        }
    }
}

fn at_point(input: &str, point: Point) -> Resolved {
    Resolved {
        input: input.to_owned(),
        kind: PlaceKind::Point,
        label: format!("{}, {}", point.lat(), point.lon()),
        state: None,
        point,
        precision: Precision::Exact,
        uncertainty_m: Some(0),
        alternatives: Vec::new(),
        did_you_mean: Vec::new(),
        zip: None,
    }
}

/// One question to the gazetteer, in words. Its methods look at a part of the words: `span`, or those `before` a state.
pub(super) struct Question<'a> {
    pub gazetteer: &'a Gazetteer,
    pub input: &'a str,
    pub words: Words,
}

impl Question<'_> {
    /// A state, a city with its state, or a city.
    pub(super) fn place(&self, span: Range<usize>) -> Result<Resolved, PlaceError> {
        if span.is_empty() {
            return Err(unknown(Vec::new()));
        }
        if let Some(state) = self.state_alone(span.clone()) {
            return Ok(self.answer(state));
        }
        match said_state(&self.words, span.clone()) {
            Said::Military => Err(PlaceError::ZipMilitary),
            Said::NoState(before) => Err(self.no_such_state(before)),
            Said::Surely(state, before) => match self
                .city_in(state, before.clone())
                .or_else(|| self.city_after_street(before.clone(), before.end..span.end))
            {
                Some(city) => Ok(self.answer(city)),
                None => self.guess_in(state, before),
            },
            Said::Perhaps(states) => {
                let with_state = || states.iter().find_map(|(state, before)| self.city_in(state, before.clone()));
                let behind_street = || {
                    states.iter().find_map(|(_, before)| self.city_after_street(before.clone(), before.end..span.end))
                };
                match with_state().or_else(behind_street).or_else(|| self.whole(span.clone())) {
                    Some(city) => Ok(self.answer(city)),
                    None => self.guess_in(states[0].0, states[0].1.clone()),
                }
            }
            Said::Nothing => match self.whole(span.clone()) {
                Some(place) => Ok(self.answer(place)),
                None => self.guess(span),
            },
        }
    }

    /// All the words as one name, or a state and its city.
    fn whole(&self, span: Range<usize>) -> Option<Found> {
        self.city_or_short_state(span.clone()).or_else(|| self.state_first(span))
    }

    /// "350 5th Ave, New York": behind a house number and a street the two names that are a city when they stand alone are
    /// one too (rule P1).
    fn city_after_street(&self, street: Range<usize>, said: Range<usize>) -> Option<Found> {
        let has_number = street.len() > 1 && self.words.word(street.start).starts_with(|c: char| c.is_ascii_digit());
        let key = self.words.key(said);
        let named = State::by_key(&key).filter(|named| named.formal && has_number)?;
        let found = self.gazetteer.state_or_its_city(named.state, &key);
        (found.place.kind == PlaceKind::City).then_some(found)
    }

    pub(super) fn answer(&self, found: Found) -> Resolved {
        let Found { place, alternatives, uncertainty_m } = found;
        Resolved {
            input: self.input.to_owned(),
            kind: place.kind,
            precision: if place.kind == PlaceKind::State { Precision::State } else { Precision::City },
            label: place.label,
            state: Some(place.state),
            point: place.point,
            uncertainty_m,
            alternatives,
            did_you_mean: Vec::new(),
            zip: None,
        }
    }

    /// An answer to what was meant instead, which says so (rule P3).
    pub(super) fn corrected(&self, found: Found) -> Resolved {
        let answer = self.answer(found);
        Resolved { did_you_mean: vec![answer.label.clone()], ..answer }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::super::asked::{assert_answers, refused, resolved};
    use super::super::{State, gazetteer};
    use super::*;
    use crate::geo::{Metres, geodesic};

    #[derive(Deserialize)]
    struct Cases {
        cases: Vec<Case>,
    }

    /// One worked case; an expectation that this test does not know fails it.
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        id: String,
        input: String,
        #[serde(rename = "rule")]
        _rule: Option<String>,
        kind: Option<String>,
        zip: Option<String>,
        state: Option<String>,
        state_in: Option<Vec<String>>,
        lat: Option<f64>,
        lon: Option<f64>,
        within_mi: Option<f64>,
        alternatives: Option<bool>,
        alternatives_min: Option<usize>,
        status: Option<u16>,
        status_in: Option<Vec<u16>>,
        or_status: Option<Vec<u16>>,
        code: Option<String>,
        did_you_mean: Option<Vec<String>>,
    }

    #[test]
    fn p_every_worked_case_is_answered_as_written() {
        let cases: Cases = serde_json::from_str(include_str!("../../tests/cases/places.json")).unwrap();
        assert!(cases.cases.len() >= 48);
        for case in &cases.cases {
            match gazetteer().resolve(&case.input) {
                Ok(place) => check_answer(case, &place),
                Err(error) => check_refusal(case, &error),
            }
        }
    }

    fn check_answer(case: &Case, place: &Resolved) {
        let Case { id, .. } = case;
        assert!(case.status.is_none() && case.status_in.is_none() && case.code.is_none(), "{id}: {place:?}");
        let state = place.state.map(|state| state.code.to_owned());
        assert!(case.state.is_none() || case.state == state, "{id}: {place:?}");
        assert!(case.state_in.as_ref().is_none_or(|states| state.is_some_and(|state| states.contains(&state))), "{id}");
        assert!(case.kind.as_ref().is_none_or(|kind| kind == place.kind.as_str()), "{id}: {place:?}");
        assert!(case.zip.is_none() || case.zip == place.zip.map(|zip| zip.to_string()), "{id}: {place:?}");
        assert!(case.did_you_mean.as_ref().is_none_or(|labels| labels == &place.did_you_mean), "{id}: {place:?}");
        let offered = case.alternatives_min.unwrap_or(usize::from(case.alternatives == Some(true)));
        assert!(place.alternatives.len() >= offered, "{id}: {place:?}");
        if let (Some(lat), Some(lon), Some(within)) = (case.lat, case.lon, case.within_mi) {
            let off = geodesic(place.point, Point::new(lat, lon).unwrap());
            assert!(off <= Metres::from_miles(within), "{id}: {off:?} off");
        }
    }

    fn check_refusal(case: &Case, error: &PlaceError) {
        let Case { id, .. } = case;
        let allowed = [&case.status_in, &case.or_status].into_iter().flatten().flatten().chain(&case.status);
        assert!(allowed.into_iter().any(|status| *status == error.status()), "{id}: {error:?}");
        assert!(case.code.as_ref().is_none_or(|code| code == error.code()), "{id}: {error:?}");
        assert!(case.did_you_mean.as_ref().is_none_or(|labels| labels == error.did_you_mean()), "{id}: {error:?}");
    }

    #[test]
    fn p1_precedence_is_coordinates_zip_state_city_with_state_city() {
        assert_answers(&[
            ("30.2672, -97.7431", "30.2672, -97.7431"),
            ("78701", "Austin, TX 78701"),
            ("78701-1234", "Austin, TX 78701"),
            ("787011234", "Austin, TX 78701"),
            ("California", "California"),
            ("California, MD", "California, MD"),
            ("tx", "Texas"),
            ("in", "Indiana"),
            ("D.C.", "District of Columbia"),
            ("District of Columbia", "District of Columbia"),
            ("LA", "Louisiana"),
            ("Puerto Rico", "Puerto Rico"),
            ("US Virgin Islands", "U.S. Virgin Islands"),
            ("Guam, USA", "Guam"),
            ("Washington State", "Washington State"),
            ("State of Washington", "Washington State"),
            ("New York State", "New York State"),
            ("Estado de Nueva York", "New York State"),
            ("Washington", "Washington, DC"),
            ("New York", "New York City, NY"),
            ("New York, NY", "New York City, NY"),
            ("New York New York", "New York City, NY"),
            ("Calif.", "California"),
            ("NY State", "New York State"),
            ("wa state", "Washington State"),
            ("MT state", "Montana"),
            ("Albany, NY State", "Albany, NY"),
            ("Commonwealth of Massachusetts", "Massachusetts"),
            ("W. Va.", "West Virginia"),
        ]);
    }

    #[test]
    fn p8_every_answer_states_how_exact_it_is() {
        let facts = |input: &str| {
            let place = resolved(input);
            (place.kind, place.precision, place.uncertainty_m)
        };
        assert_eq!(facts("0,0"), (PlaceKind::Point, Precision::Exact, Some(0)));
        assert_eq!(facts("Texas"), (PlaceKind::State, Precision::State, None));
        for (input, kind, precision) in
            [("02110", PlaceKind::Zip, Precision::Zip), ("Boston", PlaceKind::City, Precision::City)]
        {
            let (found_kind, found_precision, uncertainty) = facts(input);
            assert_eq!((found_kind, found_precision), (kind, precision));
            assert!((500..=20_000).contains(&uncertainty.unwrap()));
        }
        let houston = gazetteer().city_in(State::by_code("TX").unwrap(), "Houston").unwrap().point;
        assert_eq!(resolved("Texas").point, houston, "a state lies where its most populous city does");
    }

    #[test]
    fn bad_input_is_refused_and_says_how_to_go_on() {
        for (input, code) in [
            ("", "place_required"),
            (" , ", "place_required"),
            ("USA", "place_unknown"),
            ("91,0", "coordinates"),
            ("1,2,3", "coordinates"),
            ("Austin\0", "place_characters"),
            ("🏥", "place_characters"),
            ("\u{202E}XT ,nitsuA", "place_characters"),
            ("Остин", "place_unknown"),
            ("<script>", "place_unknown"),
            ("' OR 1=1 --", "place_unknown"),
            (&"st ".repeat(66), "place_unknown"),
            (&"x".repeat(10_000), "place_too_long"),
        ] {
            let error = refused(input);
            assert_eq!(error.code(), code, "{input:?}");
            assert!(matches!(error.status(), 404 | 422) && error.to_string().len() > 20, "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let _ = gazetteer().resolve(&text);
            let _ = gazetteer().suggest(&text, 8, |_| 0);
        }

        #[test]
        fn no_address_like_text_is_too_strange(text in "([0-9]{0,9}[ ,.-]?|[A-Za-z']{0,9}[ ,.-]|TX|, MA|St |USA){0,12}") {
            if let Ok(place) = gazetteer().resolve(&text) {
                prop_assert_eq!(gazetteer().resolve(&place.label).map(|again| again.label), Ok(place.label));
            }
        }

        #[test]
        fn p2_a_two_letter_state_after_a_comma_is_never_overruled(name in "[A-Za-z' ]{1,16}", at in 0..56_usize) {
            let state = &State::all()[at];
            if let Ok(place) = gazetteer().resolve(&format!("x{name}, {}", state.code)) {
                prop_assert_eq!(place.state, Some(state));
            }
        }
    }
}
