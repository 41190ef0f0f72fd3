//! Closures as editors are answered with them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::bookings::desk::OwnClosure;
use crate::bookings::{BookingBriefOut, ReplacementsOut};
use crate::clinics::closures::{Closure, Scope};
use crate::geo::Metres;

/// A closure (rule I12).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Closure)]
pub struct ClosureOut {
    pub id: i64,
    pub scope: ScopeOut,
    /// The first date, on each clinic's own calendar.
    pub from: NaiveDate,
    /// The last date, included.
    pub to: NaiveDate,
    /// The closed part of each date; empty for whole days.
    pub windows: Vec<[String; 2]>,
    pub note: Option<String>,
    pub note_es: Option<String>,
    /// `current` (in force or to come), `past` or `lifted`.
    pub status: &'static str,
    /// How many clinics it is about.
    pub clinics: usize,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub lifted_at: Option<DateTime<Utc>>,
}

/// Which clinics: one member is there.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ClosureScope)]
pub struct ScopeOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinics: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circle: Option<CircleOut>,
}

/// Around a point.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Circle)]
pub struct CircleOut {
    pub lat: f64,
    pub lon: f64,
    /// Miles.
    pub radius: f64,
    pub radius_m: f64,
}

impl From<&Scope> for ScopeOut {
    fn from(scope: &Scope) -> Self {
        let none = Self::default();
        match scope {
            Scope::Clinics(codes) => Self { clinics: Some(codes.clone()), ..none },
            Scope::Region(region) => Self { region: Some(region.clone()), ..none },
            Scope::State(state) => Self { state: Some(state.clone()), ..none },
            Scope::All => Self { all: Some(true), ..none },
            Scope::Circle { centre, radius } => {
                let (lat, lon, Metres(radius_m)) = (centre.lat(), centre.lon(), *radius);
                Self { circle: Some(CircleOut { lat, lon, radius: radius.miles(), radius_m }), ..none }
            }
        }
    }
}

impl From<&OwnClosure> for ClosureOut {
    fn from(OwnClosure { record, stage, clinics }: &OwnClosure) -> Self {
        let Closure { scope, from, to, windows, note, note_es } = &record.closure;
        Self {
            id: record.id,
            scope: scope.into(),
            from: *from,
            to: *to,
            windows: windows.iter().map(|window| [window.open().to_string(), window.close().to_string()]).collect(),
            note: note.clone(),
            note_es: note_es.clone(),
            status: stage.as_str(),
            clinics: *clinics,
            created_at: record.created_at,
            updated_at: record.updated_at,
            lifted_at: record.lifted_at,
        }
    }
}

/// A page of closures, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosurePage {
    pub data: Vec<ClosureOut>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// A closure, and the visits that lost their time to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureWithVisits {
    #[serde(flatten)]
    pub closure: ClosureOut,
    /// The ids of those that wait for another time, at the clinics of the account's scope.
    pub needs_rebooking: Vec<i64>,
}

/// A visit in the way of a closure, and what it can have instead.
#[derive(Debug, Serialize, ToSchema)]
pub struct AffectedBooking {
    #[serde(flatten)]
    pub booking: BookingBriefOut,
    pub replacements: Option<ReplacementsOut>,
}

/// How much a closure would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureCounts {
    /// Clinics that it is about.
    pub clinics: usize,
    /// Visits that would lose their time.
    pub visitors: usize,
}
