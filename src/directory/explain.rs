use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{ResolvedOut, tenths_of_miles, whole_metres};
use super::api::{Origin, find};
use super::filter::{Reason, WITHIN_DAYS};
use super::nearest::withheld_reason;
use super::nearest_query::NearestQuery;
use super::{Directory, Entry, Snapshot};
use crate::error::{AppError, FieldErrors, ReadProblems};
use crate::geo::{Metres, geodesic};
use crate::places::Resolved;
use crate::web::{FromParams, Params, Query, cache};

/// The parameters of `/nearest`, and which clinic is meant.
#[derive(Debug)]
pub struct ExplainQuery {
    nearest: NearestQuery,
    clinic: String,
}

impl FromParams for ExplainQuery {
    const NAMES: &'static [&'static str] = &[
        "near",
        "lat",
        "lon",
        "radius",
        "unit",
        "limit",
        "open_now",
        "service",
        WITHIN_DAYS,
        "sort",
        "lang",
        "clinic",
    ];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let Some(clinic) = params.get("clinic") else {
            return Err(FieldErrors::one("clinic", "required", "give clinic, the slug of the clinic in question"));
        };
        Ok(Self { nearest: NearestQuery::from_params(params)?, clinic: clinic.to_owned() })
    }
}

/// Where the clinic is said to stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct PinOut {
    pub lat: f64,
    pub lon: f64,
    /// `exact`, or `zip` when the ZIP's point stands in.
    pub precision: &'static str,
}

/// Why a clinic is or is not in the answer to a question (rule N9).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub struct ExplanationOut<'a> {
    pub resolved: ResolvedOut<'a>,
    pub clinic: &'a str,
    pub name: &'a str,
    pub status: &'static str,
    pub pin: PinOut,
    /// Null where a state was listed.
    pub distance_m: Option<u64>,
    pub distance_mi: Option<f64>,
    /// 1 for the first clinic that passes the filters; null when this one does not, or more than a thousand come before.
    pub rank: Option<usize>,
    pub in_answer: bool,
    /// Null when it is in the answer; else `temporarily_closed`, `coming_soon`, `closed`, `no_consultations`, `full`,
    /// `filtered_by`, `state` (another one than was asked for), `radius` or `limit`.
    pub reason: Option<&'static str>,
    /// The filter that left it out.
    pub filter: Option<&'static str>,
    /// The answer in a sentence.
    pub detail: String,
    pub as_of: DateTime<Utc>,
    pub data_version: i64,
}

/// Why a clinic is or is not in the answer of `/nearest` to the same parameters.
#[utoipa::path(
    get,
    path = "/explain",
    tag = "directory",
    params(
        ("near" = Option<String>, Query, description = "As for /nearest; or give lat and lon", min_length = 1),
        ("lat" = Option<f64>, Query, description = "Degrees, -90 to 90", minimum = -90, maximum = 90),
        ("lon" = Option<f64>, Query, description = "Degrees, -180 to 180", minimum = -180, maximum = 180),
        ("clinic" = String, Query, description = "The clinic's slug"),
        ("radius" = Option<f64>, Query, description = "As for /nearest", exclusive_minimum = 0),
        ("unit" = Option<String>, Query, description = "`mi` (default) or `km`", pattern = "^(mi|km)$"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 10 by default", minimum = 1, maximum = 100),
        ("open_now" = Option<bool>, Query, description = "As for /nearest"),
        ("service" = Option<String>, Query, description = "As for /nearest", min_length = 1),
        ("available_within_days" = Option<u32>, Query, description = "As for /nearest", minimum = 0, maximum = 1000),
        ("sort" = Option<String>, Query, description = "As for /nearest", pattern = "^(distance|soonest)$"),
        ("lang" = Option<String>, Query, description = "`en` (default) or `es`", pattern = "^(en|es)$"),
    ),
    responses(
        (status = 200, description = "The explanation", body = ExplanationOut),
        (status = 304, description = "The answer that the client holds still stands"),
        ReadProblems
    )
)]
pub async fn get_explanation(
    State(directory): State<Directory>,
    Query(query): Query<ExplainQuery>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let etag = directory.etag(&snapshot, as_of, &["explain", uri.query().unwrap_or_default()]);
    if let Some(response) = cache::not_modified(&headers, &etag) {
        return Ok(response);
    }
    let entry = snapshot.lookup(&query.clinic).ok_or_else(|| AppError::NotFound {
        code: "clinic_unknown",
        detail: "there is no clinic with this slug".to_owned(),
    })?;
    let origin = Origin::of(&query.nearest.near)?;
    let explanation = explanation(&snapshot, entry, &origin, &query.nearest, as_of);
    Ok(cache::with_validators(Json(explanation).into_response(), &etag))
}

/// The explanation itself, for whoever has the question in hand.
#[must_use]
pub fn explanation<'a>(
    snapshot: &'a Snapshot,
    entry: &'a Entry,
    origin: &'a Origin,
    query: &NearestQuery,
    as_of: DateTime<Utc>,
) -> ExplanationOut<'a> {
    let found = find(snapshot, &origin.resolved, query, as_of);
    let in_answer = found.places.iter().any(|place| snapshot.entry(place.position).id == entry.id);
    let distance = (!found.is_list()).then(|| geodesic(origin.resolved.point, entry.point));
    let left_out = withheld_reason(entry.status).or_else(|| query.filter.refuses(entry, as_of));
    let rank = rank(snapshot, entry, &origin.resolved, query, as_of);
    let is_beyond = found.used_radius.zip(distance).is_some_and(|(radius, distance)| distance > radius);
    let reason = match left_out {
        _ if in_answer => None,
        Some(reason) => Some(reason.as_str()),
        None if found.is_list() && Some(entry.state) != origin.resolved.state => Some("state"),
        None if is_beyond => Some("radius"),
        None => Some("limit"),
    };
    let filter = if let Some(Reason::FilteredBy(filter)) = left_out { Some(filter) } else { None };
    ExplanationOut {
        resolved: (&origin.resolved).into(),
        clinic: &entry.clinic.slug,
        name: &entry.clinic.name,
        status: entry.status.as_str(),
        pin: PinOut {
            lat: entry.point.lat(),
            lon: entry.point.lon(),
            precision: entry.clinic.pin.map_or("exact", |pin| pin.precision.as_str()),
        },
        distance_m: distance.map(whole_metres),
        distance_mi: distance.map(tenths_of_miles),
        rank,
        in_answer,
        reason,
        filter,
        detail: detail(reason, filter, distance, rank),
        as_of,
        data_version: snapshot.data_version,
    }
}

/// Counting farther than this tells nobody more.
const MAX_RANK: usize = 1_000;

fn rank(
    snapshot: &Snapshot,
    entry: &Entry,
    resolved: &Resolved,
    query: &NearestQuery,
    as_of: DateTime<Utc>,
) -> Option<usize> {
    let all = NearestQuery { limit: MAX_RANK, radius: Metres(f64::INFINITY), ..query.clone() };
    let places = find(snapshot, resolved, &all, as_of).places;
    places.iter().position(|place| snapshot.entry(place.position).id == entry.id).map(|index| index + 1)
}

fn detail(reason: Option<&str>, filter: Option<&str>, distance: Option<Metres>, rank: Option<usize>) -> String {
    let away = distance.map(|distance| format!("{:.1} mi away", tenths_of_miles(distance)));
    let place = rank.map(|rank| format!("number {rank}"));
    let facts: Vec<String> = away.into_iter().chain(place).collect();
    let and = if facts.is_empty() { "" } else { "; it is " };
    let outcome = match reason {
        None => "It is in the answer".to_owned(),
        Some("state") => "It lies in another state than the one that was listed".to_owned(),
        Some("radius") => "It lies beyond the radius that was used".to_owned(),
        Some("limit") => "The answer ends before it".to_owned(),
        Some("filtered_by") => format!("It fails the filter {}", filter.unwrap_or_default()),
        Some("full") => "Every time in the days asked for is taken".to_owned(),
        Some("no_consultations") => "It offers no consultations".to_owned(),
        Some(status) => format!("It is left out because it is {}", status.replace('_', " ")),
    };
    format!("{outcome}{and}{}.", facts.join(", "))
}
