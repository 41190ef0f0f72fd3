//! Where a row says the clinic is: ZIP and state agree (I3), the pin is a point or its ZIP's (I4), and has a zone (A1).

use chrono_tz::Tz;
use tzf_rs::DefaultFinder;

use crate::clinics::{Clinic, Pin, PinPrecision};
use crate::geo::{Point, geodesic};
use crate::places::{State, gazetteer};

/// The cell that is wrong, and why.
pub type CellError = (&'static str, String);

/// Digits that spreadsheets leave of a ZIP whose zeros led.
const SHORTENED_ZIP: std::ops::RangeInclusive<usize> = 3..=4;

/// Brings the ZIP to five digits. A spreadsheet's lost zeros come back when the state proves them (I3); the note says so.
pub fn repair_zip(clinic: &mut Clinic) -> Result<Option<String>, CellError> {
    let Some(given) = clinic.zip.clone() else { return Ok(None) };
    let digits = given.split('-').next().unwrap_or_default();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || digits.len() > 5 || !(digits.len() == 5 || SHORTENED_ZIP.contains(&digits.len())) {
        return Err(("zip", format!("\"{given}\" is not a ZIP of five digits")));
    }
    let padded = format!("{digits:0>5}");
    let Some(zip) = gazetteer().zip(&padded) else {
        return Err(("zip", format!("{padded} is not a ZIP that the post office uses")));
    };
    if zip.state.code != &*clinic.state {
        let detail = format!("{padded} belongs to {}, this row says {}", zip.state.code, clinic.state);
        return Err((
            "zip",
            if digits.len() == 5 { detail } else { format!("\"{given}\" is not a ZIP of five digits, and {detail}") },
        ));
    }
    let note = (digits.len() < 5).then(|| format!("\"{given}\" was read as {padded}: the state proves the lost zeros"));
    clinic.zip = Some(padded.into());
    Ok(note)
}

/// What the cells of a row say about the pin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GivenPin {
    /// Nothing: what is stored stays.
    Blank,
    /// The ZIP's point stands in.
    Cleared,
    /// Two numbers, which need not be a place on the earth.
    Numbers(f64, f64),
}

/// Reads the two cells. `0, 0` lies in the ocean and is how some programs write "unknown" (N11).
pub fn read_pin(lat: &str, lon: &str) -> Result<GivenPin, CellError> {
    match (lat, lon) {
        ("", "") => Ok(GivenPin::Blank),
        ("-", "-") => Ok(GivenPin::Cleared),
        ("" | "-", _) => Err(("lat", "give both coordinates or neither".to_owned())),
        (_, "" | "-") => Err(("lon", "give both coordinates or neither".to_owned())),
        (lat, lon) => match (degrees("lat", lat)?, degrees("lon", lon)?) {
            (0.0, 0.0) => {
                Err(("lat", "0, 0 lies in the ocean: leave both blank when the position is not known".to_owned()))
            }
            (lat, lon) => Ok(GivenPin::Numbers(lat, lon)),
        },
    }
}

fn degrees(column: &'static str, text: &str) -> Result<f64, CellError> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let parsed = text.parse::<f64>().ok().filter(|_| is_plain);
    parsed.ok_or_else(|| (column, format!("\"{text}\" is not a number in degrees such as 30.2672")))
}

/// Puts the pin in its place; a ZIP's point stands in where none is given (I4).
///
/// # Errors
/// When there is no ZIP either.
pub fn place_pin(clinic: &mut Clinic, given: Option<Point>) -> Result<(), CellError> {
    clinic.pin = given.map(|point| Pin { point, precision: PinPrecision::Exact });
    if given.is_none() {
        let zip = clinic.zip.as_deref().and_then(|zip| gazetteer().zip(zip));
        let point = zip.ok_or_else(|| ("zip", "give a ZIP, or both coordinates".to_owned()))?.point;
        clinic.pin = Some(Pin { point, precision: PinPrecision::Zip });
    }
    Ok(())
}

/// A city that lies far from the ZIP beside it: one of them is probably wrong, but nobody is sent anywhere by it.
pub fn city_note(clinic: &Clinic) -> Option<String> {
    const FAR_MI: f64 = 30.0;
    let zip = gazetteer().zip(clinic.zip.as_deref()?)?;
    let city = gazetteer().city_in(State::by_code(&clinic.state)?, &clinic.city)?;
    if city.name == zip.city {
        return None;
    }
    let miles = geodesic(city.point, zip.point).miles();
    let (name, code) = (city.name, zip.code);
    (miles > FAR_MI).then(|| format!("{name} lies {miles:.0} miles from ZIP {code} ({}): one may be wrong", zip.city))
}

/// A zone that came from the pin follows it; one that somebody chose against the pin stays (A1).
pub fn forget_derived_zone(clinic: &mut Clinic, stored: Option<&Clinic>, zones: &Zones) {
    let Some(before) = stored.filter(|before| before.pin != clinic.pin) else { return };
    let derived = before.pin.and_then(|pin| zones.at(pin.point, &before.city, &before.state));
    if derived == before.zone {
        clinic.zone = None;
    }
}

/// Gives the clinic its zone: the data's word first, else the pin's (A1). A note tells when the two disagree.
pub fn settle_zone(clinic: &mut Clinic, zones: &Zones) -> Result<Option<String>, CellError> {
    let Some(pin) = clinic.pin else { return Ok(None) };
    let by_pin = zones.at(pin.point, &clinic.city, &clinic.state);
    match (clinic.zone, by_pin) {
        (None, None) => Err(("time_zone", "the position lies in no known time zone: name one".to_owned())),
        (None, Some(zone)) => {
            clinic.zone = Some(zone);
            Ok(None)
        }
        (Some(given), Some(zone)) if given != zone => {
            Ok(Some(format!("{given} is kept, although the position lies in {zone}")))
        }
        _ => Ok(None),
    }
}

/// The boundaries of the time zones. They weigh more than everything else of a small network: whoever reads a file makes
/// them and drops them with it.
pub struct Zones(DefaultFinder);

/// Towns in Alabama that keep the time of Columbus, Georgia on the map and Central time in law; the boundary file says Eastern.
const CENTRAL_BY_LAW: [&str; 3] = ["Phenix City", "Valley", "Lanett"];

impl std::fmt::Debug for Zones {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Zones")
    }
}

impl Zones {
    pub fn new() -> Self {
        Self(DefaultFinder::new())
    }

    /// The IANA zone of a point.
    fn at(&self, point: Point, city: &str, state: &str) -> Option<Tz> {
        if state == "AL" && CENTRAL_BY_LAW.contains(&city) {
            return Some(Tz::America__Chicago);
        }
        self.0.get_tz_name(point.lon(), point.lat()).parse().ok()
    }
}
