//! What the public sees: where the clinics are, which one is near, and when somebody is free; `/locations` and below, in
//! English and, under `/es`, in Spanish.
//!
//! A page is one file: what it shows, its template's struct, its handler. All of them read one snapshot and one `as_of`
//! and are set in a `frame`; `cards` show a clinic in a list, `writer` tells times by its clock, `answer` has the headers,
//! `booking` is the way from a free time to a visit. Without scripts everything works; with them it is quicker.
//!
//! Invariants: GET changes nothing and sets no cookie; nothing is loaded from another host
//! but the street tiles that an operator chose; text is escaped by the templates.

mod answer;
mod booking;
mod cards;
mod city_page;
mod clinic_page;
mod linked_data;
mod map;
mod map_view;
mod missing;
mod open_line;
mod results;
mod search_page;
mod state_page;
mod stylesheet;
mod writer;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use chrono::{DateTime, Utc};

pub use answer::to_clinic;

use booking::Counter;
use writer::Writer;

use crate::bookings::BookingState;
use crate::directory::{Directory, Snapshot};
use crate::web::page::{Audience, Brand, Frame, Language, Pages, Policy, ProblemPages, guard, show_problems};

/// What the pages of one language are made from.
#[derive(Clone, Debug)]
pub struct Site {
    pub directory: Directory,
    pub language: Language,
    pub pages: Pages,
    shelf: Arc<answer::Shelf>,
}

impl Site {
    /// A page about the network of `snapshot`; `path` is below the prefix of the language.
    fn frame(&self, snapshot: &Snapshot, heading: String, path: String) -> Frame<'_> {
        Frame::new(&self.pages, Brand::from(&snapshot.network), self.language, heading, path)
    }

    /// Writes about the clinics of `snapshot`.
    fn writer<'s>(&self, snapshot: &'s Snapshot, as_of: DateTime<Utc>) -> Writer<'s> {
        Writer { language: self.language, as_of, network: &snapshot.network.name }
    }
}

/// The pages of both languages.
pub fn router(bookings: &BookingState, pages: &Pages) -> Router {
    let [english, spanish] = Language::ALL.map(|language| in_language(bookings, pages, language));
    let guard = from_fn_with_state(Policy::of_visitors(&pages.appearance), guard);
    let files = map::router().merge(stylesheet::router()).with_state(bookings.directory.clone());
    english.nest(Language::Spanish.prefix(), spanish).merge(files).layer(guard)
}

fn in_language(bookings: &BookingState, pages: &Pages, language: Language) -> Router {
    let site = Site { directory: bookings.directory.clone(), language, pages: pages.clone(), shelf: Arc::default() };
    let counter = Counter { site: site.clone(), bookings: bookings.clone() };
    let problems = ProblemPages { pages: pages.clone(), audience: Audience::Visitors(language) };
    Router::new()
        .route("/locations", get(search_page::show_locations))
        .route("/locations/{state}", get(state_page::show_state))
        .route("/locations/{state}/{city}", get(city_page::show_city))
        .route("/locations/{state}/{city}/{slug}", get(clinic_page::show_clinic))
        .route("/locations/", get(answer::without_slash))
        .route("/locations/{state}/", get(answer::without_slash))
        .route("/locations/{state}/{city}/", get(answer::without_slash))
        .route("/locations/{state}/{city}/{slug}/", get(answer::without_slash))
        .with_state(site)
        .merge(booking::router(counter))
        .layer(from_fn_with_state(problems, show_problems))
}
