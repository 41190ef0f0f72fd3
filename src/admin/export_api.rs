use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::accounts::Editor;
use crate::app::AppState;
use crate::clinics::Flavour;
use crate::directory::export_clinics;
use crate::error::{AppError, FieldErrors, StaffReadProblems};
use crate::web::{FromParams, Params, Query};

/// `?flavour=`.
#[derive(Debug)]
pub struct ExportQuery {
    flavour: Flavour,
}

impl FromParams for ExportQuery {
    const NAMES: &'static [&'static str] = &["flavour"];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let flavour = params.read("flavour", Flavour::Spreadsheet, &mut errors, |text| match text {
            "spreadsheet" => Ok(Flavour::Spreadsheet),
            "raw" => Ok(Flavour::Raw),
            _ => Err("spreadsheet or raw".to_owned()),
        });
        errors.or(Self { flavour })
    }
}

/// Every clinic of the account's scope as CSV; the inverse of an import.
#[utoipa::path(
    get,
    path = "/admin/export.csv",
    tag = "admin",
    params(
        ("flavour" = Option<String>, Query,
            description = "`spreadsheet`, which is safe to open in one, or `raw`; `spreadsheet` without it"),
    ),
    responses((status = 200, description = "The clinics", body = String, content_type = "text/csv"), StaffReadProblems)
)]
pub async fn get_export(
    Editor(actor): Editor,
    State(state): State<AppState>,
    Query(query): Query<ExportQuery>,
) -> Result<impl IntoResponse, AppError> {
    let csv = export_clinics(&state.directory, actor.scope, query.flavour).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"clinics.csv\""),
    ];
    Ok((headers, csv))
}
