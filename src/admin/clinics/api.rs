use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;

use super::members::{HoursIn, RecordIn};
use super::out::{RecordOut, location, tagged};
use super::problems::refused;
use super::visits::visits;
use crate::accounts::Editor;
use crate::app::AppState;
use crate::clinics::{Change, EditError, Edited, create, retire, store, update};
use crate::error::{AppError, FieldErrors, StaffReadProblems, StaffWriteProblems};
use crate::web::{FromParams, IfMatch, Json, Params, Path, Query};

/// `?confirm=true`: visits that lose their clinic have been looked at.
#[derive(Debug)]
pub struct ConfirmQuery {
    confirm: bool,
}

impl FromParams for ConfirmQuery {
    const NAMES: &'static [&'static str] = &["confirm"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let confirm = confirm(params, &mut errors);
        errors.or(Self { confirm })
    }
}

/// `?moved_to=CODE&confirm=true`.
#[derive(Debug)]
pub struct RetireQuery {
    moved_to: Option<String>,
    confirm: bool,
}

impl FromParams for RetireQuery {
    const NAMES: &'static [&'static str] = &["moved_to", "confirm"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let moved_to = params.get("moved_to").map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned);
        let confirm = confirm(params, &mut errors);
        errors.or(Self { moved_to, confirm })
    }
}

fn confirm(params: &Params<'_>, errors: &mut FieldErrors) -> bool {
    params.read("confirm", false, errors, |text| text.parse().map_err(|_| "must be true or false".to_owned()))
}

/// One clinic's record, whatever its status.
#[utoipa::path(
    get,
    path = "/admin/clinics/{code}",
    tag = "admin",
    params(("code" = String, Path, description = "The clinic's code")),
    responses(
        (status = 200, description = "The record; its ETag is what an edit must send as If-Match", body = RecordOut),
        StaffReadProblems
    )
)]
pub async fn get_admin_clinic(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Path(code): Path<String>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    match store::find(&state.db, &actor.scope, &code).await? {
        Some(stored) => tagged(&state, StatusCode::OK, &stored, &[]).await,
        None => refused(&state, EditError::UnknownClinic).await,
    }
}

/// Adds a clinic. Its members are those of the CSV; `code`, `name`, `city`, `state` and a ZIP or both coordinates are needed.
#[utoipa::path(
    post,
    path = "/admin/clinics",
    tag = "admin",
    request_body = RecordIn,
    responses(
        (status = 201, description = "The clinic is public; Location and ETag are those of its record", body = RecordOut),
        StaffWriteProblems
    )
)]
pub async fn create_admin_clinic(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(()): Query<()>,
    Json(body): Json<RecordIn>,
) -> Result<Response, AppError> {
    match create(&state.records, &actor, state.clock.now(), &body.parse()?).await {
        Ok(Edited { stored, notes }) => {
            let mut response = tagged(&state, StatusCode::CREATED, &stored, &notes).await?;
            response.headers_mut().insert(header::LOCATION, location(&state, &stored.clinic.code)?);
            Ok(response)
        }
        Err(error) => refused(&state, error).await,
    }
}

/// Changes what the body names about a clinic: null clears, what is absent stays.
#[utoipa::path(
    patch,
    path = "/admin/clinics/{code}",
    tag = "admin",
    params(
        ("code" = String, Path, description = "The clinic's code"),
        ("confirm" = Option<bool>, Query, description = "Visits on dates on which the clinic will be closed have been looked at"),
        ("If-Match" = String, Header, description = "The ETag of the record that was seen, or *"),
    ),
    request_body = RecordIn,
    responses((status = 200, description = "The record as it is from here on", body = RecordOut), StaffWriteProblems)
)]
pub async fn update_admin_clinic(
    Editor(actor): Editor,
    State(state): State<AppState>,
    seen: IfMatch,
    Path(code): Path<String>,
    Query(query): Query<ConfirmQuery>,
    Json(body): Json<RecordIn>,
) -> Result<Response, AppError> {
    let now = state.clock.now();
    let change = Change { actor: &actor, now, code: &code, seen: &seen, confirm: query.confirm };
    let edited = update(&state.records, &change, body.parse()?, visits(&state)).await;
    answer(&state, edited).await
}

/// Replaces a clinic's hours; consultation hours and special hours stay when they are not named.
#[utoipa::path(
    put,
    path = "/admin/clinics/{code}/hours",
    tag = "admin",
    params(
        ("code" = String, Path, description = "The clinic's code"),
        ("If-Match" = String, Header, description = "The ETag of the record that was seen, or *"),
    ),
    request_body = HoursIn,
    responses((status = 200, description = "The record as it is from here on", body = RecordOut), StaffWriteProblems)
)]
pub async fn replace_clinic_hours(
    Editor(actor): Editor,
    State(state): State<AppState>,
    seen: IfMatch,
    Path(code): Path<String>,
    Query(()): Query<()>,
    Json(body): Json<HoursIn>,
) -> Result<Response, AppError> {
    if !body.names("hours") {
        return Err(FieldErrors::one("hours", "required", "is required: null when they are not known").into());
    }
    let change = Change { actor: &actor, now: state.clock.now(), code: &code, seen: &seen, confirm: false };
    let edited = update(&state.records, &change, body.parse()?, visits(&state)).await;
    answer(&state, edited).await
}

/// Retires a clinic: closed for good from today on its own calendar. Its record stays.
#[utoipa::path(
    delete,
    path = "/admin/clinics/{code}",
    tag = "admin",
    params(
        ("code" = String, Path, description = "The clinic's code"),
        ("moved_to" = Option<String>, Query, description = "The code of the clinic that takes its place"),
        ("confirm" = Option<bool>, Query, description = "The visits that are booked there have been looked at"),
        ("If-Match" = String, Header, description = "The ETag of the record that was seen, or *"),
    ),
    responses((status = 200, description = "The record as it is from here on", body = RecordOut), StaffWriteProblems)
)]
pub async fn retire_admin_clinic(
    Editor(actor): Editor,
    State(state): State<AppState>,
    seen: IfMatch,
    Path(code): Path<String>,
    Query(query): Query<RetireQuery>,
) -> Result<Response, AppError> {
    let now = state.clock.now();
    let change = Change { actor: &actor, now, code: &code, seen: &seen, confirm: query.confirm };
    let edited = retire(&state.records, &change, query.moved_to, visits(&state)).await;
    answer(&state, edited).await
}

async fn answer(state: &AppState, edited: Result<Edited, EditError>) -> Result<Response, AppError> {
    match edited {
        Ok(Edited { stored, notes }) => tagged(state, StatusCode::OK, &stored, &notes).await,
        Err(error) => refused(state, error).await,
    }
}
