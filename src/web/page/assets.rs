//! The files that pages link to: scripts, stylesheets, pictures. `build.rs` makes and compresses them; they are part of
//! the program, and their names change with their content, so a browser asks for each once.

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::error::AppError;
use crate::web::Path;

/// To be asked for again: the address is that of other content.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-cache");
/// For as long as a cache keeps anything; the address of other content is another one.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

#[derive(Debug)]
struct Asset {
    /// As the sources call it, such as `client.js`.
    name: &'static str,
    /// Where it is, below the prefix of the public URL.
    path: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// Where an asset is, below the prefix of the public URL: `/assets/client-1A2B.js` for `client.js`. `None` for scripts when
/// the program was built without Node.
pub fn url(name: &str) -> Option<&'static str> {
    ASSETS.iter().find(|asset| asset.name == name).map(|asset| asset.path)
}

/// `/assets/..`, for any router below the prefix.
pub fn router() -> Router {
    Router::new().route("/assets/{file}", get(get_asset))
}

/// A page that was written before the last deploy still gets its files: those of today.
async fn get_asset(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, AppError> {
    let exact = ASSETS.iter().find(|asset| asset.file() == file).map(|asset| (asset, FOR_GOOD));
    let found = exact.or_else(|| ASSETS.iter().find(|asset| asset.is_earlier(&file)).map(|asset| (asset, NOT_KEPT)));
    found.map(|(asset, keep)| asset.answer(&headers, keep)).ok_or_else(|| AppError::NotFound {
        code: "not_found",
        detail: "there is no such file; load the page again, it names the current one".to_owned(),
    })
}

impl Asset {
    fn file(&self) -> &'static str {
        self.path.strip_prefix("/assets/").unwrap_or(self.path)
    }

    /// Whether a file is this asset with another fingerprint.
    fn is_earlier(&self, file: &str) -> bool {
        let Some((stem, extension)) = self.name.rsplit_once('.') else { return false };
        let rest = file.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-'));
        let fingerprint = rest.and_then(|rest| rest.strip_suffix(extension)).and_then(|rest| rest.strip_suffix('.'));
        fingerprint.is_some_and(|hash| !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    }

    fn answer(&self, request: &HeaderMap, keep: HeaderValue) -> Response {
        let compressed = [("br", self.brotli), ("gzip", self.gzip)].into_iter();
        let mut accepted = compressed.filter_map(|(coding, bytes)| Some((coding, bytes?)));
        let chosen = accepted.find(|(coding, _)| accepts(request, coding));
        let mut response = chosen.map_or(self.plain, |(_, bytes)| bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::CACHE_CONTROL, keep);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        if let Some((coding, _)) = chosen {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    }
}

/// Whether a client takes a coding (RFC 9110, 12.5.3): named, and not with a weight of zero.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let lists = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        is_named && !parts.any(|part| is_zero(part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))))
    })
}

fn is_zero(weight: Option<&str>) -> bool {
    weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_when_it_is_named_and_not_refused() {
        let cases = [
            ("gzip, deflate, br", true),
            ("BR;q=0.1", true),
            ("gzip", false),
            ("br;q=0", false),
            ("br; q=0.000, gzip", false),
            ("brotli", false),
            ("", false),
        ];
        for (list, is_taken) in cases {
            let request = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(list))]);
            assert_eq!(accepts(&request, "br"), is_taken, "{list}");
        }
        assert!(!accepts(&HeaderMap::new(), "br"));
    }

    #[test]
    fn names_and_addresses_are_those_of_one_file_each() {
        for (at, asset) in ASSETS.iter().enumerate() {
            assert!(ASSETS[..at].iter().all(|other| other.name != asset.name && other.path != asset.path), "{asset:?}");
        }
    }
}
