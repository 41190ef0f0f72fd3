use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answer::{ExcludedClinic, ResolvedOut, excluded_out, tenths_of_miles, whole_metres};
use super::api::Origin;
use super::availability_api::{NO_STORE, days, from};
use super::filter::{Dates, Filter, Skipped};
use super::joint::{Choice, Joint, Label, weigh};
use super::nearest::{Question, Sort};
use super::nearest_query::{DEFAULT_LIMIT, Near, limit, near, radius, required_near, service};
use super::out::{ClinicBrief, SlotOut};
use super::{Directory, Snapshot};
use crate::error::{AppError, FieldErrors, ReadProblems};
use crate::geo::{Metres, Point};
use crate::web::{FromParams, Json, Params, Query};

/// The validated parameters of the joint answer.
#[derive(Debug)]
pub struct JointQuery {
    near: Near,
    radius: Metres,
    limit: usize,
    service: Option<String>,
    dates: Dates,
}

impl FromParams for JointQuery {
    const NAMES: &'static [&'static str] =
        &["near", "lat", "lon", "radius", "unit", "from", "days", "limit", "service"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let near = near(params, &mut errors);
        let radius = radius(params, &mut errors);
        let limit = limit(params, DEFAULT_LIMIT, &mut errors);
        let service = params.read("service", None, &mut errors, |text| service(text).map(Some));
        let dates = Dates { from: from(params, &mut errors), count: days(params, &mut errors) };
        Ok(Self { near: required_near(errors.or(near)?)?, radius, limit, service, dates })
    }
}

/// How the search for free times went.
#[derive(Debug, Serialize, ToSchema)]
pub struct JointSearch {
    pub requested_radius_m: u64,
    /// Null when the search went beyond every radius, or went through a state.
    pub used_radius_m: Option<u64>,
    /// No clinic within the requested radius has a free time, so a larger one was used.
    pub expanded: bool,
    pub limit: usize,
    /// Distances are geodesics, not roads.
    pub straight_line: bool,
    /// The first date, on each clinic's own calendar; null for today.
    pub from: Option<NaiveDate>,
    /// `from` lies in the past of a clinic's calendar, and today was taken instead.
    pub clipped: bool,
    pub days: u16,
}

/// The first free time of one clinic.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptionOut {
    #[schema(value_type = ClinicBrief)]
    pub clinic: Box<RawValue>,
    pub distance_m: u64,
    pub distance_mi: f64,
    pub next: SlotOut,
    /// `nearest`, `soonest` and `best`: what of all options it is; often several, mostly none.
    pub labels: Vec<Label>,
    /// Another option is nearer and not later, or sooner and not farther.
    pub beaten: bool,
}

/// Where and when a consultation can be had near a place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JointAvailability)]
pub struct JointOut<'a> {
    pub resolved: ResolvedOut<'a>,
    pub search: JointSearch,
    /// Unbeaten options first; each by distance and wait, a day of waiting for as many miles as the network says (ten at first).
    pub options: Vec<OptionOut>,
    pub skipped: Skipped,
    /// The nearest of the skipped clinics, at most five; they can be called.
    pub excluded: Vec<ExcludedClinic<'a>>,
    /// The clinics are invented: a demonstration.
    pub demo: bool,
    pub as_of: DateTime<Utc>,
    pub data_version: i64,
}

/// Where somebody is free soonest: the clinics near a place, weighed by distance and by wait.
#[utoipa::path(
    get,
    path = "/availability",
    tag = "bookings",
    params(
        ("near" = Option<String>, Query, description = "As for /nearest; or give lat and lon", min_length = 1),
        ("lat" = Option<f64>, Query, description = "Degrees, -90 to 90", minimum = -90, maximum = 90),
        ("lon" = Option<f64>, Query, description = "Degrees, -180 to 180", minimum = -180, maximum = 180),
        ("radius" = Option<f64>, Query, description = "In `unit`, above 0, at most 12500 miles; 25 miles by default", exclusive_minimum = 0),
        ("unit" = Option<String>, Query, description = "`mi` (default) or `km`", pattern = "^(mi|km)$"),
        ("from" = Option<NaiveDate>, Query, description = "The first date, on each clinic's calendar; today by default"),
        ("days" = Option<u32>, Query, description = "1 to 62, 14 by default", minimum = 1, maximum = 62),
        ("limit" = Option<u32>, Query, description = "1 to 100, 10 by default", minimum = 1, maximum = 100),
        ("service" = Option<String>, Query, description = "Only clinics with this service code", min_length = 1),
    ),
    responses((status = 200, description = "The options", body = JointOut), ReadProblems)
)]
pub async fn get_availability(
    State(directory): State<Directory>,
    Query(query): Query<JointQuery>,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (directory.snapshot(), directory.as_of());
    let origin = Origin::of(&query.near)?;
    let question = query.around(origin.resolved.point, as_of);
    let joint = weigh(&snapshot, &question, origin.listed_state());
    let answer = JointOut::new(&snapshot, &origin, &question, query.dates, &joint);
    // Somebody may take a time in the next second: what was shown is never worth keeping.
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(answer)).into_response())
}

impl JointQuery {
    fn around(&self, from: Point, as_of: DateTime<Utc>) -> Question {
        let filter = Filter { service: self.service.clone(), times: Some(self.dates), ..Filter::default() };
        Question { from, limit: self.limit, radius: self.radius, filter, sort: Sort::Distance, as_of }
    }
}

impl<'a> JointOut<'a> {
    fn new(snapshot: &'a Snapshot, origin: &'a Origin, question: &Question, dates: Dates, joint: &Joint) -> Self {
        let as_of = question.as_of;
        Self {
            resolved: (&origin.resolved).into(),
            search: search_out(snapshot, question, dates, joint),
            options: joint.choices.iter().map(|choice| option_out(snapshot, choice, as_of)).collect(),
            skipped: joint.skipped,
            excluded: joint.excluded.iter().map(|excluded| excluded_out(snapshot, excluded, as_of)).collect(),
            demo: snapshot.network.is_demo,
            as_of,
            data_version: snapshot.data_version,
        }
    }
}

fn search_out(snapshot: &Snapshot, question: &Question, dates: Dates, joint: &Joint) -> JointSearch {
    let is_past = |from: NaiveDate| {
        let today = |choice: &Choice| snapshot.entry(choice.position).schedule().local_date(question.as_of);
        let without_options = question.as_of.date_naive();
        joint.choices.iter().map(today).max().unwrap_or(without_options) > from
    };
    JointSearch {
        requested_radius_m: whole_metres(question.radius),
        used_radius_m: joint.used_radius.map(whole_metres),
        expanded: joint.expanded,
        limit: question.limit,
        straight_line: true,
        from: dates.from,
        clipped: dates.from.is_some_and(is_past),
        days: dates.count,
    }
}

fn option_out(snapshot: &Snapshot, choice: &Choice, as_of: DateTime<Utc>) -> OptionOut {
    let entry = snapshot.entry(choice.position);
    OptionOut {
        clinic: entry.brief(as_of),
        distance_m: whole_metres(choice.distance),
        distance_mi: tenths_of_miles(choice.distance),
        next: SlotOut::offered(&choice.slot, entry.zone),
        labels: choice.labels.clone(),
        beaten: !choice.is_unbeaten,
    }
}
