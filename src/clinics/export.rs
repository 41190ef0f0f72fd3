//! The inverse of the import (rule I7): every column, rows in the order of their codes.

use super::columns::COLUMNS;
use super::model::Clinic;

/// For whom an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Safe to open in a spreadsheet: what could run as a formula is prefixed by an apostrophe.
    Spreadsheet,
    /// The values as they are, for machines.
    Raw,
}

/// Characters with which a spreadsheet starts a formula, and the prefix itself, which must come back unharmed.
const RISKY_STARTS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// The CSV of these clinics, with its header row.
///
/// # Errors
/// When writing fails, which in memory it does not.
pub fn export<'c>(clinics: impl IntoIterator<Item = &'c Clinic>, flavour: Flavour) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|column| column.name))?;
    for clinic in clinics {
        writer.write_record(COLUMNS.iter().map(|column| {
            let cell = (column.get)(clinic);
            if flavour == Flavour::Spreadsheet { spreadsheet_safe(cell) } else { cell }
        }))?;
    }
    Ok(writer.into_inner()?)
}

/// Numbers and phones start with a sign and are harmless.
fn spreadsheet_safe(cell: String) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    let is_phone =
        cell.strip_prefix('+').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if !cell.starts_with(RISKY_STARTS) || is_number || is_phone { cell } else { format!("'{cell}") }
}

/// Removes the prefix that [`spreadsheet_safe`] puts before a cell.
#[must_use]
pub fn without_prefix(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(RISKY_STARTS) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i7_formulas_are_prefixed_and_come_back() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("-10.5", "-10.5"),
            ("+15125550134", "+15125550134"),
            ("-dash", "'-dash"),
            ("'quoted", "''quoted"),
            ("plain", "plain"),
        ] {
            assert_eq!(spreadsheet_safe(cell.to_owned()), safe);
            assert_eq!(without_prefix(safe), cell);
        }
    }
}
