//! The network's settings: its name and phone, what its services are called, how consultations are offered where a clinic
//! does not say otherwise, how long personal data is kept, and the words that visitors agree to.
//!
//! For admins and for everything that is the same at every clinic. Tables: `networks` (one row) and `consent_wordings`.
//!
//! Invariants: a wording that was published never changes; each edit raises `settings_version`, which is its ETag, and the
//! data version, so that the snapshot follows. Start at [`Settings`].

mod model;
pub mod store;
mod update;

pub use model::{
    Catalogue, Colors, DEFAULT_RETENTION_DAYS, DEFAULT_WAIT_DAY_MI, ServiceLabel, Settings, Wording, unknown_services,
};
pub use update::{SettingsChange, SettingsEdited, SettingsError, update};
