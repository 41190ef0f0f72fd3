use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::params::{FromParams, Params};
use crate::error::AppError;

/// The routes' body limit, as refusals name it.
const LIMIT_BYTES: usize = 64 * 1024;

/// A field that no log may show: a password, a token.
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

impl Hidden {
    /// The value of a field; empty when there is none.
    #[must_use]
    pub fn of(params: &Params<'_>, name: &str) -> Self {
        Self(params.get(name).unwrap_or_default().to_owned())
    }
}

/// The fields of an HTML form; rejects with 413, 415, or 422 naming fields that are unknown. What is in them is for the
/// page to judge, which shows the form again.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: FromParams, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(AppError::UnsupportedMediaType("send the form as application/x-www-form-urlencoded"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                return AppError::PayloadTooLarge { limit_bytes: LIMIT_BYTES };
            }
            AppError::BadRequest { code: "unreadable_body", detail: "the form ended early".to_owned() }
        })?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| AppError::BadRequest { code: "unreadable_body", detail: "the form is not text".to_owned() })?;
        Ok(Self(T::from_params(&Params::parse(text, T::NAMES)?)?))
    }
}
