//! The embedded gazetteer: every ZIP and every city, and how to look one up.

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use super::fold::{self, Words};
use super::load::load;
use super::merge::{Loaded, roughly};
use super::names::{Names, position};
use super::uncertainty::Uncertainty;
use super::{City, PlaceRef, State, Zip, ZipCode};

/// All places; there is one, from [`gazetteer`].
pub struct Gazetteer {
    pub(super) cities: Vec<City>,
    pub(super) zips: Vec<Zip>,
    pub(super) names: Names,
    pub(super) uncertainty: Uncertainty,
    /// The position of each ZIP, after the rank of its city.
    by_city: Vec<(u32, u32)>,
    /// Where the ZIPs of each area, their first three digits, begin; one more entry ends the last.
    areas: Vec<u32>,
    /// The most populous city of each state, by [`State::index`].
    principal: Vec<u32>,
}

impl fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gazetteer({} cities, {} ZIPs)", self.cities.len(), self.zips.len())
    }
}

/// Areas 000 to 999.
const AREAS: u32 = 1_000;

/// The gazetteer, unpacked and indexed on first use (some 50 ms).
pub fn gazetteer() -> &'static Gazetteer {
    static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(load()));
    &GAZETTEER
}

impl Gazetteer {
    fn new(Loaded { cities, zips, names }: Loaded) -> Self {
        let mut by_city: Vec<(u32, u32)> = zips.iter().map(|zip| zip.city_rank).zip(0..).collect();
        by_city.sort_unstable();
        let first_in = |state| cities.iter().position(|city| city.state == state).map(position);
        let principal = State::all().iter().map(|state| first_in(state).expect("every state has a city")).collect();
        let uncertainty = Uncertainty::new(zips.len());
        let first_from = |area| position(zips.partition_point(|zip| zip.code.area() < area));
        let areas = (0..=AREAS).map(first_from).collect();
        Self { cities, zips, names, uncertainty, by_city, areas, principal }
    }

    /// Every ZIP, by code.
    #[must_use]
    pub fn zips(&self) -> &[Zip] {
        &self.zips
    }

    /// Every city, most populous first; a name that a state has twice is there twice.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// The ZIP with exactly these five digits.
    #[must_use]
    pub fn zip(&self, digits: &str) -> Option<&Zip> {
        self.zip_of(ZipCode::parse(digits)?)
    }

    /// The city of this name (rule P5) in this state; the most populous, where the state has several.
    #[must_use]
    pub fn city_in(&self, state: &State, name: &str) -> Option<&City> {
        let words = Words::of(name);
        self.city_ranked(state, &words, words.all()).map(|rank| self.city(rank))
    }

    pub(super) fn zip_of(&self, code: ZipCode) -> Option<&Zip> {
        self.zip_position(code).map(|at| &self.zips[at])
    }

    /// Among the neighbours of its area: a search through all ZIPs would touch memory all over the table.
    pub(super) fn zip_position(&self, code: ZipCode) -> Option<usize> {
        let area = self.area(code);
        let at = self.zips[area.clone()].binary_search_by_key(&code, |zip| zip.code).ok()?;
        Some(area.start + at)
    }

    /// The positions of the ZIPs that share its first three digits.
    pub(super) fn area(&self, code: ZipCode) -> Range<usize> {
        let area = code.area() as usize;
        self.areas[area] as usize..self.areas[area + 1] as usize
    }

    /// The positions of the ZIPs from `first` to `last`.
    pub(super) fn zips_between(&self, first: ZipCode, last: ZipCode) -> Range<usize> {
        self.zips.partition_point(|zip| zip.code < first)..self.zips.partition_point(|zip| zip.code <= last)
    }

    pub(super) fn city(&self, rank: u32) -> &City {
        &self.cities[rank as usize]
    }

    /// The state's most populous city, which stands for it on the map (rule P8).
    pub(super) fn principal_city(&self, state: &State) -> u32 {
        self.principal[state.index()]
    }

    /// The ZIPs of a city, each with its position.
    pub(super) fn zips_of(&self, rank: u32) -> impl Iterator<Item = (usize, &Zip)> + Clone {
        let first = self.by_city.partition_point(|&(city, _)| city < rank);
        let here = self.by_city[first..].iter().take_while(move |(city, _)| *city == rank);
        here.map(|&(_, zip)| (zip as usize, &self.zips[zip as usize]))
    }

    /// The best city of this name in this state.
    pub(super) fn city_ranked(&self, state: &State, words: &Words, span: Range<usize>) -> Option<u32> {
        let namesakes = self.names.exact(&words.key(span.clone()));
        let mut here = namesakes.iter().copied().filter(|&rank| self.city(rank).state == state);
        let first = here.next()?;
        let Some(second) = here.next() else { return Some(first) };
        Some(self.most_exact(words, span, [first, second].into_iter().chain(here)))
    }

    /// The one whose name is written as asked, else the one that bears the name at all, else one that is only called so;
    /// among equals the most populous.
    pub(super) fn most_exact(&self, words: &Words, span: Range<usize>, ranks: impl Iterator<Item = u32>) -> u32 {
        let (key, spaced) = (words.key(span.clone()), words.spaced(span));
        let mut name = Words::default();
        let mut distance = |rank: u32| {
            name.read(self.city(rank).name);
            match () {
                () if name.spaced(name.all()) == spaced => 0,
                () if name.key(name.all()) == key => 1,
                () => 2,
            }
        };
        ranks.min_by_key(|&rank| (distance(rank), rank)).expect("asked only about names that somebody bears")
    }

    /// Other places of one name, most populous first, each under a label of its own.
    ///
    /// A state's second place of the name has the same label as the first; it is offered by its ZIP, when it has one.
    pub(super) fn others(&self, chosen: u32, ranks: impl Iterator<Item = u32>) -> Vec<PlaceRef> {
        let mut named: Vec<&City> = vec![self.city(chosen)];
        let mut others = Vec::new();
        for rank in ranks.filter(|&rank| rank != chosen) {
            let city = self.city(rank);
            match named.iter().find(|other| is_same_label(other, city)) {
                None => {
                    named.push(city);
                    others.push(PlaceRef::from(city));
                }
                Some(namesake) if roughly(namesake.point, city.point) > NAMESAKE_METRES => {
                    let zips = self.zips_of(rank).map(|(_, zip)| zip);
                    others.extend(zips.max_by_key(|zip| zip.population).map(PlaceRef::from));
                }
                Some(_) => {}
            }
        }
        others
    }
}

/// Nearer than this (25 miles), a second place of the same name gives practically the same answers.
const NAMESAKE_METRES: f64 = 40_000.0;

fn is_same_label(a: &City, b: &City) -> bool {
    a.state == b.state && (a.name == b.name || fold::spaced(a.name) == fold::spaced(b.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(code: &str) -> &'static State {
        State::by_code(code).unwrap()
    }

    #[test]
    fn p6_a_zip_is_found_by_exactly_its_five_digits() {
        let zip = gazetteer().zip("02110").unwrap();
        assert_eq!((zip.label().as_str(), zip.state.code), ("Boston, MA 02110", "MA"));
        for not_a_zip in ["2110", "021100", " 02110", "０２１１０", "1234é", "00000"] {
            assert!(gazetteer().zip(not_a_zip).is_none(), "{not_a_zip}");
        }
    }

    #[test]
    fn a_city_has_its_time_zone_and_the_name_the_map_gives_it() {
        let city = gazetteer().city_in(state("MO"), "saint louis").unwrap();
        assert_eq!((city.name, city.time_zone), ("St. Louis", Some(chrono_tz::America::Chicago)));
        assert_eq!(gazetteer().city_in(state("IL"), "Atlantis"), None);
    }

    #[test]
    fn a_post_office_without_a_city_is_a_city() {
        let (gazetteer, flushing) = (gazetteer(), gazetteer().city_in(state("NY"), "Flushing").unwrap());
        let rank = gazetteer.cities.iter().position(|city| city == flushing).unwrap();
        let zips: Vec<_> = gazetteer.zips_of(super::super::names::position(rank)).map(|(_, zip)| zip).collect();
        assert_eq!(flushing.population, zips.iter().map(|zip| zip.population).sum::<u32>());
        assert!(zips.iter().all(|zip| zip.city == "Flushing" && zip.state == flushing.state) && zips.len() > 1);
    }

    #[test]
    fn the_same_name_twice_in_a_state_is_the_most_populous() {
        let burbank = gazetteer().city_in(state("CA"), "Burbank").unwrap();
        assert_eq!(burbank.population, 105_319);
    }

    #[test]
    fn a_name_written_as_on_the_map_goes_before_one_written_apart() {
        assert_eq!(gazetteer().city_in(state("CA"), "Green Acres").unwrap().name, "Green Acres");
        assert_eq!(gazetteer().city_in(state("CA"), "Greenacres").unwrap().name, "Greenacres");
    }
}
