//! Every address of the service, and what each request is wrapped in.

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use utoipa::OpenApi;
use utoipa::openapi::Server;

use crate::app::AppState;
use crate::clinics::plain_path;
use crate::directory::Directory;
use crate::error::AppError;
use crate::openapi::ApiDescription;
use crate::operation::Documentation;
use crate::web::page::{
    Audience, Language, Pages, Policy, ProblemPages, assets, found, guard, is_for_people, problem_page,
};
use crate::web::{Logo, PublicUrl, observe};
use crate::{accounts, admin, bookings, console, directory, feeds, locations, operation};

/// JSON bodies are small; a route that takes more says so itself.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The whole service, under the path prefix of its public URL. Probes also answer at the root, where an orchestrator asks.
pub fn router(state: &AppState) -> Router {
    let prefix = state.links.prefix();
    let service = service(state);
    let whole = if prefix.is_empty() { service } else { probes(state).nest(prefix, service) };
    whole
        .fallback_service(elsewhere(state))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.observer.clone(), observe))
}

/// What only the operator's own listener (`--metrics-listen`) answers.
pub fn metrics_router(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(|State(state): State<AppState>| async move { operation::render_metrics(&state) }))
        .fallback(async |uri: Uri| not_found(&uri))
        .with_state(state)
}

/// The OpenAPI document of every route.
///
/// # Errors
/// When it cannot be serialised, which would be a bug.
pub fn description(links: &PublicUrl) -> serde_json::Result<String> {
    let mut description = ApiDescription::openapi().nest("/api/v1", directory::router().into_openapi());
    description = description.nest("/api/v1", bookings::router().into_openapi());
    for behind_login in [console::router(), admin::router()] {
        description = description.nest("/api/v1", behind_login.into_openapi());
    }
    description.merge(operation::router().into_openapi());
    description.merge(operation::documentation().into_openapi());
    description.servers = Some(vec![Server::new(links.to_string())]);
    description.to_pretty_json()
}

fn service(state: &AppState) -> Router {
    let documentation = Documentation::new(&state.links, description(&state.links).unwrap_or_default());
    Router::new()
        .nest("/api/v1", api(state))
        .merge(Router::from(operation::router()).with_state(state.clone()))
        .merge(Router::from(operation::documentation()).with_state(documentation))
        .merge(accounts::pages::router(&state.accounts, &state.pages))
        .merge(locations::router(&state.bookings, &state.pages))
        .merge(front_doors(&state.links))
        .merge(feeds::router(&state.directory))
        .merge(assets::router())
        .merge(state.pages.appearance.logo.as_ref().map_or_else(Router::new, Logo::router))
        .fallback_service(elsewhere(state))
        .method_not_allowed_fallback(method_not_allowed)
}

/// What no route answers: an address of the network's older site, or nothing.
fn elsewhere(state: &AppState) -> Router {
    let elsewhere = Elsewhere { directory: state.directory.clone(), pages: state.pages.clone() };
    let guard = from_fn_with_state(Policy::of_visitors(&state.pages.appearance), guard);
    Router::new().fallback(legacy_or_not_found).with_state(elsewhere).layer(guard)
}

#[derive(Clone)]
struct Elsewhere {
    directory: Directory,
    pages: Pages,
}

/// The root of the service in each language: people are led to the clinics, programs have nothing to do there.
fn front_doors(links: &PublicUrl) -> Router {
    let door = |language: Language| {
        let to = format!("{}{}/locations", links.prefix(), language.prefix());
        get(move |headers: HeaderMap, uri: Uri| async move {
            let answer = if is_for_people(&headers) { found(&to) } else { Err(not_found(&uri)) };
            by_accept(answer.into_response())
        })
    };
    Router::new().route("/", door(Language::English)).route("/es", door(Language::Spanish))
}

/// Browsers and programs get different answers here.
fn by_accept(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// The directory may be read from anybody's page; holds and bookings may not.
fn api(state: &AppState) -> Router {
    let open = Router::from(directory::router()).with_state(state.directory.clone());
    // The refusal of other methods comes before the layer: a preflight is an OPTIONS, and an error is shared like an answer.
    open.method_not_allowed_fallback(method_not_allowed)
        .layer(cors())
        .merge(Router::from(bookings::router()).with_state(state.bookings.clone()))
        .merge(behind_login(state))
}

/// What a browser's cookie can authenticate, other sites' pages cannot write.
fn behind_login(state: &AppState) -> Router {
    let admin = Router::from(admin::router()).with_state(state.clone());
    let console = Router::from(console::router()).with_state(state.clone());
    accounts::refuse_cross_site(console.merge(admin), &state.links)
}

fn probes(state: &AppState) -> Router {
    Router::new()
        .route("/livez", get(operation::get_livez))
        .route("/readyz", get(operation::get_readyz))
        .with_state(state.clone())
}

/// Anybody's page may read the directory; nothing else is shared across origins.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([header::ACCEPT, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG])
}

/// What `cors` adds to an answer.
pub fn share_across_origins(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag"));
}

/// An address of an older site leads to its clinic for good (rule I9), under the prefix of the public URL or at the root.
async fn legacy_or_not_found(
    State(elsewhere): State<Elsewhere>,
    method: Method,
    OriginalUri(whole): OriginalUri,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let snapshot = elsewhere.directory.snapshot();
    let by_path = |path: &str| snapshot.by_legacy_path(&plain_path(path)?);
    let is_read = method == Method::GET || method == Method::HEAD;
    if let Some(entry) = by_path(uri.path()).or_else(|| by_path(whole.path())).filter(|_| is_read) {
        return locations::to_clinic(&elsewhere.directory, entry);
    }
    let refusal = not_found(&uri).into_response();
    if !is_for_people(&headers) {
        return Ok(by_accept(refusal));
    }
    let language = Language::of_path(uri.path());
    let shown = ProblemPages { pages: elsewhere.pages, audience: Audience::Visitors(language) };
    Ok(by_accept(problem_page(&shown, refusal)))
}

fn not_found(uri: &Uri) -> AppError {
    let hint = if uri.path().contains("/api/") { "; /api/docs describes the API" } else { "" };
    AppError::NotFound { code: "not_found", detail: format!("there is nothing at this address{hint}") }
}

async fn method_not_allowed() -> AppError {
    AppError::MethodNotAllowed
}
