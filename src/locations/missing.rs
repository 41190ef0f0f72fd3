//! Pages that are not there, each with a way on.

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::cards::Card;
use super::city_page::nearby;
use super::frame::Frame;
use super::search_form::{Offer, SearchForm};
use super::search_page::{name, states};
use super::{Language, Site, answer, state_page};
use crate::directory::{Entry, Snapshot};
use crate::error::{AppError, PROBLEM_JSON};
use crate::places;

#[derive(Template)]
#[template(path = "locations/templates/missing.html")]
struct MissingPage<'a> {
    frame: Frame<'a>,
    form: SearchForm,
    lead: String,
    /// What there is instead.
    offers: Vec<Offer>,
    cards: Vec<Card>,
}

impl<'a> MissingPage<'a> {
    fn new(site: &'a Site, snapshot: &'a Snapshot, heading: String, lead: String) -> Self {
        let frame = Frame {
            language: site.language,
            description: lead.clone(),
            heading,
            path: "/locations".to_owned(),
            is_indexed: false,
            network: &snapshot.network,
            links: site.directory.links(),
            appearance: &site.appearance,
            linked_data: Vec::new(),
        };
        Self { frame, form: SearchForm::default(), lead, offers: Vec::new(), cards: Vec::new() }
    }
}

/// No such state, or none of its clinics: the states there are.
pub fn no_such_state(site: &Site, snapshot: &Snapshot) -> Result<Response, AppError> {
    let say = |id: &str| site.language.say(id).into_owned();
    let offers = states(snapshot, site.language).into_iter();
    let offers = offers.map(|state| Offer { label: state.name.to_owned(), path: state.path }).collect();
    let page = MissingPage::new(site, snapshot, say("no-state-heading"), say("no-state-lead"));
    answer::page(StatusCode::NOT_FOUND, &MissingPage { offers, ..page })
}

/// No such city, or none of its clinics: the cities of the state.
pub fn no_such_city(site: &Site, snapshot: &Snapshot, state: &places::State) -> Result<Response, AppError> {
    let values = [("state", name(state, site.language).into())];
    let (heading, lead) = (site.language.tell("no-city-heading", &values), site.language.tell("no-city-lead", &values));
    let offers = state_page::cities(snapshot, state, site.language).into_iter();
    let offers = offers.map(|city| Offer { label: city.name, path: city.path }).collect();
    let page = MissingPage::new(site, snapshot, heading, lead);
    answer::page(StatusCode::NOT_FOUND, &MissingPage { offers, ..page })
}

/// A clinic that closed for good: the nearest open ones (rule I9).
pub fn gone(site: &Site, snapshot: &Snapshot, entry: &Entry, as_of: DateTime<Utc>) -> Result<Response, AppError> {
    let values = [("clinic", entry.clinic.name.to_string().into())];
    let (heading, lead) = (site.language.tell("gone-heading", &values), site.language.tell("gone-lead", &values));
    let cards = nearby(site, snapshot, &[entry], as_of);
    let page = MissingPage::new(site, snapshot, heading, lead);
    answer::page(StatusCode::GONE, &MissingPage { cards, ..page })
}

#[derive(Deserialize)]
struct Told {
    code: String,
    detail: String,
}

impl Told {
    /// In the page's language; what has no words of its own is in English, and said so by nobody else than developers.
    fn words(self, language: Language) -> String {
        let id = format!("problem-{}", self.code);
        match (language.say(&id), language) {
            (words, _) if *words != *id => words.into_owned(),
            (_, Language::English) => self.detail,
            (_, Language::Spanish) => language.say("problem-other").into_owned(),
        }
    }
}

/// The middleware that shows whatever else was refused as a page.
pub async fn show_problems(State(site): State<Site>, request: Request, next: Next) -> Response {
    const LARGEST: usize = 64 * 1024;
    let response = next.run(request).await;
    if response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != PROBLEM_JSON) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
    let Ok(told) = serde_json::from_slice::<Told>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let snapshot = site.directory.snapshot();
    let heading = site.language.say("problem-heading").into_owned();
    let html = MissingPage::new(&site, &snapshot, heading, told.words(site.language)).render().unwrap_or_default();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(html))
}
