use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use serde_json::Map;

use crate::error::AppError;

/// Which version of a record its editor has seen (rule I8); 428 without the header.
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

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(AppError::Refused {
                status: StatusCode::PRECONDITION_REQUIRED,
                code: "precondition_required",
                detail: "send the ETag of the record you have seen as If-Match, so that nobody's edit is lost"
                    .to_owned(),
                extra: Map::new(),
            });
        };
        value.to_str().ok().and_then(Self::parse).ok_or_else(|| AppError::BadRequest {
            code: "if_match_invalid",
            detail: "If-Match must be the ETag of the record as it was sent, quotation marks included, or *".to_owned(),
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
}
