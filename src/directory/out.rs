//! The shapes of the public JSON (`Clinic`, `ClinicBrief` and their parts) and where their values come from.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::Entry;
use crate::availability::{LocalTime, OpenState, Slot};
use crate::clinics::display_phone;
use crate::clinics::hours::{SpecialDay, WeeklyHours, Window};
use crate::web::PublicUrl;
use crate::web::page::Language;

/// In which language a clinic's own texts are asked for; English stands in where there is no Spanish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    En,
    Es,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::English => Self::En,
            Language::Spanish => Self::Es,
        }
    }
}

impl Lang {
    fn pick<'t>(self, en: Option<&'t str>, es: Option<&'t str>) -> Option<&'t str> {
        match self {
            Self::En => en,
            Self::Es => es.or(en),
        }
    }
}

/// A time range of a day on the clinic's wall clock: opening and closing, `HH:MM`.
type WindowOut = Vec<String>;

fn windows(windows: &[Window]) -> Vec<WindowOut> {
    windows.iter().map(|window| vec![window.open().to_string(), window.close().to_string()]).collect()
}

/// Where programs read about a clinic.
pub fn clinic_url(links: &PublicUrl, slug: &str) -> String {
    links.link(&format!("/api/v1/clinics/{slug}"))
}

/// The clinic's own page, in English.
pub fn clinic_page_url(links: &PublicUrl, entry: &Entry) -> String {
    links.link(&entry.page_path())
}

/// A clinic in a list of results: enough to choose it, call it and find it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClinicBrief)]
pub struct ClinicBrief<'c> {
    /// The network's own stable key.
    pub code: &'c str,
    /// The last segment of the clinic's addresses; permanent.
    pub slug: &'c str,
    pub name: &'c str,
    /// `open`, `temporarily_closed`, `coming_soon` or `closed`, today on the clinic's own calendar.
    pub status: &'static str,
    pub street: Option<&'c str>,
    pub unit: Option<&'c str>,
    pub city: &'c str,
    /// Two letters; territories and DC included.
    pub state: &'c str,
    pub zip: Option<&'c str>,
    pub lat: f64,
    pub lon: f64,
    /// IANA name.
    pub time_zone: &'static str,
    /// E.164.
    pub phone: Option<&'c str>,
    pub phone_display: Option<String>,
    pub url: String,
    pub consultation: ConsultationOut,
    pub open: OpenOut,
}

impl<'c> ClinicBrief<'c> {
    pub fn new(entry: &'c Entry, open: &OpenState, next: Option<&Slot>, links: &PublicUrl) -> Self {
        let clinic = &entry.clinic;
        Self {
            code: &clinic.code,
            slug: &clinic.slug,
            name: &clinic.name,
            status: entry.status.as_str(),
            street: clinic.street.as_deref(),
            unit: clinic.unit.as_deref(),
            city: &clinic.city,
            state: &clinic.state,
            zip: clinic.zip.as_deref(),
            lat: entry.point.lat(),
            lon: entry.point.lon(),
            time_zone: entry.zone.name(),
            phone: clinic.phone.as_deref(),
            phone_display: clinic.phone.as_deref().map(display_phone),
            url: clinic_page_url(links, entry),
            consultation: ConsultationOut::new(entry, next, links),
            open: OpenOut::new(open, entry.zone),
        }
    }
}

/// Whether the doors are open at `as_of` (rule A10).
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenOut {
    /// `open`, `closed` or `unknown`; unknown hours are never called closed.
    pub state: &'static str,
    /// While open: when it closes, in the clinic's offset.
    pub until: Option<String>,
    /// While closed: when it opens next, in the clinic's offset.
    pub next: Option<String>,
}

impl OpenOut {
    pub fn new(state: &OpenState, zone: Tz) -> Self {
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Self { state: state.state.as_str(), until: state.until.map(local), next: state.next.map(local) }
    }
}

/// The free consultation at a clinic.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsultationOut {
    /// Always true: that is what the chain offers.
    pub free: bool,
    /// Whether this clinic gives consultations at all.
    pub offered: bool,
    pub duration_min: u16,
    /// Where the times that can be booked are; null when none are offered.
    pub booking_url: Option<String>,
    /// The earliest time that can be booked, as of `as_of`.
    pub next: Option<SlotOut>,
}

impl ConsultationOut {
    fn new(entry: &Entry, next: Option<&Slot>, links: &PublicUrl) -> Self {
        let offered = entry.clinic.offers_consultations;
        Self {
            free: true,
            offered,
            duration_min: entry.policy.duration_min,
            booking_url: offered.then(|| links.link(&entry.book_path())),
            next: next.map(|slot| SlotOut::offered(slot, entry.zone)),
        }
    }
}

/// A consultation time, as the clinic's people read it (rule A11).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Slot)]
pub struct SlotOut {
    /// In the clinic's offset.
    #[schema(format = DateTime)]
    pub starts_at: String,
    #[schema(format = DateTime)]
    pub ends_at: String,
    /// IANA name.
    pub time_zone: &'static str,
    /// Such as `EST`.
    pub abbreviation: String,
    /// Such as `Fri Dec 4, 2026, 10:00 AM EST`.
    pub local: String,
    /// How many can be held at this moment; absent for a time that is one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u16>,
}

impl SlotOut {
    /// A time that can be had.
    #[must_use]
    pub fn offered(slot: &Slot, zone: Tz) -> Self {
        Self { remaining: Some(slot.remaining), ..Self::own(slot.starts_at, slot.ends_at, zone) }
    }

    /// The time of somebody's hold or booking.
    #[must_use]
    pub fn own(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, zone: Tz) -> Self {
        let local = LocalTime::new(starts_at, zone);
        Self {
            starts_at: local.rfc3339,
            ends_at: LocalTime::new(ends_at, zone).rfc3339,
            time_zone: zone.name(),
            abbreviation: local.abbreviation,
            local: local.text,
            remaining: None,
        }
    }
}

/// The opening hours of an ordinary week; an empty day is closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoursOut {
    pub mon: Vec<WindowOut>,
    pub tue: Vec<WindowOut>,
    pub wed: Vec<WindowOut>,
    pub thu: Vec<WindowOut>,
    pub fri: Vec<WindowOut>,
    pub sat: Vec<WindowOut>,
    pub sun: Vec<WindowOut>,
    /// US federal holidays and their observed days are closed.
    pub closed_on_holidays: bool,
}

impl From<&WeeklyHours> for HoursOut {
    fn from(week: &WeeklyHours) -> Self {
        let [mon, tue, wed, thu, fri, sat, sun] = week.days.each_ref().map(|day| windows(day));
        Self { mon, tue, wed, thu, fri, sat, sun, closed_on_holidays: week.closed_on_holidays }
    }
}

/// The hours of one date in place of the week's; no windows means closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpecialDayOut {
    pub date: NaiveDate,
    pub windows: Vec<WindowOut>,
    pub note: Option<String>,
}

/// A closure's note has two languages, one of the record's own special hours has one.
fn special_day(day: &SpecialDay, entry: &Entry, lang: Lang) -> SpecialDayOut {
    let closure = entry.closure_on(day.on);
    let translated = closure.and_then(|closure| lang.pick(closure.note.as_deref(), closure.note_es.as_deref()));
    let note = translated.or(day.note.as_deref()).map(str::to_owned);
    SpecialDayOut { date: day.on, windows: windows(&day.windows), note }
}

/// Everything the public may know about a clinic.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clinic)]
pub struct ClinicOut {
    pub code: String,
    pub slug: String,
    pub name: String,
    /// `open`, `temporarily_closed`, `coming_soon` or `closed`, today on the clinic's own calendar.
    pub status: &'static str,
    pub status_note: Option<String>,
    pub opens_on: Option<NaiveDate>,
    pub reopens_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    pub region: Option<String>,
    pub description: Option<String>,
    pub directions_note: Option<String>,
    pub accessibility: Option<String>,
    /// ISO 639 codes.
    pub languages: Vec<String>,
    pub photo_url: Option<String>,
    pub street: Option<String>,
    pub unit: Option<String>,
    pub city: String,
    pub state: String,
    pub zip: Option<String>,
    pub country: String,
    pub lat: f64,
    pub lon: f64,
    /// `exact`, or `zip` when the ZIP's point stands in.
    pub pin_precision: &'static str,
    pub time_zone: &'static str,
    /// E.164.
    pub phone: Option<String>,
    pub phone_display: Option<String>,
    /// E.164.
    pub booking_phone: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    /// Codes of the network's service catalogue.
    pub services: Vec<String>,
    /// Null when nobody has said.
    pub hours: Option<HoursOut>,
    pub special_hours: Vec<SpecialDayOut>,
    pub open: OpenOut,
    pub consultation: ConsultationOut,
    pub url: String,
    pub updated_at: DateTime<Utc>,
}

impl ClinicOut {
    /// The clinic as of this minute, with its texts in `lang`.
    pub fn new(entry: &Entry, as_of: DateTime<Utc>, lang: Lang, links: &PublicUrl) -> Self {
        let clinic = &entry.clinic;
        let own = |text: Option<&str>| text.map(str::to_owned);
        let strings = |texts: &[Box<str>]| texts.iter().map(ToString::to_string).collect();
        let pick = |en: &Option<Box<str>>, es: &Option<Box<str>>| own(lang.pick(en.as_deref(), es.as_deref()));
        Self {
            code: clinic.code.to_string(),
            slug: clinic.slug.to_string(),
            name: clinic.name.to_string(),
            status: entry.status.as_str(),
            status_note: pick(&clinic.status_note, &clinic.status_note_es),
            opens_on: clinic.status.opens_on,
            reopens_on: clinic.status.reopens_on,
            closed_on: clinic.status.closed_on,
            region: own(clinic.region.as_deref()),
            description: pick(&clinic.description, &clinic.description_es),
            directions_note: pick(&clinic.directions_note, &clinic.directions_note_es),
            accessibility: own(clinic.accessibility.as_deref()),
            languages: strings(&clinic.languages),
            photo_url: own(clinic.photo_url.as_deref()),
            street: own(clinic.street.as_deref()),
            unit: own(clinic.unit.as_deref()),
            city: clinic.city.to_string(),
            state: clinic.state.to_string(),
            zip: own(clinic.zip.as_deref()),
            country: clinic.country.to_string(),
            lat: entry.point.lat(),
            lon: entry.point.lon(),
            pin_precision: clinic.pin.map_or("exact", |pin| pin.precision.as_str()),
            time_zone: entry.zone.name(),
            phone: own(clinic.phone.as_deref()),
            phone_display: clinic.phone.as_deref().map(display_phone),
            booking_phone: own(clinic.booking_phone.as_deref()),
            email: own(clinic.email.as_deref()),
            website: own(clinic.website.as_deref()),
            services: strings(&clinic.services),
            hours: clinic.hours.as_deref().map(Into::into),
            special_hours: entry.special_days().iter().map(|day| special_day(day, entry, lang)).collect(),
            open: OpenOut::new(&entry.open_state(as_of), entry.zone),
            consultation: ConsultationOut::new(entry, entry.next_slot(as_of).as_ref(), links),
            url: clinic_page_url(links, entry),
            updated_at: clinic.updated_at,
        }
    }
}
