use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::filter::Filter;
use super::nearest::{self, Question, Sort};
use super::nearest_query::lang;
use super::out::{ClinicOut, Lang, clinic_url};
use super::{Directory, Entry, Snapshot};
use crate::clinics::status::ClinicStatus;
use crate::error::{AppError, FieldErrors, Problem, ReadProblems};
use crate::geo::Metres;
use crate::web::{FromParams, Params, Path, Query, cache};

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
        ("lang" = Option<String>, Query, description = "`en` (default) or `es`", pattern = "^(en|es)$"),
    ),
    responses(
        (status = 200, description = "The clinic", body = ClinicOut),
        (status = 301, description = "The clinic has another slug, or moved: see Location"),
        (status = 304, description = "The answer that the client holds still stands"),
        (status = 410, description = "Closed for good; `nearest` has the nearest open ones", body = Problem, content_type = "application/problem+json"),
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
    let entry = match addressed(&directory, &snapshot, &slug, "")? {
        Addressed::Here(entry) => entry,
        Addressed::Elsewhere(response) => return Ok(response),
    };
    let etag = directory.etag(&snapshot, as_of, &[&slug, uri.query().unwrap_or_default()]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let clinic = ClinicOut::new(entry, as_of, query.lang, directory.links());
    Ok(cache::with_validators(Json(clinic).into_response(), &etag))
}

/// What answers at a clinic's address.
pub enum Addressed<'s> {
    Here(&'s Arc<Entry>),
    /// A redirect to the slug that the clinic has, or to the clinic that took its place.
    Elsewhere(Response),
}

/// The clinic that a public address is about (rule I9); `below` is what follows the slug there.
///
/// # Errors
/// 404 for an unknown slug; 410 with the nearest open ones for a clinic that closed for good.
pub fn addressed<'s>(
    directory: &Directory,
    snapshot: &'s Snapshot,
    slug: &str,
    below: &str,
) -> Result<Addressed<'s>, AppError> {
    let entry = snapshot.lookup(slug).ok_or_else(unknown_clinic)?;
    let elsewhere = |slug: &str| moved_permanently(directory, slug, below).map(Addressed::Elsewhere);
    if *entry.clinic.slug != *slug {
        return elsewhere(&entry.clinic.slug);
    }
    if entry.status != ClinicStatus::Closed {
        return Ok(Addressed::Here(entry));
    }
    match snapshot.successor(entry) {
        Some(successor) => elsewhere(&successor.clinic.slug),
        None => Err(gone(snapshot, entry, directory.as_of())),
    }
}

fn unknown_clinic() -> AppError {
    let detail = "there is no clinic with this slug: /api/v1/clinics lists those there are";
    AppError::NotFound { code: "clinic_unknown", detail: detail.to_owned() }
}

/// Leads to where a clinic is read about, or to what is `below` that address, for good.
///
/// # Errors
/// When the address cannot be a header, which that of a slug can.
fn moved_permanently(directory: &Directory, slug: &str, below: &str) -> Result<Response, AppError> {
    let address = format!("{}{below}", clinic_url(directory.links(), slug));
    let location = HeaderValue::try_from(address).map_err(anyhow::Error::from)?;
    Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response())
}

fn gone(snapshot: &Snapshot, entry: &Entry, as_of: DateTime<Utc>) -> AppError {
    const OFFERED: usize = 3;
    let question = Question {
        from: entry.point,
        limit: OFFERED,
        radius: Metres(f64::INFINITY),
        filter: Filter::default(),
        sort: Sort::Distance,
        as_of,
    };
    let brief = |place: &nearest::Place| {
        serde_json::from_str(snapshot.entry(place.position).brief(as_of).get()).unwrap_or(Value::Null)
    };
    let places = nearest::search(snapshot, &question).places.iter().map(brief).collect();
    let extra = Map::from_iter([("nearest".to_owned(), Value::Array(places))]);
    AppError::Gone {
        code: "clinic_closed",
        detail: "this clinic has closed for good; the nearest open ones are listed".to_owned(),
        extra,
    }
}
