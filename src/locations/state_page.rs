//! `/locations/{state}`: the cities of a state, and its clinics with their next free times.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::cards::Card;
use super::map_view::MapView;
use super::search_page::{clinic_count, name, soonest};
use super::writer::Writer;
use super::{Site, answer, linked_data, missing};
use crate::clinics::slugify;
use crate::directory::{Entry, Snapshot, city_path, find_state, state_path};
use crate::error::AppError;
use crate::places;
use crate::web::Path;
use crate::web::page::{Frame, Language, PlaceField, query_of};

/// Cards on the page of a state; the others are on the pages of their cities.
const MOST_CARDS: usize = 12;

#[derive(Template)]
#[template(path = "locations/templates/state.html")]
struct StatePage<'a> {
    frame: Frame<'a>,
    field: PlaceField,
    lead: String,
    soonest: Option<String>,
    cities: Vec<CityLink>,
    cards: Vec<Card>,
    /// There are more clinics than cards.
    is_cut: bool,
    map: MapView,
}

/// A city with its clinics.
#[derive(Debug)]
pub struct CityLink {
    pub name: String,
    pub path: String,
    pub count: String,
}

pub async fn show_state(
    State(site): State<Site>,
    Path(text): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (site.directory.snapshot(), site.directory.as_of());
    let Some(state) = find_state(&text).filter(|state| has_page(&snapshot, state)) else {
        return missing::no_such_state(&site, &snapshot);
    };
    let path = state_path(state);
    if text != state.slug {
        return answer::moved_to(&site, &format!("{path}{}", query_of(&uri)));
    }
    let page = || state_page(&site, &snapshot, state, as_of);
    answer::public_page(&site, (&snapshot, as_of), &headers, &path, page)
}

/// A state without a clinic has no page.
pub fn has_page(snapshot: &Snapshot, state: &places::State) -> bool {
    snapshot.in_state(state).iter().any(|entry| entry.has_page())
}

fn state_page<'a>(
    site: &'a Site,
    snapshot: &'a Snapshot,
    state: &places::State,
    as_of: DateTime<Utc>,
) -> StatePage<'a> {
    let language = site.language;
    let shown: Vec<&Entry> = snapshot.in_state(state).iter().map(|e| &**e).filter(|entry| entry.has_page()).collect();
    let cities = cities(snapshot, state, language);
    let listed = shown.iter().filter(|entry| entry.is_listed()).count();
    let values = [("state", name(state, language).into()), ("clinics", listed.into()), ("cities", cities.len().into())];
    let mut frame = Frame {
        description: language.tell("state-description", &values),
        is_indexed: !snapshot.network.is_demo,
        ..site.frame(snapshot, language.tell("state-heading", &values[..1]), state_path(state))
    };
    let (writer, sorted) = (site.writer(snapshot, as_of), by_time(&shown, as_of));
    let cards: Vec<Card> = sorted.iter().take(MOST_CARDS).map(|entry| Card::new(&writer, entry, None)).collect();
    let items: Vec<_> = sorted.iter().zip(&cards).map(|(entry, card)| (&*entry.clinic.name, &*card.path)).collect();
    frame.linked_data.push(linked_data::item_list(&frame, &items));
    frame.linked_data.push(linked_data::breadcrumbs(&frame, &steps(language, Some(state), None)));
    StatePage {
        lead: language.tell("state-lead", &values),
        soonest: soonest_words(&writer, &shown),
        map: MapView::state(&frame, state, &shown),
        is_cut: shown.len() > MOST_CARDS,
        field: PlaceField::default(),
        frame,
        cities,
        cards,
    }
}

/// Who is free first comes first; those without a time at the end, in list order.
pub fn by_time<'e>(entries: &[&'e Entry], as_of: DateTime<Utc>) -> Vec<&'e Entry> {
    let mut sorted = entries.to_vec();
    sorted.sort_by_cached_key(|entry| entry.next_slot(as_of).map_or(DateTime::<Utc>::MAX_UTC, |slot| slot.starts_at));
    sorted
}

/// "The earliest available time is ..".
pub fn soonest_words(writer: &Writer<'_>, entries: &[&Entry]) -> Option<String> {
    let (entry, at) = soonest(entries.iter().copied(), writer.as_of)?;
    let values = [("time", writer.long_time(at, entry.zone).into()), ("clinic", writer.clinic(entry).into())];
    Some(writer.language.tell("soonest-is", &values))
}

/// The cities of a state that have a page, by name.
pub fn cities(snapshot: &Snapshot, state: &places::State, language: Language) -> Vec<CityLink> {
    let mut cities: Vec<(&Arc<Entry>, usize)> = Vec::new();
    // Entries are in list order, so the clinics of a city follow one another.
    for entry in snapshot.in_state(state).iter().filter(|entry| entry.has_page()) {
        match cities.last_mut() {
            Some((first, clinics)) if slugify(&first.clinic.city) == slugify(&entry.clinic.city) => {
                *clinics += usize::from(entry.is_listed());
            }
            _ => cities.push((entry, usize::from(entry.is_listed()))),
        }
    }
    let link = |(first, clinics): (&Arc<Entry>, usize)| CityLink {
        name: first.clinic.city.to_string(),
        path: city_path(state, &first.clinic.city),
        count: clinic_count(language, clinics),
    };
    cities.into_iter().map(link).collect()
}

/// The way down from all locations, by name and path.
pub fn steps(language: Language, state: Option<&places::State>, city: Option<&str>) -> Vec<(String, String)> {
    let mut steps = vec![(language.say("all-locations").into_owned(), "/locations".to_owned())];
    if let Some(state) = state {
        steps.push((name(state, language).to_owned(), state_path(state)));
        steps.extend(city.map(|city| (city.to_owned(), city_path(state, city))));
    }
    steps
}
