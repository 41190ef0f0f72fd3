use std::borrow::Cow;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::error::{AppError, FieldError, FieldErrors};

/// A query string has room for thousands of wrong names: enough is told when a person has seen these.
pub(super) const MOST_TOLD: usize = 20;

/// The decoded query string: known names only, each at most once.
#[derive(Debug)]
pub struct Params<'q>(Vec<(Cow<'q, str>, Cow<'q, str>)>);

impl<'q> Params<'q> {
    /// Decodes `raw` and refuses names outside `known` and second values for a name.
    ///
    /// # Errors
    /// One entry per offending parameter, unknown ones with the nearest known name.
    pub fn parse(raw: &'q str, known: &[&'static str]) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut pairs: Vec<(Cow<str>, Cow<str>)> = Vec::with_capacity(known.len());
        for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
            if errors.iter().count() == MOST_TOLD {
                break;
            }
            if !known.contains(&&*name) {
                errors.add(unknown(&name, known));
            } else if pairs.iter().any(|(seen, _)| *seen == name) {
                errors.add(repeated(&name));
            } else {
                pairs.push((name, value));
            }
        }
        errors.or(Self(pairs))
    }

    /// Decodes `raw` for a page: what is not known (campaign tags) is passed over, and the first of two values counts.
    #[must_use]
    pub fn known_of(raw: &'q str, known: &[&str]) -> Self {
        let mut pairs: Vec<(Cow<str>, Cow<str>)> = Vec::with_capacity(known.len());
        for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
            if known.contains(&&*name) && !pairs.iter().any(|(seen, _)| *seen == name) {
                pairs.push((name, value));
            }
        }
        Self(pairs)
    }

    /// The decoded value, when the parameter was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// The value read by `parse`, or `default` when absent; a refusal is noted under `name` and answered with `default`.
    pub fn read<T>(
        &self,
        name: &str,
        default: T,
        errors: &mut FieldErrors,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        match self.get(name).map(parse) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(detail)) => {
                errors.push(name, "invalid_value", detail);
                default
            }
        }
    }
}

/// The refusal of a parameter or a form's field that is none of the `known`.
pub(super) fn unknown(name: &str, known: &[&'static str]) -> FieldError {
    let refusal = |detail: String| FieldError::new(&shortened(name), "unknown_parameter", detail);
    match closest(name, known) {
        Some(near) => {
            refusal(format!("there is no such parameter; did you mean \"{near}\"?")).with("did_you_mean", near)
        }
        None if known.is_empty() => refusal("this address takes no parameters".to_owned()),
        None => refusal(format!("there is no such parameter; known are {}", known.join(", "))),
    }
}

/// The refusal of a second value.
pub(super) fn repeated(name: &str) -> FieldError {
    FieldError::new(name, "repeated_parameter", "give this parameter once")
}

/// Parameter names come back in error bodies: enough to recognise, no more.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 60;
    name.chars().take(LONGEST).collect()
}

/// The known name that a misspelt one most likely meant: at most two edits, or half the word for short ones.
#[must_use]
pub fn closest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    const LONGEST_COMPARED: usize = 40;
    if name.len() > LONGEST_COMPARED {
        return None;
    }
    let name = name.to_lowercase();
    let farthest = (name.chars().count() / 2).min(2);
    known
        .iter()
        .map(|candidate| (strsim::osa_distance(&name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= farthest)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A query string with a fixed set of parameters.
pub trait FromParams: Sized {
    /// Every parameter the address takes.
    const NAMES: &'static [&'static str];

    /// Reads and validates all of them.
    ///
    /// # Errors
    /// Every wrong field, not only the first.
    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors>;
}

/// The validated query string of a request; rejects with 422 naming each field.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: FromParams, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        let params = Params::parse(parts.uri.query().unwrap_or_default(), T::NAMES)?;
        Ok(Self(T::from_params(&params)?))
    }
}

/// For addresses that take no parameters at all.
impl FromParams for () {
    const NAMES: &'static [&'static str] = &[];

    fn from_params(_params: &Params<'_>) -> Result<Self, FieldErrors> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_parameter_names_the_nearest_known_one() {
        let errors = Params::parse("limt=3", &["near", "limit"]).unwrap_err();
        assert_eq!(errors.to_string(), "limt: there is no such parameter; did you mean \"limit\"?");
    }

    #[test]
    fn a_second_value_is_refused() {
        let errors = Params::parse("near=a&near=b", &["near"]).unwrap_err();
        assert_eq!(errors.to_string(), "near: give this parameter once");
    }

    #[test]
    fn thousands_of_wrong_names_are_told_as_twenty() {
        let many = "a&b&near&".repeat(5_000);
        assert_eq!(Params::parse(&many, &["near"]).unwrap_err().iter().count(), MOST_TOLD);
    }

    #[test]
    fn values_are_decoded() {
        let params = Params::parse("near=Espa%C3%B1ola%2C+NM", &["near"]).unwrap();
        assert_eq!(params.get("near"), Some("Española, NM"));
    }
}
