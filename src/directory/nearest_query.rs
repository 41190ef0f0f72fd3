use crate::error::{FieldError, FieldErrors};
use crate::geo::{Metres, Point, PointError};
use crate::web::{FromParams, Params};

use super::filter::{Dates, Filter, WITHIN_DAYS};
use super::nearest::Sort;
use super::out::Lang;

/// Where a search starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Near {
    /// The text box: a ZIP, a city, a state, coordinates, a pasted address.
    Text(String),
    Point(Point),
}

/// The validated parameters of `/nearest` (rule N11).
#[derive(Clone, Debug, PartialEq)]
pub struct NearestQuery {
    pub near: Near,
    pub radius: Metres,
    pub limit: usize,
    pub filter: Filter,
    pub sort: Sort,
    pub lang: Lang,
}

/// Results a caller gets without asking for a number.
pub const DEFAULT_LIMIT: usize = 10;
pub const MAX_LIMIT: u16 = 100;
/// The longest horizon that a network can have (rule A15): any time at all.
pub const MAX_DAYS: u16 = 1_000;
pub const DEFAULT_RADIUS_MI: f64 = 25.0;
/// Half the earth's circumference: nothing is farther.
const MAX_RADIUS_MI: f64 = 12_500.0;
const METRES_PER_KM: f64 = 1_000.0;

impl FromParams for NearestQuery {
    const NAMES: &'static [&'static str] = &[
        "near",
        "lat",
        "lon",
        "radius",
        "unit",
        "limit",
        "open_now",
        "service",
        "language",
        WITHIN_DAYS,
        "sort",
        "lang",
    ];

    fn from_params(params: &Params<'_>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let near = near(params, &mut errors);
        let radius = radius(params, &mut errors);
        let limit = limit(params, DEFAULT_LIMIT, &mut errors);
        let open_now = params.read("open_now", false, &mut errors, yes_or_no);
        let service = params.read("service", None, &mut errors, |text| service(text).map(Some));
        let language = params.read("language", None, &mut errors, |text| language(text).map(Some));
        let within_days = params.read(WITHIN_DAYS, None, &mut errors, |text| whole(text, 0, MAX_DAYS).map(Some));
        let sort = params.read("sort", Sort::Distance, &mut errors, |text| match text {
            "distance" => Ok(Sort::Distance),
            "soonest" => Ok(Sort::Soonest),
            _ => Err("must be distance or soonest".to_owned()),
        });
        // Who asks for the soonest wants some time, however far ahead.
        let within_days = within_days.or((sort == Sort::Soonest).then_some(MAX_DAYS));
        let filter = Filter { service, open_now, language, times: within_days.map(Dates::within) };
        let lang = lang(params, &mut errors);
        Ok(Self { near: required_near(errors.or(near)?)?, radius, limit, filter, sort, lang })
    }
}

/// What [`near`] read, when it was given at all.
pub fn required_near(near: Option<Near>) -> Result<Near, FieldErrors> {
    let detail = "give near (a ZIP or a city), or lat and lon";
    near.ok_or_else(|| FieldError::new("near", "required", detail).because("place_required").into())
}

/// `near`, or `lat` and `lon`, not both and not half of it; `None` when nothing was given or it was refused.
pub fn near(params: &Params<'_>, errors: &mut FieldErrors) -> Option<Near> {
    match (params.get("near"), params.get("lat"), params.get("lon")) {
        (Some(_), None, None) => params.get("near").map(|text| Near::Text(text.to_owned())),
        (Some(_), _, _) => {
            errors.push("near", "ambiguous", "give either near, or lat and lon");
            None
        }
        (None, Some(lat), Some(lon)) => point(lat, lon, errors).map(Near::Point),
        (None, Some(_), None) => {
            errors.push("lon", "required", "lat was given: give lon too");
            None
        }
        (None, None, Some(_)) => {
            errors.push("lat", "required", "lon was given: give lat too");
            None
        }
        (None, None, None) => None,
    }
}

fn point(lat: &str, lon: &str, errors: &mut FieldErrors) -> Option<Point> {
    let lat = degrees("lat", lat, errors);
    let lon = degrees("lon", lon, errors);
    match Point::new(lat?, lon?) {
        Ok(point) => Some(point),
        Err(error) => {
            let field = if error == PointError::Lat { "lat" } else { "lon" };
            errors.add(FieldError::new(field, "out_of_range", error.to_string()).because("off_the_globe"));
            None
        }
    }
}

/// Plain decimals only: `NaN`, `inf`, `1e309`, hexadecimal and full-width digits are no coordinates.
fn degrees(field: &str, text: &str, errors: &mut FieldErrors) -> Option<f64> {
    let number = decimal(text);
    if number.is_none() {
        let detail = "must be a decimal number of degrees, such as 30.2672";
        errors.add(FieldError::new(field, "invalid_value", detail).because("coordinates"));
    }
    number
}

fn decimal(text: &str) -> Option<f64> {
    const LONGEST: usize = 30;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_plain = text.len() <= LONGEST
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| is_plain)
}

/// `radius` in `unit`, 25 miles by default.
pub fn radius(params: &Params<'_>, errors: &mut FieldErrors) -> Metres {
    let metres_per_unit = params.read("unit", Metres::PER_MILE, errors, |text| match text {
        "mi" => Ok(Metres::PER_MILE),
        "km" => Ok(METRES_PER_KM),
        _ => Err("must be mi or km".to_owned()),
    });
    let default = Metres::from_miles(DEFAULT_RADIUS_MI);
    params.read("radius", default, errors, |text| read_radius(text, metres_per_unit))
}

/// A radius in miles that was given as a number.
#[must_use]
pub fn miles(number: f64) -> Option<Metres> {
    Some(Metres::from_miles(number)).filter(|metres| is_radius(*metres))
}

fn is_radius(metres: Metres) -> bool {
    metres.0 > 0.0 && metres.0 <= MAX_RADIUS_MI * Metres::PER_MILE
}

fn read_radius(text: &str, metres_per_unit: f64) -> Result<Metres, String> {
    let metres = decimal(text).map(|number| number * metres_per_unit);
    let refusal = || "must be a number above 0 and at most 12500 miles (20116.8 km)".to_owned();
    metres.map(Metres).filter(|metres| is_radius(*metres)).ok_or_else(refusal)
}

/// The `limit` of every list: 1 to 100.
pub fn limit(params: &Params<'_>, default: usize, errors: &mut FieldErrors) -> usize {
    params.read("limit", default, errors, |text| whole(text, 1, MAX_LIMIT).map(usize::from))
}

/// A whole number in plain digits.
pub fn whole(text: &str, least: u16, most: u16) -> Result<u16, String> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_plain && (least..=most).contains(number));
    number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// A service code of any network: whether it exists is not ours to say, an unknown one filters everything and is reported.
pub fn service(text: &str) -> Result<String, String> {
    const LONGEST: usize = 60;
    let is_code = !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_code { Ok(text.to_ascii_lowercase()) } else { Err("must be a service code such as smp".to_owned()) }
}

fn language(text: &str) -> Result<String, String> {
    let is_code = matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { Ok(text.to_ascii_lowercase()) } else { Err("must be a language code such as es".to_owned()) }
}

/// Any time that there is.
#[must_use]
pub fn any_time() -> Dates {
    Dates::within(MAX_DAYS)
}

/// The language of a clinic's own texts.
pub fn lang(params: &Params<'_>, errors: &mut FieldErrors) -> Lang {
    params.read("lang", Lang::En, errors, |text| match text {
        "en" => Ok(Lang::En),
        "es" => Ok(Lang::Es),
        _ => Err("must be en or es".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<NearestQuery, String> {
        let params = Params::parse(query, NearestQuery::NAMES).map_err(|errors| errors.to_string())?;
        NearestQuery::from_params(&params).map_err(|errors| errors.to_string())
    }

    #[test]
    fn n11_every_wrong_value_is_refused_with_its_field() {
        for (query, field) in [
            ("", "near"),
            ("near=x&lat=1&lon=2", "near"),
            ("lat=1", "lon"),
            ("lon=1", "lat"),
            ("lat=91&lon=0", "lat"),
            ("lat=0&lon=-180.01", "lon"),
            ("lat=NaN&lon=0", "lat"),
            ("lat=inf&lon=0", "lat"),
            ("lat=1e309&lon=0", "lat"),
            ("lat=0x10&lon=0", "lat"),
            ("lat=%201&lon=0", "lat"),
            ("lat=%EF%BC%91&lon=0", "lat"),
            ("lat=&lon=0", "lat"),
            ("near=x&limit=0", "limit"),
            ("near=x&limit=101", "limit"),
            ("near=x&limit=%2B5", "limit"),
            ("near=x&radius=0", "radius"),
            ("near=x&radius=-1", "radius"),
            ("near=x&radius=12500.1", "radius"),
            ("near=x&radius=20117&unit=km", "radius"),
            ("near=x&unit=furlong", "unit"),
            ("near=x&sort=price", "sort"),
            ("near=x&available_within_days=1001", "available_within_days"),
            ("near=x&available_within_days=-1", "available_within_days"),
            ("near=x&open_now=maybe", "open_now"),
            ("near=x&service=%00", "service"),
            ("near=x&near=y", "near"),
        ] {
            let refusal = parse(query).expect_err(query);
            assert!(refusal.starts_with(&format!("{field}: ")), "{query}: {refusal}");
        }
    }

    #[test]
    fn a_page_learns_what_is_wrong_with_a_place() {
        for (query, reason) in [
            ("", "place_required"),
            ("lat=91&lon=0", "off_the_globe"),
            ("lat=0&lon=-180.01", "off_the_globe"),
            ("lat=NaN&lon=0", "coordinates"),
            ("lat=1", "required"),
            ("near=x&limit=0", "invalid_value"),
        ] {
            let params = Params::parse(query, NearestQuery::NAMES).expect("known names");
            let errors = NearestQuery::from_params(&params).expect_err(query);
            assert_eq!(errors.iter().map(|error| error.reason).collect::<Vec<_>>(), [reason], "{query}");
        }
    }

    #[test]
    fn n1_miles_are_the_default_and_kilometres_are_understood() {
        assert_eq!(parse("near=x").map(|query| query.radius), Ok(Metres(25.0 * 1609.344)));
        assert_eq!(parse("near=x&radius=10&unit=km").map(|query| query.radius), Ok(Metres(10_000.0)));
        assert_eq!(parse("near=x&unit=km").map(|query| query.radius), Ok(Metres(25.0 * 1609.344)));
    }
}
