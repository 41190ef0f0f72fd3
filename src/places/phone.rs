//! Where a phone number was given out (rule P9): a hint to confirm, because numbers move with their owners.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use super::load::columns;
use super::names::position;
use super::{Gazetteer, PlaceKind, State};
use crate::geo::Point;

const PREFIXES: &[u8] = include_bytes!("../../data/places/nanp_prefix.csv.gz");

/// Area codes that belong to nowhere.
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

const NATIONAL_DIGITS: usize = 10;
const LONGEST_PREFIX: usize = 6;
const SHORTEST_PREFIX: usize = 3;

/// A place suggested by a phone number; always to be confirmed with the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct PhonePlace {
    pub label: String,
    /// A city or a state.
    pub kind: PlaceKind,
    pub state: &'static State,
    /// The city's, or for a state its most populous city's.
    pub point: Point,
}

/// The prefixes in order, each with where its row begins; a megabyte that only the console needs.
struct Prefixes {
    text: String,
    rows: Vec<(u32, u32)>,
}

/// The text of the embedded file.
fn inflate(gz: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(gz).read_to_string(&mut text).expect("the embedded file is a whole gzip of UTF-8");
    text
}

static TABLE: LazyLock<Prefixes> = LazyLock::new(|| {
    let text = inflate(PREFIXES);
    let start = |line: &str| position(line.as_ptr() as usize - text.as_ptr() as usize);
    let row = |line: &str| Some((line.split(',').next()?.parse().ok()?, start(line)));
    let mut rows: Vec<(u32, u32)> = text.lines().skip(1).filter_map(row).collect();
    rows.sort_unstable();
    Prefixes { text, rows }
});

impl Gazetteer {
    /// The city or state where the longest known prefix of a North American number was given out.
    ///
    /// Takes ten digits, with or without `+1` before and punctuation between. `None` for toll-free, foreign and
    /// incomplete numbers.
    #[must_use]
    pub fn place_of_phone(&self, number: &str) -> Option<PhonePlace> {
        let digits = national_digits(number)?;
        if TOLL_FREE.contains(&&digits[..SHORTEST_PREFIX]) {
            return None;
        }
        let (city, state, point) =
            (SHORTEST_PREFIX..=LONGEST_PREFIX).rev().find_map(|length| row(&digits[..length]))?;
        Some(self.phone_city(city, state, point).unwrap_or_else(|| self.phone_state(state)))
    }

    /// The city of the row as the gazetteer knows it, for the same label everywhere; else where the row puts it. Rows may
    /// name a district before a comma, or a township by its full title.
    fn phone_city(&self, name: &str, state: &'static State, point: Option<Point>) -> Option<PhonePlace> {
        let town = name.rsplit(',').next().map(str::trim).filter(|town| !town.is_empty())?;
        let shorter = town.strip_suffix(" Township").map(|town| town.strip_suffix(" Charter").unwrap_or(town));
        let (label, point) = match self.city_in(state, town).or_else(|| self.city_in(state, shorter?)) {
            Some(city) => (city.label(), city.point),
            None => (format!("{town}, {}", state.code), point?),
        };
        Some(PhonePlace { label, kind: PlaceKind::City, state, point })
    }

    fn phone_state(&self, state: &'static State) -> PhonePlace {
        let place = self.state_ref(state);
        PhonePlace { label: place.label, kind: place.kind, state, point: place.point }
    }
}

/// City, state and point of exactly this prefix.
fn row(prefix: &str) -> Option<(&'static str, &'static State, Option<Point>)> {
    let table = &*TABLE;
    let wanted: u32 = prefix.parse().ok()?;
    let found = table.rows.binary_search_by_key(&wanted, |&(prefix, _)| prefix).ok()?;
    let rest = &table.text[table.rows[found].1 as usize..];
    let [_, city, state, lat, lon] = columns(rest.lines().next()?);
    let point = lat.parse().ok().zip(lon.parse().ok()).and_then(|(lat, lon)| Point::new(lat, lon).ok());
    Some((city, State::by_code(state)?, point))
}

/// The ten digits behind the country code.
fn national_digits(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let national = match digits.strip_prefix('1') {
        Some(national) if national.len() == NATIONAL_DIGITS => national,
        _ if number.trim_start().starts_with('+') => return None,
        _ => &digits,
    };
    (national.len() == NATIONAL_DIGITS).then(|| national.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer;
    use super::*;

    fn label(number: &str) -> Option<String> {
        gazetteer().place_of_phone(number).map(|place| place.label)
    }

    #[test]
    fn p9_the_longest_prefix_decides() {
        assert_eq!(label("2012005555").as_deref(), Some("Jersey City, NJ"));
        assert_eq!(label("2019995555").as_deref(), Some("New Jersey"), "only the area code is known");
        for written in ["+12012005555", "12012005555", "(201) 200-5555", "201.200.5555", "+1 201 200 5555"] {
            assert_eq!(label(written).as_deref(), Some("Jersey City, NJ"), "{written}");
        }
    }

    #[test]
    fn p9_toll_free_foreign_and_incomplete_numbers_are_nowhere() {
        for area in TOLL_FREE {
            assert_eq!(label(&format!("+1{area}5550123")), None, "{area}");
        }
        for number in
            ["", "201", "201200555", "+442012005555", "+2012005555", "+1201200555", "22012005555", "4165550123", "junk"]
        {
            assert_eq!(label(number), None, "{number}");
        }
    }

    #[test]
    fn p9_a_city_without_a_point_is_found_by_name_or_becomes_its_state() {
        assert_eq!(label("2016315555").as_deref(), Some("New York City, NY"));
        assert_eq!(label("2012885555").as_deref(), Some("Hasbrouck Heights, NJ"));
        assert_eq!(label("8012575555").as_deref(), Some("Salt Lake City, UT"));
    }

    #[test]
    fn p9_every_prefix_of_the_table_leads_to_its_state() {
        let mut cities = 0;
        for &(prefix, start) in &TABLE.rows {
            let [_, city, state, ..]: [&str; 5] = columns(TABLE.text[start as usize..].lines().next().unwrap());
            let place = gazetteer().place_of_phone(&format!("{prefix:0<10}"));
            let Some(place) = place else { panic!("{prefix} is nowhere") };
            assert_eq!(place.state.code, state, "{prefix}");
            cities += usize::from(place.kind == PlaceKind::City && !city.is_empty());
        }
        assert_eq!(TABLE.rows.len(), 29_698);
        assert!(cities > 28_500, "only {cities} prefixes lead to a city");
    }
}
