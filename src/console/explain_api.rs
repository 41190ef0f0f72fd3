use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Agent;
use crate::app::AppState;
use crate::availability::Agenda;
use crate::bookings::desk::named;
use crate::directory::{Entry, ExplanationOut, NearestQuery, Origin, SlotOut, explanation};
use crate::error::{AppError, FieldErrors, StaffReadProblems};
use crate::web::{FromParams, Json, Params, Query};

/// `near` (or `lat` and `lon`) and the filters of `/nearest`, `clinic`, and `at`; a place, a time, or both.
#[derive(Debug)]
pub struct StaffExplainQuery {
    nearest: Option<NearestQuery>,
    clinic: String,
    at: Option<DateTime<Utc>>,
}

impl FromParams for StaffExplainQuery {
    const NAMES: &'static [&'static str] = &[
        "near",
        "lat",
        "lon",
        "radius",
        "unit",
        "limit",
        "open_now",
        "service",
        "available_within_days",
        "sort",
        "lang",
        "clinic",
        "at",
    ];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let clinic = params.get("clinic").map(str::to_owned).unwrap_or_default();
        if clinic.is_empty() {
            errors.push("clinic", "required", "give clinic, the slug of the clinic in question");
        }
        let at = params.read("at", None, &mut errors, |text| {
            let at = DateTime::parse_from_rfc3339(text).map(|at| Some(at.to_utc()));
            let at = at.ok().filter(|at| at.is_some_and(|at| (2000..=2100).contains(&at.year())));
            at.ok_or_else(|| "must be an instant of this century such as 2026-12-04T10:00:00-05:00".to_owned())
        });
        let has_place = ["near", "lat", "lon"].iter().any(|name| params.get(name).is_some());
        if !has_place && at.is_none() && errors.iter().all(|error| error.field != "at") {
            errors.push("near", "required", "give near (why not this clinic?), at (why not this time?), or both");
        }
        errors.or(())?;
        let nearest = has_place.then(|| NearestQuery::from_params(params)).transpose()?;
        Ok(Self { nearest, clinic, at })
    }
}

/// Why not this clinic, and why not this time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffExplanation)]
pub struct StaffExplanationOut<'a> {
    /// Null unless a place was given.
    nearest: Option<ExplanationOut<'a>>,
    /// Null unless a time was given.
    time: Option<TimeOut>,
}

/// Whether a consultation can start at a time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeExplanation)]
pub struct TimeOut {
    /// The time as the clinic reads it.
    asked: SlotOut,
    offered: bool,
    /// Null when it is offered; else `no_consultations`, `past`, `horizon`, `clinic_not_open`, `hours_unknown`, `special_hours`,
    /// `hours`, `off_grid`, `notice`, `booked` or `held`.
    reason: Option<&'static str>,
    /// The answer in a sentence.
    detail: String,
    /// What the public is told about the special hours or the closure of that date.
    note: Option<String>,
    remaining: Option<u16>,
}

/// Why a clinic is not among the nearest to a place, why a time at it is not offered, or both.
#[utoipa::path(
    get,
    path = "/staff/explain",
    tag = "staff",
    params(
        ("near" = Option<String>, Query, description = "As for /nearest; or give lat and lon", min_length = 1),
        ("lat" = Option<f64>, Query, description = "Degrees, -90 to 90", minimum = -90, maximum = 90),
        ("lon" = Option<f64>, Query, description = "Degrees, -180 to 180", minimum = -180, maximum = 180),
        ("clinic" = String, Query, description = "The clinic's slug", min_length = 1),
        ("at" = Option<String>, Query, description = "When the consultation would start, RFC 3339 with an offset", format = DateTime),
        ("radius" = Option<f64>, Query, description = "As for /nearest", exclusive_minimum = 0),
        ("unit" = Option<String>, Query, description = "`mi` (default) or `km`", pattern = "^(mi|km)$"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 10 by default", minimum = 1, maximum = 100),
        ("open_now" = Option<bool>, Query, description = "As for /nearest"),
        ("service" = Option<String>, Query, description = "As for /nearest", min_length = 1),
        ("available_within_days" = Option<u32>, Query, description = "As for /nearest", minimum = 0, maximum = 1000),
        ("sort" = Option<String>, Query, description = "As for /nearest", pattern = "^(distance|soonest)$"),
        ("lang" = Option<String>, Query, description = "`en` (default) or `es`", pattern = "^(en|es)$"),
    ),
    responses((status = 200, description = "The explanation", body = StaffExplanationOut), StaffReadProblems)
)]
pub async fn get_staff_explanation(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Query(query): Query<StaffExplainQuery>,
) -> Result<Response, AppError> {
    let snapshot = state.directory.snapshot();
    let entry = named(&snapshot, &query.clinic, &actor.scope)?;
    let origin = query.nearest.as_ref().map(|nearest| Origin::of(&nearest.near)).transpose()?;
    let question = query.nearest.as_ref().zip(origin.as_ref());
    let as_of = state.directory.as_of();
    let nearest = question.map(|(nearest, origin)| explanation(&snapshot, entry, origin, nearest, as_of));
    let time = query.at.map(|at| why_not(entry, at, state.bookings.now()));
    Ok(Json(StaffExplanationOut { nearest, time }).into_response())
}

fn why_not(entry: &Entry, at: DateTime<Utc>, now: DateTime<Utc>) -> TimeOut {
    let (schedule, claims) = (entry.schedule(), entry.diary.claims());
    let agenda = Agenda { schedule: &schedule, policy: &entry.policy, claims: &claims, now };
    let slot = match agenda.explain(at) {
        _ if !entry.clinic.offers_consultations => Err(("no_consultations", "it offers no consultations".to_owned())),
        Ok(slot) => Ok(slot),
        Err(reason) => Err((reason.code(), reason.to_string())),
    };
    let date = schedule.local_date(at);
    let special = entry.special_days().iter().find(|day| day.on == date);
    let ends_at = at + chrono::TimeDelta::minutes(entry.policy.duration_min.into());
    TimeOut {
        asked: SlotOut::own(at, ends_at, entry.zone),
        offered: slot.is_ok(),
        reason: slot.as_ref().err().map(|(code, _)| *code),
        detail: slot.as_ref().map_or_else(|(_, detail)| detail.clone(), |_| "this time can be booked".to_owned()),
        note: special.and_then(|day| day.note.clone()),
        remaining: slot.ok().map(|slot| slot.remaining),
    }
}
