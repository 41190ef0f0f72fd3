//! What can go wrong in a request, and how it is told (RFC 9457).
//!
//! One matchable [`AppError`]; domain failures convert into it where their feature meets HTTP. The cause of a 500 travels
//! in a response extension to the access log and never reaches a client.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A request that could not be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// 400: the request cannot be read at all (malformed JSON, a missing key).
    #[error("{detail}")]
    BadRequest { code: &'static str, detail: String },
    /// 422: it can be read, and these fields are wrong.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// 401: nobody is logged in, or what was shown is not valid (any more).
    #[error("log in, or send Authorization: Bearer with a token that is valid")]
    Unauthorized,
    /// 403: the account may not do this at all.
    #[error("this needs the role {least_role} or a higher one")]
    Forbidden { least_role: &'static str },
    /// 404: no such thing; the detail says what there is instead.
    #[error("{detail}")]
    NotFound { code: &'static str, detail: String },
    /// 410: it was here and is gone for good.
    #[error("{detail}")]
    Gone { code: &'static str, detail: String, extra: Map<String, Value> },
    /// Any status with a stable code and further members, for a feature's own refusals.
    #[error("{detail}")]
    Refused { status: StatusCode, code: &'static str, detail: String, extra: Map<String, Value> },
    /// 405: the route exists, the method does not.
    #[error("this address does not answer that method")]
    MethodNotAllowed,
    /// 413: the body is larger than the route reads.
    #[error("the request body is larger than {limit_bytes} bytes")]
    PayloadTooLarge { limit_bytes: usize },
    /// 415: the body is not of a kind that the route reads.
    #[error("{0}")]
    UnsupportedMediaType(&'static str),
    /// 429: this visitor asks more often than people do.
    #[error("too many attempts; please wait a moment")]
    TooManyRequests { retry_after_secs: u32 },
    /// 503: the database (or a start) is not ready; try again.
    #[error("the service cannot do this right now; please try again")]
    Unavailable { retry_after_secs: u32 },
    /// 500: our fault; logged once with its cause.
    #[error("something went wrong on our side")]
    Internal(#[from] anyhow::Error),
}

/// One wrong field of a request, in words for the person who filled it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The parameter or body member as it was named in the request.
    pub field: String,
    /// A stable word for programs.
    pub code: &'static str,
    /// By which pages choose their words: finer than the code where people need to be told more. Not in JSON, whose codes
    /// are a promise.
    #[serde(skip)]
    #[schema(ignore)]
    pub reason: &'static str,
    /// What the words of the reason have gaps for.
    #[serde(skip)]
    #[schema(ignore)]
    pub args: Vec<(&'static str, Arg)>,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// What a page puts into its words. Counts and our own words only: arguments may reach logs, and what was typed must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    Count(usize),
    Word(&'static str),
}

impl From<usize> for Arg {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<&'static str> for Arg {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl FieldError {
    /// A wrong field whose code is reason enough.
    #[must_use]
    pub fn new(field: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.to_owned(), code, reason: code, args: Vec::new(), detail: detail.into() }
    }

    /// With a finer reason than the code.
    #[must_use]
    pub fn because(self, reason: &'static str) -> Self {
        Self { reason, ..self }
    }

    /// With a value for the words of the reason.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

/// The wrong fields of one request, never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Starts with a single wrong field.
    #[must_use]
    pub fn one(field: &str, code: &'static str, detail: impl Into<String>) -> Self {
        FieldError::new(field, code, detail).into()
    }

    /// Notes a wrong field that no page has to explain.
    pub fn push(&mut self, field: &str, code: &'static str, detail: impl Into<String>) {
        self.add(FieldError::new(field, code, detail));
    }

    pub fn add(&mut self, error: FieldError) {
        self.0.push(error);
    }

    /// Whether something is wrong with this field already.
    #[must_use]
    pub fn is_about(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// `Ok(value)` when nothing was wrong.
    ///
    /// # Errors
    /// Itself, when a field was wrong.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }
}

impl From<FieldError> for FieldErrors {
    fn from(error: FieldError) -> Self {
        Self(vec![error])
    }
}

impl std::fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{}: {}", error.field, error.detail)?;
        }
        Ok(())
    }
}

impl From<FieldErrors> for AppError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

/// The body of every error: `application/problem+json`. Refusals of a feature add members of their own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` is what programs should match on.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What happened and what to do about it, for people.
    pub detail: String,
    /// A stable word for programs.
    pub code: &'static str,
    /// The wrong fields, when the request was understood but some were wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// The cause of a 500, carried to the access log in the response's extensions.
#[derive(Clone, Debug)]
pub struct Cause(pub Arc<anyhow::Error>);

/// A refusal, carried in the response's extensions to the layer that shows it to people as a page.
#[derive(Clone, Debug)]
pub struct Told {
    pub problem: Arc<Problem>,
    pub retry_after_secs: Option<u32>,
}

impl AppError {
    /// The HTTP status this error is told with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Gone { .. } => StatusCode::GONE,
            Self::Refused { status, .. } => *status,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::PayloadTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BadRequest { code, .. }
            | Self::NotFound { code, .. }
            | Self::Gone { code, .. }
            | Self::Refused { code, .. } => code,
            Self::Invalid(_) => "invalid",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden { .. } => "forbidden",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::PayloadTooLarge { .. } => "payload_too_large",
            Self::UnsupportedMediaType(_) => "unsupported_media_type",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    fn problem(self) -> Problem {
        let status = self.status();
        let (code, detail) = (self.code(), self.to_string());
        let (errors, extra) = match self {
            Self::Invalid(errors) => (errors.0, Map::new()),
            Self::Gone { extra, .. } | Self::Refused { extra, .. } => (Vec::new(), extra),
            _ => (Vec::new(), Map::new()),
        };
        let title = status.canonical_reason().unwrap_or("Error");
        Problem { kind: "about:blank", title, status: status.as_u16(), detail, code, errors, extra }
    }
}

/// The media type of every error body.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl IntoResponse for AppError {
    fn into_response(mut self) -> Response {
        let cause = match &mut self {
            Self::Internal(error) => Some(Cause(Arc::new(std::mem::replace(error, anyhow::anyhow!("taken"))))),
            _ => None,
        };
        let retry_after = match self {
            Self::TooManyRequests { retry_after_secs } | Self::Unavailable { retry_after_secs } => {
                Some(retry_after_secs)
            }
            _ => None,
        };
        let status = self.status();
        let names_scheme = matches!(self, Self::Unauthorized);
        let problem = Arc::new(self.problem());
        let body = serde_json::to_vec(&*problem).unwrap_or_default();
        // An error is never worth keeping: the next try may succeed.
        let headers = [(header::CONTENT_TYPE, PROBLEM_JSON), (header::CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, body).into_response();
        if let Some(secs) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if names_scheme {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(cause) = cause {
            response.extensions_mut().insert(cause);
        }
        response.extensions_mut().insert(Told { problem, retry_after_secs: retry_after });
        response
    }
}

/// The refusals that every read of the public API can answer with, for the API's description.
#[derive(Debug, utoipa::IntoResponses)]
pub enum ReadProblems {
    /// There is no such thing; `code` says which, `detail` what there is instead
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Some parameters are wrong; `errors` names each
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Our fault
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
}

/// The refusals that every read behind a login can answer with, for the API's description.
#[derive(Debug, utoipa::IntoResponses)]
pub enum StaffReadProblems {
    /// Nobody is logged in, or the token is not valid
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// The account's role does not reach this far
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// There is no such thing, or it lies outside the account's scope
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Some parameters are wrong; `errors` names each
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Our fault
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// The database is away; see Retry-After
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// The refusals that every write behind a login can answer with, for the API's description.
#[derive(Debug, utoipa::IntoResponses)]
pub enum StaffWriteProblems {
    /// The body is not JSON, or a header is missing or unusable
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// Nobody is logged in, or the token is not valid
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// The account's role does not reach this far, or a page of another site sent this
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// There is no such thing, or it lies outside the account's scope
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// What is stored does not allow it; `code` says why
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// `version_mismatch`: somebody changed it in between; `current` and the ETag are as it is by now
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(Problem),
    /// The body is larger than the call takes
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is of another kind than the call takes
    #[response(status = 415, content_type = "application/problem+json")]
    Media(Problem),
    /// Some members are wrong; `errors` names each
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// The call changes a record, and needs the ETag of the one that was seen as If-Match
    #[response(status = 428, content_type = "application/problem+json")]
    Unseen(Problem),
    /// Our fault
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// The database is away; see Retry-After
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_pages_choose_their_words_by_is_not_in_json() {
        let error = FieldError::new("phone", "invalid_value", "ten digits").because("phone_digits").with("n", 7);
        assert_eq!((error.reason, &*error.args), ("phone_digits", &[("n", Arg::Count(7))][..]));
        let told = json!({"field": "phone", "code": "invalid_value", "detail": "ten digits"});
        assert_eq!(serde_json::to_value(&error).unwrap(), told);
    }

    #[test]
    fn the_code_is_the_reason_where_there_is_no_finer_one() {
        let errors = FieldErrors::one("name", "required", "is required");
        assert!(errors.iter().all(|error| error.reason == "required" && error.args.is_empty()));
        assert!(errors.is_about("name") && !errors.is_about("phone"));
    }
}
