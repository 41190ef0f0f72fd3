//! Reading the embedded files: cities, then ZIPs.
//!
//! The files are ours and were checked when they were made, so a row that cannot be read is a broken build. They are split
//! by hand: the start has to be quick, and they hold nothing that needs more.

use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;

use super::aliases::ALIASES;
use super::merge::{Loaded, Merge};
use super::{City, State, Zip, ZipCode, ZipKind};
use crate::geo::Point;

const CITIES: &[u8] = include_bytes!("../../data/places/us_cities.csv.gz");
const ZIPS: &[u8] = include_bytes!("../../data/places/us_zips.csv.gz");

/// Unpacks and merges everything.
pub(super) fn load() -> Loaded {
    let mut merge = Merge::new();
    each_row(CITIES, |row| add_city(&mut merge, row));
    for &(alias, in_state, name) in ALIASES {
        merge.call_also(alias, state(in_state), name);
    }
    let mut city = "";
    each_row(ZIPS, |row| {
        let zip = read_zip(row, city);
        city = zip.city;
        merge.add_zip(zip);
    });
    merge.finish()
}

/// Streams an embedded file, row by row, split into columns: the whole text would be memory for a moment's use.
pub(super) fn each_row<const N: usize>(gz: &[u8], mut read: impl FnMut([&str; N])) {
    let mut text = BufReader::with_capacity(1 << 16, GzDecoder::new(gz));
    let mut line = String::new();
    let mut is_header = true;
    while text.read_line(&mut line).expect("the embedded file is a whole gzip of UTF-8") > 0 {
        if !is_header {
            read(columns(line.trim_end()));
        }
        is_header = false;
        line.clear();
    }
}

/// Commas part columns, except within quotes, which these files have only around whole columns.
pub(super) fn columns<const N: usize>(line: &str) -> [&str; N] {
    let mut rest = line;
    std::array::from_fn(|_| {
        let (column, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.bytes().position(|byte| byte == b',').unwrap_or(rest.len())),
        };
        rest = after.strip_prefix(',').unwrap_or(after);
        column
    })
}

fn point(lat: &str, lon: &str) -> Point {
    let degrees = |text: &str| text.parse().expect("a coordinate is a number");
    Point::new(degrees(lat), degrees(lon)).expect("a coordinate is on the globe")
}

fn state(code: &str) -> &'static State {
    State::by_code(code).expect("a row's state is one of the 56")
}

/// Names live as long as the program, like the gazetteer itself.
fn lasting(name: &str) -> &'static str {
    Box::leak(name.into())
}

fn add_city(merge: &mut Merge, [_id, full_name, in_state, lat, lon, population, time_zone]: [&str; 7]) {
    let name = spoken(full_name);
    let city = merge.add_city(City {
        name: lasting(name),
        state: state(in_state),
        point: point(lat, lon),
        population: population.parse().unwrap_or(0),
        time_zone: time_zone.parse().ok(),
    });
    if name.len() != full_name.len() {
        merge.call_city(full_name, city);
    }
    // People say "Bronx" and "the Woodlands" as they please.
    if let Some(bare) = name.strip_prefix("The ") {
        merge.call_city(bare, city);
    }
}

/// "Village of Oak Creek (Big Park)", "City of Milford (balance)", "Olinda, CDP": what people call them.
fn spoken(name: &str) -> &str {
    let plain = name.split([',', '(']).next().unwrap_or(name).trim_end();
    if name.ends_with("(balance)") { plain.strip_prefix("City of ").unwrap_or(plain) } else { plain }
}

/// Neighbouring ZIPs share their post office more often than not, and then its name.
fn read_zip([code, city, in_state, _, lat, lon, kind, population, _]: [&str; 9], last_city: &'static str) -> Zip {
    Zip {
        code: ZipCode::parse(code).expect("a row's ZIP has five digits"),
        city: if city == last_city { last_city } else { lasting(city) },
        state: state(in_state),
        kind: zip_kind(kind),
        population: population.parse().unwrap_or(0),
        point: point(lat, lon),
        city_rank: 0,
    }
}

fn zip_kind(kind: &str) -> ZipKind {
    match kind {
        "po_box" => ZipKind::PoBox,
        "unique" => ZipKind::Unique,
        _ => ZipKind::Standard,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_comma_stays_in_its_column() {
        assert_eq!(columns("8,\"Olinda, CDP\",HI,,"), ["8", "Olinda, CDP", "HI", "", ""]);
        assert_eq!(columns("a,b"), ["a", "b", ""]);
    }

    #[test]
    fn names_lose_what_nobody_says() {
        assert_eq!(spoken("City of Milford (balance)"), "Milford");
        assert_eq!(spoken("City of Industry"), "City of Industry");
        assert_eq!(spoken("Olinda, CDP"), "Olinda");
        assert_eq!(spoken("Coeur d'Alene"), "Coeur d'Alene");
    }

    #[test]
    fn cities_come_most_populous_first_and_zips_by_code() {
        let Loaded { cities, zips, names } = load();
        assert!(cities.is_sorted_by(|a, b| a.population >= b.population));
        assert!(zips.is_sorted_by(|a, b| a.code < b.code));
        assert_eq!(zips.len(), 41_194);
        assert_eq!(cities[names.exact("nyc")[0] as usize].name, "New York City");
        for zip in &zips {
            assert_eq!(cities[zip.city_rank as usize].state, zip.state, "{}", zip.code);
        }
    }

    #[test]
    fn every_key_is_plain_ascii() {
        let Loaded { cities, .. } = load();
        for city in &cities {
            assert!(super::super::fold::key(city.name).bytes().all(|b| b.is_ascii_alphanumeric()), "{}", city.name);
        }
    }
}
