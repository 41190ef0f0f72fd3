use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::idempotency::RequestKey;
use super::state::BookingState;
use crate::error::AppError;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST: usize = 255;

/// The `Idempotency-Key` of a request or the `idempotency_key` of a form, if it has one; 400 for one that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The key of a form, from its hidden field.
    ///
    /// # Errors
    /// 400 for one that could not have been a header.
    pub fn of_field(key: Option<&str>) -> Result<Self, AppError> {
        let Some(key) = key else { return Ok(Self(None)) };
        let is_header = HeaderValue::from_str(key).is_ok_and(|value| value.to_str().is_ok());
        Some(key).filter(|_| is_header).and_then(Self::usable).ok_or_else(invalid)
    }

    fn usable(key: &str) -> Option<Self> {
        (1..=LONGEST).contains(&key.len()).then(|| Self(Some(key.to_owned())))
    }

    /// The key for a call; `scope` says which, and whose when a token is part of the address.
    ///
    /// # Errors
    /// When the body cannot be written again, which in memory it can.
    pub fn of(
        &self,
        state: &BookingState,
        scope: impl Into<String>,
        body: &impl Serialize,
    ) -> Result<Option<RequestKey>, AppError> {
        let Some(key) = &self.0 else { return Ok(None) };
        let body = serde_json::to_vec(body).map_err(anyhow::Error::from)?;
        Ok(Some(RequestKey::new(&state.secret, scope.into(), key, &body)))
    }

    /// # Errors
    /// 400 with a link to the documentation when there is none.
    pub fn required(&self, state: &BookingState) -> Result<(), AppError> {
        if self.0.is_some() {
            return Ok(());
        }
        let docs = state.directory.links().link("/api/docs/");
        Err(AppError::Refused {
            status: StatusCode::BAD_REQUEST,
            code: "idempotency_key_missing",
            detail: format!(
                "send an Idempotency-Key header, a random text of your own, so that a repetition has no second effect: {docs}"
            ),
            extra: Map::from_iter([("documentation".to_owned(), Value::from(docs))]),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        let mut values = parts.headers.get_all(NAME).iter();
        let Some(first) = values.next() else { return Ok(Self(None)) };
        let key = first.to_str().ok().filter(|_| values.next().is_none());
        key.and_then(Self::usable).ok_or_else(invalid)
    }
}

fn invalid() -> AppError {
    AppError::BadRequest {
        code: "idempotency_key_invalid",
        detail: format!("the Idempotency-Key must be one text of 1 to {LONGEST} ASCII characters"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn of_header(key: &str) -> Option<IdempotencyKey> {
        let value = HeaderValue::from_bytes(key.as_bytes()).ok()?;
        let (mut parts, ()) = Request::builder().header(NAME, value).body(()).ok()?.into_parts();
        IdempotencyKey::from_request_parts(&mut parts, &()).await.ok()
    }

    #[tokio::test]
    async fn a_forms_field_is_checked_as_the_header_is() {
        for key in ["k", "0123-abcd", &"k".repeat(255), "", &"k".repeat(256), "k\u{7}", "k\n", "llave-ñ"] {
            let field = IdempotencyKey::of_field(Some(key)).ok();
            assert_eq!(field, of_header(key).await, "{key:?}");
            assert_eq!(
                field.is_some(),
                (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
            );
        }
        assert_eq!(IdempotencyKey::of_field(None).ok(), Some(IdempotencyKey(None)));
    }
}
