//! What a place is and what a question about one is answered with (rule P8).

use std::fmt;

use chrono_tz::Tz;

use super::State;
use crate::geo::Point;

/// What kind of place an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlaceKind {
    Zip,
    City,
    State,
    Point,
}

impl PlaceKind {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::City => "city",
            Self::State => "state",
            Self::Point => "point",
        }
    }
}

/// How closely the point of an answer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    Exact,
    Zip,
    City,
    /// An unlisted ZIP, placed amid those that share its first three digits (rule P6).
    Zip3,
    State,
}

impl Precision {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Zip => "zip",
            Self::City => "city",
            Self::Zip3 => "zip3",
            Self::State => "state",
        }
    }
}

/// The one place that a text stands for, and whatever else it could have meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The question as it was asked.
    pub input: String,
    pub kind: PlaceKind,
    /// How to name the place; asked again, it gives the same place.
    pub label: String,
    /// `None` only for a point.
    pub state: Option<&'static State>,
    /// For a state, where its most populous city lies.
    pub point: Point,
    pub precision: Precision,
    /// How far off the point may be for someone in the place; `None` for a state.
    pub uncertainty_m: Option<u32>,
    /// Other places of that name, states first, then by population.
    pub alternatives: Vec<PlaceRef>,
    /// What the text was corrected to, when it was misspelt.
    pub did_you_mean: Vec<String>,
    /// The ZIP asked for, when `kind` is `Zip`.
    pub zip: Option<ZipCode>,
}

/// A place offered beside an answer or a refusal; its label resolves to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceRef {
    pub label: String,
    pub kind: PlaceKind,
    pub state: &'static State,
    pub point: Point,
}

/// One line of the type-ahead list.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub label: String,
    pub kind: PlaceKind,
    pub state: &'static State,
    pub point: Point,
    pub clinics_within_25mi: u32,
}

/// A town, a neighbourhood or a post office's delivery area.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    pub name: &'static str,
    pub state: &'static State,
    pub point: Point,
    /// Residents; for a name that only the post office uses, those of its ZIPs. 0 when unknown.
    pub population: u32,
    /// `None` for a name that only the post office uses.
    pub time_zone: Option<Tz>,
}

impl City {
    /// "Austin, TX".
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}, {}", self.name, self.state.code)
    }
}

/// A ZIP's five digits; text wherever it is shown, because zeros lead (rule P6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZipCode(u32);

impl ZipCode {
    const DIGITS: usize = 5;
    /// ZIPs that share their first three digits lie in one range of this size.
    const PER_AREA: u32 = 100;

    /// Exactly five ASCII digits, or nothing.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let is_zip = digits.len() == Self::DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_zip.then(|| digits.parse().ok().map(Self)).flatten()
    }

    /// The first three digits as a number.
    #[must_use]
    pub fn area(self) -> u32 {
        self.0 / Self::PER_AREA
    }

    /// The first and the last that could begin with these digits (at most five).
    pub(super) fn starting_with(digits: &str) -> Option<(Self, Self)> {
        Some((Self::parse(&format!("{digits:0<5}"))?, Self::parse(&format!("{digits:9<5}"))?))
    }

    /// Whether it is the army's: AE, AA or AP, without a position (rule P6).
    #[must_use]
    pub fn is_military(self) -> bool {
        matches!(self.area(), 90..=98 | 340 | 962..=966)
    }
}

impl fmt::Display for ZipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:05}", self.0)
    }
}

/// What a ZIP delivers to; inferred by the source, so a hint and not a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZipKind {
    Standard,
    PoBox,
    /// One organisation or building.
    Unique,
}

/// One ZIP of the gazetteer.
#[derive(Clone, Debug, PartialEq)]
pub struct Zip {
    pub code: ZipCode,
    /// The post office's name for where it delivers.
    pub city: &'static str,
    pub state: &'static State,
    pub kind: ZipKind,
    /// Residents, 0 when unknown.
    pub population: u32,
    pub point: Point,
    /// The position of its city in [`Gazetteer::cities`](super::Gazetteer::cities).
    pub(super) city_rank: u32,
}

impl Zip {
    /// "Boston, MA 02110".
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}, {} {}", self.city, self.state.code, self.code)
    }
}

impl From<&City> for PlaceRef {
    fn from(city: &City) -> Self {
        Self { label: city.label(), kind: PlaceKind::City, state: city.state, point: city.point }
    }
}

impl From<&Zip> for PlaceRef {
    fn from(zip: &Zip) -> Self {
        Self { label: zip.label(), kind: PlaceKind::Zip, state: zip.state, point: zip.point }
    }
}
