use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Agent;
use crate::app::AppState;
use crate::directory::{ClinicOut, Lang};
use crate::error::{AppError, StaffReadProblems};
use crate::web::{Json, Path, Query};

/// A clinic as staff see it, whatever its status.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffClinic)]
pub struct StaffClinicOut {
    #[serde(flatten)]
    clinic: ClinicOut,
    /// Never shown to the public.
    internal_notes: Option<String>,
}

/// One clinic with what only staff know.
#[utoipa::path(
    get,
    path = "/staff/clinics/{slug}",
    tag = "staff",
    params(("slug" = String, Path, description = "The clinic's slug, an old one too")),
    responses((status = 200, description = "The clinic", body = StaffClinicOut), StaffReadProblems)
)]
pub async fn get_staff_clinic(
    Agent(actor): Agent,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(()): Query<()>,
) -> Result<Json<StaffClinicOut>, AppError> {
    let (snapshot, as_of) = (state.directory.snapshot(), state.directory.as_of());
    let entry = snapshot.lookup(&slug).filter(|entry| entry.is_in(&actor.scope)).ok_or_else(unknown_clinic)?;
    let clinic = ClinicOut::new(entry, as_of, Lang::default(), state.directory.links());
    let internal_notes = entry.clinic.internal_notes.as_deref().map(str::to_owned);
    Ok(Json(StaffClinicOut { clinic, internal_notes }))
}

/// What lies outside the account's scope is not there.
fn unknown_clinic() -> AppError {
    let detail = "there is no clinic with this slug in the scope of this account";
    AppError::NotFound { code: "clinic_unknown", detail: detail.to_owned() }
}
