//! Where an edit says that a clinic is: ZIP, pin and zone together, as a row of an import has them (rules I3, I4, A1).

use super::change::EditError;
use super::import::{CellError, Zones, forget_derived_zone, place_pin, repair_zip, settle_zone};
use super::model::{Clinic, PinPrecision};
use crate::geo::Point;

/// What is given about the place, as the cells of a spreadsheet.
#[derive(Clone, Copy, Debug)]
pub struct GivenPlace<'t> {
    /// Blank leaves, `-` clears.
    pub lat: &'t str,
    pub lon: &'t str,
    pub names_zone: bool,
}

/// Brings ZIP, pin and zone in line with each other; notes tell what was repaired or looks odd.
///
/// # Errors
/// The first cell that does not fit the others.
pub fn settle_place(
    clinic: &mut Clinic,
    stored: Option<&Clinic>,
    given: GivenPlace<'_>,
) -> Result<Vec<CellError>, CellError> {
    let zones = Zones::new();
    let zip_note = repair_zip(clinic)?;
    place_pin(clinic, given.lat, given.lon)?;
    if !given.names_zone {
        forget_derived_zone(clinic, stored, &zones);
    }
    let zone_note = settle_zone(clinic, &zones)?;
    Ok(zip_note.map(|note| ("zip", note)).into_iter().chain(zone_note.map(|note| ("time_zone", note))).collect())
}

/// What speaks against a pin (rule I4).
#[derive(Clone, Debug, PartialEq)]
pub struct PinDoubt {
    pub reason: String,
    pub fix: Option<PinFix>,
}

/// What a pin should probably be.
#[derive(Clone, Debug, PartialEq)]
pub struct PinFix {
    /// As a question: "swap lat and lon? 30.2672, -97.7431".
    pub question: String,
    /// `None` leaves it to the ZIP's point.
    pub point: Option<Point>,
}

/// Judges the pin of a clinic by its ZIP and state.
pub type PinJudge = fn(&Clinic) -> Result<(), PinDoubt>;

/// Who judges the pins that editors give.
pub const PIN_GUARD: Option<PinJudge> = None;

/// Refuses a pin that the judge doubts and nobody has vouched for; one that an edit leaves alone is not judged again.
///
/// # Errors
/// [`EditError::PinSuspect`].
pub fn guard_pin(
    judge: Option<PinJudge>,
    stored: Option<&Clinic>,
    clinic: &Clinic,
    reason: Option<&str>,
) -> Result<(), EditError> {
    let Some(judge) = judge.filter(|_| reason.is_none() && moves_pin(stored, clinic)) else { return Ok(()) };
    judge(clinic).map_err(EditError::PinSuspect)
}

/// Whether a draft says something else about where the clinic is, with a pin that somebody gave.
fn moves_pin(stored: Option<&Clinic>, clinic: &Clinic) -> bool {
    let is_given = clinic.pin.is_some_and(|pin| pin.precision == PinPrecision::Exact);
    let is_same =
        |before: &Clinic| before.pin == clinic.pin && before.zip == clinic.zip && before.state == clinic.state;
    is_given && !stored.is_some_and(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinics::Pin;

    fn doubt(_clinic: &Clinic) -> Result<(), PinDoubt> {
        Err(PinDoubt { reason: "far away".to_owned(), fix: None })
    }

    fn pinned(precision: PinPrecision) -> Clinic {
        let point = Point::new(30.27, -97.74).unwrap();
        Clinic { pin: Some(Pin { point, precision }), ..Clinic::new("A1") }
    }

    #[test]
    fn i4_a_pin_is_judged_when_it_is_given_and_nobody_vouches_for_it() {
        let (exact, by_zip) = (pinned(PinPrecision::Exact), pinned(PinPrecision::Zip));
        let is_refused = |stored, clinic, reason| guard_pin(Some(doubt), stored, clinic, reason).is_err();
        assert!(is_refused(None, &exact, None) && is_refused(Some(&by_zip), &exact, None));
        assert!(!is_refused(None, &exact, Some("seen on site")));
        assert!(!is_refused(None, &by_zip, None), "the ZIP's point is not judged");
        let renamed = Clinic { name: "x".into(), ..exact.clone() };
        assert!(!is_refused(Some(&exact), &renamed, None), "nor what the edit leaves alone");
        let elsewhere = Clinic { zip: Some("73301".into()), ..exact.clone() };
        assert!(is_refused(Some(&exact), &elsewhere, None), "another ZIP is another question");
    }
}
