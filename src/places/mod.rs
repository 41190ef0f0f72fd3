//! Where is the caller? From a text box, a ZIP or a phone number to a point of stated precision (rules P1-P9).
//!
//! For everything that takes a place from a person: nearest queries, the console, imports. Pure: the gazetteer is embedded
//! and unpacked on first use, so warm it up by calling [`gazetteer()`] once at the start.
//!
//! Invariants: a state that was said constrains the answer (P2); a name is matched whole, after folding, or it is a
//! misspelling that the answer owns up to (P3); whatever else a name could mean is in `alternatives` (P4).
//!
//! Start at [`Gazetteer::resolve`] (`resolve`, which reads the question with `query` and asks `zips`, `cities` and
//! `guess`); `fold` says what counts as the same name, `load` where the cities come from.

mod aliases;
#[cfg(test)]
mod asked;
mod cities;
mod error;
mod fold;
mod gazetteer;
mod guess;
mod load;
mod merge;
mod model;
mod names;
mod outlines;
mod phone;
mod query;
mod resolve;
mod spelling;
mod states;
mod suggest;
mod uncertainty;
mod zips;

pub use error::{PlaceError, UnknownPlace};
pub use gazetteer::{Gazetteer, gazetteer};
pub use model::{City, PlaceKind, PlaceRef, Precision, Resolved, Suggestion, Zip, ZipCode, ZipKind};
pub use phone::PhonePlace;
pub use states::{Landmass, State};
