//! Everything that is held about one person: shown to them, and erased for good on request.
//!
//! A person is known by a phone number or an e-mail address ([`Person`]). [`export()`] gathers what there is; [`erase()`] empties
//! it, in one transaction with its row in `erasures` and its audit entry, and gives a receipt. Before that transaction
//! commits, a line is on the disk in the [`ErasureLog`], a file outside the database: a backup that is restored later still
//! holds the person, and [`reapply()`] erases them again at the next start.
//!
//! Invariant: neither the log, the table, the audit nor the receipt says whose data it was. They hold a keyed fingerprint, and
//! marks of the bookings, which are random; with the key lost, the marks still lead to every booking that was erased.

mod erase;
mod export;
mod log;
mod model;
mod reapply;
mod store;

pub use erase::erase;
pub use export::{Held, export};
pub use log::{Erasure, ErasureLog, Lines};
pub use model::{Kind, Person};
pub use reapply::{Reapplied, reapply};

pub(super) use store::emptied;
