//! What every page has in common.

mod colors;

pub use colors::{ColorRole, GivenColors, Palette, Rgb, Stylesheet, Tokens, Unreadable};
