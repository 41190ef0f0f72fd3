//! The read side: every public answer about clinics, from memory.
//!
//! A [`Snapshot`] is the whole directory at one data version, swapped as a whole, so that lists, lookups and nearest queries
//! agree with each other and go on while the database is away. [`Directory`] holds the current one and follows the database.
//! Beside the snapshots each clinic has a `diary` of what is taken, which `bookings` fills; what is computed from hours and
//! claims is `kept` until they change. `nearest` is the engine (rules N), `joint` weighs distance against wait (A16),
//! `answer` writes the JSON, `api` and its neighbours are the HTTP. Table: `unmet_demand`.
//!
//! Invariants: an answer comes from one snapshot and one `as_of` (N10), free times from the claims of that moment; no lock is
//! held and no query made while answering.

mod answer;
mod api;
mod availability_api;
mod brand;
mod clinic_api;
mod demand;
mod diary;
mod entry;
mod explain;
mod export;
mod filter;
mod follow;
mod joint;
mod joint_api;
mod kept;
mod list_api;
mod nearest;
mod nearest_query;
mod network;
mod out;
mod place_api;
mod snapshot;
mod state_api;

pub use api::{Origin, count_search, find, nearest_answer, router};
pub use availability_api::PolicyOut;
pub use entry::{Entry, city_path, state_path};
pub use explain::{ExplanationOut, explanation};
pub use export::export_clinics;
pub use filter::{Dates, Filter, Reason, Skipped};
pub use follow::Directory;
pub use joint::{Choice, Joint, Label, weigh};
pub use list_api::{decode_cursor, encode_cursor, search_text};
pub use nearest::{Excluded, Found, Place, Question, Sort, search};
pub use nearest_query::{Near, NearestQuery, any_time, limit, miles};
pub use network::Network;
pub use out::{ClinicOut, HoursOut, Lang, SlotOut, clinic_page_url, clinic_url};
pub use snapshot::Snapshot;
pub use state_api::find_state;
