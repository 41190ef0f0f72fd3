use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::nearest::{self, Filter, Question};
use super::nearest_query::{lang, limit, service};
use super::out::{ClinicOut, Lang, clinic_url};
use super::{Directory, Entry, Snapshot};
use crate::clinics::slugify;
use crate::clinics::status::ClinicStatus;
use crate::error::{AppError, FieldErrors, ReadProblems};
use crate::geo::Metres;
use crate::places;
use crate::web::{FromParams, Params, Path, Query, cache};

const DEFAULT_PAGE: usize = 50;

/// The validated parameters of `/clinics`.
#[derive(Debug)]
pub struct ListQuery {
    state: Option<&'static places::State>,
    city: Option<String>,
    q: Option<String>,
    service: Option<String>,
    limit: usize,
    cursor: Option<String>,
    lang: Lang,
}

impl FromParams for ListQuery {
    const NAMES: &'static [&'static str] = &["state", "city", "q", "service", "limit", "cursor", "lang"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let query = Self {
            state: params.read("state", None, &mut errors, |text| state(text).map(Some)),
            city: params.get("city").map(slugify),
            q: params.read("q", None, &mut errors, |text| search_text(text).map(Some)),
            service: params.read("service", None, &mut errors, |text| service(text).map(Some)),
            limit: limit(params, DEFAULT_PAGE, &mut errors),
            cursor: params.read("cursor", None, &mut errors, |text| decode_cursor(text).map(Some)),
            lang: lang(params, &mut errors),
        };
        errors.or(query)
    }
}

fn state(text: &str) -> Result<&'static places::State, String> {
    let lower = text.to_lowercase();
    let found = places::State::by_code(text)
        .or_else(|| places::State::by_slug(&lower))
        .or_else(|| places::State::by_name(text));
    found
        .ok_or_else(|| "must be a state or territory: two letters, its name, or its slug such as new-mexico".to_owned())
}

fn search_text(text: &str) -> Result<String, String> {
    const LONGEST: usize = 100;
    if text.chars().count() > LONGEST {
        Err(format!("must have at most {LONGEST} characters"))
    } else {
        Ok(slugify(text))
    }
}

/// A cursor is the code of the last clinic of a page, so that it outlives edits; hexadecimal, so that nobody builds one.
fn encode_cursor(code: &str) -> String {
    code.bytes().fold(String::with_capacity(code.len() * 2), |hex, byte| hex + &format!("{byte:02x}"))
}

fn decode_cursor(text: &str) -> Result<String, String> {
    let refusal = || "is not a cursor that a page gave as `next`".to_owned();
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return Err(refusal());
    }
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| refusal());
    let bytes = (0..text.len()).step_by(2).map(byte).collect::<Result<Vec<u8>, String>>()?;
    String::from_utf8(bytes).map_err(|_| refusal())
}

/// One page of clinics.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClinicList)]
pub struct ClinicListOut {
    /// By state, city, name, code; without closed ones.
    pub data: Vec<ClinicOut>,
    pub page: PageOut,
    pub as_of: DateTime<Utc>,
    pub data_version: i64,
    /// The clinics are invented: a demonstration.
    pub demo: bool,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub struct PageOut {
    pub limit: usize,
    /// Clinics in the whole list.
    pub total: usize,
    /// Give it as `cursor` for the next page; null on the last.
    pub next: Option<String>,
}

/// Clinics by state, city, service or text.
#[utoipa::path(
    get,
    path = "/clinics",
    tag = "directory",
    params(
        ("state" = Option<String>, Query, description = "Two letters, name or slug"),
        ("city" = Option<String>, Query, description = "Name or slug"),
        ("q" = Option<String>, Query, description = "Words in the name, street, city or code"),
        ("service" = Option<String>, Query, description = "Only clinics with this service code"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 by default", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`page.next` of the page before"),
        ("lang" = Option<String>, Query, description = "`en` (default) or `es`"),
    ),
    responses(
        (status = 200, description = "A page", body = ClinicListOut),
        (status = 304, description = "The answer that the client holds still stands"),
        ReadProblems
    )
)]
pub async fn list_clinics(
    State(directory): State<Directory>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let etag =
        cache::etag(snapshot.data_version, as_of.timestamp() / 60, &["clinics", uri.query().unwrap_or_default()]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let matching = matching(&snapshot, &query)?;
    let start = match &query.cursor {
        None => 0,
        Some(code) => after(&snapshot, &matching, code)?,
    };
    let shown = &matching[start..(start + query.limit).min(matching.len())];
    let is_last = start + shown.len() == matching.len();
    let next = shown.last().filter(|_| !is_last).map(|entry| encode_cursor(&entry.clinic.code));
    let clinic = |entry: &&Arc<Entry>| ClinicOut::new(entry, &snapshot.network, as_of, query.lang, directory.links());
    let list = ClinicListOut {
        data: shown.iter().map(clinic).collect(),
        page: PageOut { limit: query.limit, total: matching.len(), next },
        as_of,
        data_version: snapshot.data_version,
        demo: snapshot.network.is_demo,
    };
    Ok(cache::with_validators(Json(list).into_response(), &etag))
}

fn matching<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> Result<Vec<&'s Arc<Entry>>, AppError> {
    let all = query.state.map_or(snapshot.entries(), |state| snapshot.in_state(state));
    let current = || all.iter().filter(|entry| entry.status != ClinicStatus::Closed);
    if let Some(city) = &query.city
        && !current().any(|entry| slugify(&entry.clinic.city) == *city)
    {
        let detail = "there is no clinic in a city of this name: /api/v1/states/{state}/cities lists those there are";
        return Err(AppError::NotFound { code: "city_unknown", detail: detail.to_owned() });
    }
    let is_in_city = |entry: &Entry| query.city.as_ref().is_none_or(|city| slugify(&entry.clinic.city) == *city);
    let offers = |entry: &Entry| {
        query.service.as_ref().is_none_or(|service| entry.clinic.services.iter().any(|offered| **offered == **service))
    };
    let contains = |entry: &Entry| query.q.as_ref().is_none_or(|text| has_text(entry, text));
    Ok(current().filter(|entry| is_in_city(entry) && offers(entry) && contains(entry)).collect())
}

fn has_text(entry: &Entry, text: &str) -> bool {
    let clinic = &entry.clinic;
    let fields = [Some(&*clinic.name), clinic.street.as_deref(), Some(&*clinic.city), Some(&*clinic.code)];
    fields.into_iter().flatten().any(|field| slugify(field).contains(text))
}

/// The position behind the cursor's clinic, which may have left the list since.
fn after(snapshot: &Snapshot, matching: &[&Arc<Entry>], code: &str) -> Result<usize, AppError> {
    let last = snapshot.by_code(code).ok_or_else(|| {
        FieldErrors::one("cursor", "invalid_value", "this page is no longer there: start again without a cursor")
    })?;
    Ok(matching.partition_point(|entry| super::snapshot::list_order(entry, last).is_le()))
}

/// `?lang=`: the language of a clinic's own texts.
#[derive(Debug)]
pub struct ClinicQuery {
    lang: Lang,
}

impl FromParams for ClinicQuery {
    const NAMES: &'static [&'static str] = &["lang"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let lang = lang(params, &mut errors);
        errors.or(Self { lang })
    }
}

/// One clinic. An old slug leads to the new one, a moved clinic to its successor, a closed one answers 410 with the nearest.
#[utoipa::path(
    get,
    path = "/clinics/{slug}",
    tag = "directory",
    params(
        ("slug" = String, Path, description = "The clinic's slug"),
        ("lang" = Option<String>, Query, description = "`en` (default) or `es`"),
    ),
    responses(
        (status = 200, description = "The clinic", body = ClinicOut),
        (status = 301, description = "The clinic has another slug, or moved: see Location"),
        (status = 304, description = "The answer that the client holds still stands"),
        (status = 410, description = "Closed for good; `nearest` has the nearest open ones", body = crate::error::Problem, content_type = "application/problem+json"),
        ReadProblems
    )
)]
pub async fn get_clinic(
    State(directory): State<Directory>,
    Path(slug): Path<String>,
    Query(query): Query<ClinicQuery>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let Some(entry) = snapshot.by_slug(&slug) else {
        let lower = slug.to_lowercase();
        let other = snapshot.redirect(&lower).or_else(|| snapshot.by_slug(&lower)).ok_or_else(unknown_clinic)?;
        return moved_permanently(&directory, &other.clinic.slug);
    };
    if entry.status == ClinicStatus::Closed {
        return match snapshot.successor(entry) {
            Some(successor) => moved_permanently(&directory, &successor.clinic.slug),
            None => Err(gone(&snapshot, entry, as_of)),
        };
    }
    let etag = cache::etag(snapshot.data_version, as_of.timestamp() / 60, &[&slug, uri.query().unwrap_or_default()]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let clinic = ClinicOut::new(entry, &snapshot.network, as_of, query.lang, directory.links());
    Ok(cache::with_validators(Json(clinic).into_response(), &etag))
}

fn unknown_clinic() -> AppError {
    let detail = "there is no clinic with this slug: /api/v1/clinics lists those there are";
    AppError::NotFound { code: "clinic_unknown", detail: detail.to_owned() }
}

fn moved_permanently(directory: &Directory, slug: &str) -> Result<Response, AppError> {
    let location = HeaderValue::try_from(clinic_url(directory.links(), slug)).map_err(anyhow::Error::from)?;
    Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response())
}

fn gone(snapshot: &Snapshot, entry: &Entry, as_of: DateTime<Utc>) -> AppError {
    const OFFERED: usize = 3;
    let question =
        Question { from: entry.point, limit: OFFERED, radius: Metres(f64::INFINITY), filter: Filter::default(), as_of };
    let brief = |place: &nearest::Place| {
        let mut json = Vec::new();
        snapshot.entry(place.position).write_brief(as_of, &mut json);
        serde_json::from_slice(&json).unwrap_or(Value::Null)
    };
    let places = nearest::search(snapshot, &question).places.iter().map(brief).collect();
    let extra = Map::from_iter([("nearest".to_owned(), Value::Array(places))]);
    AppError::Gone {
        code: "clinic_closed",
        detail: "this clinic has closed for good; the nearest open ones are listed".to_owned(),
        extra,
    }
}

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
    let etag = cache::etag(snapshot.data_version, as_of.timestamp() / 60, &["states"]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let count = |state: &'static places::State| StateOut {
        code: state.code,
        name: state.name,
        slug: state.slug,
        clinics: snapshot.in_state(state).iter().filter(|entry| entry.is_listed()).count(),
    };
    let mut data: Vec<_> = places::State::all().iter().map(count).filter(|state| state.clinics > 0).collect();
    data.sort_by_key(|state| state.name);
    let list = StateListOut { data, as_of, data_version: snapshot.data_version };
    Ok(cache::with_validators(Json(list).into_response(), &etag))
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
    let state = state(&text).map_err(|_| {
        let detail = "there is no such state or territory: /api/v1/states lists those with clinics";
        AppError::NotFound { code: "state_unknown", detail: detail.to_owned() }
    })?;
    let etag = cache::etag(snapshot.data_version, as_of.timestamp() / 60, &["cities", state.code]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_the_code_and_anything_else_is_refused() {
        assert_eq!(decode_cursor(&encode_cursor("BOS-01é")).as_deref(), Ok("BOS-01é"));
        for bad in ["x", "zz", "ff", "é", "0"] {
            assert!(decode_cursor(bad).is_err(), "{bad}");
        }
    }
}
