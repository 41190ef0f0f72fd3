//! What the cells of one row mean, on top of the clinic that is stored.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::file::has_lost_letter;
use super::google;
use super::header::{Header, Meaning, day_column};
use super::judge::{Judge, Timetables};
use super::model::{Fix, PlanRow, Problem, RowResult, Target};
use super::pin::{CellError, GivenPin, city_note, forget_derived_zone, place_pin, read_pin, repair_zip, settle_zone};
use super::pin_guard::{self, Doubt};
use crate::clinics::hours::read_week;
use crate::clinics::store::Stored;
use crate::clinics::{COLUMNS, Clinic, PinPrecision, changes};
use crate::geo::Point;

/// A lone `-` clears a cell (I1).
const CLEAR: &str = "-";
/// What a spreadsheet shows where a formula has no value.
const FORMULA_ERRORS: [&str; 8] = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"];

/// The cells of a row, found by what their columns mean.
#[derive(Clone, Copy)]
pub struct Cells<'t> {
    pub header: &'t Header,
    pub cells: &'t [String],
}

impl<'t> Cells<'t> {
    fn iter(&self) -> impl Iterator<Item = (Meaning, &'t str)> + use<'t> {
        self.header.meanings.iter().copied().zip(self.cells.iter().map(String::as_str))
    }

    /// The text of a column of ours; empty when the file does not have it.
    pub fn field(&self, name: &str) -> &'t str {
        self.header.place_of(name).and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }

    fn days(&self) -> [&'t str; 7] {
        let mut days = [""; 7];
        for (meaning, cell) in self.iter() {
            if let Meaning::Day(day) = meaning {
                days[day] = if self.header.is_google { google::day(cell) } else { cell };
            }
        }
        days
    }
}

/// A row's clinic as it would be stored.
struct Built {
    clinic: Clinic,
    notes: Vec<CellError>,
    doubt: Option<Doubt>,
}

/// A row that is being judged.
pub struct Reading<'j> {
    pub judge: &'j Judge,
    pub row: usize,
    pub cells: Cells<'j>,
}

impl Reading<'_> {
    /// On top of the clinic with the same code, or of none.
    pub fn plainly(&self, mut judged: PlanRow, base: Option<&Stored>) -> PlanRow {
        let built = match self.build(base) {
            Ok(built) => built,
            Err(errors) => {
                judged.problems.extend(self.problems(errors));
                return judged;
            }
        };
        judged.problems.extend(built.doubt.as_ref().map(|doubt| self.pin_problem(doubt)));
        judged.given = self.target(base, &built, false);
        judged.fixed = self.target(base, &built, true);
        judged.result = match &judged.given {
            _ if built.doubt.is_some() => RowResult::Decision,
            Some(target) if target.base.is_none() => RowResult::Create,
            Some(target) if target.changes.is_empty() => RowResult::Same,
            _ => RowResult::Change,
        };
        let is_same = judged.result == RowResult::Same;
        let city = city_note(&built.clinic).filter(|_| !is_same).map(|note| ("city", note));
        judged.notes = self.problems(built.notes.into_iter().chain(city).collect());
        judged
    }

    /// The code is that of a stored clinic but for leading zeros: probably that clinic, or else a new one.
    pub fn with_lost_zeros(&self, mut judged: PlanRow, likely: &Stored) -> PlanRow {
        if !self.is_covered(&likely.clinic) {
            return self.plainly(judged, None);
        }
        let code = &likely.clinic.code;
        let fixed = match self.build(Some(likely)) {
            Ok(fixed) => fixed,
            Err(errors) => {
                judged.problems.extend(self.problems(errors));
                return judged;
            }
        };
        let detail = format!("is it {code}?");
        let reason = format!("\"{}\" is not stored, but {code} is: spreadsheets drop leading zeros", judged.code);
        let fix = Fix { detail, cells: BTreeMap::from([("code".to_owned(), code.to_string())]) };
        let problem = Problem::new(self.row, Some(self.cells.header.name_of("code")), reason);
        judged.problems.push(Problem { fix: Some(fix), ..problem });
        judged.problems.extend(fixed.doubt.as_ref().map(|doubt| self.pin_problem(doubt)));
        judged.fixed = self.target(Some(likely), &fixed, true);
        // As a clinic of its own it may lack what a new one needs.
        let own = self.build(None).ok();
        judged.given = own.and_then(|own| self.target(None, &own, false));
        judged.notes = self.problems(fixed.notes);
        judged.result = RowResult::Decision;
        judged
    }

    /// What is to be stored, as the file has it or with the fix of its pin.
    fn target(&self, base: Option<&Stored>, built: &Built, is_fixed: bool) -> Option<Target> {
        let mut clinic = built.clinic.clone();
        match (&built.doubt, is_fixed) {
            (Some(Doubt { fix: Some(fix), .. }), true) => self.settle_pin(&mut clinic, base, fix.point).ok()?,
            (Some(Doubt { fix: None, .. }), true) | (Some(Doubt { given: None, .. }), false) => return None,
            _ => {}
        }
        let changes = match base {
            Some(base) if base.clinic == clinic => Vec::new(),
            base => changes(base.map(|base| &base.clinic), &clinic),
        };
        Some(Target { base: base.map(|base| (base.id.0, base.data_version)), changes })
    }

    fn settle_pin(&self, clinic: &mut Clinic, base: Option<&Stored>, pin: Option<Point>) -> Result<(), CellError> {
        place_pin(clinic, pin)?;
        if self.cells.field("time_zone").is_empty() {
            clinic.zone = base.and_then(|base| base.clinic.zone);
            forget_derived_zone(clinic, base.map(|base| &base.clinic), &self.judge.zones);
        }
        settle_zone(clinic, &self.judge.zones).map(drop)
    }

    fn is_covered(&self, clinic: &Clinic) -> bool {
        self.judge.scope.covers(&clinic.code, clinic.region.as_deref())
    }

    fn build(&self, base: Option<&Stored>) -> Result<Built, Vec<CellError>> {
        let base = base.map(|base| &base.clinic);
        if base.is_some_and(|base| !self.is_covered(base)) {
            return Err(vec![("code", "this clinic is outside the scope of the account".to_owned())]);
        }
        let code = base.map_or_else(|| self.cells.field("code"), |base| &base.code);
        let mut clinic = base.cloned().unwrap_or_else(|| Clinic::new(code));
        let mut errors = Vec::new();
        for (meaning, cell) in self.cells.iter().filter(|(_, cell)| !cell.is_empty()) {
            if let Err(error) = self.read_cell(&mut clinic, meaning, cell, base.is_some()) {
                errors.push(error);
            }
        }
        for (column, value) in
            [("code", &clinic.code), ("name", &clinic.name), ("city", &clinic.city), ("state", &clinic.state)]
        {
            if value.is_empty() && !errors.iter().any(|(named, _)| *named == column) {
                errors.push((column, "is needed for a new clinic".to_owned()));
            }
        }
        match read_week(self.cells.days(), clinic.hours.as_deref()) {
            Ok(Some(week)) => clinic.hours = Some(week.into()),
            Ok(None) => {}
            Err(error) => errors.push((day_column(error.day), error.error.to_string())),
        }
        if !self.is_covered(&clinic) && errors.is_empty() {
            let column = if self.cells.field("region").is_empty() { "code" } else { "region" };
            errors.push((column, "this clinic would be outside the scope of the account".to_owned()));
        }
        // Without a state nothing can be said about the place.
        let placed = if clinic.state.is_empty() { Ok((Vec::new(), None)) } else { self.place(&mut clinic, base) };
        match placed {
            Ok((notes, doubt)) if errors.is_empty() => Ok(Built { clinic, notes, doubt }),
            Ok(_) => Err(errors),
            Err(further) => Err(errors.into_iter().chain(further).collect()),
        }
    }

    /// What a stored clinic says already need not be understood again.
    fn read_cell(&self, clinic: &mut Clinic, meaning: Meaning, cell: &str, is_known: bool) -> Result<(), CellError> {
        let column = match meaning {
            Meaning::Ignored => return Ok(()),
            Meaning::Field(index) => COLUMNS[index].name,
            Meaning::Day(day) => day_column(day),
            Meaning::AddressLine => "unit",
            Meaning::Nameless => return Err(("", format!("\"{cell}\" stands in a column without a name"))),
        };
        if has_lost_letter(cell) {
            let reason =
                "holds a byte that is no letter in the file's encoding: type this cell again, or save as UTF-8";
            return Err((column, reason.to_owned()));
        }
        if !self.judge.reads.is_raw && FORMULA_ERRORS.contains(&cell) {
            return Err((column, format!("shows {cell}: repair the formula, or leave the cell blank")));
        }
        match meaning {
            Meaning::Field(index) if is_known && (COLUMNS[index].get)(clinic) == cell => Ok(()),
            Meaning::Field(index) => {
                let mut timetables = self.judge.timetables.lock().unwrap_or_else(PoisonError::into_inner);
                set(clinic, index, cell, &mut timetables).map_err(|reason| (column, reason))
            }
            Meaning::AddressLine => {
                let unit = clinic.unit.as_deref().map_or_else(|| cell.to_owned(), |unit| format!("{unit}, {cell}"));
                clinic.unit = Some(unit.into());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What only several cells together can tell: ZIP and state (I3), pin (I4), zone (A1).
    fn place(
        &self,
        clinic: &mut Clinic,
        base: Option<&Clinic>,
    ) -> Result<(Vec<CellError>, Option<Doubt>), Vec<CellError>> {
        let (zip, given) = (repair_zip(clinic), self.given_pin(base));
        let (zip_note, given) = match (zip, given) {
            (Ok(note), Ok(given)) => (note, given),
            (zip, given) => return Err(zip.err().into_iter().chain(given.err()).collect()),
        };
        let (pin, doubt) = match given {
            None => (None, None),
            Some((lat, lon)) => guarded(clinic, base, lat, lon).map_err(|error| vec![error])?,
        };
        place_pin(clinic, pin).map_err(|error| vec![error])?;
        if self.cells.field("time_zone").is_empty() {
            forget_derived_zone(clinic, base, &self.judge.zones);
        }
        let zone_note = settle_zone(clinic, &self.judge.zones).map_err(|error| vec![error])?;
        let notes = [("zip", zip_note), ("time_zone", zone_note)];
        Ok((notes.into_iter().filter_map(|(column, note)| Some((column, note?))).collect(), doubt))
    }

    /// The pin that the row gives, or the given one that is stored.
    fn given_pin(&self, base: Option<&Clinic>) -> Result<Option<(f64, f64)>, CellError> {
        let [lat, lon] = ["lat", "lon"].map(|column| self.decimal(self.cells.field(column)));
        Ok(match read_pin(&lat, &lon)? {
            GivenPin::Numbers(lat, lon) => Some((lat, lon)),
            GivenPin::Cleared => None,
            GivenPin::Blank => {
                let pin = base.and_then(|base| base.pin).filter(|pin| pin.precision == PinPrecision::Exact);
                pin.map(|pin| (pin.point.lat(), pin.point.lon()))
            }
        })
    }

    fn decimal(&self, cell: &str) -> String {
        let is_decimal = self.judge.reads.has_decimal_commas && !cell.contains('.') && cell.matches(',').count() == 1;
        if is_decimal { cell.replace(',', ".") } else { cell.to_owned() }
    }

    /// With the names of the file's own columns.
    fn problems(&self, errors: Vec<CellError>) -> Vec<Problem> {
        let named = |(column, reason): CellError| {
            let column = Some(self.cells.header.name_of(column)).filter(|column| !column.is_empty());
            Problem::new(self.row, column, reason)
        };
        errors.into_iter().map(named).collect()
    }

    fn pin_problem(&self, doubt: &Doubt) -> Problem {
        let fix = doubt.fix.as_ref().map(|fix| {
            let cell = |degrees: fn(Point) -> f64| fix.point.map_or_else(String::new, |at| degrees(at).to_string());
            let cells = [("lat", cell(Point::lat)), ("lon", cell(Point::lon))];
            Fix { detail: fix.question.clone(), cells: cells.map(|(name, cell)| (name.to_owned(), cell)).into() }
        });
        let column = self.cells.header.name_of(doubt.column);
        Problem { fix, ..Problem::new(self.row, Some(column), doubt.reason.clone()) }
    }
}

/// The pin, and what speaks against it. One that is stored was judged when it came, beside the ZIP and the state that it has.
pub fn guarded(
    clinic: &Clinic,
    base: Option<&Clinic>,
    lat: f64,
    lon: f64,
) -> Result<(Option<Point>, Option<Doubt>), CellError> {
    let point = Point::new(lat, lon);
    let is_known = |base: &Clinic| {
        let pin = base.pin.filter(|pin| pin.precision == PinPrecision::Exact).map(|pin| pin.point);
        pin == point.ok() && pin.is_some() && base.zip == clinic.zip && base.state == clinic.state
    };
    if base.is_some_and(is_known) {
        return Ok((point.ok(), None));
    }
    match pin_guard::judge(lat, lon, clinic.zip.as_deref(), &clinic.state) {
        Ok(point) => Ok((Some(point), None)),
        Err(Doubt { column, reason, given: None, fix: None }) => Err((column, reason)),
        Err(doubt) => Ok((doubt.given.or(doubt.fix.as_ref().and_then(|fix| fix.point)), Some(doubt))),
    }
}

/// Reads a cell into its field.
fn set(clinic: &mut Clinic, index: usize, cell: &str, timetables: &mut Timetables) -> Result<(), String> {
    let column = &COLUMNS[index];
    match column.name {
        "hours" if cell != CLEAR => return timetables.read(cell).map(|week| clinic.hours = Some(week)),
        "consultation_hours" if cell != CLEAR => {
            return timetables.read(cell).map(|week| clinic.consultation_hours = Some(week));
        }
        _ => {}
    }
    if column.name == "special_hours"
        && let Some(days) = google::special(cell)
    {
        clinic.special_hours = days?;
        return Ok(());
    }
    if column.name == "code" && *clinic.code != *cell {
        // The stored clinic's own, of which this one lacks the zeros.
        return Ok(());
    }
    (column.set)(clinic, Some(cell).filter(|cell| *cell != CLEAR))
}
