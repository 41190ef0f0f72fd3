//! The network's colours as a file: `GET /assets/colors-{fingerprint}.css`.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::directory::Directory;
use crate::web::Path;

const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");
/// The address has the fingerprint of the content in it.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The address is another one by now, or not yet known to this process.
const FOR_ONCE: HeaderValue = HeaderValue::from_static("no-cache");
const FOLDER: &str = "/assets/colors-";

/// The one file, at whichever address it had.
pub fn router() -> Router<Directory> {
    Router::new().route(&format!("{FOLDER}{{version}}"), get(get_colors))
}

/// The colours as they are. A page that was written before they changed asks by their old address, and is to be painted, too;
/// where all are ours again, there is nothing to say.
async fn get_colors(State(directory): State<Directory>, Path(version): Path<String>) -> Response {
    let current = directory.snapshot().network.stylesheet.clone();
    let is_current = current.as_ref().is_some_and(|current| current.path().strip_prefix(FOLDER) == Some(&*version));
    let css = current.map_or(String::new(), |current| current.css().to_owned());
    let keep = if is_current { FOR_GOOD } else { FOR_ONCE };
    ([(header::CONTENT_TYPE, CSS), (header::CACHE_CONTROL, keep)], css).into_response()
}
