//! The ten nearest of 64, 10,000 and 1,000,000 clinics: the index against measuring every clinic, and building it.
//!
//! Clinics and callers live around the same made-up cities of the continental US. Run `cargo bench --bench nearest`.

use clinic_directory::geo::{Hit, Metres, Point, PointIndex, geodesic};
use divan::Bencher;
use divan::counter::ItemsCount;

const SIZES: [usize; 3] = [64, 10_000, 1_000_000];
const LIMIT: usize = 10;
/// Callers asked in one sample of the index; enough of them that the caches hold what they would hold in service.
const CALLERS: usize = 10_000;
const CITIES: usize = 300;

fn main() {
    divan::main();
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn index(bencher: Bencher, clinics: usize) {
    let index = PointIndex::build(&Lcg(1).people(clinics));
    let callers = Lcg(2).people(CALLERS);
    let ask = |&from| index.nearest(from, LIMIT, Metres(f64::INFINITY), |_| true, |a, b| a.cmp(&b));
    bencher
        .counter(ItemsCount::new(CALLERS))
        .bench_local(|| callers.iter().map(ask).map(|hits| hits.len()).sum::<usize>());
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn brute_force(bencher: Bencher, clinics: usize) {
    let points = Lcg(1).people(clinics);
    let from = Lcg(2).people(1)[0];
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| measure_all(&points, from));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn build(bencher: Bencher, clinics: usize) {
    let points = Lcg(1).people(clinics);
    bencher.counter(ItemsCount::new(clinics)).bench_local(|| PointIndex::build(&points));
}

/// Selects before it sorts, so that the geodesic is nearly all it costs.
fn measure_all(points: &[Point], from: Point) -> Vec<Hit> {
    let mut hits: Vec<Hit> = (0..).zip(points).map(|(id, &to)| Hit { id, distance: geodesic(from, to) }).collect();
    let order = |a: &Hit, b: &Hit| a.distance.0.total_cmp(&b.distance.0).then(a.id.cmp(&b.id));
    hits.select_nth_unstable_by(LIMIT - 1, order);
    hits.truncate(LIMIT);
    hits.sort_by(order);
    hits
}

/// Knuth's 64-bit linear congruential generator: the same points on every machine.
struct Lcg(u64);

impl Lcg {
    /// From 0 inclusive to 1 exclusive.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).expect("32 bits are left")) / 2_f64.powi(32)
    }

    /// Anywhere in the country, in degrees.
    fn anywhere(&mut self) -> (f64, f64) {
        (25.0 + 24.0 * self.unit(), -124.0 + 57.0 * self.unit())
    }

    /// A fifth of them live anywhere, the others around the cities, most around the first ones.
    fn people(&mut self, count: usize) -> Vec<Point> {
        let mut map = Self(17);
        let cities: Vec<(f64, f64)> = (0..CITIES).map(|_| map.anywhere()).collect();
        (0..count).map(|_| self.person(&cities)).collect()
    }

    fn person(&mut self, cities: &[(f64, f64)]) -> Point {
        let (lat, lon) = if self.unit() < 0.2 { self.anywhere() } else { self.around(cities) };
        Point::new(lat, lon).expect("the continental US lies far from the poles and the antimeridian")
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "below 300"
    )]
    fn around(&mut self, cities: &[(f64, f64)]) -> (f64, f64) {
        let (lat, lon) = cities[(self.unit().powi(2) * cities.len() as f64) as usize];
        (lat + 0.4 * (self.unit() - self.unit()), lon + 0.5 * (self.unit() - self.unit()))
    }
}
