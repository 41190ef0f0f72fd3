//! How dates, times of day, distances and clinics' names are written, in each language of the visitors' pages. Pure.
//!
//! Everything here is in the wall clock and the calendar of one place, already; who calls knows which. `today` is that
//! place's date: it decides whether a year is told, and what "tomorrow" is.

mod clinic_name;
mod clock;
mod date;
mod distance;

pub use clinic_name::{listed_name, shown_name};
pub use clock::{clock, clock_range, clock_with_article, slot_clock};
pub use date::{day_ahead, long_date, long_time, plain_date, short_date, short_day, short_time, weekday};
pub use distance::{distance, short_distance};

/// Keeps what belongs together on one line.
const NO_BREAK: char = '\u{a0}';
