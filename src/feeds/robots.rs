use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::directory::Directory;

/// Pages that are not to be listed say so themselves, which a robot only reads if it may ask for them: nothing but the API
/// is kept from robots. The demonstration has nothing that anybody should find (rule I13).
pub async fn show_robots(State(directory): State<Directory>) -> Response {
    let links = directory.links();
    let sitemap = links.link("/sitemap.xml");
    let text = format!("User-agent: *\nDisallow: {}/api/\n\nSitemap: {sitemap}\n", links.prefix());
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
