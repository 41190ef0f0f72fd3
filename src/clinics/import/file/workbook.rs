//! The first sheet of an `.xlsx` workbook as the text that a spreadsheet would save as CSV, with each value as a person
//! sees it.

use std::fmt::Write as _;
use std::io::{Cursor, Read};

use calamine::{Data, DataRef, ExcelDateTime, Reader, Xlsx};
use zip::ZipArchive;

use super::MOST_COLUMNS;

/// What a workbook may hold once unpacked, some 200,000 clinics; a small file can be made to unpack without end.
const MOST_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// What a sheet may be as text.
const MOST_TEXT_BYTES: usize = 128 * 1024 * 1024;
/// A spreadsheet shows no more digits of a number.
const SIGNIFICANT_DIGITS: usize = 15;

const UNREADABLE: &str = "this workbook cannot be read: save it again as .xlsx or CSV";

/// # Errors
/// When it cannot be read, or is larger than any network.
pub fn text_of(bytes: &[u8]) -> Result<String, String> {
    refuse_endless(bytes)?;
    let unreadable = |_| UNREADABLE.to_owned();
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let first = workbook.sheet_names().first().cloned().ok_or("this workbook has no sheet")?;
    // Cell by cell: one stray cell at the far corner would make a whole sheet of sixteen thousand million.
    let mut cells = workbook.worksheet_cells_reader(&first).map_err(unreadable)?;
    let mut lines = Lines::default();
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let value = shown(cell.get_value());
        if !value.is_empty() {
            lines.add(row as usize, column as usize, &value)?;
        }
    }
    Ok(lines.finish())
}

/// Unpacks into nowhere first: what an archive says of its own size need not be true.
fn refuse_endless(bytes: &[u8]) -> Result<(), String> {
    let unreadable = |_| UNREADABLE.to_owned();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = MOST_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| UNREADABLE.to_owned())?;
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    Ok(())
}

fn too_large() -> String {
    "this workbook is too large: save its first sheet as CSV".to_owned()
}

/// The text so far. Rows come in order, cells within a row too.
#[derive(Default)]
struct Lines {
    text: String,
    /// Cells of the first row that is not blank: the header.
    width: usize,
    /// The row being written and how many of its cells are.
    row: usize,
    cells: usize,
}

impl Lines {
    fn add(&mut self, row: usize, column: usize, value: &str) -> Result<(), String> {
        if column >= MOST_COLUMNS {
            return Err(format!(
                "row {} has a value in column {}, at most {MOST_COLUMNS} are read",
                row + 1,
                column + 1
            ));
        }
        if self.text.len() + value.len() > MOST_TEXT_BYTES {
            return Err(too_large());
        }
        while self.row < row {
            self.end_row();
        }
        if self.cells > 0 {
            self.text.push(',');
        }
        for _ in self.cells..column {
            self.text.push(',');
        }
        self.cells = self.cells.max(column) + 1;
        write_quoted(&mut self.text, value);
        Ok(())
    }

    /// A sheet has no ragged rows: cells that are missing at the end are blank.
    fn end_row(&mut self) {
        if self.cells > 0 {
            self.width = if self.width == 0 { self.cells } else { self.width };
            for _ in self.cells..self.width {
                self.text.push(',');
            }
        }
        self.text.push('\n');
        self.row += 1;
        self.cells = 0;
    }

    fn finish(mut self) -> String {
        self.end_row();
        self.text
    }
}

fn write_quoted(text: &mut String, value: &str) {
    if value.contains(['"', ',', '\n', '\r']) {
        let _never_fails = write!(text, "\"{}\"", value.replace('"', "\"\""));
    } else {
        text.push_str(value);
    }
}

/// A value as a person sees it: no decimals on a whole number, dates in ISO form, times as hours and minutes.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => shown_number(*number),
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is_true) => if *is_true { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => shown_moment(moment),
        DataRef::DateTimeIso(text) => text.trim_end_matches("T00:00:00").to_owned(),
        DataRef::Error(error) => Data::Error(error.clone()).to_string(),
    }
}

fn shown_number(number: f64) -> String {
    let rounded = format!("{number:.*e}", SIGNIFICANT_DIGITS - 1).parse().unwrap_or(number);
    if rounded == 0.0 { "0".to_owned() } else { f64::to_string(&rounded) }
}

fn shown_moment(moment: &ExcelDateTime) -> String {
    // To the nearest minute: times are fractions of a day, which are not exact.
    const HALF_A_MINUTE: f64 = 0.5 / 1440.0;
    const MINUTE: f64 = 1.0 / 1440.0;
    let minutes = (moment.as_f64() / MINUTE).round();
    let is_date_only = (moment.as_f64() - moment.as_f64().round()).abs() < HALF_A_MINUTE;
    let kind = calamine::ExcelDateTimeType::DateTime;
    let (year, month, day, hour, minute, ..) = match () {
        () if is_date_only => moment.to_ymd_hms_milli(),
        // A thirtieth of a second more: the calendar cuts off where the clock rounds.
        () => ExcelDateTime::new(minutes * MINUTE + MINUTE / 1800.0, kind, false).to_ymd_hms_milli(),
    };
    match () {
        () if (0.0..1.0).contains(&moment.as_f64()) => format!("{hour:02}:{minute:02}"),
        () if is_date_only => format!("{year:04}-{month:02}-{day:02}"),
        () => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn i5_numbers_dates_and_times_are_as_a_person_sees_them() {
        for (number, text) in [
            (2210.0, "2210"),
            (30.2672, "30.2672"),
            (-97.7431, "-97.7431"),
            (0.1 + 0.2, "0.3"),
            (5_125_550_134.0, "5125550134"),
            (-0.0, "0"),
        ] {
            assert_eq!(shown_number(number), text);
        }
        let moment = |days: f64| shown_moment(&ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false));
        assert_eq!(moment(46_380.0), "2026-12-24");
        assert_eq!((moment(0.375), moment(17.5 / 24.0)), ("09:00".to_owned(), "17:30".to_owned()));
        assert_eq!(moment(46_380.0 + 0.375), "2026-12-24 09:00");
    }

    #[test]
    fn i5_rows_keep_their_numbers_and_blank_ends_are_no_ragged_rows() {
        let mut lines = Lines::default();
        for (row, column, value) in [(0, 0, "code"), (0, 2, "name"), (2, 0, "A"), (3, 1, "x, \"y\"")] {
            lines.add(row, column, value).unwrap();
        }
        assert_eq!(lines.finish(), "code,,name\n\nA,,\n,\"x, \"\"y\"\"\",\n");
        assert!(Lines::default().add(0, MOST_COLUMNS, "far").is_err());
    }
}
