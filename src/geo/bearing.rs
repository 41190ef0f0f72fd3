//! Which way to go, as people say it (rule N6).

use super::Point;
use super::chord::{Ecef, sin_cos_degrees};

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
    /// geodesic's first azimuth by less than 0.001 degrees up to 100 km and 0.2 degrees up to 10,000 km. From a pole
    /// every way leads to the other one; of the equal ways to an antipode it names the one over the north pole.
    #[must_use]
    pub fn between(from: Point, to: Point) -> Option<Self> {
        let [x, y, z] = Ecef::from(to).minus(Ecef::from(from));
        if [x, y, z] == [0.0; 3] {
            return None;
        }
        if from.lat().abs() == 90.0 {
            return Some(if from.lat() > 0.0 { Self::S } else { Self::N });
        }
        let ((sin_lat, cos_lat), (sin_lon, cos_lon)) = (sin_cos_degrees(from.lat()), sin_cos_degrees(from.lon()));
        let east = cos_lon * y - sin_lon * x;
        let north = cos_lat * z - sin_lat * (cos_lon * x + sin_lon * y);
        Some(Self::towards(east, north))
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
