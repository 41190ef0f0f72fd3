//! Where cells and records end: quotes, separators, line ends, as spreadsheets write them.

use std::borrow::Cow;

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Some times what a spreadsheet keeps in a cell (32,767 characters): beyond it, a quote or a line end is missing, and the
/// reading stops before the rest of the file is taken for one cell.
const LONGEST_CELL_BYTES: usize = 128 * 1024;

/// How far a text has been read.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    at: usize,
    /// The row of the spreadsheet that begins there: blank lines count, line ends within quotes do not.
    row: usize,
}

impl Default for Cursor {
    fn default() -> Self {
        Self { at: 0, row: 1 }
    }
}

/// A record with the row it is in; `count` also counts cells beyond those that are kept.
#[derive(Debug)]
pub struct Record<'t> {
    pub row: usize,
    pub cells: Result<Vec<Cow<'t, str>>, CellFault>,
    pub count: usize,
}

/// Why a record has no end.
#[derive(Debug)]
pub struct CellFault {
    /// From 0.
    pub cell: Option<usize>,
    pub reason: String,
}

/// The separator that occurs most often in the header outside quotes.
pub fn separator(text: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [0_usize; SEPARATORS.len()];
    for byte in text.trim_start_matches(['\r', '\n']).bytes().take(LONGEST_CELL_BYTES) {
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

/// The next record after blank lines, of which at most `most` cells are kept; `None` at the end of the text. A fault ends
/// the text: nothing after it has a known place.
pub fn next<'t>(text: &'t str, separator: u8, most: usize, cursor: &mut Cursor) -> Option<Record<'t>> {
    while let Some(length) = line_end(text.as_bytes(), cursor.at) {
        cursor.at += length;
        cursor.row += 1;
    }
    if cursor.at >= text.len() {
        return None;
    }
    let row = cursor.row;
    let (mut cells, mut count) = (Vec::new(), 0);
    loop {
        let cell = match Cell::read(text, cursor.at, separator) {
            Ok(cell) => cell,
            Err(reason) => {
                cursor.at = text.len();
                return Some(Record { row, cells: Err(CellFault { cell: Some(count), reason }), count });
            }
        };
        count += 1;
        if cells.len() < most {
            cells.push(cell.text);
        }
        cursor.at = cell.end;
        if text.as_bytes().get(cell.end) == Some(&separator) {
            cursor.at += 1;
            continue;
        }
        cursor.at += line_end(text.as_bytes(), cell.end).unwrap_or_default();
        cursor.row += 1;
        return Some(Record { row, cells: Ok(cells), count });
    }
}

/// The length of the line end that is here, if one is.
fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..)? {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    }
}

struct Cell<'t> {
    text: Cow<'t, str>,
    /// Where the separator, the line end or the end of the text is.
    end: usize,
}

impl<'t> Cell<'t> {
    fn read(text: &'t str, start: usize, separator: u8) -> Result<Self, String> {
        let is_end = |byte: &u8| *byte == separator || matches!(byte, b'\r' | b'\n');
        let plain_until = |from: usize| {
            let rest = &text.as_bytes()[from..];
            let bounded = &rest[..rest.len().min(LONGEST_CELL_BYTES + 1)];
            match bounded.iter().position(is_end) {
                Some(length) => Ok(from + length),
                None if bounded.len() > LONGEST_CELL_BYTES => Err(too_long()),
                None => Ok(text.len()),
            }
        };
        if text.as_bytes().get(start) != Some(&b'"') {
            let end = plain_until(start)?;
            return Ok(Self { text: Cow::Borrowed(&text[start..end]), end });
        }
        let (quoted, after) = unquote(text, start + 1)?;
        let end = plain_until(after)?;
        // What follows a closing quote is part of the cell, as spreadsheets read it.
        let text = if end > after { Cow::Owned(quoted.into_owned() + &text[after..end]) } else { quoted };
        Ok(Self { text, end })
    }
}

/// The text up to the closing quote, and where what follows it begins; a doubled quote is one.
fn unquote(text: &str, start: usize) -> Result<(Cow<'_, str>, usize), String> {
    let mut read = Cow::Borrowed("");
    let mut from = start;
    loop {
        let rest = &text.as_bytes()[from..];
        let bounded = &rest[..rest.len().min(LONGEST_CELL_BYTES + 1)];
        let Some(length) = bounded.iter().position(|byte| *byte == b'"') else {
            let is_cut = bounded.len() < rest.len();
            return Err(if is_cut {
                too_long()
            } else {
                "a quotation mark is opened here and never closed".to_owned()
            });
        };
        let piece = &text[from..from + length];
        from += length + 1;
        let is_doubled = text.as_bytes().get(from) == Some(&b'"');
        if read.is_empty() && !is_doubled {
            return Ok((Cow::Borrowed(piece), from));
        }
        read.to_mut().push_str(piece);
        if !is_doubled {
            return Ok((read, from));
        }
        read.to_mut().push('"');
        from += 1;
        if read.len() > LONGEST_CELL_BYTES {
            return Err(too_long());
        }
    }
}

fn too_long() -> String {
    format!("the cell is longer than {LONGEST_CELL_BYTES} bytes: is a quotation mark or a line end missing?")
}
