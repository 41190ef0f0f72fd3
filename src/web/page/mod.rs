//! What every HTML page is made with, for visitors and for staff.
//!
//! A page is a template that extends `templates/visitor.html` or `templates/staff.html` and a view struct with a [`Frame`] or a
//! [`StaffFrame`]. [`Language`] and [`STAFF`] have its words, [`mod@format`] writes dates, times, distances and clinics' names,
//! [`FormErrors`] says what is wrong with a form that is shown again, [`show_problems`] turns every other refusal into a page
//! with a way out, [`assets`] are the files that it links to, [`guard`] says what browsers may do with it. [`Palette`] derives
//! the operator's colours, and refuses those that nobody could read.
//!
//! Invariants: nothing runs that is not ours, nothing is loaded from another host but what an operator chose, what was typed is
//! text.

pub mod assets;
mod brand;
mod colors;
mod form;
pub mod format;
mod frame;
mod language;
mod pages;
mod place_field;
mod policy;
mod problem;
mod redirect;
mod staff_frame;
mod words;

pub use brand::{Brand, Phone};
pub use colors::{ColorRole, GivenColors, Palette, Rgb, Stylesheet, Tokens, Unreadable};
pub use form::{FormErrors, Mistake, summary};
pub use frame::{Frame, escaped_json};
pub use language::Language;
pub use pages::Pages;
pub use place_field::{Offer, PlaceField};
pub use policy::{Policy, guard};
pub use problem::{Audience, ProblemPages, html, is_for_people, problem_page, show_problems};
pub use redirect::{found, permanently, query_of, see_other};
pub use staff_frame::{Signed, StaffFrame};
pub use words::{STAFF, Words};
