//! Whether a pin can be where a clinic's ZIP and state say it is, and what it probably should have been (rule I4). Pure.

use crate::geo::{Metres, Point, geodesic};
use crate::places::{State, gazetteer};

/// ZIPs are large in places, but hardly a clinic stands farther from its ZIP's point.
const FARTHEST_FROM_ZIP_MI: f64 = 30.0;
/// The outlines are simplified: on a coast or a river a right pin may lie outside.
const FARTHEST_BEYOND_STATE: Metres = Metres(2_000.0);

/// A pin that needs somebody's word.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// `lat` or `lon`: the one to look at first.
    pub column: &'static str,
    pub reason: String,
    /// The pin as it was given, when it is a place on the earth at all.
    pub given: Option<Point>,
    pub fix: Option<PinFix>,
}

/// What the pin probably should have been.
#[derive(Clone, Debug, PartialEq)]
pub struct PinFix {
    /// As a question: "swap lat and lon? 30.2672, -97.7431".
    pub question: String,
    /// `None` leaves both coordinates blank: the ZIP's point stands in.
    pub point: Option<Point>,
}

/// A slip of the hand: what it is called, and how it is undone.
type Slip = (&'static str, fn(f64, f64) -> (f64, f64));

const SLIPS: [Slip; 7] = [
    ("swap lat and lon", |lat, lon| (lon, lat)),
    ("turn the sign of lon", |lat, lon| (lat, -lon)),
    ("turn the sign of lat", |lat, lon| (-lat, lon)),
    ("swap lat and lon, and turn the sign of lon", |lat, lon| (lon, -lat)),
    ("swap lat and lon, and turn the sign of lat", |lat, lon| (-lon, lat)),
    ("turn both signs", |lat, lon| (-lat, -lon)),
    ("swap lat and lon, and turn both signs", |lat, lon| (-lon, -lat)),
];

/// Judges a given pin by ZIP and state, either of which may be unknown.
///
/// # Errors
/// The doubt, with a fix when a slip of the hand explains the pin.
pub fn judge(lat: f64, lon: f64, zip: Option<&str>, state: &str) -> Result<Point, Doubt> {
    let place =
        Place { zip: zip.and_then(|zip| Some((zip, gazetteer().zip(zip)?.point))), state: State::by_code(state) };
    let given = Point::new(lat, lon);
    let reason = match given {
        Ok(point) => match place.objection(point) {
            None => return Ok(point),
            Some(objection) => objection,
        },
        Err(error) => error.to_string(),
    };
    let column = if matches!(given, Err(crate::geo::PointError::Lat)) || place.is_lat_off(lat) { "lat" } else { "lon" };
    Err(Doubt { column, reason, given: given.ok(), fix: place.fix(lat, lon) })
}

/// Where the pin is expected.
struct Place<'z> {
    zip: Option<(&'z str, Point)>,
    state: Option<&'static State>,
}

impl Place<'_> {
    /// What speaks against a pin.
    fn objection(&self, pin: Point) -> Option<String> {
        let mut objections = Vec::new();
        if let Some((zip, point)) = self.zip {
            let miles = geodesic(pin, point).miles();
            if miles > FARTHEST_FROM_ZIP_MI {
                objections.push(format!("{miles:.1} miles from ZIP {zip}"));
            }
        }
        if let Some(state) = self.state {
            let beyond = state.distance_to(pin);
            if beyond > FARTHEST_BEYOND_STATE {
                objections.push(format!("{:.1} miles outside {}", beyond.miles(), state.name));
            }
        }
        (!objections.is_empty()).then(|| format!("this pin lies {}", objections.join(" and ")))
    }

    /// Whether the latitude alone is farther off than the whole pin may be.
    fn is_lat_off(&self, lat: f64) -> bool {
        const FARTHEST_DEGREES: f64 = FARTHEST_FROM_ZIP_MI / 69.0;
        self.zip.is_some_and(|(_, point)| (point.lat() - lat).abs() > FARTHEST_DEGREES)
    }

    fn fix(&self, lat: f64, lon: f64) -> Option<PinFix> {
        let undone = SLIPS.iter().find_map(|(slip, undo)| {
            let (lat, lon) = undo(lat, lon);
            let point = Point::new(lat, lon).ok().filter(|point| self.objection(*point).is_none())?;
            Some(PinFix { question: format!("{slip}? {lat}, {lon}"), point: Some(point) })
        });
        undone.or_else(|| self.blank(lat, lon))
    }

    /// A zero is how some programs write "unknown".
    fn blank(&self, lat: f64, lon: f64) -> Option<PinFix> {
        let (zip, _) = self.zip.filter(|_| lat == 0.0 || lon == 0.0)?;
        let question = format!("leave lat and lon blank? The point of ZIP {zip} stands in");
        Some(PinFix { question, point: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUSTIN: (f64, f64) = (30.2672, -97.7431);

    fn doubt(lat: f64, lon: f64) -> Doubt {
        judge(lat, lon, Some("78701"), "TX").unwrap_err()
    }

    #[test]
    fn i4_a_pin_within_30_miles_of_its_zip_and_in_its_state_is_fine() {
        assert!(judge(AUSTIN.0, AUSTIN.1, Some("78701"), "TX").is_ok());
        assert!(judge(AUSTIN.0, AUSTIN.1, None, "TX").is_ok());
        // San Marcos is 29 miles away, New Braunfels 45.
        assert!(judge(29.885, -97.94, Some("78701"), "TX").is_ok());
        assert!(doubt(29.703, -98.124).reason.contains("miles from ZIP 78701"));
        // By the river in Arkansas, 8 miles from the ZIP's point in Texas.
        let across = judge(33.44, -93.95, Some("75501"), "TX").unwrap_err();
        assert!(across.reason.contains("outside Texas") && !across.reason.contains("ZIP"), "{}", across.reason);
        assert_eq!(across.fix, None, "no slip explains it");
    }

    #[test]
    fn i4_slips_of_the_hand_come_with_their_fix() {
        let (lat, lon) = AUSTIN;
        for (given, question) in [
            ((lon, lat), "swap lat and lon? 30.2672, -97.7431"),
            ((lat, -lon), "turn the sign of lon? 30.2672, -97.7431"),
            ((-lat, lon), "turn the sign of lat? 30.2672, -97.7431"),
            ((-lat, -lon), "turn both signs? 30.2672, -97.7431"),
            ((-lon, lat), "swap lat and lon, and turn the sign of lon? 30.2672, -97.7431"),
        ] {
            let fix = doubt(given.0, given.1).fix.expect(question);
            assert_eq!(fix, PinFix { question: question.to_owned(), point: Point::new(lat, lon).ok() });
        }
        assert_eq!(doubt(lon, lat).given, None, "no place on the earth");
        assert_eq!((doubt(lon, lat).column, doubt(lat, -lon).column), ("lat", "lon"));
    }

    #[test]
    fn i4_a_zero_gives_way_to_the_point_of_the_zip() {
        let fix = doubt(30.2672, 0.0).fix.expect("a fix");
        assert_eq!((fix.point, fix.question.contains("78701")), (None, true));
        assert_eq!(judge(30.2672, 0.0, None, "TX").unwrap_err().fix, None, "nothing can stand in");
    }

    #[test]
    fn i4_positive_longitudes_are_right_where_they_are() {
        assert!(judge(13.444, 144.793, Some("96910"), "GU").is_ok());
        assert!(judge(52.85, 173.2, None, "AK").is_ok(), "Attu lies beyond the antimeridian");
        let fix = judge(13.444, -144.793, Some("96910"), "GU").unwrap_err().fix.expect("a fix");
        assert!(fix.question.starts_with("turn the sign of lon?"), "{}", fix.question);
    }
}
