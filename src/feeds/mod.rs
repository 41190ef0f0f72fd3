//! What programs of others read: the sitemap and what robots may ask for.

mod robots;
mod sitemap;

use axum::Router;
use axum::routing::get;

use crate::directory::Directory;

/// At the root of the service.
pub fn router(directory: &Directory) -> Router {
    Router::new()
        .route("/robots.txt", get(robots::show_robots))
        .route("/sitemap.xml", get(sitemap::show_sitemap))
        .route("/sitemap/{page}", get(sitemap::show_page))
        .with_state(directory.clone())
}
