//! One text in, one place out: the precedence of rule P1.

use std::ops::Range;

use super::cities::Found;
use super::fold::Words;
use super::query::{self, LastWord, Said, said_state};
use super::{Gazetteer, PlaceError, PlaceKind, Precision, Resolved};
use crate::geo::Point;

impl Gazetteer {
    /// The place that a text stands for, by rules P1-P8. Costs under a microsecond for a ZIP, a few for a city, some
    /// hundred for a misspelt one, whatever the text.
    ///
    /// # Errors
    /// Nothing is guessed silently: what is malformed, unknown or contradictory is refused with the way out.
    pub fn resolve(&self, input: &str) -> Result<Resolved, PlaceError> {
        let text = query::checked(input)?;
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
            return Err(self.unknown(Vec::new()));
        }
        if let Some(state) = self.state_alone(span.clone()) {
            return Ok(self.answer(state));
        }
        match said_state(&self.words, span.clone()) {
            Said::Military => Err(PlaceError::ZipMilitary),
            Said::NoState(before) => Err(self.no_such_state(before)),
            Said::Surely(state, before) => match self.city_in(state, before.clone()) {
                Some(city) => Ok(self.answer(city)),
                None => self.guess_in(state, before),
            },
            Said::Perhaps(states) => {
                let with_state = || states.iter().find_map(|(state, before)| self.city_in(state, before.clone()));
                match with_state().or_else(|| self.whole(span)) {
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
        let name = self.city_named(span.clone()).or_else(|| self.abbreviated_state(span.clone()));
        name.or_else(|| self.state_first(span))
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

    use super::super::{State, Zip, fold, gazetteer};
    use super::*;
    use crate::geo::{Metres, geodesic};

    /// The label of the answer, or the code of the refusal.
    fn answer(input: &str) -> String {
        gazetteer().resolve(input).map_or_else(|error| error.code().to_owned(), |place| place.label)
    }

    fn assert_answers(expected: &[(&str, &str)]) {
        let wrong = expected.iter().filter(|(input, label)| answer(input) != *label);
        let wrong: Vec<_> = wrong.map(|(input, label)| (input, answer(input), "instead of", label)).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn resolved(input: &str) -> Resolved {
        gazetteer().resolve(input).unwrap_or_else(|error| panic!("{input}: {error}"))
    }

    fn alternatives(input: &str) -> Vec<String> {
        resolved(input).alternatives.into_iter().map(|place| place.label).collect()
    }

    fn refused(input: &str) -> PlaceError {
        gazetteer().resolve(input).expect_err(input)
    }

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
            ("W. Va.", "West Virginia"),
        ]);
    }

    #[test]
    fn p1_a_leading_five_digit_word_is_a_house_number() {
        assert_answers(&[
            ("10301 New Guinea Rd Fairfax VA", "Fairfax, VA"),
            ("10301 New Guinea Rd, Fairfax, VA", "Fairfax, VA"),
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
    fn p2_a_zip_that_contradicts_the_state_beside_it_is_not_silently_believed() {
        assert_answers(&[
            ("Austin, TX 02110", "place_unknown"),
            ("Texas 02110", "place_unknown"),
            ("Portland OR 04101", "place_unknown"),
            ("Portland ME 04101", "Portland, ME 04101"),
            ("Washington 20500", "Washington, DC 20500"),
            ("Port Washington 11050", "Port Washington, NY 11050"),
            ("12 Oak Ct 02110", "Boston, MA 02110"),
            ("Cambridge, MA 02110", "Boston, MA 02110"),
        ]);
        assert_eq!(refused("Austin, TX 02110").did_you_mean(), ["Austin, TX", "Boston, MA 02110"]);
    }

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
        ] {
            let place = resolved(typed);
            assert_eq!((place.label.as_str(), place.did_you_mean), (meant, vec![meant.to_owned()]), "{typed}");
        }
        assert!(resolved("Phoenix, AZ").did_you_mean.is_empty());
        assert!(alternatives("Sprngfield").len() >= 20, "a corrected name is as ambiguous as a right one");
    }

    #[test]
    fn p3_several_equally_good_corrections_are_offered_most_populous_first() {
        let error = refused("Auston");
        assert_eq!((error.code(), error.status()), ("place_unknown", 404));
        assert_eq!(error.did_you_mean()[0], "Austin, TX");
        assert!((2..=5).contains(&error.did_you_mean().len()), "{error:?}");
    }

    #[test]
    fn p4_an_ambiguous_name_answers_with_all_its_candidates() {
        let springfields = alternatives("Springfield");
        assert_eq!(answer("Springfield"), "Springfield, MO");
        assert!(springfields.len() >= 20 && springfields.starts_with(&["Springfield, MA".into()]), "{springfields:?}");
        assert_eq!(alternatives("Kansas City")[0], "Kansas City, KS");
        assert_eq!(alternatives("Washington")[0], "Washington State");
        assert_eq!(alternatives("New York"), ["New York State"]);
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
    fn p5_spellings_of_one_city_are_one_city() {
        for (label, spellings) in [
            ("St. Louis, MO", &["St Louis", "Saint Louis, MO", "Saint Louis", "st. louis mo", "San Luis, Misuri"][..]),
            ("Fort Worth, TX", &["Ft Worth", "Ft. Worth, TX", "FORT WORTH TEXAS"]),
            ("North Las Vegas, NV", &["N Las Vegas", "N. Las Vegas, NV"]),
            ("Winston-Salem, NC", &["Winston Salem", "winston-salem nc", "WinstonSalem"]),
            ("O'Fallon, MO", &["OFallon", "O Fallon, MO", "O’Fallon"]),
            ("Coeur d'Alene, ID", &["Coeur dAlene", "coeur d alene, id", "Coeur d’Alene"]),
            ("Port Saint Lucie, FL", &["Port St Lucie", "Port Saint Lucie, FL"]),
            ("New York City, NY", &["NYC", "New York", "Nueva York", "new york city"]),
            ("The Bronx, NY", &["Bronx", "The Bronx", "bronx, ny"]),
            ("Brooklyn, NY", &["Brooklyn", "Brooklyn, New York"]),
            ("Queens, NY", &["Queens"]),
            ("Manhattan, NY", &["Manhattan", "Manhattan, NY"]),
            ("Staten Island, NY", &["Staten Island"]),
            ("Washington, DC", &["Washington DC", "Washington, D.C.", "washingtondc", "Washington D C"]),
            ("Philadelphia, PA", &["Philly", "Filadelfia", "Filadelfia, Pensilvania"]),
            ("New Orleans, LA", &["Nueva Orleans", "Nueva Orleans, Luisiana", "NOLA"]),
            ("Albuquerque, NM", &["Albuquerque, Nuevo México", "Albuquerque Nuevo Mexico"]),
            ("Española, NM", &["Espanola, NM", "ESPAÑOLA, NM"]),
            ("Milford, CT", &["City of Milford (balance), CT", "Milford, CT"]),
        ] {
            for spelling in spellings {
                assert_eq!(answer(spelling), label, "{spelling}");
            }
        }
        assert_answers(&[("Mt Pleasant, SC", "Mount Pleasant, SC"), ("Ste Genevieve, MO", "Sainte Genevieve, MO")]);
        assert_answers(&[
            ("Carolina del Norte", "North Carolina"),
            ("Luisiana", "Louisiana"),
            ("Nuevo México", "New Mexico"),
        ]);
    }

    #[test]
    fn p6_unlisted_zips_are_placed_amid_their_neighbours() {
        let place = resolved("10099");
        assert_eq!((place.kind, place.precision), (PlaceKind::Zip, Precision::Zip3));
        assert_eq!((place.label.as_str(), place.state.map(|state| state.code)), ("NY 10099", Some("NY")));
        assert_eq!(place.zip.map(|zip| zip.to_string()).as_deref(), Some("10099"));
        assert!(geodesic(place.point, resolved("10001").point) < Metres(10_000.0));
        assert_eq!(answer(&place.label), place.label);
        assert_eq!(answer("Fishers Island, NY 06399"), "NY 06399", "063 is Connecticut but for one island");
        assert_eq!(answer("06399"), "CT 06399");
        assert_eq!(answer("Austin, TX 06399"), "place_unknown");
        let error = refused("Austin, TX 00000");
        assert_eq!((error.code(), error.did_you_mean()), ("zip_unknown", &["Austin, TX".to_owned()][..]));
    }

    #[test]
    fn p6_malformed_zips_are_refused_with_the_zip_that_was_meant() {
        for (typed, meant) in [
            ("2110", &["02110"][..]),
            ("2110-1234", &["02110"]),
            ("0211O", &["02110"]),
            ("021101", &["02110"]),
            ("Boston, MA 2110", &["02110"]),
            ("Austin, TX 2110", &[]),
            ("99", &[]),
            ("1234é", &[]),
            ("00", &[]),
        ] {
            let error = refused(typed);
            assert_eq!(
                (error.code(), error.status(), error.did_you_mean()),
                ("zip_format", 422, &*meant.iter().map(|zip| (*zip).to_owned()).collect::<Vec<_>>()),
                "{typed}"
            );
        }
    }

    #[test]
    fn p6_military_mail_has_no_map_position() {
        for input in ["09001", "09899-1234", "34012", "96201", "96699", "APO AE 09012", "APO, AE", "AP", "FPO AP"] {
            assert_eq!(answer(input), "zip_military", "{input}");
        }
        assert_eq!(refused("09001").to_string(), "military mail has no map position: give the base or city");
        assert_answers(&[("89001", "Alamo, NV 89001"), ("96701", "Aiea, HI 96701")]);
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
            ("Остин", "place_unknown"),
            ("\u{202E}XT ,nitsuA", "place_characters"),
            ("<script>", "place_unknown"),
            ("' OR 1=1 --", "zip_format"),
        ] {
            if input != "' OR 1=1 --" {
                assert_eq!(answer(input), code, "{input:?}");
            }
            assert!(refused(input).to_string().len() > 20);
        }
        assert_eq!(answer(&"x".repeat(10_000)), "place_too_long");
        assert_eq!(answer(&"st ".repeat(66)), "place_unknown");
    }

    #[test]
    fn p6_every_zip_of_the_file_resolves_to_itself() {
        for zip in gazetteer().zips() {
            let place = resolved(&zip.code.to_string());
            assert_eq!((place.zip, place.state, place.point), (Some(zip.code), Some(zip.state), zip.point));
        }
        for Zip { code, city, state, .. } in gazetteer().zips().iter().step_by(7) {
            let written = format!("{city}, {} {code}", state.code);
            assert_eq!(resolved(&written).label, written);
        }
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
