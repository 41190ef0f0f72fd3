//! Between the members of a JSON record and the cells of its spreadsheet row: one list of columns, one place where values
//! are judged. A member also takes the text of a cell, as the audit log tells it: so an old value is put back as it is.

use chrono::NaiveDate;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::clinics::hours::{
    SpecialDay, WeeklyHours, Window, format_special, format_weekly, parse_date, parse_special, parse_weekly,
};
use crate::clinics::{Clinic, Column};
use crate::directory::HoursOut;

/// What a column's values are in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// `2026-12-24`.
    Date,
    Degrees,
    Whole,
    Flag,
    List,
    Week,
    SpecialDays,
}

/// Of a column by name; those that are nothing else are text.
#[must_use]
pub fn kind(column: &str) -> Kind {
    match column {
        "opens_on" | "temporarily_closed_on" | "reopens_on" | "closed_on" => Kind::Date,
        "lat" | "lon" => Kind::Degrees,
        "offers_consultations" => Kind::Flag,
        "services" | "languages" | "legacy_urls" => Kind::List,
        "hours" | "consultation_hours" => Kind::Week,
        "special_hours" => Kind::SpecialDays,
        "priority" => Kind::Whole,
        name if name.ends_with("_min") || name.ends_with("_days") || name == "capacity" => Kind::Whole,
        _ => Kind::Text,
    }
}

/// The cell that a member means; `None` clears.
///
/// # Errors
/// Why it is none, in words for the person who sent it; a value is not repeated.
pub fn to_cell(kind: Kind, value: &Value) -> Result<Option<String>, String> {
    match (kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Date, Value::String(text)) => date(text),
        (_, Value::String(text)) => self::text(text),
        (Kind::Degrees | Kind::Whole, Value::Number(number)) => Ok(Some(plain(number))),
        (Kind::Flag, Value::Bool(flag)) => Ok(Some(if *flag { "yes" } else { "no" }.to_owned())),
        (Kind::List, Value::Array(items)) => list(items),
        (Kind::Week, Value::Object(_)) => week(value).map(Some),
        (Kind::SpecialDays, Value::Array(days)) => special_days(days),
        _ => Err(format!("must be {}, or null", described(kind))),
    }
}

/// An empty text says nothing, and a lone `-` would clear the cell of the next import.
fn text(text: &str) -> Result<Option<String>, String> {
    match text.trim() {
        "" => Ok(None),
        "-" => Err("a lone - clears a cell of a spreadsheet; here, send null".to_owned()),
        text => Ok(Some(text.to_owned())),
    }
}

/// Only the form that cannot be misread: 1/2/2027 is two dates.
fn date(text: &str) -> Result<Option<String>, String> {
    let Some(text) = self::text(text)? else { return Ok(None) };
    let is_iso = text.len() == "2026-12-24".len() && text.as_bytes()[4] == b'-' && parse_date(&text).is_ok();
    if is_iso { Ok(Some(text)) } else { Err("must be a date such as 2026-12-24, or null".to_owned()) }
}

/// Without an exponent, as people write degrees.
fn plain(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

fn list(items: &[Value]) -> Result<Option<String>, String> {
    let item = |(i, item): (usize, &Value)| match item.as_str().map(str::trim) {
        Some(text) if text.contains(';') => Err(format!("[{i}] must not contain a semicolon")),
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(format!("[{i}] must be text")),
    };
    let items = items.iter().enumerate().map(item).collect::<Result<Vec<_>, _>>()?;
    Ok((!items.is_empty()).then(|| items.join(";")))
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HOLIDAYS: &str = "closed_on_holidays";

fn week(value: &Value) -> Result<String, String> {
    let mut week = WeeklyHours::default();
    for (name, value) in value.as_object().into_iter().flatten() {
        if name == HOLIDAYS {
            week.closed_on_holidays = value.as_bool().ok_or_else(|| format!("{HOLIDAYS} must be true or false"))?;
        } else if let Some(day) = DAYS.iter().position(|day| day == name) {
            week.days[day] = windows(value).map_err(|reason| format!("{name}: {reason}"))?;
        } else {
            return Err(format!("has a member that is none of {}, {HOLIDAYS}", DAYS.join(", ")));
        }
    }
    Ok(format_weekly(&week))
}

fn windows(value: &Value) -> Result<Vec<Window>, String> {
    let pairs = value.as_array().ok_or("must be a list of windows such as [[\"09:00\", \"18:00\"]]")?;
    pairs.iter().map(window).collect()
}

fn window(pair: &Value) -> Result<Window, String> {
    let times: Option<Vec<&str>> = pair.as_array().and_then(|pair| pair.iter().map(Value::as_str).collect());
    match times.as_deref() {
        Some([open, close]) => Window::parse(&format!("{open}-{close}")).map_err(|error| error.to_string()),
        _ => Err("a window is two times such as [\"09:00\", \"18:00\"]".to_owned()),
    }
}

fn special_days(days: &[Value]) -> Result<Option<String>, String> {
    let day = |(i, day): (usize, &Value)| special_day(day).map_err(|reason| format!("[{i}]: {reason}"));
    let days = days.iter().enumerate().map(day).collect::<Result<Vec<_>, _>>()?;
    Ok((!days.is_empty()).then(|| format_special(&days)))
}

fn special_day(value: &Value) -> Result<SpecialDay, String> {
    let members = value.as_object().ok_or("must be an object of date, windows and note")?;
    if members.keys().any(|name| !["date", "windows", "note"].contains(&name.as_str())) {
        return Err("has a member that is none of date, windows, note".to_owned());
    }
    let on = value["date"].as_str().and_then(|text| date(text).ok()?).and_then(|text| text.parse::<NaiveDate>().ok());
    let note = match &value["note"] {
        Value::Null => None,
        Value::String(note) => Some(note.trim().to_owned()).filter(|note| !note.is_empty()),
        _ => return Err("note must be text, or null".to_owned()),
    };
    let windows = windows(members.get("windows").ok_or("windows is required: an empty list when closed")?)?;
    Ok(SpecialDay { on: on.ok_or("date must be a date such as 2026-12-24")?, windows, note })
}

/// A record's value of a column, in JSON.
#[must_use]
pub fn to_value(column: &Column, clinic: &Clinic) -> Value {
    let cell = (column.get)(clinic);
    let number = |text: &str| text.parse::<i64>().map_or(Value::Null, Value::from);
    match kind(column.name) {
        // Where it stands on the map, whether or not the pin was given.
        Kind::Degrees => clinic
            .pin
            .map_or(Value::Null, |pin| json!(if column.name == "lat" { pin.point.lat() } else { pin.point.lon() })),
        Kind::List => cell.split(';').filter(|item| !item.is_empty()).collect(),
        Kind::Flag => json!(clinic.offers_consultations),
        Kind::Whole => number(&cell),
        Kind::Week => parse_weekly(&cell).map_or(Value::Null, |week| json!(HoursOut::from(&week))),
        Kind::SpecialDays => parse_special(&cell).unwrap_or_default().iter().map(special_out).collect(),
        Kind::Text | Kind::Date if cell.is_empty() => Value::Null,
        Kind::Text | Kind::Date => Value::String(cell),
    }
}

fn special_out(day: &SpecialDay) -> Value {
    json!({ "date": day.on, "windows": day.windows, "note": day.note })
}

fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Date => "a date such as 2026-12-24",
        Kind::Degrees => "a number in degrees such as 30.2672",
        Kind::Whole => "a whole number",
        Kind::Flag => "true or false",
        Kind::List => "a list of texts",
        Kind::Week => {
            "hours such as \"Mo-Fr 09:00-18:00; Sa off\" or {\"mon\": [[\"09:00\", \"18:00\"]]}, missing days closed"
        }
        Kind::SpecialDays => "a list of {date, windows, note}, or text such as \"2026-12-24 09:00-12:00\"",
    }
}

/// A column in the API's description.
#[must_use]
pub fn schema(kind: Kind) -> RefOr<Schema> {
    let types = match kind {
        Kind::Text | Kind::Date => vec![Type::String, Type::Null],
        Kind::Degrees => vec![Type::Number, Type::Null],
        Kind::Whole => vec![Type::Integer, Type::Null],
        Kind::Flag => vec![Type::Boolean, Type::Null],
        Kind::List => vec![Type::Array, Type::Null],
        Kind::Week => vec![Type::Object, Type::String, Type::Null],
        Kind::SpecialDays => vec![Type::Array, Type::String, Type::Null],
    };
    ObjectBuilder::new().schema_type(SchemaType::Array(types)).description(Some(described(kind))).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinics::COLUMNS;

    fn cell(kind: Kind, value: &Value) -> Option<String> {
        to_cell(kind, value).unwrap()
    }

    #[test]
    fn members_become_the_cells_of_a_spreadsheet() {
        assert_eq!(cell(Kind::Text, &json!("  x ")).as_deref(), Some("x"));
        assert_eq!(cell(Kind::Text, &json!("")), None);
        assert_eq!(cell(Kind::Degrees, &json!(1e-7)).as_deref(), Some("0.0000001"));
        assert_eq!(cell(Kind::Whole, &json!(30)).as_deref(), Some("30"));
        assert_eq!(cell(Kind::Flag, &json!(false)).as_deref(), Some("no"));
        assert_eq!(cell(Kind::List, &json!(["smp", "density"])).as_deref(), Some("smp;density"));
        assert_eq!(cell(Kind::Week, &json!({})).as_deref(), Some("off"));
        let week = json!({ "mon": [["09:00", "12:00"], ["13:00", "18:00"]], "closed_on_holidays": true });
        assert_eq!(cell(Kind::Week, &week).as_deref(), Some("Mo 09:00-12:00,13:00-18:00; PH off"));
        let days = json!([{ "date": "2026-12-24", "windows": [["09:00", "12:00"]], "note": "the \"Eve\"" }]);
        assert_eq!(cell(Kind::SpecialDays, &days).as_deref(), Some("2026-12-24 09:00-12:00 \"the \"\"Eve\"\"\""));
    }

    #[test]
    fn what_is_no_cell_is_refused_with_the_way_out() {
        let cases = [
            (Kind::Text, json!("-"), "send null"),
            (Kind::Text, json!(2110), "must be text"),
            (Kind::Date, json!("1/2/2027"), "2026-12-24"),
            (Kind::Date, json!("2027-02-30"), "2026-12-24"),
            (Kind::Flag, json!(1), "true or false"),
            (Kind::List, json!(["a;b"]), "semicolon"),
            (Kind::List, json!([["a"]]), "[0]"),
            (Kind::Week, json!({ "monday": [] }), "none of mon"),
            (Kind::Week, json!({ "mon": [["09:00"]] }), "mon: a window is two times"),
            (Kind::Week, json!({ "mon": [["09:00", "09:00"]] }), "opens and closes"),
            (Kind::SpecialDays, json!([{ "date": "2026-12-24" }]), "windows is required"),
            (Kind::SpecialDays, json!([{ "windows": [] }]), "date must be"),
            (Kind::SpecialDays, json!([{ "date": "2026-12-24", "windows": [], "x": 1 }]), "none of date"),
        ];
        for (kind, value, reason) in cases {
            let told = to_cell(kind, &value).unwrap_err();
            assert!(told.contains(reason), "{value}: {told}");
        }
    }

    /// The demonstration's clinics as their cells say, without what only several cells together tell.
    fn clinics() -> Vec<Clinic> {
        let mut reader = csv::Reader::from_reader(crate::clinics::import::DEMONSTRATION);
        let header = reader.headers().unwrap().clone();
        let clinic = |row: csv::StringRecord| {
            let mut clinic = Clinic::new("");
            for (name, cell) in header.iter().zip(&row).filter(|(_, cell)| !cell.is_empty()) {
                let column = COLUMNS.iter().find(|column| column.name == name).unwrap();
                (column.set)(&mut clinic, Some(cell)).unwrap();
            }
            clinic
        };
        reader.records().map(|row| clinic(row.unwrap())).collect()
    }

    #[test]
    fn every_value_that_a_record_shows_can_be_sent_back() {
        for clinic in &clinics() {
            for column in COLUMNS.iter().filter(|column| kind(column.name) != Kind::Degrees) {
                let value = to_value(column, clinic);
                let cell = to_cell(kind(column.name), &value).unwrap().unwrap_or_default();
                assert_eq!(cell, (column.get)(clinic), "{} of {}", column.name, clinic.code);
            }
        }
    }
}
