//! `/locations`: the search box and every state; with a place in the query, what is near it.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::map_view::MapView;
use super::{Site, answer, linked_data, results};
use crate::directory::{Entry, NearestQuery, Snapshot, state_path};
use crate::error::AppError;
use crate::places;
use crate::web::page::{Frame, Language, PlaceField, html};
use crate::web::{FromParams, Params};

#[derive(Template)]
#[template(path = "locations/templates/locations.html")]
struct LocationsPage<'a> {
    frame: Frame<'a>,
    field: PlaceField,
    lead: String,
    states: Vec<StateLink>,
    map: MapView,
}

/// A state with its clinics.
#[derive(Debug)]
pub struct StateLink {
    pub state: &'static places::State,
    pub name: &'static str,
    pub path: String,
    /// How many clinics there are to visit.
    pub count: String,
}

pub async fn show_locations(State(site): State<Site>, request: Request) -> Result<Response, AppError> {
    let query = request.uri().query().unwrap_or_default();
    let params = Params::known_of(query, NearestQuery::NAMES);
    let is_search = ["near", "lat", "lon"].iter().any(|name| params.get(name).is_some_and(|value| !value.is_empty()));
    if is_search {
        return results::show(&site, &request, &params);
    }
    let (snapshot, as_of) = (site.directory.snapshot(), site.directory.as_of());
    let page = || locations_page(&site, &snapshot, PlaceField::default());
    answer::public_page(&site, (&snapshot, as_of), request.headers(), "/locations", page)
}

/// The search box with a refusal, and the states as another way.
pub fn refused(site: &Site, snapshot: &Snapshot, status: StatusCode, field: PlaceField) -> Result<Response, AppError> {
    let mut page = locations_page(site, snapshot, field);
    page.frame.is_indexed = false;
    html(status, &page)
}

fn locations_page<'a>(site: &'a Site, snapshot: &'a Snapshot, field: PlaceField) -> LocationsPage<'a> {
    let language = site.language;
    let states = states(snapshot, language);
    let clinics = snapshot.entries().iter().filter(|entry| entry.is_listed()).count();
    let counts = [("clinics", clinics.into()), ("states", states.len().into())];
    let mut frame = Frame {
        description: language.tell("locations-description", &counts),
        is_indexed: !snapshot.network.is_demo,
        ..site.frame(snapshot, language.say("locations-heading").into_owned(), "/locations".to_owned())
    };
    let listed: Vec<_> = states.iter().map(|state| (state.name, &*state.path)).collect();
    frame.linked_data.push(linked_data::item_list(&frame, &listed));
    let map = MapView::country(&frame, snapshot, &states);
    LocationsPage { lead: language.tell("locations-lead", &counts), frame, field, states, map }
}

/// The states that have a page, by name.
pub fn states(snapshot: &Snapshot, language: Language) -> Vec<StateLink> {
    let link = |state: &'static places::State| {
        let clinics = snapshot.in_state(state);
        clinics.iter().any(|entry| entry.has_page()).then(|| StateLink {
            state,
            name: name(state, language),
            path: state_path(state),
            count: clinic_count(language, clinics.iter().filter(|entry| entry.is_listed()).count()),
        })
    };
    let mut states: Vec<StateLink> = places::State::all().iter().filter_map(link).collect();
    states.sort_by_key(|state| state.name);
    states
}

/// What a state is called.
#[must_use]
pub fn name(state: &places::State, language: Language) -> &'static str {
    match language {
        Language::English => state.name,
        Language::Spanish => state.name_es,
    }
}

/// `3 clinics`
#[must_use]
pub fn clinic_count(language: Language, clinics: usize) -> String {
    language.tell("clinic-count", &[("clinics", clinics.into())])
}

/// The earliest time among clinics.
#[must_use]
pub fn soonest<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    as_of: DateTime<Utc>,
) -> Option<(&'e Entry, DateTime<Utc>)> {
    let next = |entry: &'e Entry| entry.next_slot(as_of).map(|slot| (entry, slot.starts_at));
    entries.filter_map(next).min_by_key(|(_, starts_at)| *starts_at)
}
