//! The spreadsheet's view of a clinic: every column, how a cell is read into the record and written from it.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::NaiveDate;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::contact;
use super::hours::{WeeklyHours, format_special, format_weekly, parse_date, parse_special, parse_weekly};
use super::model::{Clinic, PinPrecision, Text};
use super::policy::PolicyField;
use super::status::ClinicStatus;
use crate::geo::Point;
use crate::places::State;

/// One column of the CSV. `get` is the raw cell; `set` takes `None` for a lone `-`, which clears (I1).
pub struct Column {
    pub name: &'static str,
    pub get: fn(&Clinic) -> String,
    pub set: fn(&mut Clinic, Option<&str>) -> Result<(), String>,
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Longest texts in characters, generous for people and a bound for a cell pasted by mistake.
const CODE: usize = 60;
const LINE: usize = 200;
const PARAGRAPH: usize = 4_000;
/// Years of special days, each with its note.
const SPECIAL_HOURS: usize = 100_000;

/// The columns in the order of an export. `lat` and `lon` only make sense together: `import` reads that pair itself.
#[rustfmt::skip]
pub static COLUMNS: &[Column] = &[
    Column { name: "code", get: |c| c.code.to_string(), set: |c, v| code(&mut c.code, v) },
    Column { name: "name", get: |c| c.name.to_string(), set: |c, v| required(&mut c.name, v, LINE) },
    Column { name: "status", get: |c| c.status.stored.as_str().to_owned(), set: |c, v| status(&mut c.status.stored, v) },
    Column { name: "status_note", get: |c| show(&c.status_note), set: |c, v| text(&mut c.status_note, v, PARAGRAPH) },
    Column { name: "status_note_es", get: |c| show(&c.status_note_es), set: |c, v| text(&mut c.status_note_es, v, PARAGRAPH) },
    Column { name: "opens_on", get: |c| show_date(c.status.opens_on), set: |c, v| date(&mut c.status.opens_on, v) },
    Column { name: "temporarily_closed_on", get: |c| show_date(c.status.temporarily_closed_on), set: |c, v| date(&mut c.status.temporarily_closed_on, v) },
    Column { name: "reopens_on", get: |c| show_date(c.status.reopens_on), set: |c, v| date(&mut c.status.reopens_on, v) },
    Column { name: "closed_on", get: |c| show_date(c.status.closed_on), set: |c, v| date(&mut c.status.closed_on, v) },
    Column { name: "moved_to", get: |c| show(&c.moved_to), set: |c, v| moved_to(&mut c.moved_to, v) },
    Column { name: "region", get: |c| show(&c.region), set: |c, v| text(&mut c.region, v, LINE) },
    Column { name: "street", get: |c| show(&c.street), set: |c, v| text(&mut c.street, v, LINE) },
    Column { name: "unit", get: |c| show(&c.unit), set: |c, v| text(&mut c.unit, v, LINE) },
    Column { name: "city", get: |c| c.city.to_string(), set: |c, v| required(&mut c.city, v, LINE) },
    Column { name: "state", get: |c| c.state.to_string(), set: |c, v| state(&mut c.state, v) },
    Column { name: "zip", get: |c| show(&c.zip), set: |c, v| text(&mut c.zip, v, LINE) },
    Column { name: "country", get: |c| c.country.to_string(), set: |c, v| country(&mut c.country, v) },
    Column { name: "lat", get: |c| given_pin(c).map_or_else(String::new, |pin| pin.lat().to_string()), set: |_, _| Ok(()) },
    Column { name: "lon", get: |c| given_pin(c).map_or_else(String::new, |pin| pin.lon().to_string()), set: |_, _| Ok(()) },
    Column { name: "time_zone", get: |c| c.zone.map_or_else(String::new, |zone| zone.name().to_owned()), set: |c, v| zone(c, v) },
    Column { name: "phone", get: |c| show(&c.phone), set: |c, v| phone(&mut c.phone, v) },
    Column { name: "booking_phone", get: |c| show(&c.booking_phone), set: |c, v| phone(&mut c.booking_phone, v) },
    Column { name: "email", get: |c| show(&c.email), set: |c, v| email(&mut c.email, v) },
    Column { name: "website", get: |c| show(&c.website), set: |c, v| url(&mut c.website, v) },
    Column { name: "services", get: |c| c.services.join(";"), set: |c, v| codes(&mut c.services, v) },
    Column { name: "languages", get: |c| c.languages.join(";"), set: |c, v| codes(&mut c.languages, v) },
    Column { name: "priority", get: |c| c.priority.to_string(), set: |c, v| priority(&mut c.priority, v) },
    Column { name: "description", get: |c| show(&c.description), set: |c, v| text(&mut c.description, v, PARAGRAPH) },
    Column { name: "description_es", get: |c| show(&c.description_es), set: |c, v| text(&mut c.description_es, v, PARAGRAPH) },
    Column { name: "directions_note", get: |c| show(&c.directions_note), set: |c, v| text(&mut c.directions_note, v, PARAGRAPH) },
    Column { name: "directions_note_es", get: |c| show(&c.directions_note_es), set: |c, v| text(&mut c.directions_note_es, v, PARAGRAPH) },
    Column { name: "accessibility", get: |c| show(&c.accessibility), set: |c, v| text(&mut c.accessibility, v, PARAGRAPH) },
    Column { name: "photo_url", get: |c| show(&c.photo_url), set: |c, v| url(&mut c.photo_url, v) },
    Column { name: "legacy_urls", get: |c| c.legacy_urls.join(";"), set: |c, v| urls(&mut c.legacy_urls, v) },
    Column { name: "hours", get: |c| c.hours.as_deref().map_or_else(String::new, format_weekly), set: |c, v| hours(&mut c.hours, v) },
    Column { name: "consultation_hours", get: |c| c.consultation_hours.as_deref().map_or_else(String::new, format_weekly), set: |c, v| hours(&mut c.consultation_hours, v) },
    Column { name: "special_hours", get: |c| format_special(&c.special_hours), set: special_hours },
    Column { name: "offers_consultations", get: |c| if c.offers_consultations { "yes" } else { "no" }.to_owned(), set: offers },
    Column { name: "duration_min", get: |c| show_number(c.policy.duration_min), set: |c, v| policy(&mut c.policy.duration_min, v, PolicyField::DurationMin) },
    Column { name: "step_min", get: |c| show_number(c.policy.step_min), set: |c, v| policy(&mut c.policy.step_min, v, PolicyField::StepMin) },
    Column { name: "turnover_min", get: |c| show_number(c.policy.turnover_min), set: |c, v| policy(&mut c.policy.turnover_min, v, PolicyField::TurnoverMin) },
    Column { name: "capacity", get: |c| show_number(c.policy.capacity), set: |c, v| policy(&mut c.policy.capacity, v, PolicyField::Capacity) },
    Column { name: "min_notice_min", get: |c| show_number(c.policy.min_notice_min), set: |c, v| policy(&mut c.policy.min_notice_min, v, PolicyField::MinNoticeMin) },
    Column { name: "horizon_days", get: |c| show_number(c.policy.horizon_days), set: |c, v| policy(&mut c.policy.horizon_days, v, PolicyField::HorizonDays) },
    Column { name: "internal_notes", get: |c| show(&c.internal_notes), set: |c, v| text(&mut c.internal_notes, v, PARAGRAPH) },
];

fn show(text: &Text) -> String {
    text.as_deref().unwrap_or_default().to_owned()
}

/// A pin that stands in for its ZIP is not the network's word: written out, it would come back as exact.
fn given_pin(clinic: &Clinic) -> Option<Point> {
    clinic.pin.filter(|pin| pin.precision == PinPrecision::Exact).map(|pin| pin.point)
}

fn show_date(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

fn show_number(number: Option<u16>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// Text in Unicode's composed form (NFC), so that what looks alike is equal. Marks that turn the direction of writing are
/// text: who shows it, isolates it.
///
/// # Errors
/// Control characters, and more than `longest` characters.
pub fn bounded(value: &str, longest: usize) -> Result<Cow<'_, str>, String> {
    if value.chars().any(contact::is_hidden) {
        return Err("contains a control character".to_owned());
    }
    let value = if is_nfc(value) { Cow::Borrowed(value) } else { Cow::Owned(value.nfc().collect()) };
    match value.chars().count() {
        n if n > longest => Err(format!("has {n} characters, at most {longest} are kept")),
        _ => Ok(value),
    }
}

/// A clinic's key, kept byte for byte: it is compared with what other systems have. It stands in addresses and on lines of
/// its own.
fn key(value: &str) -> Result<Box<str>, String> {
    if value.chars().any(char::is_control) {
        return Err("contains a control character".to_owned());
    }
    if matches!(value, "." | "..") {
        return Err(format!("\"{value}\" cannot be a code: it means a folder in every address"));
    }
    bounded(value, CODE)?;
    Ok(value.into())
}

fn code(field: &mut Box<str>, value: Option<&str>) -> Result<(), String> {
    *field = key(value.ok_or("cannot be cleared")?)?;
    Ok(())
}

fn moved_to(field: &mut Text, value: Option<&str>) -> Result<(), String> {
    *field = value.map(key).transpose()?;
    Ok(())
}

fn text(field: &mut Text, value: Option<&str>, longest: usize) -> Result<(), String> {
    *field = value.map(|value| bounded(value, longest).map(Into::into)).transpose()?;
    Ok(())
}

fn required(field: &mut Box<str>, value: Option<&str>, longest: usize) -> Result<(), String> {
    *field = bounded(value.ok_or("cannot be cleared")?, longest)?.into();
    Ok(())
}

fn status(field: &mut ClinicStatus, value: Option<&str>) -> Result<(), String> {
    let known = || ClinicStatus::ALL.map(ClinicStatus::as_str).join(", ");
    *field = match value {
        None => ClinicStatus::default(),
        Some(value) => ClinicStatus::parse(&value.to_ascii_lowercase())
            .ok_or_else(|| format!("\"{value}\" is not one of {}", known()))?,
    };
    Ok(())
}

fn date(field: &mut Option<NaiveDate>, value: Option<&str>) -> Result<(), String> {
    *field = value.map(parse_date).transpose().map_err(|error| error.to_string())?;
    Ok(())
}

fn state(field: &mut Box<str>, value: Option<&str>) -> Result<(), String> {
    let value = value.ok_or("cannot be cleared")?;
    let state = State::by_code(value)
        .or_else(|| State::by_name(value))
        .ok_or_else(|| format!("\"{value}\" is not a US state or territory: write its two letters, such as TX"))?;
    *field = state.code.into();
    Ok(())
}

fn country(field: &mut Box<str>, value: Option<&str>) -> Result<(), String> {
    match value.map(str::to_ascii_uppercase).as_deref() {
        None | Some("US" | "USA" | "UNITED STATES") => *field = "US".into(),
        Some(other) => return Err(format!("\"{other}\" is not supported: clinics are in the US and its territories")),
    }
    Ok(())
}

fn zone(clinic: &mut Clinic, value: Option<&str>) -> Result<(), String> {
    let parse =
        |name: &str| name.parse().map_err(|_| format!("\"{name}\" is not an IANA time zone such as America/Chicago"));
    clinic.zone = value.map(parse).transpose()?;
    Ok(())
}

fn phone(field: &mut Text, value: Option<&str>) -> Result<(), String> {
    let parse = |value: &str| {
        contact::phone(value).ok_or_else(|| format!("\"{value}\" is not a phone number: {}", phone_reason(value)))
    };
    *field = value.map(parse).transpose()?;
    Ok(())
}

/// A digit that is missing is what a person looks for last.
fn phone_reason(value: &str) -> String {
    const DIGITS: usize = 10;
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = !value.starts_with('+') && !value.chars().any(char::is_alphabetic);
    match digits {
        7..DIGITS | 12.. if is_plain => format!("it has {digits} digits, an American one has {DIGITS}"),
        _ => "write it as (512) 555-0134, or with + and the country".to_owned(),
    }
}

fn email(field: &mut Text, value: Option<&str>) -> Result<(), String> {
    let parse = |value: &str| contact::email(value).ok_or_else(|| format!("\"{value}\" is not an e-mail address"));
    *field = value.map(parse).transpose()?;
    Ok(())
}

/// An address on the web as it was given; `javascript:` and the like are none (I10).
///
/// # Errors
/// In words for the person who gave it.
pub fn checked_url(value: &str) -> Result<Box<str>, String> {
    let is_web = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let value = bounded(value, LINE * 10)?;
    match url::Url::parse(&value) {
        Ok(url) if is_web(&url) => Ok(value.into()),
        _ => Err(format!("\"{value}\" is not a web address starting with https:// or http://")),
    }
}

fn url(field: &mut Text, value: Option<&str>) -> Result<(), String> {
    *field = value.map(checked_url).transpose()?;
    Ok(())
}

fn urls(field: &mut Vec<Box<str>>, value: Option<&str>) -> Result<(), String> {
    *field = list(value).map(checked_url).collect::<Result<_, _>>()?;
    Ok(())
}

fn list(value: Option<&str>) -> impl Iterator<Item = &str> {
    value.unwrap_or_default().split(';').map(str::trim).filter(|item| !item.is_empty())
}

/// Codes such as `smp;scar_camouflage`: lower-case words, each once.
fn codes(field: &mut Vec<Box<str>>, value: Option<&str>) -> Result<(), String> {
    let mut read: Vec<Box<str>> = Vec::new();
    for code in list(value) {
        let code = code.to_ascii_lowercase();
        if !code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-') {
            return Err(format!(
                "\"{code}\" is not a code: use letters, digits and _ and separate codes by semicolons"
            ));
        }
        if !read.iter().any(|known| **known == *code) {
            read.push(code.into());
        }
    }
    *field = read;
    Ok(())
}

fn hours(field: &mut Option<Arc<WeeklyHours>>, value: Option<&str>) -> Result<(), String> {
    *field = value.map(parse_weekly).transpose().map_err(|error| error.to_string())?.map(Arc::new);
    Ok(())
}

fn special_hours(clinic: &mut Clinic, value: Option<&str>) -> Result<(), String> {
    let value = value.map(|value| bounded(value, SPECIAL_HOURS)).transpose()?;
    let value = value.as_deref();
    clinic.special_hours = value.map(parse_special).transpose().map_err(|error| error.to_string())?.unwrap_or_default();
    Ok(())
}

fn offers(clinic: &mut Clinic, value: Option<&str>) -> Result<(), String> {
    clinic.offers_consultations = match value.map(str::to_ascii_lowercase).as_deref() {
        None | Some("yes" | "y" | "true" | "1") => true,
        Some("no" | "n" | "false" | "0") => false,
        Some(other) => return Err(format!("\"{other}\" is neither yes nor no")),
    };
    Ok(())
}

fn priority(field: &mut i32, value: Option<&str>) -> Result<(), String> {
    let mut read = None;
    number(&mut read, value, -1_000, 1_000)?;
    *field = read.unwrap_or_default();
    Ok(())
}

fn number(field: &mut Option<i32>, value: Option<&str>, least: i32, most: i32) -> Result<(), String> {
    let parse = |value: &str| {
        let number = value.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| format!("\"{value}\" is not a whole number from {least} to {most}"))
    };
    *field = value.map(parse).transpose()?;
    Ok(())
}

/// In the ranges of rule A15.
fn policy(field: &mut Option<u16>, value: Option<&str>, of: PolicyField) -> Result<(), String> {
    let parse = |text: &str| {
        let number = text.parse().map_err(|_| format!("\"{text}\" is not a whole number"))?;
        of.check(number).map_err(|error| format!("\"{text}\": {error}"))
    };
    *field = value.map(parse).transpose()?;
    Ok(())
}
