//! Opening hours as people write them, and as the product keeps them (rules A1, I6). Pure.
//!
//! Three spellings lead to one model: the OpenStreetMap syntax ([`parse_weekly`]), one column per day as typed into a
//! spreadsheet ([`parse_day`], [`read_week`]) and dated exceptions ([`parse_special`]). What none of them says without
//! doubt is refused with a sentence for the person who wrote it, never guessed: a wrong hour sends someone to a locked
//! door.
//!
//! Invariants: every [`Window`] has open != close; [`SpecialDay`]s are sorted, one per date; `format` and `parse` are
//! inverses. Nothing here knows a time zone: wall clock becomes instants in `availability`. Start at [`WeeklyHours`].

mod dates;
mod day_columns;
mod error;
mod holidays;
mod model;
mod osm;
mod special;
mod typography;

pub use dates::parse_date;
pub use day_columns::{DayCellError, parse_day, read_week};
pub use error::HoursError;
pub use holidays::holiday_on;
pub use model::{DAY_CODES, MinuteOfDay, SpecialDay, WeeklyHours, Window};
pub use osm::{format_weekly, parse_weekly};
pub use special::{NOTE_MAX_CHARS, format_special, parse_special};
