use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::ResolvedOut;
use super::api::place_refused;
use super::nearest_query::limit;
use super::{Directory, Snapshot};
use crate::error::{AppError, FieldErrors, ReadProblems};
use crate::geo::{Metres, Point};
use crate::places::{Suggestion, gazetteer};
use crate::web::{FromParams, Params, Query, cache};

/// `?q=`: the text box.
#[derive(Debug)]
pub struct ResolveQuery {
    q: String,
}

impl FromParams for ResolveQuery {
    const NAMES: &'static [&'static str] = &["q"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        match params.get("q") {
            Some(q) => Ok(Self { q: q.to_owned() }),
            None => Err(FieldErrors::one("q", "required", "give q, the text to look up")),
        }
    }
}

/// The one place that a text stands for (rules P).
#[utoipa::path(
    get,
    path = "/places/resolve",
    tag = "places",
    params(("q" = String, Query, description = "A ZIP, \"City, ST\", a state, \"lat, lon\" or a pasted address", min_length = 1)),
    responses(
        (status = 200, description = "The place", body = ResolvedOut),
        (status = 304, description = "The answer that the client holds still stands"),
        ReadProblems
    )
)]
pub async fn resolve_place(Query(query): Query<ResolveQuery>, headers: HeaderMap) -> Result<Response, AppError> {
    // The gazetteer is part of the program: only a new build changes it.
    let etag = cache::etag(&[], &[env!("CARGO_PKG_VERSION"), &query.q]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let resolved = gazetteer().resolve(&query.q).map_err(|error| place_refused("q", &error))?;
    Ok(cache::with_validators(Json(ResolvedOut::from(&resolved)).into_response(), &etag))
}

/// `?q=&limit=`: what has been typed so far.
#[derive(Debug)]
pub struct SuggestQuery {
    q: String,
    limit: usize,
}

/// A type-ahead list that fits on a phone.
const DEFAULT_SUGGESTIONS: usize = 8;

impl FromParams for SuggestQuery {
    const NAMES: &'static [&'static str] = &["q", "limit"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let limit = limit(params, DEFAULT_SUGGESTIONS, &mut errors);
        let q = params.get("q").unwrap_or_default().to_owned();
        if params.get("q").is_none() {
            errors.push("q", "required", "give q, what has been typed so far");
        }
        errors.or(Self { q, limit })
    }
}

/// One line of the type-ahead list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub struct SuggestionOut {
    /// Given to `near`, it is this place.
    pub label: String,
    /// `zip`, `city` or `state`.
    pub kind: &'static str,
    pub state: &'static str,
    pub lat: f64,
    pub lon: f64,
    pub clinics_within_25mi: u32,
}

impl From<Suggestion> for SuggestionOut {
    fn from(place: Suggestion) -> Self {
        Self {
            label: place.label,
            kind: place.kind.as_str(),
            state: place.state.code,
            lat: place.point.lat(),
            lon: place.point.lon(),
            clinics_within_25mi: place.clinics_within_25mi,
        }
    }
}

/// What the text may become; empty when it can become nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggestions)]
pub struct SuggestionsOut {
    pub data: Vec<SuggestionOut>,
}

/// Type-ahead: exact names first, then places with clinics near them, then the more populous.
#[utoipa::path(
    get,
    path = "/places/suggest",
    tag = "places",
    params(
        ("q" = String, Query, description = "What has been typed so far", min_length = 1),
        ("limit" = Option<u32>, Query, description = "1 to 100, 8 by default", minimum = 1, maximum = 100)
    ),
    responses(
        (status = 200, description = "At most `limit` places", body = SuggestionsOut),
        (status = 304, description = "The answer that the client holds still stands"),
        ReadProblems
    )
)]
pub async fn suggest_places(
    State(directory): State<Directory>,
    Query(query): Query<SuggestQuery>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let etag = directory.etag(&snapshot, as_of, &["suggest", uri.query().unwrap_or_default()]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let places = gazetteer().suggest(&query.q, query.limit, |point| clinics_near(&snapshot, point));
    let data = places.into_iter().map(Into::into).collect();
    Ok(cache::with_validators(Json(SuggestionsOut { data }).into_response(), &etag))
}

const NEARBY: Metres = Metres(25.0 * Metres::PER_MILE);
/// More need not be counted: the list only tells places with clinics from places without.
const MOST_COUNTED: usize = 100;

fn clinics_near(snapshot: &Snapshot, point: Point) -> u32 {
    let near = snapshot.open().index.nearest(point, MOST_COUNTED, NEARBY, |_| true, |a, b| a.cmp(&b));
    u32::try_from(near.len()).unwrap_or(u32::MAX)
}
