//! Two lists of places made one: each post office is the city of its name nearby, or else a city of its own.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::iter;

use super::fold::Words;
use super::names::{Names, position};
use super::{City, State, Zip};
use crate::geo::Point;

/// Farther than this from every city of its name (25 miles, the default search radius), a post office is another place:
/// the namesakes that a state has lie 50 to 900 km apart.
const SAME_PLACE_METRES: f64 = 40_000.0;

/// Everything the gazetteer is made of; cities by population, ZIPs by code.
pub(super) struct Loaded {
    pub cities: Vec<City>,
    pub zips: Vec<Zip>,
    pub names: Names,
}

/// The gazetteer in the making; cities are known by the order they came in.
#[derive(Default)]
pub(super) struct Merge {
    cities: Vec<City>,
    zips: Vec<Zip>,
    slots: Vec<Slot>,
    /// The slot of each folded name and state code.
    by_name: HashMap<String, u32, BuildHasherDefault<Fnv>>,
    words: Words,
}

/// What one name means in one state: mostly one city, sometimes two, and the ZIPs that its post office serves.
#[derive(Default)]
struct Slot {
    cities: Vec<u32>,
    zips: Vec<u32>,
}

impl Merge {
    /// Adds a city under its own name and returns its position.
    pub(super) fn add_city(&mut self, city: City) -> u32 {
        let at = position(self.cities.len());
        let name = city.name;
        self.cities.push(city);
        self.call(name, at);
        at
    }

    /// Gives a city one more name.
    pub(super) fn call(&mut self, name: &str, city: u32) {
        let mut words = std::mem::take(&mut self.words);
        words.read(name);
        let slot = self.slot(&words, self.cities[city as usize].state);
        self.slots[slot as usize].cities.push(city);
        self.words = words;
    }

    /// Gives the most populous city of this name one more.
    pub(super) fn call_also(&mut self, alias: &str, state: &State, name: &str) {
        let slot = self.slot(&Words::of(name), state);
        let cities = self.slots[slot as usize].cities.iter().copied();
        let most_populous = cities.max_by_key(|&city| self.cities[city as usize].population);
        self.call(alias, most_populous.expect("an alias stands for a city of the file"));
    }

    /// Where the cities and ZIPs of this name in this state are gathered.
    pub(super) fn slot(&mut self, name: &Words, state: &State) -> u32 {
        let mut key = name.key(name.all());
        key.push_str(state.code);
        *self.by_name.entry(key).or_insert_with(|| {
            self.slots.push(Slot::default());
            position(self.slots.len() - 1)
        })
    }

    /// Adds a ZIP, by code, to the post office of this slot.
    pub(super) fn add_zip(&mut self, zip: Zip, slot: u32) {
        self.slots[slot as usize].zips.push(position(self.zips.len()));
        self.zips.push(zip);
    }

    /// Attaches the post offices and orders the cities by population, on which every "most populous first" rests.
    pub(super) fn finish(mut self) -> Loaded {
        let mut slots = std::mem::take(&mut self.slots);
        for slot in slots.iter_mut().filter(|slot| !slot.zips.is_empty()) {
            if !self.attach(slot) {
                self.found(slot);
            }
        }
        let Self { cities, mut zips, by_name, .. } = self;
        let (order, rank) = by_population(&cities);
        zips.iter_mut().for_each(|zip| zip.city_rank = rank[zip.city_rank as usize]);
        let mut entries = Vec::with_capacity(by_name.len());
        for (mut key, slot) in by_name {
            key.truncate(key.len() - STATE_CODE_LEN);
            let (last, others) = slots[slot as usize].cities.split_last().expect("a name means a city");
            entries.extend(others.iter().map(|&city| (key.clone(), rank[city as usize])));
            entries.push((key, rank[*last as usize]));
        }
        let cities = order.iter().map(|&at| cities[at as usize].clone()).collect();
        Loaded { cities, zips, names: Names::build(entries) }
    }

    /// Gives each ZIP of the slot to the nearest of its cities, unless none of them is near any of the ZIPs.
    fn attach(&mut self, slot: &Slot) -> bool {
        let nearest = |zip: &u32| {
            let from = self.zips[*zip as usize].point;
            let away = slot.cities.iter().map(|&city| (city, roughly(from, self.cities[city as usize].point)));
            away.min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let Some(of_zips) = slot.zips.iter().map(nearest).collect::<Option<Vec<(u32, f64)>>>() else { return false };
        let is_same_place = of_zips.iter().any(|&(_, away)| away <= SAME_PLACE_METRES);
        if is_same_place {
            for (&zip, (city, _)) in iter::zip(&slot.zips, of_zips) {
                self.zips[zip as usize].city_rank = city;
            }
        }
        is_same_place
    }

    /// Makes a city of a name that only the post office knows: the sum of its ZIPs, at their mean.
    fn found(&mut self, slot: &mut Slot) {
        let at = position(self.cities.len());
        let zips = || slot.zips.iter().map(|&zip| &self.zips[zip as usize]);
        let first = &self.zips[slot.zips[0] as usize];
        let city = City {
            name: first.city,
            state: first.state,
            point: mean(zips()).expect("a post office has a ZIP"),
            population: zips().map(|zip| zip.population).sum(),
            time_zone: None,
        };
        self.cities.push(city);
        slot.cities.push(at);
        slot.zips.iter().for_each(|&zip| self.zips[zip as usize].city_rank = at);
    }
}

const STATE_CODE_LEN: usize = 2;

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

/// FNV-1a: the standard library's hash guards against strangers' keys, and these are our own, 60,000 at every start.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        const PRIME: u64 = 0x0100_0000_01b3;
        self.0 = bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    }

    fn finish(&self) -> u64 {
        self.0
    }
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
        let mut merge = Merge::default();
        cities.iter().for_each(|city| {
            merge.add_city(city.clone());
        });
        for zip in zips {
            let slot = merge.slot(&Words::of(zip.city), zip.state);
            merge.add_zip(zip.clone(), slot);
        }
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
