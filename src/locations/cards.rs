//! A clinic in a list: enough to choose it, call it, find it and book it.

use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::open_line::OpenLine;
use super::writer::{DateForm, Writer, letters};
use crate::availability::Slot;
use crate::clinics::Clinic;
use crate::directory::Entry;
use crate::geo::Metres;
use crate::web::page::{Language, Phone, format};

/// Times that a card offers.
const SLOTS: usize = 3;
/// How far past the first one the others may lie.
const SPAN: TimeDelta = TimeDelta::days(7);

/// A clinic's facts, ready to be shown.
#[derive(Debug)]
pub struct Card {
    pub slug: String,
    /// As in a list: without the network's.
    pub name: String,
    /// Below the prefix of the language.
    pub path: String,
    pub book_path: String,
    pub address: [String; 2],
    pub distance: Option<String>,
    pub open: OpenLine,
    pub note: Option<Note>,
    /// Whether consultations are given here at all.
    pub is_bookable: bool,
    pub next: Option<NextTime>,
    /// The next free times, by date.
    pub days: Vec<FreeDay>,
    /// What is said where there are none.
    pub no_times: String,
    pub phone: Option<Phone>,
    pub directions: String,
    pub speaks_spanish: bool,
}

/// A clinic's own text in the language that there is.
#[derive(Debug)]
pub struct Note {
    pub text: String,
    /// Set where the text is in another language than the page.
    pub language: Option<&'static str>,
}

impl Note {
    /// The Spanish text on Spanish pages where there is one, else the English one, marked as such.
    #[must_use]
    pub fn pick(language: Language, english: Option<&str>, spanish: Option<&str>) -> Option<Self> {
        match (language, english, spanish) {
            (Language::Spanish, _, Some(text)) | (Language::English, Some(text), _) => {
                Some(Self { text: text.to_owned(), language: None })
            }
            (Language::Spanish, Some(text), None) => {
                Some(Self { text: text.to_owned(), language: Some(Language::English.code()) })
            }
            _ => None,
        }
    }
}

/// The number for bookings, else the main one.
#[must_use]
pub fn phone(clinic: &Clinic) -> Option<Phone> {
    clinic.booking_phone.as_deref().or(clinic.phone.as_deref()).map(Phone::from)
}

/// A time that can be taken with one press.
#[derive(Debug)]
pub struct SlotButton {
    /// RFC 3339 in the clinic's offset, as the form sends it.
    pub starts_at: String,
    pub words: String,
    /// What a screen reader says: weekday, date, time, zone and clinic.
    pub name: String,
}

impl SlotButton {
    /// Under the heading of its date.
    #[must_use]
    pub fn new(writer: &Writer<'_>, entry: &Entry, slot: &Slot) -> Self {
        let time = writer.long_time(slot.starts_at, entry.zone);
        let values = [("time", time.into()), ("clinic", writer.clinic(entry).into())];
        Self {
            starts_at: slot.starts_at.with_timezone(&entry.zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
            words: writer.slot(slot.starts_at, entry.zone),
            name: writer.language.tell("slot-name", &values),
        }
    }
}

/// The first time that can be had: what a result is read for.
#[derive(Debug)]
pub struct NextTime {
    pub button: SlotButton,
    /// `Thu, Dec 3, 2:30 pm`, `Tomorrow, 10:30 am`
    pub words: String,
    /// What else there is to know of it: the date of tomorrow, the letters of the zone.
    pub aside: String,
}

impl NextTime {
    fn new(writer: &Writer<'_>, entry: &Entry, slot: &Slot) -> Self {
        let (button, zone) = (SlotButton::new(writer, entry, slot), entry.zone);
        let (date, today) = (slot.starts_at.with_timezone(&zone).date_naive(), writer.today(zone));
        let (written, letters) = (format::short_date(writer.language, date, today), letters(slot.starts_at, zone));
        let is_near = (date - today).num_days() < 2;
        let day = if is_near { capitalized(&format::short_day(writer.language, date, today)) } else { written.clone() };
        let aside = if is_near { format!("{written}, {letters}") } else { letters };
        Self { words: format!("{day}, {}", button.words), button, aside }
    }
}

/// At the start of a line.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

impl Card {
    /// As of this minute.
    #[must_use]
    pub fn new(writer: &Writer<'_>, entry: &Entry, distance: Option<Metres>) -> Self {
        let clinic = &entry.clinic;
        Self {
            slug: clinic.slug.to_string(),
            name: writer.clinic(entry),
            path: entry.page_path(),
            book_path: entry.book_path(),
            address: address_lines(clinic),
            distance: distance.map(|distance| writer.distance(distance)),
            open: OpenLine::new(writer, entry),
            note: status_note(entry, writer.language, writer.as_of),
            is_bookable: clinic.offers_consultations,
            next: entry.next_slot(writer.as_of).map(|slot| NextTime::new(writer, entry, &slot)),
            days: next_days(writer, entry),
            no_times: no_times(writer.language, entry),
            phone: phone(clinic),
            directions: directions(entry),
            speaks_spanish: clinic.languages.iter().any(|code| **code == *Language::Spanish.code()),
        }
    }
}

/// That nothing can be booked as far ahead as times are given.
#[must_use]
pub fn no_times(language: Language, entry: &Entry) -> String {
    language.tell("no-free-times", &[("days", entry.policy.horizon_days.into())])
}

/// `30 minutes, no charge.`
#[must_use]
pub fn offer(language: Language, entry: &Entry) -> String {
    language.tell("offer", &[("minutes", entry.policy.duration_min.into())])
}

/// `Times are Boston time (EST).`
#[must_use]
pub fn in_zone(writer: &Writer<'_>, entry: &Entry) -> String {
    let zone = letters(writer.as_of, entry.zone);
    writer.language.tell("hours-in-zone", &[("city", entry.clinic.city.to_string().into()), ("zone", zone.into())])
}

/// The free times of a date.
#[derive(Debug)]
pub struct FreeDay {
    pub date: String,
    /// Of the clinic's zone on that date.
    pub zone: String,
    pub slots: Vec<SlotButton>,
}

/// Slots in their order, under their dates on the clinic's calendar.
#[must_use]
pub fn by_day(writer: &Writer<'_>, entry: &Entry, slots: &[Slot], write: DateForm) -> Vec<FreeDay> {
    let date = |slot: &Slot| slot.starts_at.with_timezone(&entry.zone).date_naive();
    let day = |slots: &[Slot]| FreeDay {
        date: write(writer.language, date(&slots[0]), writer.today(entry.zone)),
        zone: letters(slots[0].starts_at, entry.zone),
        slots: slots.iter().map(|slot| SlotButton::new(writer, entry, slot)).collect(),
    };
    slots.chunk_by(|a, b| date(a) == date(b)).map(day).collect()
}

fn next_days(writer: &Writer<'_>, entry: &Entry) -> Vec<FreeDay> {
    by_day(writer, entry, &next_slots(entry, writer.as_of), format::short_date)
}

fn next_slots(entry: &Entry, as_of: DateTime<Utc>) -> Vec<Slot> {
    let Some(first) = entry.next_slot(as_of) else { return Vec::new() };
    let mut slots = entry.slots(first.starts_at..first.starts_at + SPAN, as_of);
    slots.truncate(SLOTS);
    slots
}

/// Street and unit; city, state and ZIP.
#[must_use]
pub fn address_lines(clinic: &Clinic) -> [String; 2] {
    let street =
        [clinic.street.as_deref(), clinic.unit.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let zip = clinic.zip.as_deref().unwrap_or_default();
    [street, format!("{}, {} {zip}", clinic.city, clinic.state).trim_end().to_owned()]
}

/// What the clinic says about its status, or the closure of today about itself.
#[must_use]
pub fn status_note(entry: &Entry, language: Language, as_of: DateTime<Utc>) -> Option<Note> {
    let today = as_of.with_timezone(&entry.zone).date_naive();
    let closure = entry.closure_on(today);
    let of_closure = closure.and_then(|c| Note::pick(language, c.note.as_deref(), c.note_es.as_deref()));
    let clinic = &entry.clinic;
    of_closure.or_else(|| Note::pick(language, clinic.status_note.as_deref(), clinic.status_note_es.as_deref()))
}

/// A route to the clinic, from wherever the visitor's own map takes them to be.
#[must_use]
pub fn directions(entry: &Entry) -> String {
    let has_street = entry.clinic.street.is_some();
    let point = || format!("{},{}", entry.point.lat(), entry.point.lon());
    let goal = if has_street { entry.clinic.address() } else { point() };
    format!("https://www.google.com/maps/dir/?api=1&destination={}", utf8_percent_encode(&goal, NON_ALPHANUMERIC))
}
