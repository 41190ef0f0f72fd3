//! When a clinic is open and when a free consultation can be had (rules A1 to A11, A14, I12). Pure: wall-clock hours, claims and
//! `now` go in, instants come out; nothing here reads a clock or a database.
//!
//! [`Schedule`] is what a clinic says about its hours, [`open_state()`] answers "open now, until when?", and [`Agenda`]
//! answers "which slots?", "the next one?" and "why not this one?". The road is always the same: the windows of a local
//! date (`schedule`), merged openings as instants (`openings`), the grid on them and the seats left (`slots`).
//!
//! Invariants: the grid depends on hours and policy alone, never on the query, on claims or on now (A4); intervals are
//! half-open; what `remaining` shows can be held (A8); whether it then is, the claims table decides.

mod claims;
mod closures;
mod explain;
mod local_time;
mod open_state;
mod openings;
mod schedule;
mod slots;

#[cfg(test)]
mod tests;

pub use claims::{BUCKET_SECS, Claim, Claims, buckets};
pub use explain::NotOffered;
pub use local_time::{LocalTime, dates_differ};
pub use open_state::{LOOK_AHEAD_DAYS, OpenState, Openness, open_state};
pub use schedule::Schedule;
pub use slots::{Agenda, Slot};
