use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::closest;
use super::members::members;
use crate::error::{AppError, FieldError, FieldErrors};

/// The routes' body limit, as refusals name it.
const LIMIT_BYTES: usize = 64 * 1024;

/// A JSON body; rejects with 400 (not JSON), 413, 415, or 422 naming the member that is unknown or of another kind.
///
/// Whether what is there is right, and whether something is missing, is the request's own parser to say: members are
/// optional here. Refusals never repeat a value.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T, S> FromRequest<S> for Json<T>
where
    T: for<'de> Deserialize<'de>,
    S: Send + Sync,
{
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        refuse_other_media(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                return AppError::PayloadTooLarge { limit_bytes: LIMIT_BYTES };
            }
            AppError::BadRequest { code: "unreadable_body", detail: "the request body ended early".to_owned() }
        })?;
        parse(&bytes).map(Self)
    }
}

fn refuse_other_media(headers: &HeaderMap) -> Result<(), AppError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(AppError::UnsupportedMediaType("send JSON with the header Content-Type: application/json"));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(AppError::UnsupportedMediaType("send the body as it is, without a Content-Encoding"));
    }
    Ok(())
}

fn parse<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, AppError> {
    let not_json = |_| AppError::BadRequest { code: "malformed_json", detail: "the body is not JSON".to_owned() };
    let Value::Object(given) = serde_json::from_slice(bytes).map_err(not_json)? else {
        let detail = "the body must be a JSON object";
        return Err(AppError::BadRequest { code: "malformed_json", detail: detail.to_owned() });
    };
    refuse_unknown(&given, members::<T>())?;
    serde_path_to_error::deserialize(Value::Object(given)).map_err(|error| {
        let detail = "is not known here, or is not of the kind that /api/docs describes";
        FieldErrors::one(&error.path().to_string(), "invalid_value", detail).into()
    })
}

fn refuse_unknown(given: &Map<String, Value>, known: &[&'static str]) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    for name in given.keys().filter(|name| !known.contains(&name.as_str())) {
        errors.add(unknown(name, known));
    }
    errors.or(())
}

fn unknown(name: &str, known: &[&'static str]) -> FieldError {
    const LONGEST: usize = 60;
    let told: String = name.chars().take(LONGEST).collect();
    let refusal = |detail: String| FieldError::new(&told, "unknown_member", detail);
    match closest(name, known) {
        Some(near) => refusal(format!("there is no such member; did you mean \"{near}\"?")).with("did_you_mean", near),
        None => refusal(format!("there is no such member; known are {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Visit {
        #[expect(dead_code, reason = "only the reading is tested")]
        name: Option<String>,
        #[expect(dead_code, reason = "only the reading is tested")]
        days: Option<Vec<Day>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Day {
        #[expect(dead_code, reason = "only the reading is tested")]
        on: u8,
    }

    fn refused(body: &str) -> (u16, String) {
        let error = parse::<Visit>(body.as_bytes()).unwrap_err();
        (error.status().as_u16(), error.to_string())
    }

    #[test]
    fn an_unknown_member_names_the_nearest_known_one() {
        let told = "nam: there is no such member; did you mean \"name\"?";
        assert_eq!(refused(r#"{"nam": "Ana"}"#), (422, told.to_owned()));
    }

    #[test]
    fn a_member_of_another_kind_is_named_and_its_value_is_not_repeated() {
        for (body, field) in [
            (r#"{"name": ["secret"]}"#, "name"),
            (r#"{"days": [{"on": 1}, {"on": "secret"}]}"#, "days[1].on"),
            (r#"{"days": [{"off": 1}]}"#, "days[0].off"),
        ] {
            let (status, detail) = refused(body);
            assert_eq!(status, 422);
            assert!(detail.starts_with(&format!("{field}: ")) && !detail.contains("secret"), "{detail}");
        }
    }

    #[test]
    fn what_is_not_an_object_of_json_is_malformed() {
        for body in ["", "{", "[]", "null", "name=Ana", "\u{feff}{}"] {
            assert_eq!(refused(body).0, 400, "{body}");
        }
    }
}
