use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};

use super::out::NetworkOut;
use super::requests::NetworkIn;
use crate::accounts::{Actor, Admin};
use crate::app::AppState;
use crate::clinics::network::{SettingsChange, SettingsError, update};
use crate::clinics::store;
use crate::entities::network;
use crate::error::{AppError, StaffReadProblems, StaffWriteProblems};
use crate::web::{IfMatch, Json, Query, version_tag};

/// The network's settings.
#[utoipa::path(
    get,
    path = "/admin/network",
    tag = "admin",
    responses(
        (status = 200, description = "The settings; the ETag is what an edit must send as If-Match", body = NetworkOut),
        StaffReadProblems
    )
)]
pub async fn get_network(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    let row = store::network(&state.db, state.clock.now()).await?;
    tagged(&state, &actor, &row).await
}

/// Changes what the body names about the settings. Slots and answers follow at once.
#[utoipa::path(
    patch,
    path = "/admin/network",
    tag = "admin",
    params(("If-Match" = String, Header, description = "The ETag of the settings that were seen, or *")),
    request_body = NetworkIn,
    responses((status = 200, description = "The settings as they are from here on", body = NetworkOut), StaffWriteProblems)
)]
pub async fn update_network(
    Admin(actor): Admin,
    State(state): State<AppState>,
    seen: IfMatch,
    Query(()): Query<()>,
    Json(body): Json<NetworkIn>,
) -> Result<Response, AppError> {
    actor.whole_scope("the settings are those of every clinic")?;
    let now = state.clock.now();
    let (edit, wordings) = body.parse(now)?;
    let change = SettingsChange { actor: &actor, now, seen: &seen, wordings: &wordings };
    match update(&state.records, &change, |settings| edit.apply(settings)).await {
        Ok(row) => tagged(&state, &actor, &row).await,
        Err(SettingsError::Stale(current)) => stale(&state, &actor, &current).await,
        Err(SettingsError::Invalid(errors)) => Err(errors.into()),
        Err(SettingsError::Failed(error)) => Err(error.into()),
        Err(SettingsError::Database(error)) => Err(error.into()),
    }
}

async fn tagged(state: &AppState, actor: &Actor, row: &network::Model) -> Result<Response, AppError> {
    let mut response = Json(NetworkOut::new(state, row, &actor.scope).await?).into_response();
    response.headers_mut().insert(header::ETAG, version_tag(row.settings_version));
    Ok(response)
}

async fn stale(state: &AppState, actor: &Actor, current: &network::Model) -> Result<Response, AppError> {
    let out = NetworkOut::new(state, current, &actor.scope).await?;
    let problem = AppError::Refused {
        status: StatusCode::PRECONDITION_FAILED,
        code: "version_mismatch",
        detail: SettingsError::Stale(Box::new(current.clone())).to_string(),
        extra: Map::from_iter([
            ("version".to_owned(), json!(current.settings_version)),
            ("current".to_owned(), json!(out)),
        ]),
    };
    let mut response = problem.into_response();
    response.headers_mut().insert(header::ETAG, version_tag(current.settings_version));
    Ok(response)
}
