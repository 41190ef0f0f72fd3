//! What machines read on a page: schema.org's vocabulary as JSON-LD.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::clinics::hours::{WeeklyHours, Window};
use crate::directory::{Entry, clinic_page_url};
use crate::web::page::{Frame, escaped_json};

/// Special hours that lie farther ahead are not told yet.
const AHEAD: Days = Days::new(90);
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The pages of a list, by name and path.
#[must_use]
pub fn item_list(frame: &Frame<'_>, items: &[(&str, &str)]) -> String {
    let item = |(position, (name, path)): (usize, &(&str, &str))| {
        let url = frame.pages.links.link(&format!("{}{path}", frame.language.prefix()));
        json!({"@type": "ListItem", "position": position + 1, "name": name, "url": url})
    };
    let elements: Vec<Value> = items.iter().enumerate().map(item).collect();
    escaped_json(&json!({
        "@context": "https://schema.org", "@type": "ItemList",
        "name": frame.heading, "numberOfItems": elements.len(), "itemListElement": elements,
    }))
}

/// The way down to a page, by name and path; the last one is the page itself.
#[must_use]
pub fn breadcrumbs(frame: &Frame<'_>, steps: &[(String, String)]) -> String {
    let step = |(position, (name, path)): (usize, &(String, String))| {
        let url = frame.pages.links.link(&format!("{}{path}", frame.language.prefix()));
        json!({"@type": "ListItem", "position": position + 1, "name": name, "item": url})
    };
    let elements: Vec<Value> = steps.iter().enumerate().map(step).collect();
    escaped_json(&json!({
        "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": elements,
    }))
}

/// A clinic; its `@id` is the same in both languages and on every page.
#[must_use]
pub fn clinic(frame: &Frame<'_>, entry: &Entry, as_of: DateTime<Utc>) -> String {
    let clinic = &entry.clinic;
    let id = clinic_page_url(&frame.pages.links, entry);
    let today = as_of.with_timezone(&entry.zone).date_naive();
    let mut block = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            block.insert(name.to_owned(), value);
        }
    };
    put("@context", json!("https://schema.org"));
    put("@type", json!(frame.pages.appearance.clinic_type.to_string()));
    put("@id", json!(format!("{id}#clinic")));
    put("name", json!(clinic.name));
    put("url", json!(frame.canonical()));
    put("telephone", json!(clinic.phone));
    put("email", json!(clinic.email));
    put("image", json!(clinic.photo_url));
    put("description", json!(clinic.description));
    put("address", address(entry));
    put("geo", json!({"@type": "GeoCoordinates", "latitude": entry.point.lat(), "longitude": entry.point.lon()}));
    put("openingHoursSpecification", clinic.hours.as_deref().map_or(Value::Null, weekly));
    put("specialOpeningHoursSpecification", special(entry, today));
    put("knowsLanguage", json!(clinic.languages));
    put("logo", json!(frame.logo_link()));
    put("parentOrganization", json!({"@type": "Organization", "name": frame.brand.name}));
    if clinic.offers_consultations {
        put("potentialAction", reserve(frame, entry));
    }
    escaped_json(&Value::Object(block))
}

fn address(entry: &Entry) -> Value {
    let clinic = &entry.clinic;
    let street: Vec<&str> = [clinic.street.as_deref(), clinic.unit.as_deref()].into_iter().flatten().collect();
    json!({
        "@type": "PostalAddress", "streetAddress": street.join(", "), "addressLocality": clinic.city,
        "addressRegion": clinic.state, "postalCode": clinic.zip, "addressCountry": clinic.country,
    })
}

fn reserve(frame: &Frame<'_>, entry: &Entry) -> Value {
    let address = format!("{}/book/{}", frame.language.prefix(), entry.clinic.slug);
    json!({
        "@type": "ReserveAction", "name": frame.say("free-consultation"),
        "target": {"@type": "EntryPoint", "urlTemplate": frame.pages.links.link(&address), "inLanguage": frame.language.code()},
        "result": {"@type": "Reservation", "name": frame.say("free-consultation")},
    })
}

/// A day of 00:00 to 24:00 ends at 23:59, as the vocabulary has it.
fn hours(window: Window) -> (String, String) {
    let close = window.close().to_string();
    (window.open().to_string(), if close == "24:00" { "23:59".to_owned() } else { close })
}

fn weekly(week: &WeeklyHours) -> Value {
    let mut all = Vec::new();
    for (day, windows) in DAYS.iter().zip(&week.days) {
        for window in windows {
            let (opens, closes) = hours(*window);
            all.push(json!({"@type": "OpeningHoursSpecification", "dayOfWeek": day, "opens": opens, "closes": closes}));
        }
    }
    Value::Array(all)
}

fn special(entry: &Entry, today: NaiveDate) -> Value {
    let mut all = Vec::new();
    for day in entry.special_days().iter().filter(|day| (today..today + AHEAD).contains(&day.on)) {
        let on = |(opens, closes): (String, String)| {
            json!({
                "@type": "OpeningHoursSpecification", "validFrom": day.on, "validThrough": day.on,
                "opens": opens, "closes": closes,
            })
        };
        // The vocabulary's way to say closed is to close when it opens.
        let closed = || on(("00:00".to_owned(), "00:00".to_owned()));
        all.extend(day.windows.iter().map(|window| on(hours(*window))));
        if day.windows.is_empty() {
            all.push(closed());
        }
    }
    if all.is_empty() { Value::Null } else { Value::Array(all) }
}
