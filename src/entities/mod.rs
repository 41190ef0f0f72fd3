//! One file per table, data only. What a row means is said by the feature that owns it.

pub mod api_token;
pub mod audit_entry;
pub mod block;
pub mod booking;
pub mod booking_consent;
pub mod call;
pub mod clinic;
pub mod closure;
pub mod consent_wording;
pub mod erasure;
pub mod idempotency_key;
pub mod import;
pub mod import_row;
pub mod login_attempt;
pub mod network;
pub mod one_time_link;
pub mod rebooking;
pub mod session;
pub mod setup_link;
pub mod slot_claim;
pub mod slug_redirect;
pub mod special_hour;
pub mod unmet_demand;
pub mod user;
