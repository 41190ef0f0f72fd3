//! How the operator wants the pages: street tiles below the map, the network's logo, what machines are told that a clinic is.
//! All of it is read and judged when the service starts.

mod clinic_type;
mod logo;
mod tiles;

pub use clinic_type::ClinicType;
pub use logo::Logo;
pub use tiles::{Attribution, TileUrl, Tiles};

/// The operator's choices; by default maps have outlines only, and there is no logo.
#[derive(Clone, Debug, Default)]
pub struct Appearance {
    pub tiles: Option<Tiles>,
    pub clinic_type: ClinicType,
    pub logo: Option<Logo>,
}
