//! What somebody changes about one record: cells by column, judged by the same rules as those of a spreadsheet.

use super::columns::{COLUMNS, Column};
use super::import::CellError;
use super::import::pin_guard::Doubt;
use super::model::Clinic;
use super::place::{GivenPlace, Placed, settle_place};
use super::slug;
use crate::error::FieldErrors;

/// The columns that say where a clinic is, of which several make sense together only.
const PLACE: [&str; 6] = ["city", "state", "zip", "lat", "lon", "time_zone"];
/// The columns that every clinic has.
const REQUIRED: [&str; 4] = ["code", "name", "city", "state"];
/// A refusal quotes what was given; a person recognises it by its start.
const LONGEST_REASON: usize = 300;

/// Changes to a record, or all of a new one. Columns that are not named stay as they are.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    cells: Vec<(&'static Column, Option<String>)>,
    slug: Option<String>,
    /// Why a pin that looks wrong is right (rule I4).
    pub pin_reason: Option<String>,
}

/// A record as an edit leaves it.
#[derive(Clone, Debug)]
pub struct Drafted {
    pub clinic: Clinic,
    /// What was repaired or looks odd: the column, and words for a person.
    pub notes: Vec<CellError>,
    /// What speaks against the pin, unless somebody vouches for it (rule I4).
    pub doubt: Option<Doubt>,
}

impl Edit {
    /// Names the cell of a column, by the column's name; `None` clears it. Names of no column are passed over.
    #[must_use]
    pub fn with(mut self, column: &str, cell: Option<String>) -> Self {
        self.cells.extend(COLUMNS.iter().find(|known| known.name == column).map(|known| (known, cell)));
        self
    }

    /// Names the last segment of the clinic's addresses.
    #[must_use]
    pub fn with_slug(self, slug: String) -> Self {
        Self { slug: Some(slug), ..self }
    }

    /// The record with these changes, on top of what is stored. Needs no database: what other records say about it is
    /// judged elsewhere.
    ///
    /// # Errors
    /// Every cell that its column refuses, and every required one that is missing.
    pub fn apply(&self, stored: Option<&Clinic>) -> Result<Drafted, FieldErrors> {
        let mut clinic = stored.cloned().unwrap_or_else(|| Clinic::new(""));
        let mut errors = FieldErrors::default();
        for (column, cell) in &self.cells {
            if let Err(reason) = (column.set)(&mut clinic, cell.as_deref()) {
                let reason = unsaid(&reason, cell.as_deref().unwrap_or_default());
                let reason: String = reason.chars().take(LONGEST_REASON).collect();
                errors.push(column.name, "invalid_value", reason);
            }
        }
        if let Some(before) = stored.filter(|before| before.code != clinic.code) {
            let detail =
                format!("is the clinic's own key and stays \"{}\": other systems know it by that", before.code);
            errors.push("code", "code_fixed", detail);
        }
        self.apply_slug(&mut clinic, &mut errors);
        refuse_missing(&clinic, &mut errors);
        errors.or(())?;
        let Placed { notes, doubt } = self.settle(&mut clinic, stored)?;
        // Nobody can vouch for what is no place on the earth.
        let doubt = doubt.filter(|doubt| self.pin_reason.is_none() || doubt.given.is_none());
        Ok(Drafted { clinic, notes, doubt })
    }

    fn apply_slug(&self, clinic: &mut Clinic, errors: &mut FieldErrors) {
        let Some(slug) = self.slug.as_deref().filter(|slug| **slug != *clinic.slug) else { return };
        match slug::check(slug) {
            Ok(()) => clinic.slug = slug.into(),
            Err(reason) => errors.push("slug", "invalid_value", unsaid(&reason, slug)),
        }
    }

    fn cell(&self, name: &str) -> Option<&Option<String>> {
        self.cells.iter().find(|(column, _)| column.name == name).map(|(_, cell)| cell)
    }

    /// ZIP, pin and zone, when the edit is about any of them: the boundaries of the time zones are dear to load.
    fn settle(&self, clinic: &mut Clinic, stored: Option<&Clinic>) -> Result<Placed, FieldErrors> {
        if stored.is_some() && !PLACE.iter().any(|name| self.cell(name).is_some()) {
            return Ok(Placed::default());
        }
        // As a spreadsheet has it: blank leaves, `-` clears.
        let coordinate = |name| self.cell(name).map_or("", |cell| cell.as_deref().unwrap_or("-"));
        let given = GivenPlace {
            lat: coordinate("lat"),
            lon: coordinate("lon"),
            names_zone: self.cell("time_zone").is_some_and(Option::is_some),
        };
        settle_place(clinic, stored, given).map_err(|(column, reason)| {
            let said = self.cell(column).and_then(|cell| cell.as_deref()).unwrap_or_default();
            FieldErrors::one(column, "invalid_value", unsaid(&reason, said))
        })
    }
}

/// A reason without what somebody said, which it quotes for the readers of a spreadsheet's report: whoever sends a member knows
/// what is in it, and an error never repeats a value.
fn unsaid(reason: &str, said: &str) -> String {
    const MARKS: [char; 2] = ['"', '`'];
    let reason = reason.replace(&format!("\"{said}\""), "this");
    let said = said.to_lowercase();
    let pieces = reason.split(MARKS).enumerate().map(|(i, piece)| match i % 2 {
        1 if said.contains(&piece.to_lowercase()) => "this".to_owned(),
        1 => format!("\"{piece}\""),
        _ => piece.to_owned(),
    });
    pieces.collect()
}

fn refuse_missing(clinic: &Clinic, errors: &mut FieldErrors) {
    let is_empty = |name: &str| COLUMNS.iter().any(|column| column.name == name && (column.get)(clinic).is_empty());
    for name in REQUIRED.into_iter().filter(|name| is_empty(name)) {
        if !errors.iter().any(|error| error.field == name) {
            errors.push(name, "required", "is required");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinics::PinPrecision;

    fn austin() -> Edit {
        let cells = [("code", "A1"), ("name", "Austin"), ("city", "Austin"), ("state", "TX"), ("zip", "78701")];
        cells.into_iter().fold(Edit::default(), |edit, (name, cell)| edit.with(name, Some(cell.to_owned())))
    }

    #[test]
    fn a_reason_does_not_repeat_what_was_said() {
        assert_eq!(unsaid("\"Ana\" is not a date", "Ana"), "this is not a date");
        assert_eq!(unsaid("\"A\"B\" is not a date", "A\"B"), "this is not a date");
        assert_eq!(unsaid("\"b c\" is not a code", "a;B C"), "this is not a code");
        assert_eq!(unsaid("`Ana`: not a weekday", "Ana 09:00-17:00"), "this: not a weekday");
        assert_eq!(unsaid("write \"yes\" or \"no\"", "Ana"), "write \"yes\" or \"no\"");
    }

    #[test]
    fn a_new_record_needs_its_key_name_city_and_state() {
        let missing = Edit::default().apply(None).unwrap_err();
        let fields: Vec<_> = missing.iter().map(|error| &*error.field).collect();
        assert_eq!(fields, REQUIRED);
    }

    #[test]
    fn i4_a_blank_coordinate_takes_the_zip_s_point_and_its_zone() {
        let clinic = austin().apply(None).unwrap().clinic;
        assert_eq!(clinic.pin.unwrap().precision, PinPrecision::Zip);
        assert_eq!(clinic.zone, Some(chrono_tz::Tz::America__Chicago));
    }

    #[test]
    fn a_cleared_pin_falls_back_to_the_zip_and_a_lone_coordinate_is_refused() {
        let pinned = austin().with("lat", Some("30.27".into())).with("lon", Some("-97.74".into()));
        let stored = pinned.apply(None).unwrap().clinic;
        assert_eq!(stored.pin.unwrap().precision, PinPrecision::Exact);
        let cleared = Edit::default().with("lat", None).with("lon", None).apply(Some(&stored)).unwrap().clinic;
        assert_eq!(cleared.pin.unwrap().precision, PinPrecision::Zip);
        let lone = Edit::default().with("lat", Some("30.3".into())).apply(Some(&stored)).unwrap_err();
        assert_eq!(lone.iter().next().unwrap().field, "lon");
    }

    #[test]
    fn the_code_stays_and_its_repetition_is_no_change() {
        let stored = austin().apply(None).unwrap().clinic;
        let same = Edit::default().with("code", Some("A1".into())).apply(Some(&stored)).unwrap().clinic;
        assert_eq!(same, stored);
        let other = Edit::default().with("code", Some("A2".into())).apply(Some(&stored)).unwrap_err();
        assert_eq!(other.iter().next().unwrap().code, "code_fixed");
    }
}
