//! What kind of file somebody brought, by its bytes: names lie.

use std::io::Cursor;

use zip::ZipArchive;

/// The kinds that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// `.xlsx`.
    Workbook,
}

const OLD_EXCEL: &str =
    "this is an old Excel file (.xls), or one with a password: save it as .xlsx or CSV, without a password";
const PDF: &str = "this is a PDF: export the sheet it was printed from as .xlsx or CSV";
const COMPRESSED: &str = "this file is compressed: unpack it, and give the CSV or .xlsx file that is in it";
const WEB_PAGE: &str = "this is a web page or XML, whatever its name says: save the sheet as .xlsx or CSV";
const JSON: &str = "this is JSON: clinics come as .xlsx or CSV";
const OTHER: &str = "this is neither CSV nor an Excel workbook (.xlsx)";
const DAMAGED: &str = "this file begins like an Excel workbook, but cannot be unpacked: save it again as .xlsx or CSV";
const BINARY_WORKBOOK: &str = "this is a binary Excel workbook (.xlsb): save it as .xlsx or CSV";
const OPEN_DOCUMENT: &str = "this is an OpenDocument file (.ods): save it as .xlsx or CSV";
const ZIP: &str = "this is a zip archive without a workbook: unpack it, and give the CSV or .xlsx file that is in it";

/// How files of other programs begin.
const BEGINNINGS: [(&[u8], &str); 8] = [
    (b"\xd0\xcf\x11\xe0", OLD_EXCEL),
    (b"%PDF", PDF),
    (b"\x1f\x8b", COMPRESSED),
    (b"7z\xbc\xaf\x27\x1c", COMPRESSED),
    (b"Rar!", COMPRESSED),
    (b"\x89PNG", OTHER),
    (b"\xff\xd8\xff", OTHER),
    (b"{\\rtf", OTHER),
];

/// The kind of the file.
///
/// # Errors
/// What it is instead, and what to do about it.
pub fn of(bytes: &[u8]) -> Result<Kind, &'static str> {
    if let Some((_, reason)) = BEGINNINGS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(reason);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return of_archive(bytes);
    }
    match bytes.trim_ascii_start().first() {
        Some(b'<') => Err(WEB_PAGE),
        Some(b'{' | b'[') => Err(JSON),
        _ if super::letters::is_text(bytes) => Ok(Kind::Text),
        _ => Err(OTHER),
    }
}

fn of_archive(bytes: &[u8]) -> Result<Kind, &'static str> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let has = |name: &str| archive.file_names().flatten().any(|entry| entry.eq_ignore_ascii_case(name));
    match () {
        () if has("xl/workbook.xml") => Ok(Kind::Workbook),
        () if has("xl/workbook.bin") => Err(BINARY_WORKBOOK),
        () if has("content.xml") => Err(OPEN_DOCUMENT),
        () => Err(ZIP),
    }
}
