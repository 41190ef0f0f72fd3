use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, NearestOut, PlaceOut, SearchOut, whole_metres};
use super::demand::is_bot;
use super::filter::{Skipped, WITHIN_DAYS};
use super::nearest::{self, Found, Place, Question, Sort};
use super::nearest_query::{Near, NearestQuery};
use super::{
    Directory, Entry, Snapshot, availability_api, clinic_api, explain, joint_api, list_api, place_api, state_api,
};
use crate::error::{AppError, FieldError, ReadProblems};
use crate::geo::{Metres, Point};
use crate::places::{Landmass, PlaceError, PlaceKind, Precision, Resolved, State as UsState, gazetteer};
use crate::web::{FromParams, Params, cache};

const GEO_JSON: &str = "application/geo+json";
const JSON: &str = "application/json";
/// At least as many as an answer carries, so that the map need not grow.
const HEADERS: usize = 12;

/// The public directory under `/api/v1`.
pub fn router() -> OpenApiRouter<Directory> {
    OpenApiRouter::new()
        .routes(routes!(get_nearest))
        .routes(routes!(explain::get_explanation))
        .routes(routes!(list_api::list_clinics))
        .routes(routes!(clinic_api::get_clinic))
        .routes(routes!(availability_api::get_clinic_availability))
        .routes(routes!(joint_api::get_availability))
        .routes(routes!(state_api::list_states))
        .routes(routes!(state_api::list_cities))
        .routes(routes!(place_api::resolve_place))
        .routes(routes!(place_api::suggest_places))
}

/// The nearest clinics to a place, never unexplained (rules N).
///
/// Nothing within the radius: the next larger one that is not empty is used and `search.expanded` says so. Nearer clinics
/// that were left out are in `excluded`. With `Accept: application/geo+json` the same list is a feature collection.
#[utoipa::path(
    get,
    path = "/nearest",
    tag = "directory",
    params(
        ("near" = Option<String>, Query, description = "A ZIP, \"City, ST\", a state, \"lat, lon\" or a pasted address; or give lat and lon", min_length = 1),
        ("lat" = Option<f64>, Query, description = "Degrees, -90 to 90", minimum = -90, maximum = 90),
        ("lon" = Option<f64>, Query, description = "Degrees, -180 to 180", minimum = -180, maximum = 180),
        ("radius" = Option<f64>, Query, description = "In `unit`, above 0, at most 12500 miles; 25 miles by default", exclusive_minimum = 0),
        ("unit" = Option<String>, Query, description = "`mi` (default) or `km`", pattern = "^(mi|km)$"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 10 by default", minimum = 1, maximum = 100),
        ("open_now" = Option<bool>, Query, description = "Only clinics whose doors are open at this moment"),
        ("service" = Option<String>, Query, description = "Only clinics with this service code", min_length = 1),
        ("language" = Option<String>, Query, description = "Only clinics where this language (ISO 639 code) is spoken", pattern = "^[A-Za-z]{2,3}$"),
        ("available_within_days" = Option<u32>, Query, description = "Only clinics with a free consultation today or on one of so many next dates", minimum = 0, maximum = 1000),
        ("sort" = Option<String>, Query, description = "`distance` (default), or `soonest`: the earliest free consultation first", pattern = "^(distance|soonest)$"),
        ("lang" = Option<String>, Query, description = "`en` (default) or `es`", pattern = "^(en|es)$"),
    ),
    responses(
        (status = 200, description = "The answer", content(
            (NearestOut = "application/json"),
            (NearestOut = "application/geo+json")
        )),
        (status = 304, description = "The answer that the client holds still stands"),
        ReadProblems
    )
)]
pub async fn get_nearest(State(directory): State<Directory>, request: Request) -> Result<Response, AppError> {
    nearest_answer(&directory, &request)
}

/// The answer of `get_nearest`, from memory and at once, so that the hot path needs no router.
///
/// # Errors
/// Wrong parameters, and a place that is none.
pub fn nearest_answer(directory: &Directory, request: &Request) -> Result<Response, AppError> {
    let (asked, headers) = (request.uri().query().unwrap_or_default(), request.headers());
    let query = NearestQuery::from_params(&Params::parse(asked, NearestQuery::NAMES)?)?;
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let wants_geojson = accepts_geojson(headers);
    let content_type = if wants_geojson { GEO_JSON } else { JSON };
    let etag = directory.etag(&snapshot, as_of, &[asked, content_type]);
    if let Some(response) = cache::not_modified(headers, &etag) {
        return Ok(vary_by_format(response));
    }
    let origin = Origin::of(&query.near)?;
    let found = find(&snapshot, &origin.resolved, &query, as_of);
    count_search(directory, request, &origin, &found);
    let search = search_out(&query, &found);
    let (resolved, landmass) = (&origin.resolved, origin.landmass);
    let answer = Answer { snapshot: &snapshot, resolved, landmass, search, found: &found, as_of };
    let body = if wants_geojson { answer.geojson() } else { answer.json() }?;
    let mut response = Response::new(body.into());
    *response.headers_mut() = HeaderMap::with_capacity(HEADERS);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    Ok(vary_by_format(cache::with_validators(response, &etag)))
}

/// Counts a search by the area that it was about, if a person made it.
pub fn count_search(directory: &Directory, request: &Request, origin: &Origin, found: &Found) {
    if is_person(request) {
        directory.demand().count(origin.area, nearest_distance(found));
    }
}

/// Whether somebody may be reading the answer: not a bot, nor a program that checks links.
fn is_person(request: &Request) -> bool {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    request.method() == Method::GET && !agent.is_some_and(is_bot)
}

/// The same address has two formats.
fn vary_by_format(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

fn accepts_geojson(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains(GEO_JSON)))
}

/// Where a search starts, and what only the gazetteer knows about that.
#[derive(Debug)]
pub struct Origin {
    pub resolved: Resolved,
    /// `None` for a point far from every ZIP.
    pub landmass: Option<Landmass>,
    /// The first three digits of the ZIP it lies in or next to.
    pub area: u32,
}

/// A point farther than this from every ZIP is not in the country.
const FARTHEST_FROM_A_ZIP: Metres = Metres(200_000.0);

impl Origin {
    /// # Errors
    /// When the text is no place: 404 or 422 with `did_you_mean` and `alternatives`.
    pub fn of(near: &Near) -> Result<Self, AppError> {
        Self::resolve(near).map_err(|error| place_refused("near", &error))
    }

    /// # Errors
    /// When the text is no place, with what could be meant.
    pub fn resolve(near: &Near) -> Result<Self, PlaceError> {
        let resolved = match near {
            Near::Text(text) => gazetteer().resolve(text)?,
            Near::Point(point) => at_point(*point),
        };
        if let Some((state, zip)) = resolved.state.zip(resolved.zip) {
            return Ok(Self { landmass: Some(state.landmass), area: zip.area(), resolved });
        }
        let next_to = gazetteer().nearest_zip(resolved.point, FARTHEST_FROM_A_ZIP);
        let landmass = resolved.state.or(next_to.map(|zip| zip.state)).map(|state| state.landmass);
        Ok(Self { landmass, area: next_to.map_or(0, |zip| zip.code.area()), resolved })
    }

    /// The state whose clinics are meant, when a state was searched for (rule P8).
    #[must_use]
    pub fn listed_state(&self) -> Option<&'static UsState> {
        self.resolved.state.filter(|_| self.resolved.kind == PlaceKind::State)
    }
}

fn at_point(point: Point) -> Resolved {
    let text = format!("{}, {}", point.lat(), point.lon());
    Resolved {
        input: text.clone(),
        kind: PlaceKind::Point,
        label: text,
        state: None,
        point,
        precision: Precision::Exact,
        uncertainty_m: Some(0),
        alternatives: Vec::new(),
        did_you_mean: Vec::new(),
        zip: None,
    }
}

/// A place that is none, with what could be meant instead; `field` is the parameter that it came in.
pub fn place_refused(field: &str, error: &PlaceError) -> AppError {
    let (code, detail) = (error.code(), error.to_string());
    let mut extra = Map::new();
    extra.insert("did_you_mean".to_owned(), json!(error.did_you_mean()));
    let alternatives: Vec<Value> = error.alternatives().iter().map(|place| json!(PlaceOut::from(place))).collect();
    extra.insert("alternatives".to_owned(), Value::Array(alternatives));
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    if status == StatusCode::UNPROCESSABLE_ENTITY {
        let wrong = FieldError::new(field, code, &*detail).because(error.reason());
        extra.insert("errors".to_owned(), json!([wrong]));
    }
    AppError::Refused { status, code, detail, extra }
}

/// A state is listed, or without such clinics searched around, farther than asked (rule P8); anything else is searched around.
pub fn find(snapshot: &Snapshot, resolved: &Resolved, query: &NearestQuery, as_of: DateTime<Utc>) -> Found {
    let question = Question {
        from: resolved.point,
        limit: query.limit,
        radius: query.radius,
        filter: query.filter.clone(),
        sort: query.sort,
        as_of,
    };
    if resolved.kind != PlaceKind::State {
        return nearest::search(snapshot, &question);
    }
    let around = || Found { expanded: true, ..nearest::search(snapshot, &question) };
    in_state(snapshot, resolved, &question).unwrap_or_else(around)
}

/// The open clinics of a state that pass the filters; `None` when there is none, which is then searched around.
fn in_state(snapshot: &Snapshot, resolved: &Resolved, question: &Question) -> Option<Found> {
    let state = resolved.state?;
    let first = snapshot.position_of_state(state);
    let mut skipped = Skipped::default();
    let mut passing: Vec<(u32, &Entry)> = Vec::new();
    for (position, entry) in (first..).zip(snapshot.in_state(state)).filter(|(_, entry)| entry.is_listed()) {
        match question.filter.refuses(entry, question.as_of) {
            None => passing.push((position, entry)),
            Some(reason) => skipped.count(reason),
        }
    }
    if question.sort == Sort::Soonest {
        passing.sort_by_cached_key(|(_, entry)| question.first_slot(entry).map(|slot| slot.starts_at));
    }
    let place = |(position, _): &(u32, &Entry)| Place { position: *position, distance: None };
    let places: Vec<Place> = passing.iter().map(place).take(question.limit).collect();
    let found = Found { places, used_radius: None, expanded: false, excluded: Vec::new(), skipped };
    (!found.places.is_empty()).then_some(found)
}

fn nearest_distance(found: &Found) -> Option<Metres> {
    let first = found.places.first()?;
    // A listed state has clinics: its searchers are served.
    Some(first.distance.unwrap_or_default())
}

pub fn search_out(query: &NearestQuery, found: &Found) -> SearchOut {
    let filter = &query.filter;
    let filters = [
        filter.service.is_some().then_some("service"),
        filter.open_now.then_some("open_now"),
        filter.language.is_some().then_some("language"),
        filter.times.is_some().then_some(WITHIN_DAYS),
    ];
    SearchOut {
        requested_radius_m: whole_metres(query.radius),
        used_radius_m: found.used_radius.map(whole_metres),
        expanded: found.expanded,
        limit: query.limit,
        straight_line: true,
        filters: filters.into_iter().flatten().collect(),
        sort: query.sort.as_str(),
        skipped: filter.times.map(|_| found.skipped),
    }
}
