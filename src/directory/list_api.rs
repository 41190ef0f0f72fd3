use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::nearest_query::{lang, limit, service};
use super::out::{ClinicOut, Lang};
use super::state_api::{find_state, unknown_state};
use super::{Directory, Entry, Snapshot};
use crate::clinics::slugify;
use crate::clinics::status::ClinicStatus;
use crate::error::{AppError, FieldErrors, ReadProblems};
use crate::web::{FromParams, Params, Query, cache};

const DEFAULT_PAGE: usize = 50;

/// The validated parameters of `/clinics`.
#[derive(Debug)]
pub struct ListQuery {
    state: Option<String>,
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
            state: params.get("state").map(str::to_owned),
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

/// Words to look for in the texts of clinics, as they are compared: folded.
///
/// # Errors
/// When it is too long, or nothing of it can be looked for.
pub fn search_text(text: &str) -> Result<String, String> {
    const LONGEST: usize = 100;
    let words = slugify(text);
    if text.chars().count() > LONGEST {
        Err(format!("must have at most {LONGEST} characters"))
    } else if words.is_empty() && !text.trim().is_empty() {
        // Nothing to look for must not find everything.
        Err("must have a letter from A to Z or a digit".to_owned())
    } else {
        Ok(words)
    }
}

/// A cursor is the code of the last clinic of a page, so that it outlives edits; hexadecimal, so that nobody builds one.
#[must_use]
pub fn encode_cursor(code: &str) -> String {
    code.bytes().fold(String::with_capacity(code.len() * 2), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The inverse of [`encode_cursor`].
///
/// # Errors
/// For what is no cursor.
pub fn decode_cursor(text: &str) -> Result<String, String> {
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
        ("state" = Option<String>, Query, description = "Two letters, name or slug", min_length = 1),
        ("city" = Option<String>, Query, description = "Name or slug", min_length = 1),
        ("q" = Option<String>, Query, description = "Words in the name, street, city or code", min_length = 1),
        ("service" = Option<String>, Query, description = "Only clinics with this service code", min_length = 1),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 by default", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`page.next` of the page before"),
        ("lang" = Option<String>, Query, description = "`en` (default) or `es`", pattern = "^(en|es)$"),
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
    let etag = directory.etag(&snapshot, as_of, &["clinics", uri.query().unwrap_or_default()]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let list = page(&directory, &snapshot, &query, as_of)?;
    Ok(cache::with_validators(Json(list).into_response(), &etag))
}

/// The page of the list that begins after the cursor.
fn page(
    directory: &Directory,
    snapshot: &Snapshot,
    query: &ListQuery,
    as_of: DateTime<Utc>,
) -> Result<ClinicListOut, AppError> {
    let matching = matching(snapshot, query)?;
    let start = query.cursor.as_ref().map_or(Ok(0), |code| snapshot.after(&matching, code))?;
    let shown = &matching[start..(start + query.limit).min(matching.len())];
    let is_last = start + shown.len() == matching.len();
    let next = shown.last().filter(|_| !is_last).map(|entry| encode_cursor(&entry.clinic.code));
    let clinic = |entry: &&Arc<Entry>| ClinicOut::new(entry, as_of, query.lang, directory.links());
    Ok(ClinicListOut {
        data: shown.iter().map(clinic).collect(),
        page: PageOut { limit: query.limit, total: matching.len(), next },
        as_of,
        data_version: snapshot.data_version,
        demo: snapshot.network.is_demo,
    })
}

fn matching<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> Result<Vec<&'s Arc<Entry>>, AppError> {
    let all = match &query.state {
        None => snapshot.entries(),
        Some(text) => snapshot.in_state(find_state(text).ok_or_else(unknown_state)?),
    };
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
    let contains = |entry: &Entry| query.q.as_ref().is_none_or(|text| entry.has_text(text));
    Ok(current().filter(|entry| is_in_city(entry) && offers(entry) && contains(entry)).collect())
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
