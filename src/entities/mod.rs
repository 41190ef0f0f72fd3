//! One file per table, data only. What a row means is said by the feature that owns it.

pub mod clinic;
pub mod network;
pub mod slug_redirect;
pub mod special_hour;
pub mod unmet_demand;
