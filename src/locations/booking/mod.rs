//! How a visitor takes a free time: `/book/{slug}` shows the times, holds one and asks who comes; `/booking/{manage_token}`
//! is the confirmation, and the page on which the visit is moved or cancelled.
//!
//! The verbs are those of [`crate::bookings`]; here they get a page for every outcome. A visitor is known by a cookie that the
//! first hold gives them ([`browser`]), so that one visitor holds one time (rule B5) and no token of a hold is in an address.
//!
//! Invariants: GET changes nothing; what was typed survives every refusal; nothing here is kept by a cache or found by a
//! search engine.

mod browser;
mod consents;
mod details_page;
mod move_page;
mod refusal;
mod times_page;
mod typed;
mod venue;
mod visit_page;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use axum::routing::{get, post};

use super::Site;
use crate::accounts::refuse_cross_site;
use crate::bookings::BookingState;
use crate::directory::{Entry, Snapshot};
use crate::error::AppError;
use crate::web::keep_private;
use crate::web::page::{Frame, see_other};

/// What the booking pages of one language are made from.
#[derive(Clone, Debug)]
pub struct Counter {
    pub site: Site,
    pub bookings: BookingState,
}

/// The booking pages of one language.
pub fn router(counter: Counter) -> Router {
    let book = Router::new()
        .route("/book/{slug}", get(times_page::show_times).post(times_page::post_time))
        .route("/book/{slug}/extend", post(details_page::post_extension))
        .route("/book/{slug}/release", post(times_page::post_release))
        .route("/book/{slug}/confirm", post(details_page::post_details));
    let book = refuse_cross_site(book, counter.site.directory.links());
    // Without a token in the address the origin of a form may be told, by which the forms of other sites are known.
    let book = book.layer(from_fn(keep_private)).layer(map_response(tell_origin));
    // Whoever has the address of a visit may change it: no cookie decides here.
    let visit = Router::new()
        .route("/booking/{token}", get(visit_page::show_visit))
        .route("/booking/{token}/cancel", post(visit_page::post_cancellation))
        .route("/booking/{token}/times", get(move_page::show_other_times))
        .route("/booking/{token}/reschedule", post(move_page::post_other_time))
        .layer(from_fn(keep_private));
    book.merge(visit).with_state(counter)
}

async fn tell_origin(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

impl Counter {
    /// The head of a page that is nobody else's business; `path` is below the prefix of the language.
    fn frame<'a>(&'a self, snapshot: &'a Snapshot, heading: String, path: String) -> Frame<'a> {
        self.site.frame(snapshot, heading, path)
    }

    /// The answer after a form: look there. `path` is below the prefix of the language.
    fn see_other(&self, path: &str) -> Result<Response, AppError> {
        let (links, language) = (self.site.directory.links(), self.site.language);
        see_other(&format!("{}{}{path}", links.prefix(), language.prefix()))
    }
}

/// The clinic of an address, by any slug it ever had.
fn clinic<'s>(snapshot: &'s Snapshot, slug: &str) -> Result<&'s Arc<Entry>, AppError> {
    let unknown = || AppError::NotFound { code: "clinic_unknown", detail: "there is no such clinic".to_owned() };
    snapshot.lookup(slug).ok_or_else(unknown)
}
