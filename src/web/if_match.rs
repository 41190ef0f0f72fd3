use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use serde_json::Map;

use crate::error::AppError;

/// Which version of a record its editor has seen (rule I8), from the header or a form's field; 428 without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever it is by now.
    Any,
    OneOf(Vec<String>),
}

impl IfMatch {
    /// Whether a record of this version may be changed.
    #[must_use]
    pub fn admits(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.iter().any(|seen| *seen == version.to_string()),
        }
    }

    /// The same from a form, whose hidden field says the version that was shown.
    ///
    /// # Errors
    /// 428 without one, 400 for what is no version: the codes of the header.
    pub fn of_field(version: Option<&str>) -> Result<Self, AppError> {
        let version = version
            .ok_or_else(|| unseen("the form does not say which version of the record it shows: open the page again"))?;
        let is_version = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        if is_version {
            return Ok(Self::OneOf(vec![version.to_owned()]));
        }
        Err(invalid("version must be that of the record as the page was shown: open it again"))
    }

    /// Reads `*` or a list of quoted tags. A proxy that compresses may have marked ours as weak.
    fn parse(value: &str) -> Option<Self> {
        if value.trim() == "*" {
            return Some(Self::Any);
        }
        let tag = |tag: &str| {
            let tag = tag.trim();
            tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
        };
        value.split(',').map(tag).collect::<Option<_>>().map(Self::OneOf)
    }
}

fn unseen(detail: &str) -> AppError {
    AppError::Refused {
        status: StatusCode::PRECONDITION_REQUIRED,
        code: "precondition_required",
        detail: detail.to_owned(),
        extra: Map::new(),
    }
}

fn invalid(detail: &str) -> AppError {
    AppError::BadRequest { code: "if_match_invalid", detail: detail.to_owned() }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(unseen("send the ETag of the record you have seen as If-Match, so that nobody's edit is lost"));
        };
        value.to_str().ok().and_then(Self::parse).ok_or_else(|| {
            invalid("If-Match must be the ETag of the record as it was sent, quotation marks included, or *")
        })
    }
}

/// The entity tag of a record's version, for [`IfMatch`] to come back with.
#[must_use]
pub fn version_tag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i8_the_tag_of_a_version_admits_it_and_no_other() {
        let tag = version_tag(412);
        for value in [tag.to_str().unwrap(), "*", "W/\"412\"", "\"7\", \"412\""] {
            assert!(IfMatch::parse(value).unwrap().admits(412), "{value}");
        }
        assert!(!IfMatch::parse("\"41\"").unwrap().admits(412));
        assert!(!IfMatch::parse("\"0412\"").unwrap().admits(412));
        for wrong in ["", "412", "\"412", "\"1\" \"2\"x"] {
            assert_eq!(IfMatch::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn i8_a_form_says_the_version_in_a_field() {
        assert!(IfMatch::of_field(Some("412")).unwrap().admits(412));
        assert!(!IfMatch::of_field(Some("0412")).unwrap().admits(412), "as in the header");
        assert_eq!(IfMatch::of_field(None).unwrap_err().status(), StatusCode::PRECONDITION_REQUIRED);
        for wrong in ["", "*", "\"412\"", "-1", "4 12"] {
            assert_eq!(IfMatch::of_field(Some(wrong)).unwrap_err().status(), StatusCode::BAD_REQUEST, "{wrong}");
        }
    }
}
