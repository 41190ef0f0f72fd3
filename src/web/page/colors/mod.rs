//! The operator's four colours, and the whole set of colours that pages are painted with, derived from them for day and night.
//!
//! For the settings, which refuse colours that nobody could read ([`Palette::check`]), and for the directory, which makes the
//! [`Stylesheet`] once per change. `tone` knows colours and their contrast, `tokens` the names that stylesheets use and our
//! own values, `needs` what each colour must be readable on, `unreadable` how a refusal is told.
//!
//! Invariants: whatever was given, every text of both schemes has 4.5 to 1 on every ground that it stands on, and the edge of
//! a control 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11). All of it is pure. Start at [`Palette::of`].

mod given;
mod needs;
mod palette;
mod stylesheet;
mod tokens;
mod tone;
mod unreadable;

#[cfg(test)]
mod tests;

pub use given::{ColorRole, GivenColors};
pub use palette::Palette;
pub use stylesheet::Stylesheet;
pub use tokens::Tokens;
pub use tone::Rgb;
pub use unreadable::Unreadable;
