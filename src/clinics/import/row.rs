use std::collections::HashMap;

use super::Problem;
use super::header::{Meaning, day_column, read_header};
use super::pin::{Zones, forget_derived_zone, place_pin, repair_zip, settle_zone};
use super::table::{Table, TableRow};
use crate::clinics::hours::read_week;
use crate::clinics::{COLUMNS, ClaimedTwice, Clinic, claimed_twice};

/// What a file says, row by row, on top of what is stored.
#[derive(Debug, Default)]
pub struct Reading {
    /// Every row's clinic as it will be stored, in the order of the file.
    pub clinics: Vec<Clinic>,
    /// Things that were put right or look odd; nothing that stops a load.
    pub notes: Vec<Problem>,
}

/// The stored clinics by code.
pub type ByCode = HashMap<Box<str>, Clinic>;

/// A lone `-` clears a cell (I1).
const CLEAR: &str = "-";

/// Reads every row onto the stored clinic of the same code, or onto a new one.
///
/// # Errors
/// Every problem of every row and of the header.
pub fn read_clinics(table: &Table, stored: &ByCode) -> Result<Reading, Vec<Problem>> {
    let meanings = read_header(&table.header)?;
    let zones = Zones::new();
    let mut reading = Reading::default();
    let mut problems = Vec::new();
    let mut rows_by_code: HashMap<&str, usize> = HashMap::new();
    for row in &table.rows {
        let cells = Cells { meanings: &meanings, row, zones: &zones };
        let code = cells.field("code");
        if let Some(earlier) = rows_by_code.insert(code, row.number).filter(|_| !code.is_empty()) {
            problems.push(Problem::new(row.number, Some("code"), format!("\"{code}\" is already in row {earlier}")));
            continue;
        }
        match read_row(&cells, stored.get(code)) {
            Ok((clinic, notes)) => {
                reading.clinics.push(clinic);
                reading.notes.extend(notes);
            }
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(legacy_problems(&reading.clinics, stored, &rows_by_code));
    if problems.is_empty() { Ok(reading) } else { Err(problems) }
}

/// An address of an older site leads to one clinic (I9): rows that claim what another row or a stored clinic has.
fn legacy_problems(clinics: &[Clinic], stored: &ByCode, rows: &HashMap<&str, usize>) -> Vec<Problem> {
    let others = stored.values().filter(|clinic| !rows.contains_key(&*clinic.code));
    let twice = claimed_twice(others.chain(clinics)).into_iter();
    let problem = |claim: ClaimedTwice<'_>| {
        let reason = format!("{} leads to {} already, whatever the host", claim.url, claim.first);
        Some(Problem::new(*rows.get(claim.second)?, Some("legacy_urls"), reason))
    };
    twice.filter_map(problem).collect()
}

struct Cells<'t> {
    meanings: &'t [Meaning],
    row: &'t TableRow,
    zones: &'t Zones,
}

impl<'t> Cells<'t> {
    fn iter(&self) -> impl Iterator<Item = (Meaning, &'t str)> {
        self.meanings.iter().copied().zip(self.row.cells.iter().map(String::as_str))
    }

    /// The text of a column of ours; empty when the file does not have it.
    fn field(&self, name: &str) -> &'t str {
        let is_it = |meaning: Meaning| matches!(meaning, Meaning::Field(index) if COLUMNS[index].name == name);
        self.iter().find(|(meaning, _)| is_it(*meaning)).map_or("", |(_, cell)| cell)
    }

    fn days(&self) -> [&'t str; 7] {
        let mut days = [""; 7];
        for (meaning, cell) in self.iter() {
            if let Meaning::Day(day) = meaning {
                days[day] = cell;
            }
        }
        days
    }
}

fn read_row(cells: &Cells<'_>, stored: Option<&Clinic>) -> Result<(Clinic, Vec<Problem>), Vec<Problem>> {
    let row = cells.row.number;
    let mut clinic = stored.cloned().unwrap_or_else(|| Clinic::new(cells.field("code")));
    let mut problems = Vec::new();
    for (meaning, cell) in cells.iter() {
        let Meaning::Field(index) = meaning else { continue };
        if !cell.is_empty() {
            let value = Some(cell).filter(|cell| *cell != CLEAR);
            if let Err(reason) = (COLUMNS[index].set)(&mut clinic, value) {
                problems.push(Problem::new(row, Some(COLUMNS[index].name), reason));
            }
        }
    }
    for column in ["code", "name", "city", "state"] {
        if get(&clinic, column).is_empty() && !problems.iter().any(|problem| problem.column.as_deref() == Some(column))
        {
            problems.push(Problem::new(row, Some(column), "is needed for a new clinic"));
        }
    }
    match read_week(cells.days(), clinic.hours.as_deref()) {
        Ok(Some(week)) => clinic.hours = Some(week.into()),
        Ok(None) => {}
        Err(error) => problems.push(Problem::new(row, Some(day_column(error.day)), error.error.to_string())),
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match settle_place(&mut clinic, stored, cells) {
        Ok(notes) => {
            Ok((clinic, notes.into_iter().map(|(column, note)| Problem::new(row, Some(column), note)).collect()))
        }
        Err((column, reason)) => Err(vec![Problem::new(row, Some(column), reason)]),
    }
}

fn get(clinic: &Clinic, name: &str) -> String {
    COLUMNS.iter().find(|column| column.name == name).map_or_else(String::new, |column| (column.get)(clinic))
}

/// What only several cells together can tell: ZIP and state, pin, zone.
fn settle_place(
    clinic: &mut Clinic,
    stored: Option<&Clinic>,
    cells: &Cells<'_>,
) -> Result<Vec<super::pin::CellError>, super::pin::CellError> {
    let zip_note = repair_zip(clinic)?;
    place_pin(clinic, cells.field("lat"), cells.field("lon"))?;
    if cells.field("time_zone").is_empty() {
        forget_derived_zone(clinic, stored, cells.zones);
    }
    let zone_note = settle_zone(clinic, cells.zones)?;
    Ok(zip_note.map(|note| ("zip", note)).into_iter().chain(zone_note.map(|note| ("time_zone", note))).collect())
}
