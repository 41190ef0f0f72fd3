//! The record of each clinic: what may be stored, how it gets in from a spreadsheet and out again, how it is edited.
//!
//! For admins (imports, edits, the network's settings) and for the directory, which reads every clinic into its snapshot.
//! Tables: `networks` (one row), `consent_wordings`, `clinics`, `special_hours`, `slug_redirects`, `closures`.
//!
//! Invariants: a `code` is the network's own key and never changes (I1); a slug is permanent once published (I9); every
//! committed change raises the network's `data_version` and stamps the rows it touched, so that a reader can ask "what
//! changed since version N?", and so that the stamp of a row is the version that an editor has seen (I8). Start at
//! [`Clinic`]; `columns` is the spreadsheet's view of it and the one place where values are judged, `import` the way in.
//! [`Edit`] is what one edit says, `among` what the other records say to it; [`create()`], [`update()`] and [`retire()`] are
//! one transaction each, committed and made public by [`Records`].

pub mod addresses;
mod among;
mod change;
mod changes;
pub mod closures;
mod columns;
pub mod contact;
mod create;
mod edit;
mod export;
pub mod generate;
pub mod hours;
mod id;
pub mod import;
mod legacy;
mod model;
pub mod network;
mod place;
mod policy;
mod records;
mod retire;
mod rows;
mod slug;
pub mod status;
pub mod store;
mod update;

pub use change::{Change, EditError, Edited};
pub use changes::changes;
pub use columns::{COLUMNS, Column, bounded, checked_url};
pub use create::create;
pub use edit::{Drafted, Edit};
pub use export::{Flavour, export};
pub use id::ClinicId;
pub use legacy::{ClaimedTwice, claimed_twice, legacy_path, plain_path};
pub use model::{Clinic, Pin, PinPrecision, display_phone};
pub use policy::{Policy, PolicyError, PolicyField, PolicyOverrides};
pub use records::Records;
pub use retire::retire;
pub use slug::slugify;
pub use update::update;
