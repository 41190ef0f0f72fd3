//! From a spreadsheet into the database: read every row, judge it, and write all of them or none (rules I1, I3 to I6).
//!
//! [`read_table`] turns bytes into rows of text, [`read_clinics`] rows into validated clinics on top of what is stored,
//! [`load()`] is the command: both, in one transaction; [`load_first`] is for a directory that must still be empty. An error names row and column; rows are numbered as a
//! spreadsheet shows them, the header being row 1.

mod header;
mod load;
mod pin;
mod row;
mod table;

pub use load::{DEMONSTRATION, LoadError, Loaded, Progress, load, load_first};
pub use pin::CellError;
pub(super) use pin::{Zones, forget_derived_zone, place_pin, repair_zip, settle_zone};
pub use row::{Reading, read_clinics};
pub use table::{Table, read_table};

/// Something in a file that a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// As the spreadsheet numbers it; the header is row 1.
    pub row: usize,
    /// The column's name, when one cell is to blame.
    pub column: Option<String>,
    pub reason: String,
}

impl Problem {
    fn new(row: usize, column: Option<&str>, reason: impl Into<String>) -> Self {
        Self { row, column: column.map(str::to_owned), reason: reason.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            Some(column) => write!(f, "row {}, {column}: {}", self.row, self.reason),
            None => write!(f, "row {}: {}", self.row, self.reason),
        }
    }
}
