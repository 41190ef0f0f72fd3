//! What editors send about closures, and what of it is accepted.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bookings::ClosureChange;
use crate::clinics::closures::{Closure, Scope};
use crate::clinics::contact;
use crate::clinics::hours::{NOTE_MAX_CHARS, Window};
use crate::directory::{Near, Origin, miles};
use crate::error::{AppError, FieldErrors};
use crate::geo::{Metres, Point};
use crate::places::{PlaceKind, State};
use crate::web::Patch;

const METRES_PER_KM: f64 = 1_000.0;
/// Codes named one by one; a whole network is closed by `all`.
const MAX_CODES: usize = 1_000;
/// Closed parts of one day.
const MAX_WINDOWS: usize = 10;

/// A closure to be.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = ClosureRequest)]
#[serde(deny_unknown_fields)]
pub struct ClosureIn {
    #[schema(required = true, nullable = false)]
    pub scope: Option<ScopeIn>,
    /// The first date, on each clinic's own calendar.
    #[schema(format = Date, required = true, nullable = false)]
    pub from: Option<String>,
    /// The last date, included.
    #[schema(format = Date, required = true, nullable = false)]
    pub to: Option<String>,
    /// The closed part of each date, `["14:00", "16:00"]`; whole days without it.
    pub windows: Option<Vec<WindowIn>>,
    /// Shown to the public; at most 200 characters.
    pub note: Option<String>,
    /// The same in Spanish.
    pub note_es: Option<String>,
    /// The visits that it hits have been looked at.
    pub confirm: Option<bool>,
}

/// Which clinics: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = ClosureScopeRequest)]
#[serde(deny_unknown_fields)]
pub struct ScopeIn {
    /// By code.
    pub clinics: Option<Vec<String>>,
    /// The network's own name for it.
    pub region: Option<String>,
    /// Two letters, or the name.
    pub state: Option<String>,
    /// `true`.
    pub all: Option<bool>,
    pub circle: Option<CircleIn>,
}

/// Around a place (`near`) or a point (`lat` and `lon`).
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = CircleRequest)]
#[serde(deny_unknown_fields)]
pub struct CircleIn {
    /// A ZIP, or a city with its state.
    pub near: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// Above 0, at most 12500 miles.
    #[schema(required = true, nullable = false)]
    pub radius: Option<f64>,
    /// `mi` (default) or `km`.
    pub unit: Option<String>,
}

/// A part of a day: `["14:00", "16:00"]` or `"14:00-16:00"`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub enum WindowIn {
    Pair([String; 2]),
    Text(String),
}

/// What is to be different about a closure; absent members stay as they are.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosurePatch {
    #[schema(format = Date, nullable = false)]
    pub from: Option<String>,
    #[schema(format = Date, nullable = false)]
    pub to: Option<String>,
    /// Empty for whole days.
    #[schema(nullable = false)]
    pub windows: Option<Vec<WindowIn>>,
    /// Null clears it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub note: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub note_es: Patch<String>,
    /// The visits that it hits have been looked at.
    pub confirm: Option<bool>,
}

impl ClosureIn {
    /// The closure, and whether the visits that it hits have been looked at.
    ///
    /// # Errors
    /// Every wrong or missing member; a place that is none, or could be several.
    pub fn parse(self) -> Result<(Closure, bool), AppError> {
        let Self { scope, from, to, windows, note, note_es, confirm } = self;
        let mut errors = FieldErrors::default();
        let from = date("from", from.as_deref(), &mut errors);
        let to = date("to", to.as_deref(), &mut errors);
        let windows = read_windows(windows.unwrap_or_default(), &mut errors);
        let note = text("note", note, &mut errors);
        let note_es = text("note_es", note_es, &mut errors);
        if scope.is_none() {
            errors.push("scope", "required", "is required: clinics, region, state, all or circle");
        }
        let scope = scope.map_or(Ok(Scope::All), |scope| scope.parse(&mut errors))?;
        let closure = Closure { scope, from, to, windows, note, note_es };
        if let Err(error) = closure.check()
            && errors.iter().next().is_none()
        {
            errors.push("to", "closure_invalid", error.to_string());
        }
        Ok(errors.or((closure, confirm.unwrap_or_default()))?)
    }
}

impl ScopeIn {
    fn parse(self, errors: &mut FieldErrors) -> Result<Scope, AppError> {
        let Self { clinics, region, state, all, circle } = self;
        let given = [clinics.is_some(), region.is_some(), state.is_some(), all.is_some(), circle.is_some()];
        if given.into_iter().filter(|is_given| *is_given).count() != 1 {
            errors.push("scope", "ambiguous", "give exactly one of clinics, region, state, all and circle");
            return Ok(Scope::All);
        }
        if let Some(circle) = circle {
            return circle.parse(errors);
        }
        if let Some(codes) = clinics {
            if codes.is_empty() || codes.len() > MAX_CODES {
                errors.push("scope.clinics", "invalid_value", format!("must name 1 to {MAX_CODES} clinics by code"));
            }
            return Ok(Scope::Clinics(codes));
        }
        if let Some(region) = region {
            return Ok(Scope::Region(region));
        }
        if let Some(name) = state {
            return Ok(Scope::State(read_state(&name, errors)));
        }
        if all != Some(true) {
            errors.push("scope.all", "invalid_value", "must be true");
        }
        Ok(Scope::All)
    }
}

fn read_state(name: &str, errors: &mut FieldErrors) -> String {
    let name = name.trim();
    let known = State::by_code(&name.to_ascii_uppercase()).or_else(|| State::by_name(name));
    if known.is_none() {
        errors.push("scope.state", "state_unknown", "must be a state such as TX or Texas");
    }
    known.map_or_else(String::new, |state| state.code.to_owned())
}

impl CircleIn {
    fn parse(self, errors: &mut FieldErrors) -> Result<Scope, AppError> {
        let Self { near, lat, lon, radius, unit } = self;
        let metres = match unit.as_deref() {
            None | Some("mi") => Metres::PER_MILE,
            Some("km") => METRES_PER_KM,
            Some(_) => {
                errors.push("scope.circle.unit", "invalid_value", "must be mi or km");
                Metres::PER_MILE
            }
        };
        let radius = radius.and_then(|radius| miles(radius * metres / Metres::PER_MILE)).unwrap_or_else(|| {
            errors.push("scope.circle.radius", "invalid_value", "must be a number above 0 and at most 12500 miles");
            Metres(0.0)
        });
        let anywhere = Point::new(0.0, 0.0).expect("a point");
        let centre = match (near, lat, lon) {
            (Some(text), None, None) => place(text, errors)?,
            (None, Some(lat), Some(lon)) => Point::new(lat, lon).unwrap_or_else(|error| {
                errors.push("scope.circle.lat", "out_of_range", error.to_string());
                anywhere
            }),
            _ => {
                errors.push("scope.circle", "ambiguous", "give either near, or lat and lon");
                anywhere
            }
        };
        Ok(Scope::Circle { centre, radius })
    }
}

/// Who closes clinics must mean one certain place (rule P4).
fn place(text: String, errors: &mut FieldErrors) -> Result<Point, AppError> {
    const FIELD: &str = "scope.circle.near";
    let resolved = match Origin::of(&Near::Text(text)) {
        Ok(origin) => origin.resolved,
        Err(AppError::Refused { code, detail, .. }) => {
            errors.push(FIELD, code, detail);
            return Ok(Point::new(0.0, 0.0).expect("a point"));
        }
        Err(other) => return Err(other),
    };
    let others: Vec<&str> = resolved.alternatives.iter().map(|place| &*place.label).collect();
    if resolved.kind == PlaceKind::State {
        errors.push(FIELD, "not_a_point", "is a state: close it by state, or give a city or a ZIP");
    } else if !others.is_empty() {
        let detail = format!("could be {} or {}: name the state", resolved.label, others.join(", "));
        errors.push(FIELD, "ambiguous", detail);
    } else if let Some(guess) = resolved.did_you_mean.first() {
        errors.push(FIELD, "place_unknown", format!("is no place; did you mean {guess}?"));
    }
    Ok(resolved.point)
}

impl ClosurePatch {
    /// The change, and whether the visits that it hits have been looked at.
    ///
    /// # Errors
    /// Every wrong member.
    pub fn parse(self) -> Result<(ClosureChange, bool), FieldErrors> {
        let Self { from, to, windows, note, note_es, confirm } = self;
        let mut errors = FieldErrors::default();
        let change = ClosureChange {
            from: from.map(|from| date("from", Some(&from), &mut errors)),
            to: to.map(|to| date("to", Some(&to), &mut errors)),
            windows: windows.map(|windows| read_windows(windows, &mut errors)),
            note: note.read(|note| text("note", Some(note), &mut errors)),
            note_es: note_es.read(|note| text("note_es", Some(note), &mut errors)),
        };
        errors.or((change, confirm.unwrap_or_default()))
    }
}

/// A date of this century; some date when it was refused.
fn date(field: &str, value: Option<&str>, errors: &mut FieldErrors) -> NaiveDate {
    let read: Option<NaiveDate> = value.and_then(|text| text.parse().ok());
    let date = read.filter(|date| (2000..=2100).contains(&date.year()));
    if date.is_none() {
        let code = if value.is_none() { "required" } else { "invalid_value" };
        errors.push(field, code, "must be a date such as 2026-12-04");
    }
    date.unwrap_or_default()
}

fn read_windows(windows: Vec<WindowIn>, errors: &mut FieldErrors) -> Vec<Window> {
    if windows.len() > MAX_WINDOWS {
        errors.push("windows", "invalid_value", format!("must have at most {MAX_WINDOWS} entries"));
        return Vec::new();
    }
    let mut read = Vec::with_capacity(windows.len());
    for (i, window) in windows.into_iter().enumerate() {
        let text = match window {
            WindowIn::Pair([open, close]) => format!("{open}-{close}"),
            WindowIn::Text(text) => text,
        };
        if let Ok(window) = Window::parse(&text) {
            read.push(window);
        } else {
            let detail = "must be two different times of one day such as 14:00 and 16:00";
            errors.push(&format!("windows[{i}]"), "invalid_value", detail);
        }
    }
    read
}

fn text(field: &str, value: Option<String>, errors: &mut FieldErrors) -> Option<String> {
    let text = value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
    if text.chars().count() > NOTE_MAX_CHARS || text.chars().any(contact::is_hidden) {
        let detail = format!("must have at most {NOTE_MAX_CHARS} characters, none of them hidden");
        errors.push(field, "invalid_value", detail);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        let body: ClosureIn = serde_json::from_str(json).unwrap();
        match body.parse() {
            Ok(_) => String::new(),
            Err(AppError::Invalid(errors)) => {
                errors.iter().map(|error| error.field.clone()).collect::<Vec<_>>().join(",")
            }
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn i12_a_closure_says_where_and_when() {
        let with = |scope: &str| format!(r#"{{"scope":{scope},"from":"2026-12-04","to":"2026-12-05"}}"#);
        for fine in [
            r#"{"clinics":["A1"]}"#,
            r#"{"region":"South"}"#,
            r#"{"state":"texas"}"#,
            r#"{"all":true}"#,
            r#"{"circle":{"near":"77002","radius":30}}"#,
            r#"{"circle":{"near":"Houston, TX","radius":50,"unit":"km"}}"#,
            r#"{"circle":{"lat":29.76,"lon":-95.37,"radius":30}}"#,
        ] {
            assert_eq!(refused(&with(fine)), "", "{fine}");
        }
        for (wrong, field) in [
            ("{}", "scope"),
            (r#"{"all":true,"state":"TX"}"#, "scope"),
            (r#"{"all":false}"#, "scope.all"),
            (r#"{"clinics":[]}"#, "scope.clinics"),
            (r#"{"state":"Nowhere"}"#, "scope.state"),
            (r#"{"circle":{"near":"Springfield","radius":30}}"#, "scope.circle.near"),
            (r#"{"circle":{"near":"Texas","radius":30}}"#, "scope.circle.near"),
            (r#"{"circle":{"near":"77002"}}"#, "scope.circle.radius"),
            (r#"{"circle":{"near":"77002","radius":0}}"#, "scope.circle.radius"),
            (r#"{"circle":{"lat":29.76,"radius":30}}"#, "scope.circle"),
            (r#"{"circle":{"lat":99,"lon":0,"radius":30}}"#, "scope.circle.lat"),
        ] {
            assert_eq!(refused(&with(wrong)), field, "{wrong}");
        }
        assert_eq!(refused("{}"), "from,to,scope");
    }

    #[test]
    fn i12_dates_windows_and_notes_are_checked() {
        let with = |rest: &str| format!(r#"{{"scope":{{"all":true}},"from":"2026-12-04",{rest}}}"#);
        assert_eq!(refused(&with(r#""to":"2026-12-04","windows":[["14:00","16:00"],"17:00-18:00"]"#)), "");
        for (wrong, field) in [
            (r#""to":"2026-12-03""#, "to"),
            (r#""to":"2028-12-03""#, "to"),
            (r#""to":"+99999-01-01""#, "to"),
            (r#""to":"2026-12-04","windows":["22:00-02:00"]"#, "to"),
            (r#""to":"2026-12-04","windows":[["14:00","14:00"]]"#, "windows[0]"),
            (r#""to":"2026-12-04","windows":["25:00-26:00"]"#, "windows[0]"),
            (r#""to":"2026-12-04","note":"\u0000""#, "note"),
        ] {
            assert_eq!(refused(&with(wrong)), field, "{wrong}");
        }
        let long = format!(r#""to":"2026-12-04","note_es":"{}""#, "x".repeat(201));
        assert_eq!(refused(&with(&long)), "note_es");
    }
}
