use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Directory, Entry, Snapshot};
use crate::clinics::slugify;
use crate::error::{AppError, ReadProblems};
use crate::places;
use crate::web::{Path, Query, cache};

/// A state with open clinics.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateCount)]
pub struct StateOut {
    pub code: &'static str,
    pub name: &'static str,
    pub slug: &'static str,
    /// Open clinics.
    pub clinics: usize,
}

/// Every state with open clinics, by name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateList)]
pub struct StateListOut {
    pub data: Vec<StateOut>,
    pub as_of: DateTime<Utc>,
    pub data_version: i64,
}

/// The states with open clinics, by name, with their counts.
#[utoipa::path(
    get,
    path = "/states",
    tag = "directory",
    responses(
        (status = 200, description = "The states", body = StateListOut),
        (status = 304, description = "The answer that the client holds still stands"),
        ReadProblems
    )
)]
pub async fn list_states(
    State(directory): State<Directory>,
    Query(()): Query<()>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let etag = directory.etag(&snapshot, as_of, &["states"]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let list = StateListOut { data: states(&snapshot), as_of, data_version: snapshot.data_version };
    Ok(cache::with_validators(Json(list).into_response(), &etag))
}

/// The states with open clinics, by name.
fn states(snapshot: &Snapshot) -> Vec<StateOut> {
    let count = |state: &'static places::State| StateOut {
        code: state.code,
        name: state.name,
        slug: state.slug,
        clinics: snapshot.in_state(state).iter().filter(|entry| entry.is_listed()).count(),
    };
    let mut states: Vec<_> = places::State::all().iter().map(count).filter(|state| state.clinics > 0).collect();
    states.sort_by_key(|state| state.name);
    states
}

/// A city with open clinics.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CityCount)]
pub struct CityOut {
    pub name: String,
    pub slug: String,
    /// Open clinics.
    pub clinics: usize,
}

/// The cities of one state with open clinics, by name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CityList)]
pub struct CityListOut {
    pub state: StateOut,
    pub data: Vec<CityOut>,
    pub as_of: DateTime<Utc>,
    pub data_version: i64,
}

/// The cities of a state with open clinics, by name, with their counts.
#[utoipa::path(
    get,
    path = "/states/{state}/cities",
    tag = "directory",
    params(("state" = String, Path, description = "Two letters, name or slug")),
    responses(
        (status = 200, description = "The cities", body = CityListOut),
        (status = 304, description = "The answer that the client holds still stands"),
        ReadProblems
    )
)]
pub async fn list_cities(
    State(directory): State<Directory>,
    Path(text): Path<String>,
    Query(()): Query<()>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let state = find_state(&text).ok_or_else(unknown_state)?;
    let etag = directory.etag(&snapshot, as_of, &["cities", state.code]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let data = cities(snapshot.in_state(state));
    let clinics = data.iter().map(|city| city.clinics).sum();
    let state = StateOut { code: state.code, name: state.name, slug: state.slug, clinics };
    let list = CityListOut { state, data, as_of, data_version: snapshot.data_version };
    Ok(cache::with_validators(Json(list).into_response(), &etag))
}

/// Entries are in list order, so the clinics of a city follow one another.
fn cities(entries: &[Arc<Entry>]) -> Vec<CityOut> {
    let mut cities: Vec<CityOut> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.is_listed()) {
        match cities.last_mut() {
            Some(city) if *city.name == *entry.clinic.city => city.clinics += 1,
            _ => {
                let name = entry.clinic.city.to_string();
                cities.push(CityOut { slug: slugify(&name), name, clinics: 1 });
            }
        }
    }
    cities
}

/// A state as people write it in an address: two letters, its name, or its slug, in any case.
pub fn find_state(text: &str) -> Option<&'static places::State> {
    let by_slug = || places::State::by_slug(&text.to_lowercase());
    places::State::by_code(text).or_else(by_slug).or_else(|| places::State::by_name(text))
}

/// The refusal of a state that is none.
pub fn unknown_state() -> AppError {
    let detail = "there is no such state or territory: /api/v1/states lists those with clinics";
    AppError::NotFound { code: "state_unknown", detail: detail.to_owned() }
}
