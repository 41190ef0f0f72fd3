use super::Problem;
use crate::clinics::export::{Flavour, without_prefix};

/// The text of a file as rows and cells, every row as wide as the header.
#[derive(Debug)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<TableRow>,
}

/// One record; `number` is what a spreadsheet shows beside it.
#[derive(Debug)]
pub struct TableRow {
    pub number: usize,
    pub cells: Vec<String>,
}

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Reads CSV as spreadsheets write it: UTF-8 with or without BOM, UTF-16, Windows-1252; comma, semicolon or tab (I5).
///
/// # Errors
/// Ragged rows, a quote that is never closed, and a file without a header, each with its row.
pub fn read_table(bytes: &[u8], flavour: Flavour) -> Result<Table, Vec<Problem>> {
    let text = decoded(bytes);
    let separator = separator(&text);
    let numbers = record_rows(&text, separator).map_err(|problem| vec![problem])?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header: Vec<String> = match records.next() {
        Some(Ok(record)) => record.iter().map(|cell| cell.trim().to_owned()).collect(),
        _ => return Err(vec![Problem::new(1, None, "the file is empty: a header row with column names is needed")]),
    };
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    for (record, number) in records.zip(numbers.into_iter().skip(1)) {
        match record {
            Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(record) if record.len() != header.len() => problems.push(ragged(number, record.len(), header.len())),
            Ok(record) => {
                rows.push(TableRow { number, cells: record.iter().map(|cell| read_cell(cell, flavour)).collect() });
            }
            Err(error) => problems.push(Problem::new(number, None, error.to_string())),
        }
    }
    if problems.is_empty() { Ok(Table { header, rows }) } else { Err(problems) }
}

/// Without the apostrophe that the spreadsheet flavour of an export puts before formulas (I7).
fn read_cell(cell: &str, flavour: Flavour) -> String {
    let cell = cell.trim();
    if flavour == Flavour::Spreadsheet { without_prefix(cell) } else { cell }.to_owned()
}

fn ragged(row: usize, found: usize, expected: usize) -> Problem {
    Problem::new(
        row,
        None,
        format!("has {found} cells where the header has {expected}: is a separator or a quote missing?"),
    )
}

/// A byte-order mark decides; else a NUL beside the first letter of the header is UTF-16, valid UTF-8 is UTF-8, and the rest
/// is what Excel saves as "CSV".
fn decoded(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    let encoding = match bytes {
        [_, 0, ..] => encoding_rs::UTF_16LE,
        [0, _, ..] => encoding_rs::UTF_16BE,
        _ if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The separator that occurs most often in the header outside quotes.
fn separator(text: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [0_usize; SEPARATORS.len()];
    for byte in text.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => {}
            _ => {
                if let Some(i) = SEPARATORS.iter().position(|&separator| separator == byte) {
                    counts[i] += 1;
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let chosen = counts.iter().position(|&count| count == most).unwrap_or_default();
    SEPARATORS[chosen]
}

/// In which row of the spreadsheet each record starts: blank lines count there, line ends within quotes do not. The reader
/// would take an unclosed quote's whole rest of the file as one cell; here it is refused with the row where it starts.
fn record_rows(text: &str, separator: u8) -> Result<Vec<usize>, Problem> {
    let mut rows = Vec::new();
    let mut row = 1;
    let mut opened_in_row = None;
    let (mut at_cell_start, mut at_line_start) = (true, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let is_line_end = opened_in_row.is_none() && matches!(byte, b'\n' | b'\r');
        if at_line_start && !is_line_end {
            rows.push(row);
        }
        match (byte, opened_in_row) {
            (b'"', None) if at_cell_start => opened_in_row = Some(row),
            (b'"', Some(_)) if bytes.peek() == Some(&b'"') => _ = bytes.next(),
            (b'"', Some(_)) => opened_in_row = None,
            (b'\r', None) if bytes.peek() == Some(&b'\n') => {}
            _ if is_line_end => row += 1,
            _ => {}
        }
        at_line_start = is_line_end;
        at_cell_start = is_line_end || (opened_in_row.is_none() && byte == separator);
    }
    match opened_in_row {
        Some(row) => Err(Problem::new(row, None, "a quotation mark is opened here and never closed")),
        None => Ok(rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        read_table(bytes, Flavour::Raw).unwrap().rows.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn i5_encodings_and_separators_are_recognised() {
        let expected = vec![vec!["Española".to_owned(), "x".to_owned()]];
        assert_eq!(cells("name,code\r\nEspañola,x\r\n".as_bytes()), expected);
        assert_eq!(cells("\u{feff}name;code\nEspañola;x\n".as_bytes()), expected);
        assert_eq!(cells(b"name\tcode\nEspa\xf1ola\tx\n"), expected);
        let utf16: Vec<u8> = "name,code\nEspañola,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(cells(&utf16), expected);
        let with_bom: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16).collect();
        assert_eq!(cells(&with_bom), expected);
    }

    #[test]
    fn i5_quoted_newlines_stay_and_trailing_blank_rows_go() {
        assert_eq!(cells(b"a,b\n\"one\ntwo\",\"x \"\"y\"\"\"\n,\n\n"), [["one\ntwo", "x \"y\""]]);
    }

    #[test]
    fn i5_ragged_rows_and_unclosed_quotes_are_refused_with_their_row() {
        let ragged = read_table(b"a,b\n1,2\n1,2,3\n", Flavour::Raw).unwrap_err();
        assert_eq!(ragged[0].row, 3);
        let unclosed = read_table(b"a,b\n1,2\n\"open,2\n1,2\n", Flavour::Raw).unwrap_err();
        assert_eq!((unclosed[0].row, unclosed.len()), (3, 1));
        assert_eq!(read_table(b"", Flavour::Raw).unwrap_err()[0].row, 1);
    }

    #[test]
    fn i5_rows_are_numbered_as_a_spreadsheet_shows_them() {
        for text in [
            "a,b\n\n1,\"x\ny\"\n,\n\n2,z\n",
            "a,b\r\n\r\n1,\"x\r\ny\"\r\n,\r\n\r\n2,z",
            "a,b\r\r1,\"\"\"\r\"\r,\r\r2,z\r",
        ] {
            let rows: Vec<_> =
                read_table(text.as_bytes(), Flavour::Raw).unwrap().rows.iter().map(|row| row.number).collect();
            assert_eq!(rows, [3, 6], "{text:?}");
        }
    }
}
