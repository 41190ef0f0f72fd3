//! `/locations/{state}/{city}`: the clinics of a city with their next free times, and those not far from it.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::cards::Card;
use super::search_page::name;
use super::{Site, answer, linked_data, missing, state_page};
use crate::clinics::slugify;
use crate::directory::{Entry, Filter, Question, Snapshot, Sort, city_path, find_state, search};
use crate::error::AppError;
use crate::geo::Metres;
use crate::places;
use crate::web::Path;
use crate::web::page::{Frame, Language, PlaceField, query_of};

/// Clinics outside of a city that its page offers.
const NEARBY: usize = 3;

#[derive(Template)]
#[template(path = "locations/templates/city.html")]
struct CityPage<'a> {
    frame: Frame<'a>,
    field: PlaceField,
    steps: Vec<(String, String)>,
    lead: String,
    soonest: Option<String>,
    cards: Vec<Card>,
    nearby: Vec<Card>,
}

pub async fn show_city(
    State(site): State<Site>,
    Path((state_text, city_text)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (site.directory.snapshot(), site.directory.as_of());
    let Some(state) = find_state(&state_text).filter(|state| state_page::has_page(&snapshot, state)) else {
        return missing::no_such_state(&site, &snapshot);
    };
    let city = slugify(&city_text);
    let clinics = in_city(&snapshot, state, &city);
    let Some(first) = clinics.first() else { return missing::no_such_city(&site, &snapshot, state) };
    let path = city_path(state, &first.clinic.city);
    if (&*state_text, &*city_text) != (state.slug, &*city) {
        return answer::moved_to(&site, &format!("{path}{}", query_of(&uri)));
    }
    let page = || city_page(&site, &snapshot, state, &clinics, as_of);
    answer::public_page(&site, (&snapshot, as_of), &headers, &path, page)
}

/// The clinics of a city that have a page, in list order.
fn in_city<'s>(snapshot: &'s Snapshot, state: &places::State, city: &str) -> Vec<&'s Entry> {
    let is_there = |entry: &&Entry| entry.has_page() && slugify(&entry.clinic.city) == city;
    snapshot.in_state(state).iter().map(|entry| &**entry).filter(is_there).collect()
}

fn city_page<'a>(
    site: &'a Site,
    snapshot: &'a Snapshot,
    state: &places::State,
    clinics: &[&Entry],
    as_of: DateTime<Utc>,
) -> CityPage<'a> {
    let language = site.language;
    let city = clinics.first().map(|entry| entry.clinic.city.to_string()).unwrap_or_default();
    let listed = clinics.iter().filter(|entry| entry.is_listed()).count();
    let values = [
        ("city", format!("{city}, {}", state.code).into()),
        ("state", name(state, language).into()),
        ("clinics", listed.into()),
    ];
    let steps = state_page::steps(language, Some(state), Some(&city));
    let mut frame = Frame {
        description: language.tell("city-description", &values),
        is_indexed: !snapshot.network.is_demo,
        ..site.frame(snapshot, language.tell("city-heading", &values), city_path(state, &city))
    };
    let (writer, shown) = (site.writer(snapshot, as_of), state_page::by_time(clinics, as_of));
    let cards: Vec<Card> = shown.iter().map(|entry| Card::new(&writer, entry, None)).collect();
    let items: Vec<_> = shown.iter().zip(&cards).map(|(entry, card)| (&*entry.clinic.name, &*card.path)).collect();
    frame.linked_data.push(linked_data::item_list(&frame, &items));
    frame.linked_data.push(linked_data::breadcrumbs(&frame, &steps));
    CityPage {
        lead: language.tell("city-lead", &values),
        soonest: state_page::soonest_words(&writer, clinics),
        nearby: nearby(site, snapshot, clinics, as_of),
        field: PlaceField::default(),
        steps,
        frame,
        cards,
    }
}

/// The nearest open clinics to the first of some that are none of them.
pub fn nearby(site: &Site, snapshot: &Snapshot, clinics: &[&Entry], as_of: DateTime<Utc>) -> Vec<Card> {
    let Some(first) = clinics.first() else { return Vec::new() };
    let question = Question {
        from: first.point,
        limit: NEARBY + clinics.len(),
        radius: Metres(f64::INFINITY),
        filter: Filter::default(),
        sort: Sort::Distance,
        as_of,
    };
    let found = search(snapshot, &question);
    let others = found.places.iter().map(|place| (snapshot.entry(place.position), place.distance));
    let others = others.filter(|(entry, _)| clinics.iter().all(|clinic| clinic.id != entry.id));
    let writer = site.writer(snapshot, as_of);
    others.take(NEARBY).map(|(entry, distance)| Card::new(&writer, entry, distance)).collect()
}
