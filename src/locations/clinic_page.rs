//! `/locations/{state}/{city}/{slug}`: everything about one clinic, and a week of its free times.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use super::cards::{Card, FreeDay, Note, by_day, in_zone, offer};
use super::city_page::nearby;
use super::map_view::MapView;
use super::writer::{self, Writer};
use super::{Site, answer, linked_data, missing, state_page};
use crate::clinics::PinPrecision;
use crate::clinics::hours::Window;
use crate::clinics::status::ClinicStatus;
use crate::directory::{Entry, Snapshot, find_state};
use crate::error::AppError;
use crate::web::Path;
use crate::web::page::{Frame, Language, Phone, format, query_of};

/// Dates of free times on the page, and how far ahead special hours are told.
const WEEK: u64 = 7;
const SPECIAL_AHEAD: Days = Days::new(90);

#[derive(Template)]
#[template(path = "locations/templates/clinic.html")]
struct ClinicPage<'a> {
    frame: Frame<'a>,
    steps: Vec<(String, String)>,
    card: Card,
    name: String,
    description: Option<Note>,
    directions_note: Option<Note>,
    accessibility: Option<Note>,
    main_phone: Option<Phone>,
    email: Option<String>,
    website: Option<String>,
    languages: Vec<String>,
    services: Vec<String>,
    /// `None` when nobody has said.
    hours: Option<Vec<HoursRow>>,
    special: Vec<SpecialRow>,
    /// Whose clock all times are by.
    in_zone: String,
    offer: Option<String>,
    week: Vec<FreeDay>,
    is_about_here: bool,
    map: MapView,
    nearby: Vec<Card>,
}

/// A line of the table of hours.
#[derive(Debug)]
pub struct HoursRow {
    pub day: String,
    pub hours: String,
    pub is_today: bool,
}

/// A date with hours of its own.
#[derive(Debug)]
pub struct SpecialRow {
    pub date: String,
    pub hours: String,
    pub note: Option<Note>,
}

pub async fn show_clinic(
    State(site): State<Site>,
    Path((state, city, slug)): Path<(String, String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, AppError> {
    let (snapshot, as_of) = (site.directory.snapshot(), site.directory.as_of());
    let Some(entry) = snapshot.lookup(&slug) else {
        return match find_state(&state).filter(|state| state_page::has_page(&snapshot, state)) {
            Some(state) => missing::no_such_city(&site, &snapshot, state),
            None => missing::no_such_state(&site, &snapshot),
        };
    };
    let to = |entry: &Entry| answer::moved_to(&site, &format!("{}{}", entry.page_path(), query_of(&uri)));
    if entry.status == ClinicStatus::Closed {
        return match snapshot.successor(entry) {
            Some(successor) => to(successor),
            None => missing::gone(&site, &snapshot, entry, as_of),
        };
    }
    let path = entry.page_path();
    if path != format!("/locations/{state}/{city}/{slug}") {
        return to(entry);
    }
    let page = || clinic_page(&site, &snapshot, entry, as_of);
    answer::public_page(&site, (&snapshot, as_of), &headers, &path, page)
}

fn clinic_page<'a>(site: &'a Site, snapshot: &'a Snapshot, entry: &Entry, as_of: DateTime<Utc>) -> ClinicPage<'a> {
    let (language, clinic) = (site.language, &entry.clinic);
    let writer = site.writer(snapshot, as_of);
    let (card, today) = (Card::new(&writer, entry, None), writer.today(entry.zone));
    let mut steps = state_page::steps(language, Some(entry.state), Some(&clinic.city));
    steps.push((card.name.clone(), card.path.clone()));
    let values = [
        ("clinic", writer::name(entry).into()),
        ("address", clinic.address().into()),
        ("city", format!("{}, {}", clinic.city, clinic.state).into()),
    ];
    let mut frame = Frame {
        description: language.tell("clinic-description", &values),
        is_indexed: !snapshot.network.is_demo,
        ..site.frame(snapshot, language.tell("clinic-heading", &values), entry.page_path())
    };
    frame.linked_data.push(linked_data::clinic(&frame, entry, as_of));
    frame.linked_data.push(linked_data::breadcrumbs(&frame, &steps));
    let note = |en: &Option<Box<str>>, es: &Option<Box<str>>| Note::pick(language, en.as_deref(), es.as_deref());
    let own = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    ClinicPage {
        description: note(&clinic.description, &clinic.description_es),
        directions_note: note(&clinic.directions_note, &clinic.directions_note_es),
        accessibility: note(&clinic.accessibility, &None),
        main_phone: clinic
            .phone
            .as_deref()
            .filter(|phone| Some(*phone) != clinic.booking_phone.as_deref())
            .map(Phone::from),
        email: own(&clinic.email),
        website: own(&clinic.website),
        languages: clinic.languages.iter().map(|code| spoken(language, code)).collect(),
        services: services(snapshot, entry, language),
        hours: hours(entry, language, today),
        special: special(entry, language, today),
        in_zone: in_zone(&writer, entry),
        offer: clinic.offers_consultations.then(|| offer(language, entry)),
        week: week(&writer, entry),
        map: MapView::clinic(&frame, entry),
        is_about_here: clinic.pin.is_some_and(|pin| pin.precision == PinPrecision::Zip),
        nearby: nearby(site, snapshot, &[entry], as_of),
        name: writer::name(entry),
        steps,
        card,
        frame,
    }
}

/// What a language is called; its code where there is no word.
fn spoken(language: Language, code: &str) -> String {
    let id = format!("language-{code}");
    match language.say(&id) {
        unknown if *unknown == *id => code.to_owned(),
        word => word.into_owned(),
    }
}

fn services(snapshot: &Snapshot, entry: &Entry, language: Language) -> Vec<String> {
    let label = |code: &str| {
        let Some(label) = snapshot.network.catalogue.get(code) else { return code.replace('_', " ") };
        match language {
            Language::English => label.en.clone(),
            Language::Spanish => label.es.clone().unwrap_or_else(|| label.en.clone()),
        }
    };
    entry.clinic.services.iter().map(|code| label(code)).collect()
}

fn windows(language: Language, windows: &[Window]) -> String {
    if windows.is_empty() {
        return language.say("closed").into_owned();
    }
    let told: Vec<String> = windows
        .iter()
        .map(|window| {
            if *window == Window::ALL_DAY {
                language.say("all-day").into_owned()
            } else {
                writer::window(language, *window)
            }
        })
        .collect();
    told.join(", ")
}

/// The week from Monday on, as it ordinarily is.
fn hours(entry: &Entry, language: Language, today: NaiveDate) -> Option<Vec<HoursRow>> {
    let week = entry.clinic.hours.as_deref()?;
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let row = |(date, day): (NaiveDate, &Vec<Window>)| HoursRow {
        day: format::weekday(language, date),
        hours: windows(language, day),
        is_today: date == today,
    };
    Some(monday.iter_days().zip(&week.days).map(row).collect())
}

fn special(entry: &Entry, language: Language, today: NaiveDate) -> Vec<SpecialRow> {
    let soon = entry.special_days().iter().filter(|day| (today..today + SPECIAL_AHEAD).contains(&day.on));
    let row = |day: &crate::clinics::hours::SpecialDay| {
        let closure = entry.closure_on(day.on);
        let of_closure = closure.and_then(|c| Note::pick(language, c.note.as_deref(), c.note_es.as_deref()));
        SpecialRow {
            date: format::short_date(language, day.on, today),
            hours: windows(language, &day.windows),
            note: of_closure.or_else(|| Note::pick(language, day.note.as_deref(), None)),
        }
    };
    soon.map(row).collect()
}

/// A week of free times from the first one on; dates without any are left out.
fn week(writer: &Writer<'_>, entry: &Entry) -> Vec<FreeDay> {
    let Some(first) = entry.next_slot(writer.as_of) else { return Vec::new() };
    let schedule = entry.schedule();
    let from = schedule.local_date(first.starts_at);
    let slots = entry.slots(schedule.midnight(from)..schedule.midnight(from + Days::new(WEEK)), writer.as_of);
    by_day(writer, entry, &slots, format::long_date)
}
