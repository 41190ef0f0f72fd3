//! For the people who run the service: probes, metrics, the API's description and its reader.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::Config;

use crate::app::AppState;
use crate::error::{AppError, ReadProblems};
use crate::web::{ClientAddress, Path, PublicUrl, Query};

/// Probes and metrics.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_livez)).routes(routes!(get_readyz)).routes(routes!(get_metrics))
}

/// The API's description and the page that shows it.
pub fn documentation() -> OpenApiRouter<Documentation> {
    OpenApiRouter::new()
        .routes(routes!(get_openapi))
        .routes(routes!(redirect_to_docs))
        .routes(routes!(get_docs))
        .routes(routes!(get_docs_file))
}

/// Whether the process runs.
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, description = "It runs", body = String), ReadProblems))]
pub async fn get_livez(Query(()): Query<()>) -> &'static str {
    "ok"
}

/// What the service answers with at this moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Always `ready`: the process only listens once the directory is in memory, and keeps answering from there.
    pub status: &'static str,
    /// The clinics are invented: a demonstration (rule I13).
    pub demo: bool,
    pub clinics: usize,
    pub data_version: i64,
    /// `up`, or `down` while the database takes no writes: clinics are still shown, nothing can be booked or changed.
    pub writes: &'static str,
}

/// Whether the service can answer.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, description = "It can", body = Readiness), ReadProblems))]
pub async fn get_readyz(State(state): State<AppState>, Query(()): Query<()>) -> Json<Readiness> {
    let snapshot = state.directory.snapshot();
    Json(Readiness {
        status: "ready",
        demo: snapshot.network.is_demo,
        clinics: snapshot.entries().len(),
        data_version: snapshot.data_version,
        writes: if state.writes.are_up() { "up" } else { "down" },
    })
}

/// Counters for Prometheus; only for direct clients on this machine, or on the listener of `--metrics-listen`.
///
/// # Errors
/// 404 for everybody else.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, description = "The counters", body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"), ReadProblems))]
pub async fn get_metrics(
    client: Option<axum::Extension<ClientAddress>>,
    State(state): State<AppState>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    let is_local = client.is_some_and(|client| client.is_direct && client.ip.is_loopback());
    if state.has_metrics_listener || !is_local {
        let detail = "metrics are only for this machine, or the address of --metrics-listen";
        return Err(AppError::NotFound { code: "not_found", detail: detail.to_owned() });
    }
    render_metrics(&state)
}

/// The counters in the text format of Prometheus.
///
/// # Errors
/// When they cannot be formatted.
pub fn render_metrics(state: &AppState) -> Result<Response, AppError> {
    let text = state.metrics.render().map_err(anyhow::Error::from)?;
    let content_type = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, content_type)], text).into_response())
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "operation", responses((status = 200, description = "OpenAPI 3.1", body = Object), ReadProblems))]
async fn get_openapi(State(pages): State<Documentation>, Query(()): Query<()>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], pages.description).into_response()
}

/// Swagger UI, served from the program itself: no other host is asked.
#[derive(Clone)]
pub struct Documentation {
    index: String,
    config: Arc<Config<'static>>,
    description: Bytes,
}

impl std::fmt::Debug for Documentation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documentation").field("index", &self.index).finish_non_exhaustive()
    }
}

impl Documentation {
    /// The pages under `links`, showing this OpenAPI document.
    #[must_use]
    pub fn new(links: &PublicUrl, description: String) -> Self {
        let at = |path: &str| format!("{}{path}", links.prefix());
        // By default the page sends the document's address to a validator on the internet.
        let config = Arc::new(Config::new([at("/api/v1/openapi.json")]).validator_url("none"));
        Self { index: at("/api/docs/"), config, description: description.into() }
    }
}

/// Leads to the documentation page.
#[utoipa::path(get, path = "/api/docs", tag = "operation", responses((status = 308, description = "See Location"), ReadProblems))]
async fn redirect_to_docs(State(pages): State<Documentation>, Query(()): Query<()>) -> axum::response::Redirect {
    axum::response::Redirect::permanent(&pages.index)
}

/// The documentation page.
#[utoipa::path(get, path = "/api/docs/", tag = "operation", responses((status = 200, description = "A page", content_type = "text/html"), ReadProblems))]
async fn get_docs(State(pages): State<Documentation>, Query(()): Query<()>) -> Result<Response, AppError> {
    docs_file(&pages, "index.html")
}

/// A part of the documentation page.
#[utoipa::path(
    get,
    path = "/api/docs/{file}",
    tag = "operation",
    params(("file" = String, Path, description = "A file of the page")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream"), ReadProblems)
)]
async fn get_docs_file(
    State(pages): State<Documentation>,
    Path(file): Path<String>,
    Query(()): Query<()>,
) -> Result<Response, AppError> {
    docs_file(&pages, &file)
}

fn docs_file(pages: &Documentation, name: &str) -> Result<Response, AppError> {
    let found = utoipa_swagger_ui::serve(name, pages.config.clone()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let Some(file) = found else {
        return Err(AppError::NotFound { code: "not_found", detail: "the documentation has no such file".to_owned() });
    };
    let content_type = HeaderValue::try_from(file.content_type).map_err(anyhow::Error::from)?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, content_type)], file.bytes.into_owned()).into_response())
}
