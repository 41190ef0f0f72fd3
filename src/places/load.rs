//! Reading the embedded files: cities first, then the post offices, each attached to its city or a place of its own.
//!
//! The files are ours and were checked when they were made, so a row that cannot be read is a broken build. They are split
//! by hand: the start has to be quick, and they hold nothing that needs more.

use std::collections::HashMap;
use std::io::Read;
use std::iter;

use chrono_tz::Tz;
use flate2::read::GzDecoder;

use super::aliases::ALIASES;
use super::fold::Words;
use super::names::{Names, position};
use super::{City, State, Zip, ZipCode, ZipKind};
use crate::geo::Point;

const CITIES: &[u8] = include_bytes!("../../data/places/us_cities.csv.gz");
const ZIPS: &[u8] = include_bytes!("../../data/places/us_zips.csv.gz");

/// Farther than this from every city of its name, a post office is another place: 40 km is the default search radius, and
/// no city's ZIPs begin beyond it, while the namesakes in one state lie 50 to 900 km apart.
const SAME_PLACE_METRES: f64 = 40_000.0;

/// Everything the gazetteer is made of; cities by population, ZIPs by code.
pub(super) struct Loaded {
    pub cities: Vec<City>,
    pub zips: Vec<Zip>,
    pub names: Names,
}

pub(super) fn load() -> Loaded {
    let mut map = Map::default();
    map.add_cities(&inflate(CITIES));
    map.add_aliases();
    let (zips, post_offices) = read_zips(&inflate(ZIPS));
    map.add_zips(zips, &post_offices);
    map.ranked()
}

/// The text of an embedded file.
pub(super) fn inflate(gz: &[u8]) -> String {
    let mut text = String::with_capacity(gz.len() * 4);
    GzDecoder::new(gz).read_to_string(&mut text).expect("the embedded file is a whole gzip of UTF-8");
    text
}

/// The rows below the header, split into their columns.
fn rows<const N: usize>(text: &str) -> impl Iterator<Item = [&str; N]> {
    text.lines().skip(1).map(columns)
}

/// Commas part columns, except within quotes, which these files have only around whole columns.
pub(super) fn columns<const N: usize>(line: &str) -> [&str; N] {
    let mut rest = line;
    std::array::from_fn(|_| {
        let (column, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').map_or((quoted, ""), |(column, after)| (column, after)),
            None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
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

/// "Village of Oak Creek (Big Park)", "City of Milford (balance)", "Olinda, CDP": what people call them.
fn spoken(name: &str) -> &str {
    let plain = name.split([',', '(']).next().unwrap_or(name).trim_end();
    if name.ends_with("(balance)") { plain.strip_prefix("City of ").unwrap_or(plain) } else { plain }
}

/// All ZIPs of one post-office name in one state.
struct PostOffice {
    name: &'static str,
    state: &'static State,
    zips: Vec<u32>,
}

fn read_zips(text: &str) -> (Vec<Zip>, Vec<PostOffice>) {
    let mut zips = Vec::with_capacity(text.len() / 64);
    let mut offices: Vec<PostOffice> = Vec::new();
    let mut office_of: HashMap<(&str, &str), usize> = HashMap::new();
    for [code, city, in_state, _county, lat, lon, kind, population, _source] in rows(text) {
        let office = *office_of.entry((city, in_state)).or_insert_with(|| {
            offices.push(PostOffice { name: lasting(city), state: state(in_state), zips: Vec::new() });
            offices.len() - 1
        });
        let PostOffice { name, state, zips: of_office } = &mut offices[office];
        of_office.push(position(zips.len()));
        zips.push(Zip {
            code: ZipCode::parse(code).expect("a row's ZIP has five digits"),
            city: name,
            state,
            kind: zip_kind(kind),
            population: population.parse().unwrap_or(0),
            point: point(lat, lon),
            city_rank: 0,
        });
    }
    (zips, offices)
}

fn zip_kind(kind: &str) -> ZipKind {
    match kind {
        "po_box" => ZipKind::PoBox,
        "unique" => ZipKind::Unique,
        _ => ZipKind::Standard,
    }
}

/// The gazetteer in the making: cities by position, and where each name leads.
#[derive(Default)]
struct Map {
    cities: Vec<City>,
    /// Cities by folded name and state; several where a state has the name twice.
    places: HashMap<(String, &'static str), Vec<u32>>,
    zips: Vec<Zip>,
}

impl Map {
    fn add_cities(&mut self, text: &str) {
        let mut words = Words::default();
        let mut zone = ("", None);
        for [_id, full_name, in_state, lat, lon, population, time_zone] in rows(text) {
            if zone.0 != time_zone {
                zone = (time_zone, time_zone.parse::<Tz>().ok());
            }
            let name = spoken(full_name);
            let at = self.add_city(City {
                name: lasting(name),
                state: state(in_state),
                point: point(lat, lon),
                population: population.parse().unwrap_or(0),
                time_zone: zone.1,
            });
            words.read(name);
            self.call(words.key(words.all()), at);
            if name.len() != full_name.len() {
                words.read(full_name);
                self.call(words.key(words.all()), at);
            }
        }
    }

    fn add_city(&mut self, city: City) -> u32 {
        self.cities.push(city);
        position(self.cities.len() - 1)
    }

    fn call(&mut self, key: String, at: u32) {
        let state = self.cities[at as usize].state.code;
        self.places.entry((key, state)).or_default().push(at);
    }

    fn add_aliases(&mut self) {
        for &(alias, in_state, name) in ALIASES {
            let state = state(in_state).code;
            let cities = self.places.get(&(super::fold::key(name), state)).expect("an alias names a city of the file");
            let most_populous = cities[0];
            self.call(super::fold::key(alias), most_populous);
        }
    }

    fn add_zips(&mut self, zips: Vec<Zip>, offices: &[PostOffice]) {
        self.zips = zips;
        let mut words = Words::default();
        for office in offices {
            words.read(office.name);
            let key = words.key(words.all());
            let namesakes = self.places.get(&(key.clone(), office.state.code)).cloned().unwrap_or_default();
            if self.attach(office, &namesakes).is_none() {
                let at = self.add_city(self.of_its_own(office));
                self.call(key, at);
                office.zips.iter().for_each(|&zip| self.zips[zip as usize].city_rank = at);
            }
        }
    }

    /// Gives each ZIP of the office to the nearest city of its name, or none at all when every one is too far.
    fn attach(&mut self, office: &PostOffice, namesakes: &[u32]) -> Option<()> {
        let nearest = |zip: &Zip| {
            let away = |&city: &u32| roughly(zip.point, self.cities[city as usize].point);
            namesakes.iter().copied().min_by(|a, b| away(a).total_cmp(&away(b))).map(|city| (city, away(&city)))
        };
        let of_zips: Vec<(u32, f64)> =
            office.zips.iter().map(|&zip| nearest(&self.zips[zip as usize])).collect::<Option<_>>()?;
        of_zips.iter().any(|&(_, away)| away <= SAME_PLACE_METRES).then_some(())?;
        for (&zip, (city, _)) in iter::zip(&office.zips, of_zips) {
            self.zips[zip as usize].city_rank = city;
        }
        Some(())
    }

    /// A city that only the post office knows: the sum of its ZIPs, at their mean by residents.
    fn of_its_own(&self, office: &PostOffice) -> City {
        let zips = || office.zips.iter().map(|&zip| &self.zips[zip as usize]);
        City {
            name: office.name,
            state: office.state,
            point: mean(zips()).expect("a post office exists by its ZIPs"),
            population: zips().map(|zip| zip.population).sum(),
            time_zone: None,
        }
    }

    /// Orders the cities by population, on which every "most populous first" then rests.
    fn ranked(self) -> Loaded {
        let Self { cities, places, mut zips } = self;
        let mut order: Vec<u32> = (0..position(cities.len())).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(cities[at as usize].population));
        let mut rank = vec![0; cities.len()];
        (0..).zip(&order).for_each(|(place, &at)| rank[at as usize] = place);
        zips.iter_mut().for_each(|zip| zip.city_rank = rank[zip.city_rank as usize]);
        let entries = places.into_iter().flat_map(|((key, _), at)| at.into_iter().map(move |at| (key.clone(), at)));
        let names = Names::build(entries.map(|(key, at)| (key, rank[at as usize])).collect());
        let cities = order.iter().map(|&at| cities[at as usize].clone()).collect();
        Loaded { cities, zips, names }
    }
}

/// The mean position by residents, or of the points alike where nobody is known to live. No such group of ZIPs crosses
/// the antimeridian.
pub(super) fn mean<'a>(zips: impl Iterator<Item = &'a Zip> + Clone) -> Option<Point> {
    let anybody = zips.clone().any(|zip| zip.population > 0);
    let (mut lat, mut lon, mut total) = (0.0, 0.0, 0.0);
    for zip in zips {
        let weight = if anybody { f64::from(zip.population) } else { 1.0 };
        lat += weight * zip.point.lat();
        lon += weight * zip.point.lon();
        total += weight;
    }
    Point::new(lat / total, lon / total).ok()
}

/// Flat-earth metres, good to a percent over the size of a county and cheap enough for every ZIP at the start.
pub(super) fn roughly(a: Point, b: Point) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    let east = (a.lon() - b.lon()) * a.lat().to_radians().cos();
    METRES_PER_DEGREE * (a.lat() - b.lat()).hypot(east)
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
