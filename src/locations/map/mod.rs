//! The map of the locations pages: the states' outlines with the clinics on them.
//!
//! For the pages, which embed the drawings of `svg` (they need no script), and for the browser part, which fetches the two
//! files of `api`. Start at [`draw_country`], [`draw_state`] and [`draw_locator`]; `albers` is the projection, `frame` where
//! each landmass lies on the paper, `outline` makes the outlines as coarse as their size allows, `dots` merges clinics that
//! would cover each other. All but `api` and `clusters` is pure.
//!
//! Invariants: neighbours share every corner of their common border at any coarseness; a text of a record reaches the
//! drawing only escaped; nothing in a drawing has an id or a style of its own.

mod albers;
mod api;
mod clusters;
mod dots;
mod frame;
mod outline;
mod packed;
mod path;
mod svg;

pub use api::router;
pub use svg::{Dot, StateShape, draw_country, draw_locator, draw_state};
