use geo::{Distance, Geodesic};

/// A position on the WGS84 ellipsoid in degrees; always finite, latitude in [-90, 90], longitude in [-180, 180].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    lat: f64,
    lon: f64,
}

/// Why a pair of numbers is not a position (rule N11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointError {
    #[error("latitude must be a number from -90 to 90")]
    Lat,
    #[error("longitude must be a number from -180 to 180")]
    Lon,
}

impl Point {
    /// The only constructor: `"NaN"`, `"inf"` and `"1e309"` parse as numbers in Rust and must stop here.
    ///
    /// # Errors
    /// Names the coordinate that is not finite or out of its range; latitude is judged first.
    pub fn new(lat: f64, lon: f64) -> Result<Self, PointError> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PointError::Lat);
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PointError::Lon);
        }
        Ok(Self { lat, lon })
    }

    /// Degrees north of the equator.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }
}

/// A length in metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Metres(pub f64);

impl Metres {
    /// The international mile (rule N1).
    pub const PER_MILE: f64 = 1609.344;

    #[must_use]
    pub fn from_miles(miles: f64) -> Self {
        Self(miles * Self::PER_MILE)
    }

    #[must_use]
    pub fn miles(self) -> f64 {
        self.0 / Self::PER_MILE
    }
}

/// The WGS84 geodesic distance (Karney 2013, as `geo` implements it): within 15 nanometres, about 0.5 us a pair.
#[must_use]
pub fn geodesic(from: Point, to: Point) -> Metres {
    Metres(Geodesic.distance(geo::Point::new(from.lon, from.lat), geo::Point::new(to.lon, to.lat)))
}
