use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::error::AppError;

/// The answer at an address that a page no longer has.
///
/// # Errors
/// When the address cannot be a header.
pub fn permanently(address: &str) -> Result<Response, AppError> {
    to(StatusCode::MOVED_PERMANENTLY, address)
}

/// The answer at an address that leads on, for now.
///
/// # Errors
/// When the address cannot be a header.
pub fn found(address: &str) -> Result<Response, AppError> {
    to(StatusCode::FOUND, address)
}

/// The answer after a form: ask there with GET.
///
/// # Errors
/// When the address cannot be a header.
pub fn see_other(address: &str) -> Result<Response, AppError> {
    to(StatusCode::SEE_OTHER, address)
}

fn to(status: StatusCode, address: &str) -> Result<Response, AppError> {
    let location = HeaderValue::try_from(address).map_err(anyhow::Error::from)?;
    Ok((status, [(header::LOCATION, location)]).into_response())
}

/// The query of an address, to be carried along a redirect.
#[must_use]
pub fn query_of(uri: &Uri) -> String {
    uri.query().map_or(String::new(), |query| format!("?{query}"))
}
