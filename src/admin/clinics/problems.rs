use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::out::RecordOut;
use crate::app::AppState;
use crate::clinics::EditError;
use crate::clinics::import::pin_guard::PinFix;
use crate::clinics::store::Stored;
use crate::error::AppError;
use crate::web::version_tag;

/// How a refused edit is told; a lost race with the record as it is by now, and its tag.
///
/// # Errors
/// Everything but the lost race.
pub async fn refused(state: &AppState, error: EditError) -> Result<Response, AppError> {
    let detail = error.to_string();
    match error {
        EditError::Stale(current) => stale(state, detail, &current).await,
        EditError::UnknownClinic => Err(AppError::NotFound { code: "clinic_unknown", detail }),
        EditError::Invalid(errors) => Err(errors.into()),
        EditError::CodeTaken => Err(told(StatusCode::CONFLICT, "code_taken", detail, json!({}))),
        EditError::PinSuspect(doubt) => {
            let point = |fix: &PinFix| fix.point.map(|point| json!({ "lat": point.lat(), "lon": point.lon() }));
            let fix = doubt.fix.map(|fix| json!({ "question": fix.question, "point": point(&fix) }));
            let errors = json!([{ "field": doubt.column, "code": "pin_suspect", "detail": doubt.reason }]);
            let extra = json!({ "fix": fix, "errors": errors });
            Err(told(StatusCode::UNPROCESSABLE_ENTITY, "pin_suspect", detail, extra))
        }
        EditError::NeedsConfirm(bookings) => {
            let extra = json!({ "count": bookings.len(), "bookings": bookings });
            Err(told(StatusCode::CONFLICT, "needs_confirm", detail, extra))
        }
        EditError::Failed(error) => Err(error.into()),
        EditError::Database(error) => Err(error.into()),
    }
}

fn told(status: StatusCode, code: &'static str, detail: String, extra: Value) -> AppError {
    let extra = if let Value::Object(extra) = extra { extra } else { Map::new() };
    AppError::Refused { status, code, detail, extra }
}

async fn stale(state: &AppState, detail: String, current: &Stored) -> Result<Response, AppError> {
    let record = RecordOut::new(state, current, &[]).await?.into_value();
    let extra = json!({ "version": current.data_version, "current": record });
    let problem = told(StatusCode::PRECONDITION_FAILED, "version_mismatch", detail, extra);
    let mut response = problem.into_response();
    response.headers_mut().insert(header::ETAG, version_tag(current.data_version));
    Ok(response)
}
