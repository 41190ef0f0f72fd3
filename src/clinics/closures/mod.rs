//! Closures: "all clinics in Florida, 9 to 11 September, because of the storm" (rule I12).
//!
//! A closure is a record of its own, chosen by clinics, region, state, all, or a circle; its dates are read on each
//! clinic's own calendar. Table: `closures`. What it leaves of a clinic's hours is computed in `availability`, what becomes
//! of the visits it hits is decided in `bookings`. A lifted closure stays as a record and closes nothing.

mod model;
mod store;

pub use model::{Closure, ClosureError, Record, Scope, Stage};
pub use store::{current, find, insert, lift, page, some, update};
