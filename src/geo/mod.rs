//! Points on the earth and the distances between them (rules N1, N2, N5, N6, N7). Pure.
//!
//! The truth is the WGS84 geodesic; [`PointIndex`] finds neighbours through straight chords, and `chord` and `arc` prove
//! which answers need the truth at all. Order, radius and every printed distance are exactly the geodesic's.
//! Start at [`Point`], the only way to make a coordinate, then read [`PointIndex::nearest`].

mod arc;
mod bearing;
mod chord;
mod index;
mod point;
#[cfg(test)]
mod samples;
mod search;
mod settle;

pub use bearing::Compass;
pub use chord::{Ecef, bisector_distance};
pub use index::{Hit, PointIndex};
pub use point::{Metres, Point, PointError, geodesic};
