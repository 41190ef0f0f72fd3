//! Pages that are not there, each with a way on.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::cards::Card;
use super::city_page::nearby;
use super::search_page::{name, states};
use super::{Site, state_page, writer};
use crate::directory::{Entry, Snapshot};
use crate::error::AppError;
use crate::places;
use crate::web::page::{Frame, Language, Offer, PlaceField, html};

#[derive(Template)]
#[template(path = "locations/templates/missing.html")]
struct MissingPage<'a> {
    frame: Frame<'a>,
    field: PlaceField,
    lead: String,
    /// What there is instead.
    offers: Vec<Offer>,
    cards: Vec<Card>,
}

impl<'a> MissingPage<'a> {
    fn new(site: &'a Site, snapshot: &'a Snapshot, heading: String, lead: String) -> Self {
        let frame = Frame { description: lead.clone(), ..site.frame(snapshot, heading, "/locations".to_owned()) };
        Self { frame, field: PlaceField::default(), lead, offers: Vec::new(), cards: Vec::new() }
    }
}

/// No such state, or none of its clinics: the states there are.
pub fn no_such_state(site: &Site, snapshot: &Snapshot) -> Result<Response, AppError> {
    let say = |id: &str| site.language.say(id).into_owned();
    let offers = states(snapshot, site.language).into_iter();
    let offers = offers.map(|state| Offer { label: state.name.to_owned(), path: state.path }).collect();
    let page = MissingPage::new(site, snapshot, say("no-state-heading"), say("no-state-lead"));
    html(StatusCode::NOT_FOUND, &MissingPage { offers, ..page })
}

/// No such city, or none of its clinics: the cities of the state.
pub fn no_such_city(site: &Site, snapshot: &Snapshot, state: &places::State) -> Result<Response, AppError> {
    let values = [("state", name(state, site.language).into())];
    let (heading, lead) = (site.language.tell("no-city-heading", &values), site.language.tell("no-city-lead", &values));
    let offers = state_page::cities(snapshot, state, site.language).into_iter();
    let offers = offers.map(|city| Offer { label: city.name, path: city.path }).collect();
    let page = MissingPage::new(site, snapshot, heading, lead);
    html(StatusCode::NOT_FOUND, &MissingPage { offers, ..page })
}

/// A clinic that closed for good: the nearest open ones (rule I9).
pub fn gone(site: &Site, snapshot: &Snapshot, entry: &Entry, as_of: DateTime<Utc>) -> Result<Response, AppError> {
    let values = [("clinic", writer::name(entry).into())];
    let (heading, lead) = (site.language.tell("gone-heading", &values), site.language.tell("gone-lead", &values));
    let cards = nearby(site, snapshot, &[entry], as_of);
    let page = MissingPage::new(site, snapshot, heading, lead);
    html(StatusCode::GONE, &MissingPage { cards, ..page })
}
