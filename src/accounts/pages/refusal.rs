use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::super::{AccountError, hasher};
use crate::error::{AppError, FieldErrors};
use crate::web::page::{FormErrors, STAFF};

/// What a person at a form can do something about; `wrong` is the message of a wrong password there.
///
/// # Errors
/// Everything else, which is an answer of its own.
pub fn form_errors(error: AccountError, wrong: &str) -> Result<FormErrors, AppError> {
    let message = |status, id: &str| FormErrors::message(status, STAFF.say(id).into_owned());
    match error {
        AccountError::WrongPassword => Ok(message(StatusCode::UNAUTHORIZED, wrong)),
        AccountError::Blocked { retry_after_secs } => {
            let minutes = retry_after_secs.div_ceil(60);
            let words = STAFF.tell("refused-blocked", &[("minutes", minutes.into())]);
            Ok(FormErrors::message(StatusCode::TOO_MANY_REQUESTS, words).after(retry_after_secs))
        }
        AccountError::Busy => {
            Ok(message(StatusCode::SERVICE_UNAVAILABLE, "refused-busy").after(hasher::RETRY_AFTER_SECS))
        }
        AccountError::EmailTaken => Ok(message(StatusCode::CONFLICT, "refused-email_taken")),
        AccountError::Invalid(errors) => Ok(FormErrors::of_fields(&STAFF, &errors)),
        other => Err(other.into()),
    }
}

/// What has to be filled in and is not.
///
/// # Errors
/// The empty ones of these fields.
pub fn required(fields: &[(&str, &str)]) -> Result<(), AppError> {
    let mut errors = FieldErrors::default();
    for (field, _) in fields.iter().filter(|(_, value)| value.is_empty()) {
        errors.push(field, "required", "is required");
    }
    Ok(errors.or(())?)
}

/// The session's cookie beside an answer.
pub fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}
