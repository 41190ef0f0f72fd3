//! The HTTP toolbox: everything a feature needs to speak HTTP that is not about clinics.
//!
//! [`server`] owns the connections, [`observe()`] wraps every request (id, access line, metrics, panics), [`Query`],
//! [`Path`], [`Json`] and [`Form`] reject with `AppError`, [`PublicUrl`] makes every link, [`cache`] the conditional GETs.
//! [`page`] is what HTML pages are made with, [`Appearance`] what the operator chose for them, `locales/` holds their words and
//! `client/` what browsers get.

mod appearance;
pub mod cache;
mod client_address;
mod cookie;
mod form;
mod form_fields;
mod if_match;
mod json;
mod members;
mod metrics;
mod observe;
pub mod page;
mod params;
mod patch;
mod path;
mod private;
mod public_url;
pub mod server;
mod upload;

pub use appearance::{Appearance, Attribution, ClinicType, Logo, TileUrl, Tiles};
pub use client_address::{ClientAddress, Peer, TrustedProxies};
pub use cookie::cookie;
pub use form::{Filled, Form, FormOfRecord, Hidden};
pub use if_match::{IfMatch, version_tag};
pub use json::Json;
pub use metrics::Metrics;
pub use observe::{Observer, observe};
pub use params::{FromParams, Params, Query, closest};
pub use patch::Patch;
pub use path::Path;
pub use private::keep_private;
pub use public_url::PublicUrl;
pub use upload::Upload;
