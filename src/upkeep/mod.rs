//! What operators do to keep the directory safe: [`backup()`], [`restore()`], [`check()`].
//!
//! SQLite is copied and put back by the program itself; PostgreSQL has its own tools, and is told with the line to type. What was
//! erased on request stays erased whichever way an older state came back: [`erase_again`] runs before anything is served.

mod backup;
mod check;
mod erasures;
mod postgres;
mod restore;

pub use backup::{Backup, backup};
pub use check::check;
pub use erasures::erase_again;
pub use restore::{Restore, Restored, restore};
