//! From the bytes of a file to rows of text (rule I5): what kind of file it is, how its letters are written, where its cells
//! end. Whatever it was, it is read as one text of separated cells, a batch of rows at a time, so that a large file is in
//! memory once. Pure.

mod kind;
mod letters;
mod records;
mod workbook;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use self::kind::Kind;
use self::records::{Cursor, Record};
use super::Problem;
use crate::clinics::export::{Flavour, without_prefix};

/// More columns than any sheet of clinics has, and few enough to compare each with the known names.
const MOST_COLUMNS: usize = 500;

/// Stands in a cell for a byte that is no letter in the file's encoding: a noncharacter, which no text holds.
const LOST_LETTER: char = '\u{FFFF}';

/// A file whose header was read, and whose rows follow.
#[derive(Debug)]
pub struct Sheet {
    pub header: Vec<String>,
    text: String,
    separator: u8,
    flavour: Flavour,
    cursor: Cursor,
}

/// One record of the file; `number` is what a spreadsheet shows beside it.
#[derive(Debug)]
pub struct SheetRow {
    pub number: usize,
    /// As many as the header has; or why they cannot be told apart.
    pub cells: Result<Vec<String>, RowFault>,
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    pub column: Option<String>,
    pub reason: String,
    /// Nothing after it can be read either, so nobody knows what leaving it out would leave out.
    pub ends_file: bool,
}

impl Sheet {
    /// Recognises the file by its bytes, never by its name, and reads the header.
    ///
    /// # Errors
    /// One sentence for the person who brought a file that is none of CSV and `.xlsx`, or has no header.
    pub fn open(bytes: Vec<u8>, flavour: Flavour) -> Result<Self, Problem> {
        let refused = |reason: String| Problem::new(1, None, reason);
        let (text, separator) = match kind::of(&bytes).map_err(|reason| refused(reason.to_owned()))? {
            Kind::Workbook => (workbook::text_of(&bytes).map_err(refused)?, b','),
            Kind::Text => {
                let text = letters::decoded(bytes);
                let separator = records::separator(&text);
                (text, separator)
            }
        };
        let mut sheet = Self { header: Vec::new(), text, separator, flavour, cursor: Cursor::default() };
        sheet.read_header()?;
        Ok(sheet)
    }

    fn read_header(&mut self) -> Result<(), Problem> {
        const NEEDED: &str = "the file is empty: a header row with column names is needed";
        let record = records::next(&self.text, self.separator, usize::MAX, &mut self.cursor);
        let record = record.ok_or_else(|| Problem::new(1, None, NEEDED))?;
        let Record { row, cells, .. } = record;
        let cells = cells.map_err(|fault| Problem::new(row, None, fault.reason))?;
        if cells.len() > MOST_COLUMNS {
            let reason = format!("has {} columns, at most {MOST_COLUMNS} are read", cells.len());
            return Err(Problem::new(row, None, reason));
        }
        self.header = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        Ok(())
    }

    /// Whether decimal commas are likely: where cells are parted by semicolons, the comma is the decimal sign.
    #[must_use]
    pub fn has_decimal_commas(&self) -> bool {
        self.separator != b','
    }

    /// The next rows that are not blank; none at the end of the file.
    pub fn next_rows(&mut self, most: usize) -> Vec<SheetRow> {
        let mut rows = Vec::new();
        while rows.len() < most {
            // A row may be wider than the header by mistake: that is counted, but not kept.
            let width = self.header.len();
            let Some(record) = records::next(&self.text, self.separator, width, &mut self.cursor) else { break };
            rows.extend(row(record, &self.header, self.flavour));
        }
        rows
    }
}

/// `None` for a blank row.
fn row(record: Record<'_>, header: &[String], flavour: Flavour) -> Option<SheetRow> {
    let width = header.len();
    let Record { row: number, cells, count } = record;
    let cells = match cells {
        Err(fault) => {
            let column = fault.cell.and_then(|at| header.get(at).cloned());
            Err(RowFault { column, reason: fault.reason, ends_file: true })
        }
        Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) && count <= width => return None,
        Ok(_) if count != width => Err(ragged(count, width)),
        Ok(cells) => Ok(cells.iter().map(|cell| read_cell(cell, flavour)).collect()),
    };
    Some(SheetRow { number, cells })
}

fn ragged(found: usize, expected: usize) -> RowFault {
    let reason = format!("has {found} cells where the header has {expected}: is a separator or a quote missing?");
    RowFault { column: None, reason, ends_file: false }
}

/// Without the apostrophe that the spreadsheet flavour of an export puts before formulas (I7); letters composed (NFC), so
/// that one word is one text.
fn read_cell(cell: &str, flavour: Flavour) -> String {
    let cell = cell.trim();
    let cell = if flavour == Flavour::Spreadsheet { without_prefix(cell) } else { cell };
    match is_nfc_quick(cell.chars()) {
        IsNormalized::Yes => cell.to_owned(),
        _ => cell.nfc().collect(),
    }
}

/// Whether a byte of this cell was no letter.
#[must_use]
pub fn has_lost_letter(cell: &str) -> bool {
    cell.contains(LOST_LETTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<SheetRow> {
        Sheet::open(bytes.to_vec(), Flavour::Raw).unwrap().next_rows(100)
    }

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        rows(bytes).into_iter().map(|row| row.cells.unwrap()).collect()
    }

    /// The row and the reason of the only fault.
    fn fault(bytes: &[u8]) -> (usize, RowFault) {
        let mut faults = rows(bytes).into_iter().filter_map(|row| Some((row.number, row.cells.err()?)));
        let first = faults.next().expect("a fault");
        assert!(faults.next().is_none());
        first
    }

    #[test]
    fn i5_encodings_and_separators_are_recognised() {
        let expected = vec![vec!["Española".to_owned(), "x".to_owned()]];
        assert_eq!(cells("name,code\r\nEspañola,x\r\n".as_bytes()), expected);
        assert_eq!(cells("\u{feff}name;code\nEspañola;x\n".as_bytes()), expected);
        assert_eq!(cells(b"name\tcode\nEspa\xf1ola\tx\n"), expected);
        assert_eq!(cells("name,code\nEspan\u{303}ola,x\n".as_bytes()), expected, "composed");
        let text = "name,code\nEspañola,x\n";
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let utf16: Vec<u8> = text.encode_utf16().flat_map(to_bytes).collect();
            assert_eq!(cells(&utf16), expected);
            let with_bom: Vec<u8> = "\u{feff}name,code\nEspañola,x\n".encode_utf16().flat_map(to_bytes).collect();
            assert_eq!(cells(&with_bom), expected);
        }
    }

    #[test]
    fn i5_a_byte_of_another_encoding_is_lost_and_said() {
        for start in ["", "\u{feff}"] {
            let file = [start.as_bytes(), "a,b\né,Espa".as_bytes(), b"\xf1ola\n"].concat();
            let read = cells(&file);
            assert_eq!((&*read[0][0], has_lost_letter(&read[0][1])), ("é", true), "{start:?}");
        }
    }

    #[test]
    fn i5_quoted_newlines_stay_and_trailing_blank_rows_go() {
        assert_eq!(cells(b"a,b\n\"one\ntwo\",\"x \"\"y\"\"\"\n,\n\n"), [["one\ntwo", "x \"y\""]]);
        assert_eq!(cells(b"a,b\n\"one\" more,st\"ay\n"), [["one more", "st\"ay"]]);
    }

    #[test]
    fn i5_ragged_rows_and_unclosed_quotes_are_told_with_their_row() {
        let (row, ragged) = fault(b"a,b\n1,2\n1,2,3\n1,2\n");
        assert_eq!((row, ragged.ends_file), (3, false));
        let (row, unclosed) = fault(b"a,b\n1,2\n\"open,2\n1,2\n");
        assert_eq!((row, unclosed.ends_file), (3, true));
        assert_eq!(Sheet::open(Vec::new(), Flavour::Raw).unwrap_err().row, 1);
    }

    #[test]
    fn i5_a_cell_without_end_and_a_header_without_end_stop_the_reading() {
        let huge = format!("a,b\n1,2\n1,{}\n", "x".repeat(1 << 20));
        let (row, fault) = fault(huge.as_bytes());
        assert_eq!((row, fault.column.as_deref(), fault.ends_file), (3, Some("b"), true));
        let wide = "c,".repeat(10_000);
        assert!(Sheet::open(wide.into_bytes(), Flavour::Raw).unwrap_err().reason.contains("10001 columns"));
    }

    #[test]
    fn i5_rows_are_numbered_as_a_spreadsheet_shows_them() {
        for text in [
            "a,b\n\n1,\"x\ny\"\n,\n\n2,z\n",
            "a,b\r\n\r\n1,\"x\r\ny\"\r\n,\r\n\r\n2,z",
            "a,b\r\r1,\"\"\"\r\"\r,\r\r2,z\r",
        ] {
            let numbers: Vec<_> = rows(text.as_bytes()).iter().map(|row| row.number).collect();
            assert_eq!(numbers, [3, 6], "{text:?}");
        }
    }

    #[test]
    fn i5_what_is_neither_text_nor_a_workbook_is_refused_in_one_sentence() {
        for (bytes, named) in [
            (&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], ".xls"),
            (b"%PDF-1.7\n", "PDF"),
            (b"\x1f\x8b\x08\x00", "compressed"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "neither CSV nor"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "neither CSV nor"),
            (b"PK\x03\x04 cut off", "cannot be unpacked"),
            (b"  <html><table>", "web page"),
            (b"{\"clinics\": []}", "JSON"),
        ] {
            let problem = Sheet::open(bytes.to_vec(), Flavour::Spreadsheet).unwrap_err();
            assert!(problem.reason.contains(named) && problem.reason.contains("CSV"), "{named}: {}", problem.reason);
        }
    }
}
