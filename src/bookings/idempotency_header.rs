use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::idempotency::RequestKey;
use super::state::BookingState;
use crate::error::AppError;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST: usize = 255;

/// The `Idempotency-Key` of a request, if it has one; 400 for one that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
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
        let key = first.to_str().ok().filter(|key| (1..=LONGEST).contains(&key.len()) && values.next().is_none());
        key.map(|key| Self(Some(key.to_owned()))).ok_or_else(|| AppError::BadRequest {
            code: "idempotency_key_invalid",
            detail: format!("the Idempotency-Key must be one text of 1 to {LONGEST} ASCII characters"),
        })
    }
}
