//! From a spreadsheet into the database and back: plan, decide, apply, undo (rules I1 to I6).
//!
//! [`plan()`] reads a file ([`Sheet`] turns bytes into rows of text) and judges each row on top of what is stored: it creates
//! or changes a clinic, changes nothing, needs a decision, or is an error. [`apply()`] takes the decisions and writes all of
//! it or nothing, [`undo()`] takes it back and keeps what was edited since. [`load()`] is the command: plan and apply in one
//! go; [`load_first`] the same for a directory that must still be empty. Tables: `imports`, `import_rows`. A problem names
//! row and column; rows are numbered as a spreadsheet shows them, the header being row 1.
//!
//! Invariants: what a plan does not say is not written; a clinic that moved on since the plan makes it stale.

mod apply;
mod bulk;
mod decide;
mod file;
mod google;
mod header;
mod judge;
mod legacy_claims;
mod load;
mod model;
mod pin;
pub mod pin_guard;
mod plan;
mod record;
mod row;
mod settle;
pub mod store;
mod text;
mod undo;

pub use apply::{Applied, ApplyError, Terms, apply};
pub use decide::{Choice, Decision, Decisions, Open};
pub use file::Sheet;
pub use load::{DEMONSTRATION, LoadError, Loaded, Progress, Request, Review, load, load_first, review};
pub use model::{Fix, Import, Outcome, PlanRow, Problem, RowResult, Status, Summary, Target};
pub use pin::CellError;
pub(super) use pin::{GivenPin, Zones, forget_derived_zone, place_pin, read_pin, repair_zip, settle_zone};
pub use plan::{PlanError, Source, plan};
pub(super) use row::guarded;
pub use text::{printable, row_text};
pub use undo::{UndoError, Undone, undo};
