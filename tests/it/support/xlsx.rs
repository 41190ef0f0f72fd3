//! Small workbooks, written as Excel writes them.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A cell as a person made it.
#[derive(Clone, Debug)]
pub enum Cell {
    Text(String),
    Number(f64),
    /// Days since the end of 1899, shown as a date.
    Date(f64),
    /// A part of a day, shown as a time.
    Time(f64),
    /// A formula with the value that Excel computed last.
    Formula(&'static str, &'static str),
    /// A formula without one.
    Error(&'static str),
    Blank,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text.to_owned()) }
    }
}

impl Cell {
    fn xml(&self, place: &str) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Text(text) => format!(
                "<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                text.replace('&', "&amp;").replace('<', "&lt;")
            ),
            Self::Number(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
            Self::Date(days) => format!("<c r=\"{place}\" s=\"1\"><v>{days}</v></c>"),
            Self::Time(part) => format!("<c r=\"{place}\" s=\"2\"><v>{part}</v></c>"),
            Self::Formula(formula, value) => {
                format!("<c r=\"{place}\" t=\"str\"><f>{formula}</f><v>{value}</v></c>")
            }
            Self::Error(error) => format!("<c r=\"{place}\" t=\"e\"><v>{error}</v></c>"),
        }
    }
}

/// The letters of a column, from 0.
fn letters(mut column: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + u8::try_from(column % 26).expect("below 26")));
        if column < 26 {
            return letters;
        }
        column = column / 26 - 1;
    }
}

/// A workbook whose first sheet has these rows, and whose second has something else.
pub fn workbook(rows: &[Vec<Cell>]) -> Vec<u8> {
    let sheet = |rows: &str| format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    archive(&[
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet(&rows_xml(rows))),
        ("xl/worksheets/sheet2.xml", &sheet("<row r=\"1\"><c r=\"A1\"><v>7</v></c></row>")),
    ])
}

/// The rows of a CSV file as texts, as a spreadsheet keeps what was pasted into cells of the kind "text".
pub fn workbook_of(csv: &str) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row").iter().map(Cell::from).collect());
    workbook(&rows.collect::<Vec<Vec<Cell>>>())
}

fn rows_xml(rows: &[Vec<Cell>]) -> String {
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let cells = row.iter().enumerate().map(|(column, cell)| cell.xml(&format!("{}{}", letters(column), at + 1)));
        text += &format!("<row r=\"{}\">{}</row>", at + 1, cells.collect::<String>());
    }
    text
}

/// A zip archive of these files.
pub fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("in memory");
        writer.write_all(text.as_bytes()).expect("in memory");
    }
    writer.finish().expect("in memory").into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"#;
const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"#;
const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
<sheet name="Clinics" sheetId="1" r:id="rId1"/><sheet name="Other" sheetId="2" r:id="rId2"/></sheets></workbook>"#;
const SHEETS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>
</Relationships>"#;
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="20"/></cellXfs></styleSheet>"#;
