use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Editor;
use crate::app::AppState;
use crate::clinics::PinPrecision;
use crate::clinics::status::ClinicStatus;
use crate::directory::{Entry, Snapshot, decode_cursor, encode_cursor, find_state, limit, search_text};
use crate::error::{AppError, FieldErrors, StaffReadProblems};
use crate::places;
use crate::web::{FromParams, Json, Params, Query};

const DEFAULT_PAGE: usize = 50;

/// What an editor may want to look at in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Issue {
    NoHours,
    /// The pin stands in for the ZIP.
    ZipPin,
    NoPhone,
    /// A service that the network's catalogue does not have.
    UnknownService,
    /// It moved to a clinic that is not there, or is itself closed for good.
    MovedNowhere,
}

impl Issue {
    const ALL: [Self; 5] = [Self::NoHours, Self::ZipPin, Self::NoPhone, Self::UnknownService, Self::MovedNowhere];

    fn as_str(self) -> &'static str {
        match self {
            Self::NoHours => "no_hours",
            Self::ZipPin => "zip_pin",
            Self::NoPhone => "no_phone",
            Self::UnknownService => "unknown_service",
            Self::MovedNowhere => "moved_nowhere",
        }
    }

    fn is_in(self, entry: &Entry, snapshot: &Snapshot) -> bool {
        let (clinic, is_closed) = (&entry.clinic, entry.status == ClinicStatus::Closed);
        match self {
            Self::NoHours => !is_closed && clinic.hours.is_none(),
            Self::ZipPin => !is_closed && clinic.pin.is_some_and(|pin| pin.precision == PinPrecision::Zip),
            Self::NoPhone => !is_closed && clinic.phone.is_none(),
            Self::UnknownService => !is_closed && snapshot.network.unknown_services(clinic).next().is_some(),
            Self::MovedNowhere => is_closed && clinic.moved_to.is_some() && snapshot.successor(entry).is_none(),
        }
    }

    fn of<'s>(entry: &'s Entry, snapshot: &'s Snapshot) -> impl Iterator<Item = Self> + 's {
        Self::ALL.into_iter().filter(move |issue| issue.is_in(entry, snapshot))
    }
}

/// Which issues are asked for.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Any,
    One(Issue),
}

/// The validated parameters of the list.
#[derive(Debug)]
pub struct RecordsQuery {
    state: Option<&'static places::State>,
    q: Option<String>,
    problem: Option<Wanted>,
    limit: usize,
    cursor: Option<String>,
}

impl FromParams for RecordsQuery {
    const NAMES: &'static [&'static str] = &["state", "q", "problem", "limit", "cursor"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let query = Self {
            state: params.read("state", None, &mut errors, |text| {
                find_state(text).map(Some).ok_or_else(|| "is not a state: two letters, such as TX".to_owned())
            }),
            q: params.read("q", None, &mut errors, |text| search_text(text).map(Some)),
            problem: params.read("problem", None, &mut errors, |text| wanted(text).map(Some)),
            limit: limit(params, DEFAULT_PAGE, &mut errors),
            cursor: params.read("cursor", None, &mut errors, |text| decode_cursor(text).map(Some)),
        };
        errors.or(query)
    }
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let one = Issue::ALL.into_iter().find(|issue| issue.as_str() == text).map(Wanted::One);
    let known = || format!("must be any, {}", Issue::ALL.map(Issue::as_str).join(", "));
    one.or((text == "any").then_some(Wanted::Any)).ok_or_else(known)
}

/// One page of records, by state, city, name, code; closed ones included.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClinicRecords)]
pub struct RecordsOut {
    data: Vec<RecordRow>,
    /// Clinics in the whole list.
    total: usize,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// As much of a record as a list shows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClinicRecordRow)]
pub struct RecordRow {
    code: String,
    slug: String,
    name: String,
    /// Today on the clinic's own calendar.
    status_today: &'static str,
    region: Option<String>,
    city: String,
    state: String,
    zip: Option<String>,
    /// What is missing or odd: `no_hours`, `zip_pin`, `no_phone`, `unknown_service`, `moved_nowhere`.
    problems: Vec<&'static str>,
    updated_at: DateTime<Utc>,
    /// The number in the record's ETag.
    version: i64,
}

impl RecordRow {
    fn new(entry: &Entry, snapshot: &Snapshot) -> Self {
        let clinic = &entry.clinic;
        Self {
            code: clinic.code.to_string(),
            slug: clinic.slug.to_string(),
            name: clinic.name.to_string(),
            status_today: entry.status.as_str(),
            region: clinic.region.as_deref().map(str::to_owned),
            city: clinic.city.to_string(),
            state: clinic.state.to_string(),
            zip: clinic.zip.as_deref().map(str::to_owned),
            problems: Issue::of(entry, snapshot).map(Issue::as_str).collect(),
            updated_at: clinic.updated_at,
            version: entry.data_version,
        }
    }
}

/// Every clinic in the account's scope, whatever its status.
#[utoipa::path(
    get,
    path = "/admin/clinics",
    tag = "admin",
    params(
        ("state" = Option<String>, Query, description = "Two letters, name or slug", min_length = 1),
        ("q" = Option<String>, Query, description = "Words in the name, street, city or code", min_length = 1),
        ("problem" = Option<String>, Query, description = "Only records with something to look at: `any`, `no_hours`, `zip_pin`, `no_phone`, `unknown_service` or `moved_nowhere`"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 by default", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = RecordsOut), StaffReadProblems)
)]
pub async fn list_admin_clinics(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(query): Query<RecordsQuery>,
) -> Result<Json<RecordsOut>, AppError> {
    let snapshot = state.directory.snapshot();
    let all = query.state.map_or(snapshot.entries(), |state| snapshot.in_state(state));
    let in_scope = all.iter().filter(|entry| entry.is_in(&actor.scope));
    let matching: Vec<&Arc<Entry>> = in_scope.filter(|entry| query.admits(entry, &snapshot)).collect();
    let start = query.cursor.as_ref().map_or(Ok(0), |code| snapshot.after(&matching, code))?;
    let shown = &matching[start..(start + query.limit).min(matching.len())];
    let is_last = start + shown.len() == matching.len();
    Ok(Json(RecordsOut {
        data: shown.iter().map(|entry| RecordRow::new(entry, &snapshot)).collect(),
        total: matching.len(),
        next: shown.last().filter(|_| !is_last).map(|entry| encode_cursor(&entry.clinic.code)),
    }))
}

impl RecordsQuery {
    fn admits(&self, entry: &Entry, snapshot: &Snapshot) -> bool {
        let has_issue = match self.problem {
            None => true,
            Some(Wanted::Any) => Issue::of(entry, snapshot).next().is_some(),
            Some(Wanted::One(issue)) => issue.is_in(entry, snapshot),
        };
        has_issue && self.q.as_ref().is_none_or(|text| entry.has_text(text))
    }
}
