//! Judges the rows of a file one after the other: which clinic each is about, and whether it may be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::file::SheetRow;
use super::header::Header;
use super::model::{PlanRow, Problem, RowResult};
use super::pin::Zones;
use super::row::{Cells, Reading};
use crate::accounts::Scope;
use crate::clinics::hours::{WeeklyHours, parse_weekly};
use crate::clinics::store::Stored;

/// The stored clinics that a batch of rows is about, by code.
pub type ByCode = HashMap<Box<str>, Stored>;

/// How the cells of a file are meant.
#[derive(Clone, Copy, Debug)]
pub struct Reads {
    /// `30,2672` is a number where semicolons part the cells.
    pub has_decimal_commas: bool,
    /// `#REF!` and the like are what a machine wrote on purpose.
    pub is_raw: bool,
}

/// Judges row after row of one file.
pub struct Judge {
    pub header: Header,
    pub reads: Reads,
    pub scope: Scope,
    /// The codes so far and their rows.
    rows_by_code: HashMap<Box<str>, usize>,
    /// Stored codes of digits alone, by what is left of them without their leading zeros.
    by_digits: HashMap<Box<str>, Box<str>>,
    pub zones: Zones,
    pub timetables: Mutex<Timetables>,
}

/// Timetables by what was written: a chain's clinics share few.
#[derive(Debug, Default)]
pub struct Timetables(HashMap<Box<str>, Arc<WeeklyHours>>);

impl Timetables {
    /// Reads weekly hours, or remembers them.
    ///
    /// # Errors
    /// What cannot be understood in them.
    pub fn read(&mut self, cell: &str) -> Result<Arc<WeeklyHours>, String> {
        const MOST: usize = 1_000;
        if let Some(week) = self.0.get(cell) {
            return Ok(Arc::clone(week));
        }
        let week = Arc::new(parse_weekly(cell).map_err(|error| error.to_string())?);
        if self.0.len() < MOST {
            self.0.insert(cell.into(), Arc::clone(&week));
        }
        Ok(week)
    }
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("header", &self.header).finish_non_exhaustive()
    }
}

impl Judge {
    #[must_use]
    pub fn new(header: Header, reads: Reads, scope: Scope, stored_codes: Vec<String>) -> Self {
        let digits = stored_codes.into_iter().filter_map(|code| Some((without_zeros(&code)?.into(), code.into())));
        Self {
            header,
            reads,
            scope,
            rows_by_code: HashMap::new(),
            by_digits: digits.collect(),
            zones: Zones::new(),
            timetables: Mutex::default(),
        }
    }

    /// The codes under which the clinic of a row may be stored.
    #[must_use]
    pub fn codes_of<'s>(&'s self, row: &'s SheetRow) -> Vec<&'s str> {
        let Ok(cells) = &row.cells else { return Vec::new() };
        let code = Cells { header: &self.header, cells }.field("code");
        std::iter::once(code).chain(self.but_for_zeros(code)).collect()
    }

    /// The stored code that differs in leading zeros alone: spreadsheets take them for nothing.
    fn but_for_zeros(&self, code: &str) -> Option<&str> {
        self.by_digits.get(without_zeros(code)?).map(|stored| &**stored).filter(|stored| *stored != code)
    }

    /// What the row means; a row that changes nothing is judged, too.
    pub fn judge(&mut self, row: &SheetRow, stored: &ByCode) -> PlanRow {
        let mut judged = blank_row(row.number);
        let cells = match &row.cells {
            Ok(cells) => cells,
            Err(fault) => {
                judged.is_skippable = !fault.ends_file;
                judged.problems.push(Problem::new(row.number, fault.column.as_deref(), fault.reason.clone()));
                return judged;
            }
        };
        let code = Cells { header: &self.header, cells }.field("code").to_owned();
        judged.code.clone_from(&code);
        let likely = if stored.contains_key(&*code) { None } else { self.but_for_zeros(&code).map(str::to_owned) };
        for taken in [Some(&code), likely.as_ref()].into_iter().flatten().filter(|code| !code.is_empty()) {
            if let Some(earlier) = self.rows_by_code.insert(taken.as_str().into(), row.number) {
                let reason = format!("\"{taken}\" is already in row {earlier}");
                judged.problems.push(Problem::new(row.number, Some(self.header.name_of("code")), reason));
                return judged;
            }
        }
        let reading = Reading { judge: self, row: row.number, cells: Cells { header: &self.header, cells } };
        match likely.and_then(|likely| stored.get(&*likely)) {
            Some(likely) => reading.with_lost_zeros(judged, likely),
            None => reading.plainly(judged, stored.get(&*code)),
        }
    }
}

/// An error until it is found to be more.
fn blank_row(row: usize) -> PlanRow {
    PlanRow {
        row,
        code: String::new(),
        result: RowResult::Error,
        is_skippable: true,
        given: None,
        fixed: None,
        problems: Vec::new(),
        notes: Vec::new(),
        outcome: None,
        reason: None,
        written_hash: None,
    }
}

/// `None` for what is no number.
fn without_zeros(code: &str) -> Option<&str> {
    let is_number = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| code.trim_start_matches('0'))
}
