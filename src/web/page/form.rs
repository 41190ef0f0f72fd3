//! A form that is shown again: what is wrong with it, above it and at each field.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use fluent::FluentValue;

use super::Words;
use crate::error::{AppError, Arg, FieldError, FieldErrors};

/// What is wrong with a field, in the words of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub field: String,
    pub words: String,
}

impl Mistake {
    #[must_use]
    pub fn new(words: &Words, error: &FieldError) -> Self {
        // Most reasons are said in one way, some in a way of the field's own.
        let ways = [format!("error-{}-{}", error.field, error.reason), format!("error-{}", error.reason)];
        let id = ways.iter().find(|id| words.has(id)).map_or("error-other", String::as_str);
        let values: Vec<_> = error.args.iter().map(|(name, arg)| (*name, value(*arg))).collect();
        Self { field: error.field.clone(), words: words.tell(id, &values) }
    }
}

fn value(arg: Arg) -> FluentValue<'static> {
    match arg {
        Arg::Count(count) => count.into(),
        Arg::Word(word) => word.into(),
    }
}

/// How much there is to mend, above the list of it.
#[must_use]
pub fn summary(words: &Words, errors: &FieldErrors) -> String {
    let count = errors.iter().count();
    if count == 1 && errors.iter().all(|error| error.code == "required") {
        return words.say("error-one-missing").into_owned();
    }
    words.tell("error-summary", &[("n", count.into())])
}

/// What a form says of itself; nothing when it is shown for the first time.
#[derive(Clone, Debug, Default)]
pub struct FormErrors {
    status: Option<StatusCode>,
    retry_after_secs: Option<u32>,
    /// About the form as a whole.
    pub message: Option<String>,
    /// How many fields are wrong.
    pub summary: Option<String>,
    pub mistakes: Vec<Mistake>,
}

impl FormErrors {
    /// Something about the form as a whole, as its message says it.
    #[must_use]
    pub fn message(status: StatusCode, message: String) -> Self {
        Self { status: Some(status), message: Some(message), ..Self::default() }
    }

    #[must_use]
    pub fn of_fields(words: &Words, errors: &FieldErrors) -> Self {
        Self {
            status: Some(StatusCode::UNPROCESSABLE_ENTITY),
            summary: Some(summary(words, errors)),
            mistakes: errors.iter().map(|error| Mistake::new(words, error)).collect(),
            ..Self::default()
        }
    }

    /// What a person at the form can mend.
    ///
    /// # Errors
    /// Everything else, which is a page of its own.
    pub fn of(words: &Words, error: AppError) -> Result<Self, AppError> {
        let id = match &error {
            AppError::Invalid(errors) => return Ok(Self::of_fields(words, errors)),
            AppError::PayloadTooLarge { .. } => "refused-payload_too_large",
            AppError::BadRequest { .. } | AppError::UnsupportedMediaType(_) => "refused-unreadable",
            _ => return Err(error),
        };
        Ok(Self::message(error.status(), words.say(id).into_owned()))
    }

    /// To be tried again after so many seconds.
    #[must_use]
    pub fn after(self, retry_after_secs: u32) -> Self {
        Self { retry_after_secs: Some(retry_after_secs), ..self }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.status.is_none()
    }

    /// Of the answer that shows the form.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status.unwrap_or(StatusCode::OK)
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn at(&self, field: &str) -> Option<&str> {
        self.mistakes.iter().find(|mistake| mistake.field == field).map(|mistake| &*mistake.words)
    }

    /// Where the cursor starts: in the first wrong field, else in `otherwise`.
    #[must_use]
    pub fn focus<'f>(&'f self, otherwise: &'f str) -> &'f str {
        self.mistakes.first().map_or(otherwise, |mistake| &mistake.field)
    }

    /// Adds to the form's page what its status asks for.
    #[must_use]
    pub fn with_headers(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, secs.into());
        }
        if self.status == Some(StatusCode::UNAUTHORIZED) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
