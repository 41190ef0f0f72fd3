//! Where an edit says that a clinic is: ZIP, pin and zone together, judged as a row of an import is (rules I3, I4, A1).

use super::import::pin_guard::Doubt;
use super::import::{
    CellError, GivenPin, Zones, forget_derived_zone, guarded, place_pin, read_pin, repair_zip, settle_zone,
};
use super::model::{Clinic, PinPrecision};

/// What is given about the place, as the cells of a spreadsheet.
#[derive(Clone, Copy, Debug)]
pub struct GivenPlace<'t> {
    /// Blank leaves, `-` clears.
    pub lat: &'t str,
    pub lon: &'t str,
    pub names_zone: bool,
}

/// A place as an edit leaves it.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// What was repaired or looks odd.
    pub notes: Vec<CellError>,
    /// What speaks against the pin; one that an edit leaves alone is not judged again.
    pub doubt: Option<Doubt>,
}

/// Brings ZIP, pin and zone in line with each other.
///
/// # Errors
/// The first cell that does not fit the others.
pub fn settle_place(clinic: &mut Clinic, stored: Option<&Clinic>, given: GivenPlace<'_>) -> Result<Placed, CellError> {
    let zones = Zones::new();
    let zip_note = repair_zip(clinic)?;
    let (pin, doubt) = match numbers(stored, given)? {
        None => (None, None),
        Some((lat, lon)) => guarded(clinic, stored, lat, lon)?,
    };
    place_pin(clinic, pin)?;
    if !given.names_zone {
        forget_derived_zone(clinic, stored, &zones);
    }
    let zone_note = settle_zone(clinic, &zones)?;
    let notes = [("zip", zip_note), ("time_zone", zone_note)];
    Ok(Placed { notes: notes.into_iter().filter_map(|(column, note)| Some((column, note?))).collect(), doubt })
}

/// The pin that is given, or was.
fn numbers(stored: Option<&Clinic>, given: GivenPlace<'_>) -> Result<Option<(f64, f64)>, CellError> {
    let kept = || stored?.pin.filter(|pin| pin.precision == PinPrecision::Exact).map(|pin| pin.point);
    Ok(match read_pin(given.lat, given.lon)? {
        GivenPin::Numbers(lat, lon) => Some((lat, lon)),
        GivenPin::Cleared => None,
        GivenPin::Blank => kept().map(|point| (point.lat(), point.lon())),
    })
}
