use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;

use super::form_fields::Fields;
use super::members::members;
use super::params::Params;
use crate::error::{AppError, FieldErrors};

/// The routes' body limit, as refusals name it.
const LIMIT_BYTES: usize = 64 * 1024;

/// A field that no log may show: a password, a token.
#[derive(Default, Deserialize)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

impl Hidden {
    /// The value of a parameter; empty when there is none.
    #[must_use]
    pub fn of(params: &Params<'_>, name: &str) -> Self {
        Self(params.get(name).unwrap_or_default().to_owned())
    }
}

/// The fields of an HTML form; rejects with 413, 415, or 422 naming a field that is unknown, given twice, or no number where
/// one is asked for. What else is in them is for the body's own parser to judge, as of [`Json`](super::Json), and for the
/// page, which shows the form again.
#[derive(Debug)]
pub struct Form<T>(pub T);

/// A form in which hidden fields say what JSON says in headers. `T` has no members of their names: they would not see a value.
#[derive(Debug)]
pub struct FormOfRecord<T> {
    pub body: T,
    /// `version`: which one of the record was seen, for [`IfMatch::of_field`](super::IfMatch::of_field).
    pub version: Option<String>,
    /// `idempotency_key`: made with the page, so that a form that is sent twice has one effect.
    pub idempotency_key: Option<String>,
}

/// A form as it was sent, whatever is wrong with it: its page shows it again. Never rejects.
#[derive(Debug)]
pub struct Filled<T> {
    /// What could be read; of a field that was given twice the first value.
    pub typed: T,
    /// Why it cannot be taken as it is.
    pub fault: Option<AppError>,
}

const VERSION: &str = "version";
const IDEMPOTENCY_KEY: &str = "idempotency_key";

impl<T, S> FromRequest<S> for Form<T>
where
    T: for<'de> Deserialize<'de>,
    S: Send + Sync,
{
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let text = text(request, state).await?;
        Ok(Self(Fields::decode(&text, members::<T>())?.read()?))
    }
}

impl<T, S> FromRequest<S> for Filled<T>
where
    T: for<'de> Deserialize<'de> + Default,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        Ok(match text(request, state).await {
            Ok(text) => Self::read(&text),
            Err(fault) => Self { typed: T::default(), fault: Some(fault) },
        })
    }
}

impl<T: for<'de> Deserialize<'de> + Default> Filled<T> {
    fn read(text: &str) -> Self {
        let (fields, mut errors) = Fields::decode_known(text, members::<T>());
        let typed = fields.read_what_can_be(&mut errors);
        Self { typed, fault: errors.or(()).err().map(AppError::from) }
    }
}

impl<T, S> FromRequest<S> for FormOfRecord<T>
where
    T: for<'de> Deserialize<'de>,
    S: Send + Sync,
{
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        Ok(Self::read(&text(request, state).await?)?)
    }
}

impl<T: for<'de> Deserialize<'de>> FormOfRecord<T> {
    fn read(text: &str) -> Result<Self, FieldErrors> {
        let known = [members::<T>(), &[VERSION, IDEMPOTENCY_KEY]].concat();
        let mut fields = Fields::decode(text, &known)?;
        let (version, idempotency_key) = (fields.take(VERSION)?, fields.take(IDEMPOTENCY_KEY)?);
        Ok(Self { body: fields.read()?, version, idempotency_key })
    }
}

async fn text(request: Request, state: &(impl Send + Sync)) -> Result<String, AppError> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(AppError::UnsupportedMediaType("send the form as application/x-www-form-urlencoded"));
    }
    let unreadable = |detail: &str| AppError::BadRequest { code: "unreadable_body", detail: detail.to_owned() };
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
            return AppError::PayloadTooLarge { limit_bytes: LIMIT_BYTES };
        }
        unreadable("the form ended early")
    })?;
    String::from_utf8(bytes.into()).map_err(|_| unreadable("the form is not text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Note {
        note: Option<String>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Person {
        name: String,
        days: Option<i64>,
    }

    #[test]
    fn what_was_typed_survives_whatever_is_wrong_with_the_form() {
        for (text, name, days, told) in [
            ("name=Ana&days=3", "Ana", Some(3), ""),
            ("name=Ana&name=Bea&days=3", "Ana", Some(3), "name: give this parameter once"),
            ("name=Ana&days=x", "Ana", None, "days: is not of the kind that is asked for"),
            ("naem=Ana&days=3", "", Some(3), "naem: there is no such parameter; did you mean \"name\"?"),
            ("", "", None, ""),
        ] {
            let Filled { typed, fault } = Filled::<Person>::read(text);
            assert_eq!(typed, Person { name: name.to_owned(), days }, "{text}");
            assert_eq!(fault.map(|fault| fault.to_string()).unwrap_or_default(), told, "{text}");
        }
        let many = "name=Ana&".to_owned() + &"x=1&".repeat(1_000);
        assert_eq!(Filled::<Person>::read(&many).typed.name, "Ana");
    }

    #[test]
    fn version_and_key_stand_beside_any_body() {
        let form = FormOfRecord::<Note>::read("note=late&version=412&idempotency_key=k").unwrap();
        let FormOfRecord { body, version, idempotency_key } = form;
        assert_eq!(
            (body.note.as_deref(), version.as_deref(), idempotency_key.as_deref()),
            (Some("late"), Some("412"), Some("k"))
        );
        let bare = FormOfRecord::<Note>::read("note=").unwrap();
        assert_eq!((bare.body.note, bare.version, bare.idempotency_key), (None, None, None));
        let told = FormOfRecord::<Note>::read("versoin=1").unwrap_err().to_string();
        assert_eq!(told, "versoin: there is no such parameter; did you mean \"version\"?");
        assert!(FormOfRecord::<Note>::read("version=1&version=2").is_err());
    }
}
