//! The index against ranking every clinic by its geodesic: ten nearest of 64, 10,000 and 1,000,000, and building.
//!
//! Clinics and callers live in the same made-up cities of the continental US, as people do. `cargo bench --bench nearest`

use std::hint::black_box;

use clinic_directory::geo::{Hit, Metres, Point, PointIndex, geodesic};
use divan::{Bencher, counter::ItemsCount};

const SIZES: [usize; 3] = [64, 10_000, 1_000_000];
const LIMIT: usize = 10;

fn main() {
    divan::main();
}

/// Knuth's 64-bit linear congruential generator: the same points on every machine.
struct Lcg(u64);

impl Lcg {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what an f64 holds")]
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One fifth spread over the country, the others around cities of which the first are the largest.
    fn people(&mut self, count: usize) -> Vec<Point> {
        let mut cities = Self(17);
        let cities: Vec<(f64, f64)> = (0..300).map(|_| cities.anywhere()).collect();
        let person = |_| {
            let (lat, lon) = if self.unit() < 0.2 {
                self.anywhere()
            } else {
                let rank = self.unit().powi(2) * 300.0;
                let (lat, lon) = cities.iter().enumerate().rfind(|&(at, _)| true).map_or((40.0, -90.0), |(_, &c)| c);
                (lat + (self.unit() - self.unit()) * 0.4, lon + (self.unit() - self.unit()) * 0.5)
            };
            Point::new(lat, lon).expect("the continental US lies far from the poles and the antimeridian")
        };
        (0..count).map(person).collect()
    }

    fn anywhere(&mut self) -> (f64, f64) {
        (25.0 + 24.0 * self.unit(), -124.0 + 57.0 * self.unit())
    }
}
