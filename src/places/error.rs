//! Why a text is no place, and the way out of it.

use super::{PlaceRef, ZipCode};
use crate::geo::PointError;

/// A refusal of [`Gazetteer::resolve`](super::Gazetteer::resolve); its text is a sentence for the person who asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// 422: nothing was typed.
    #[error("type a ZIP code, a city with its state (\"Austin, TX\") or a state")]
    Required,
    /// 422: more characters than any address has.
    #[error("a place has at most {} characters: give a ZIP code, or a city with its state", super::query::MAX_CHARS)]
    TooLong,
    /// 422: control characters, emoji, digits of other scripts.
    #[error("a place is written with letters, the digits 0-9 and ordinary punctuation")]
    Characters,
    /// 422: two numbers that are not on the globe.
    #[error("coordinates are latitude, then longitude, such as 30.2672, -97.7431: {0}")]
    OffTheGlobe(PointError),
    /// 422: numbers, but not two with one comma or spaces between them.
    #[error("coordinates are two numbers, latitude, then longitude, such as 30.2672, -97.7431")]
    Coordinates,
    /// 422: digits that are not a ZIP; `did_you_mean` is the ZIP that lost its leading zeros, or the like.
    #[error("a ZIP code has five digits, such as 02110")]
    ZipFormat { did_you_mean: Vec<String> },
    /// 422: military mail (rule P6).
    #[error("military mail has no map position: give the base or city")]
    ZipMilitary,
    /// 404: five digits that no post office uses, in an area that none serves.
    #[error("there is no ZIP code {zip}: check the digits, or give the city with its state")]
    ZipUnknown { zip: ZipCode, did_you_mean: Vec<String> },
    /// 404: no place is called that (there).
    #[error("{}", .0.detail)]
    Unknown(Box<UnknownPlace>),
}

/// What is known about a place that is not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnknownPlace {
    /// A sentence that names the way out.
    pub detail: String,
    /// Labels that are nearly what was typed, most populous first, at most five.
    pub did_you_mean: Vec<String>,
    /// Places of exactly that name which lie elsewhere, most populous first, at most five.
    pub alternatives: Vec<PlaceRef>,
}

impl PlaceError {
    /// The stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Required => "place_required",
            Self::TooLong => "place_too_long",
            Self::Characters => "place_characters",
            Self::OffTheGlobe(_) | Self::Coordinates => "coordinates",
            Self::ZipFormat { .. } => "zip_format",
            Self::ZipMilitary => "zip_military",
            Self::ZipUnknown { .. } => "zip_unknown",
            Self::Unknown(_) => "place_unknown",
        }
    }

    /// By which pages choose their words: finer than the code, where people need to be told more.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::OffTheGlobe(_) => "off_the_globe",
            Self::ZipFormat { did_you_mean } if !did_you_mean.is_empty() => "zip_format_meant",
            _ => self.code(),
        }
    }

    /// The HTTP status: 404 for what could be a place and is none, 422 for what cannot be one.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::ZipUnknown { .. } | Self::Unknown(_) => 404,
            _ => 422,
        }
    }

    /// Labels or ZIPs to offer instead.
    #[must_use]
    pub fn did_you_mean(&self) -> &[String] {
        match self {
            Self::ZipFormat { did_you_mean } | Self::ZipUnknown { did_you_mean, .. } => did_you_mean,
            Self::Unknown(place) => &place.did_you_mean,
            _ => &[],
        }
    }

    /// Places of that name which lie elsewhere.
    #[must_use]
    pub fn alternatives(&self) -> &[PlaceRef] {
        match self {
            Self::Unknown(place) => &place.alternatives,
            _ => &[],
        }
    }
}
