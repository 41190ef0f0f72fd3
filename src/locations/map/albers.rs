//! The equal-area conic projection of Albers, the customary one for the United States, on a sphere: a map of a thousand
//! units shows nothing of the ellipsoid.
//!
//! Formulas 14-1 to 14-6 of J. P. Snyder, Map Projections: A Working Manual, U.S. Geological Survey Professional Paper 1395
//! (1987), pages 98-103. The origin's latitude is left out: frames put the plane where they need it.

/// Longitude and latitude in degrees, as outlines have them.
pub type Corner = [f64; 2];

/// A cone that cuts the globe at two parallels and is rolled out around a meridian.
#[derive(Clone, Copy, Debug)]
pub struct Conic {
    meridian: f64,
    /// Snyder's n: how much narrower an angle is on the cone than on the globe.
    n: f64,
    /// Snyder's C.
    c: f64,
}

impl Conic {
    /// The parallels must not mirror each other about the equator: that would be no cone.
    #[must_use]
    pub fn new([first, second]: [f64; 2], meridian: f64) -> Self {
        let (sin, cos) = first.to_radians().sin_cos();
        let n = f64::midpoint(sin, second.to_radians().sin());
        Self { meridian, n, c: cos * cos + 2.0 * n * sin }
    }

    /// Radii of the globe to the east of the meridian, and to the north of an origin that is the cone's own.
    #[must_use]
    pub fn place(&self, [lon, lat]: Corner) -> [f64; 2] {
        let rho = (self.c - 2.0 * self.n * lat.to_radians().sin()).max(0.0).sqrt() / self.n;
        // The short way round: the Aleutians lie on both sides of the antimeridian.
        let east = (lon - self.meridian + 540.0).rem_euclid(360.0) - 180.0;
        let (sin, cos) = (self.n * east.to_radians()).sin_cos();
        [rho * sin, -rho * cos]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Formulas 14-8 to 14-11.
    fn back(conic: &Conic, [x, y]: [f64; 2]) -> Corner {
        let side = conic.n.signum();
        let rho = x.hypot(y);
        let theta = (side * x).atan2(side * -y);
        let sin = (conic.c - (rho * conic.n).powi(2)) / (2.0 * conic.n);
        [conic.meridian + (theta / conic.n).to_degrees(), sin.asin().to_degrees()]
    }

    #[test]
    fn snyders_own_example_comes_out() {
        let conic = Conic::new([29.5, 45.5], -96.0);
        let (origin, [x, y]) = (conic.place([-96.0, 23.0]), conic.place([-75.0, 35.0]));
        // Page 291.
        assert!((x - 0.295_272_0).abs() < 1e-7, "{x}");
        assert!((y - origin[1] - 0.241_677_4).abs() < 1e-7, "{}", y - origin[1]);
    }

    proptest! {
        #[test]
        fn every_place_comes_back(
            parallels in prop_oneof![Just([29.5, 45.5]), Just([55.0, 65.0]), Just([-15.0, -13.0])],
            meridian in -180.0..180.0_f64, east in -90.0..90.0_f64, lat in -80.0..80.0_f64,
        ) {
            let conic = Conic::new(parallels, meridian);
            let [lon, lat_back] = back(&conic, conic.place([meridian + east, lat]));
            prop_assert!((lon - meridian - east).abs() < 1e-6, "{lon}");
            prop_assert!((lat_back - lat).abs() < 1e-6, "{lat_back}");
        }

        #[test]
        fn areas_keep_their_size(lon in -120.0..-70.0_f64, lat in 20.0..70.0_f64) {
            const STEP: f64 = 0.01;
            let conic = Conic::new([29.5, 45.5], -96.0);
            let [[x0, y0], [x1, y1], [x2, y2]] =
                [[0.0, 0.0], [STEP, 0.0], [0.0, STEP]].map(|[e, n]: Corner| conic.place([lon + e, lat + n]));
            let drawn = ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)).abs();
            let real = STEP.to_radians().powi(2) * lat.to_radians().cos();
            prop_assert!((drawn / real - 1.0).abs() < 0.001, "{}", drawn / real);
        }
    }
}
