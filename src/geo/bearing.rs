//! Which way to go, as people say it (rule N6).

use super::Point;
use super::chord::{Ecef, length2, sin_cos_degrees};

/// The eight points of the compass; each covers 45 degrees around its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compass {
    N,
    NE,
    E,
    SE,
    S,
    SW,
    W,
    NW,
}

impl Compass {
    /// The point nearest to the direction in which `to` is seen from `from`; `None` for one and the same place.
    ///
    /// The direction is that of the normal section (the straight line, projected to the horizon): it differs from the
    /// geodesic's first azimuth by less than 0.001 degrees up to 1,000 km and 0.11 degrees up to 10,000 km. From a pole
    /// every way leads to the other one; of the equal ways to an antipode it names the one over the north pole.
    #[must_use]
    pub fn between(from: Point, to: Point) -> Option<Self> {
        Horizon::of(from).towards(to.into())
    }

    /// A direction lies in a main point's sector when its slope is below tan(22.5 degrees) = √2 - 1.
    fn towards(east: f64, north: f64) -> Self {
        const HALF_SECTOR: f64 = std::f64::consts::SQRT_2 - 1.0;
        if east.abs() <= HALF_SECTOR * north.abs() {
            return if north < 0.0 { Self::S } else { Self::N };
        }
        if north.abs() <= HALF_SECTOR * east.abs() {
            return if east < 0.0 { Self::W } else { Self::E };
        }
        match (north < 0.0, east < 0.0) {
            (false, false) => Self::NE,
            (false, true) => Self::NW,
            (true, false) => Self::SE,
            (true, true) => Self::SW,
        }
    }

    /// The English abbreviation, as the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::N => "N",
            Self::NE => "NE",
            Self::E => "E",
            Self::SE => "SE",
            Self::S => "S",
            Self::SW => "SW",
            Self::W => "W",
            Self::NW => "NW",
        }
    }
}

/// Which way is which from one place: made once, it tells the directions of many results without trigonometry.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    at: Ecef,
    lat: f64,
    sin_cos_lat: (f64, f64),
    sin_cos_lon: (f64, f64),
}

impl Horizon {
    /// The horizon of a place.
    #[must_use]
    pub fn of(from: Point) -> Self {
        let (lat, lon) = (from.lat(), from.lon());
        Self { at: from.into(), lat, sin_cos_lat: sin_cos_degrees(lat), sin_cos_lon: sin_cos_degrees(lon) }
    }

    /// As [`Compass::between`].
    #[must_use]
    pub fn towards(&self, to: Ecef) -> Option<Compass> {
        let [x, y, z] = to.minus(self.at);
        if length2([x, y, z]) == 0.0 {
            return None;
        }
        if self.lat.abs() >= 90.0 {
            return Some(if self.lat > 0.0 { Compass::S } else { Compass::N });
        }
        let ((sin_lat, cos_lat), (sin_lon, cos_lon)) = (self.sin_cos_lat, self.sin_cos_lon);
        let east = cos_lon * y - sin_lon * x;
        let north = cos_lat * z - sin_lat * (cos_lon * x + sin_lon * y);
        Some(Compass::towards(east, north))
    }
}

#[cfg(test)]
mod tests {
    use geo::{Bearing, Geodesic};
    use proptest::prelude::*;

    use super::super::geodesic;
    use super::super::samples::{at, pair};
    use super::*;

    const CLOCKWISE: [Compass; 8] =
        [Compass::N, Compass::NE, Compass::E, Compass::SE, Compass::S, Compass::SW, Compass::W, Compass::NW];

    /// The compass point of an azimuth in degrees.
    fn sector(azimuth: f64) -> Compass {
        let off = |eighth: i32| (azimuth - f64::from(eighth) * 45.0 + 180.0).rem_euclid(360.0) - 180.0;
        CLOCKWISE.into_iter().zip(0..).find(|&(_, eighth)| off(eighth).abs() <= 22.5).unwrap().0
    }

    proptest! {
        #[test]
        fn n6_the_bearing_is_the_geodesics_up_to_the_stated_error((from, to) in pair()) {
            let distance = geodesic(from, to).0;
            prop_assume!((0.001..1e7).contains(&distance) && from.lat().abs() < 90.0);
            let slack = if distance < 1e6 { 0.001 } else { 0.11 };
            let azimuth = Geodesic.bearing(geo::Point::new(from.lon(), from.lat()), geo::Point::new(to.lon(), to.lat()));
            let answer = Compass::between(from, to).unwrap();
            let allowed = [azimuth - slack, azimuth, azimuth + slack].map(sector);
            prop_assert!(allowed.contains(&answer), "{} for {azimuth}", answer.as_str());
        }
    }

    #[test]
    fn n6_each_of_the_eight_points_has_its_name() {
        let centre = at(0.0, 0.0);
        let around = [(1., 0.), (1., 1.), (0., 1.), (-1., 1.), (-1., 0.), (-1., -1.), (0., -1.), (1., -1.)];
        let names = around.map(|(lat, lon)| Compass::between(centre, at(lat, lon)).unwrap().as_str());
        assert_eq!(names, ["N", "NE", "E", "SE", "S", "SW", "W", "NW"]);
    }

    #[test]
    fn n6_the_same_place_has_no_bearing() {
        assert_eq!(Compass::between(at(45.0, -93.0), at(45.0, -93.0)), None);
        assert_eq!(Compass::between(at(45.0, 180.0), at(45.0, -180.0)), None);
        assert_eq!(Compass::between(at(90.0, 10.0), at(90.0, -60.0)), None);
    }

    #[test]
    fn n7_poles_and_antimeridian_have_ordinary_bearings() {
        assert_eq!(Compass::between(at(0.0, 179.5), at(0.0, -179.5)), Some(Compass::E));
        assert_eq!(Compass::between(at(51.88, -176.6581), at(52.9022, 172.9097)), Some(Compass::W));
        assert_eq!(Compass::between(at(90.0, 33.0), at(61.2, -149.9)), Some(Compass::S));
        assert_eq!(Compass::between(at(-90.0, 33.0), at(61.2, -149.9)), Some(Compass::N));
        assert_eq!(Compass::between(at(61.2, -149.9), at(90.0, 0.0)), Some(Compass::N));
        assert_eq!(Compass::between(at(0.0, 0.0), at(0.0, 180.0)), Some(Compass::N));
    }
}
