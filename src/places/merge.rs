//! Two lists of places made one: each post office is the city of its name nearby, or else a city of its own.
//!
//! Everything that bears a name is sorted by it once; that brings cities and post offices together, and is the order in
//! which [`Names`] wants them. No name has an allocation of its own: this is most of what the start costs.

use std::iter;
use std::ops::Range;

use super::fold::Words;
use super::names::{Names, position};
use super::{City, State, Zip};
use crate::geo::Point;

/// Farther than this from every city of its name (25 miles, the default search radius), a post office is another place:
/// the namesakes that a state has lie 50 to 900 km apart.
const SAME_PLACE_METRES: f64 = 40_000.0;

/// What the files hold, with some room, so that nothing grows on the way.
const MOST_CITIES: usize = 40_000;
const MOST_ZIPS: usize = 42_000;
const MOST_CALLED: usize = 80_000;
const LETTERS_PER_NAME: usize = 12;

/// Everything the gazetteer is made of; cities by population, ZIPs by code.
pub(super) struct Loaded {
    pub cities: Vec<City>,
    pub zips: Vec<Zip>,
    pub names: Names,
}

/// The gazetteer in the making; cities are known by the order they came in.
pub(super) struct Merge {
    cities: Vec<City>,
    zips: Vec<Zip>,
    /// All keys, one after the other.
    keys: String,
    called: Vec<Called>,
    words: Words,
}

/// Something that bears a name in a state.
#[derive(Clone, Copy)]
struct Called {
    /// The first eight letters as a number, which decides most comparisons without a look at the key.
    beginning: u64,
    key: (u32, u32),
    state: &'static State,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    City(u32),
    /// ZIPs from one position to another that share a post office.
    Zips(u32, u32),
}

impl Merge {
    pub(super) fn new() -> Self {
        Self {
            cities: Vec::with_capacity(MOST_CITIES),
            zips: Vec::with_capacity(MOST_ZIPS),
            keys: String::with_capacity(MOST_CALLED * LETTERS_PER_NAME),
            called: Vec::with_capacity(MOST_CALLED),
            words: Words::default(),
        }
    }

    /// Adds a city under its own name and returns its position.
    pub(super) fn add_city(&mut self, city: City) -> u32 {
        let at = position(self.cities.len());
        self.call(city.name, city.state, What::City(at));
        self.cities.push(city);
        at
    }

    /// Gives a city one more name.
    pub(super) fn call_city(&mut self, name: &str, city: u32) {
        self.call(name, self.cities[city as usize].state, What::City(city));
    }

    /// Gives the most populous city of this name one more.
    pub(super) fn call_also(&mut self, alias: &str, state: &'static State, name: &str) {
        let key = super::fold::key(name);
        let of_name = self.called.iter().filter(|called| called.state == state && self.key(called) == key);
        let cities = of_name.filter_map(|called| if let What::City(city) = called.what { Some(city) } else { None });
        let most_populous = cities.max_by_key(|&city| self.cities[city as usize].population);
        self.call_city(alias, most_populous.expect("an alias stands for a city of the file"));
    }

    /// Adds a ZIP; they come by code.
    pub(super) fn add_zip(&mut self, zip: Zip) {
        let at = position(self.zips.len());
        match (self.called.last_mut(), self.zips.last()) {
            (Some(Called { what: What::Zips(_, end), .. }), Some(last))
                if last.city == zip.city && last.state == zip.state =>
            {
                *end = at + 1;
            }
            _ => self.call(zip.city, zip.state, What::Zips(at, at + 1)),
        }
        self.zips.push(zip);
    }

    fn call(&mut self, name: &str, state: &'static State, what: What) {
        let start = self.keys.len();
        self.words.read(name);
        self.words.push_key(self.words.all(), &mut self.keys);
        let beginning = beginning(&self.keys.as_bytes()[start..]);
        self.called.push(Called { beginning, key: (position(start), position(self.keys.len())), state, what });
    }

    fn key(&self, called: &Called) -> &str {
        &self.keys[called.key.0 as usize..called.key.1 as usize]
    }

    /// Attaches the post offices and orders the cities by population, on which every "most populous first" rests.
    pub(super) fn finish(mut self) -> Loaded {
        let mut called = std::mem::take(&mut self.called);
        let by_name = |called: &Called| (called.beginning, self.key(called), called.state.code);
        called.sort_unstable_by(|a, b| by_name(a).cmp(&by_name(b)));
        let mut entries = Vec::with_capacity(called.len());
        let named: Vec<_> = called.chunk_by(|a, b| a.state == b.state && self.keys_equal(a, b)).collect();
        for namesakes in named {
            let cities = self.cities_of(namesakes);
            entries.extend(cities.into_iter().map(|city| (namesakes[0].key, city)));
        }
        let Self { cities, mut zips, keys, .. } = self;
        let (order, rank) = by_population(&cities);
        zips.iter_mut().for_each(|zip| zip.city_rank = rank[zip.city_rank as usize]);
        let ranked =
            entries.iter().map(|&((start, end), city)| (&keys[start as usize..end as usize], rank[city as usize]));
        let names = Names::build(ranked);
        Loaded { cities: order.iter().map(|&at| cities[at as usize].clone()).collect(), zips, names }
    }

    fn keys_equal(&self, a: &Called, b: &Called) -> bool {
        a.beginning == b.beginning && self.key(a) == self.key(b)
    }

    /// The cities that one name means in one state, once their ZIPs are attached to them.
    fn cities_of(&mut self, namesakes: &[Called]) -> Vec<u32> {
        let mut cities = Vec::new();
        let mut zips: Vec<Range<u32>> = Vec::new();
        for called in namesakes {
            match called.what {
                What::City(city) => cities.push(city),
                What::Zips(start, end) => zips.push(start..end),
            }
        }
        let zips = || zips.iter().cloned().flatten();
        if zips().next().is_some() && !self.attach(&cities, zips()) {
            cities.push(self.found(zips()));
        }
        cities
    }

    /// Gives each ZIP to the nearest of the cities, unless none of them is near any of the ZIPs.
    fn attach(&mut self, cities: &[u32], zips: impl Iterator<Item = u32> + Clone) -> bool {
        let nearest = |zip: u32| {
            let from = self.zips[zip as usize].point;
            let away = cities.iter().map(|&city| (city, roughly(from, self.cities[city as usize].point)));
            away.min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let Some(of_zips) = zips.clone().map(nearest).collect::<Option<Vec<(u32, f64)>>>() else { return false };
        let is_same_place = of_zips.iter().any(|&(_, away)| away <= SAME_PLACE_METRES);
        if is_same_place {
            iter::zip(zips, of_zips).for_each(|(zip, (city, _))| self.zips[zip as usize].city_rank = city);
        }
        is_same_place
    }

    /// Makes a city of a name that only the post office knows: the sum of its ZIPs, at their mean.
    fn found(&mut self, zips: impl Iterator<Item = u32> + Clone) -> u32 {
        let at = position(self.cities.len());
        let all = || zips.clone().map(|zip| &self.zips[zip as usize]);
        let Zip { city: name, state, .. } = *all().next().expect("a post office has a ZIP");
        let point = mean(all()).expect("the mean of places on the globe is on it");
        let population = all().map(|zip| zip.population).sum();
        self.cities.push(City { name, state, point, population, time_zone: None });
        zips.for_each(|zip| self.zips[zip as usize].city_rank = at);
        at
    }
}

fn beginning(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    iter::zip(&mut first, key).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(first)
}

/// The cities in their order, and the place of each in it.
fn by_population(cities: &[City]) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<(u32, u32)> = cities.iter().map(|city| u32::MAX - city.population).zip(0..).collect();
    order.sort_unstable();
    let order: Vec<u32> = order.into_iter().map(|(_, at)| at).collect();
    let mut rank = vec![0; order.len()];
    (0..).zip(&order).for_each(|(place, &at)| rank[at as usize] = place);
    (order, rank)
}

/// The mean position by residents, or of the points alike where nobody is known to live. No group of ZIPs that share a
/// name or three digits crosses the antimeridian.
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
    use super::super::{ZipCode, ZipKind};
    use super::*;

    fn state() -> &'static State {
        State::by_code("PA").unwrap()
    }

    fn city(name: &'static str, lat: f64, population: u32) -> City {
        City { name, state: state(), point: Point::new(lat, -75.0).unwrap(), population, time_zone: None }
    }

    fn zip(code: &str, city: &'static str, lat: f64, population: u32) -> Zip {
        let (code, point) = (ZipCode::parse(code).unwrap(), Point::new(lat, -75.0).unwrap());
        Zip { code, city, state: state(), kind: ZipKind::Standard, population, point, city_rank: 0 }
    }

    fn merged(cities: &[City], zips: &[Zip]) -> Loaded {
        let mut merge = Merge::new();
        cities.iter().for_each(|city| drop(merge.add_city(city.clone())));
        zips.iter().for_each(|zip| merge.add_zip(zip.clone()));
        merge.finish()
    }

    #[test]
    fn a_post_office_belongs_to_the_city_of_its_name_nearby() {
        let Loaded { cities, zips, names } =
            merged(&[city("O'Hara", 40.0, 5), city("Other", 41.0, 9)], &[zip("15001", "O Hara", 40.1, 7)]);
        assert_eq!(cities.len(), 2);
        assert_eq!(cities[zips[0].city_rank as usize].name, "O'Hara");
        assert_eq!(names.exact("ohara"), [1]);
    }

    #[test]
    fn a_post_office_far_from_its_namesakes_is_a_city_of_its_own() {
        let Loaded { cities, zips, names } = merged(
            &[city("Milford", 40.0, 100)],
            &[zip("15001", "Milford", 41.5, 300), zip("15002", "Milford", 41.9, 100), zip("15003", "Only", 41.0, 0)],
        );
        assert_eq!(names.exact("milford"), [0, 1], "most populous first");
        assert_eq!((cities[0].population, cities[0].point.lat()), (400, 41.6), "at the mean by residents");
        assert_eq!(zips[0].city_rank, 0);
        assert_eq!(names.exact("only"), [2]);
        assert_eq!(cities[2].point, zips[2].point);
    }

    #[test]
    fn zips_go_to_the_nearer_of_two_namesakes() {
        let Loaded { cities, zips, .. } = merged(
            &[city("Salem", 40.0, 100), city("Salem", 42.0, 50)],
            &[zip("15001", "Salem", 40.1, 1), zip("15002", "Salem", 41.9, 1)],
        );
        assert_eq!(zips.iter().map(|zip| cities[zip.city_rank as usize].population).collect::<Vec<_>>(), [100, 50]);
    }
}
