//! The spreadsheet of a Google Business Profile (rule I6): how it is recognised, what of it has no place here, and how it
//! writes days. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::clinics::hours::{SpecialDay, parse_date, parse_day};

/// Columns that a clinic has no field for, folded.
const OF_NO_USE: [&str; 15] = [
    "sub_locality",
    "sublocality",
    "additional_phones",
    "primary_category",
    "additional_categories",
    "logo_photo",
    "other_photos",
    "labels",
    "adwords_location_extensions_phone",
    "google_ads_location_extensions_phone",
    "more_hours",
    "payment_types",
    "photos",
    "preferred_photo",
    "business_description_language",
];

/// With both columns it is Google's sheet, in which further ones of its own are not misspelt.
pub fn is_its_header(folded: &[String]) -> bool {
    ["store_code", "business_name"].iter().all(|name| folded.iter().any(|other| other == name))
}

/// The lines after the second, which is the unit.
pub fn is_address_line(folded: &str) -> bool {
    ["address_line_3", "address_line_4", "address_line_5"].contains(&folded)
}

/// Attributes are named in words with their key in parentheses, as in `Payments: Checks (pay_check)`.
pub fn is_of_no_use(name: &str, folded: &str) -> bool {
    let is_key = |key: &str| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let key = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    OF_NO_USE.contains(&folded) || key.is_some_and(|(_, key)| !key.is_empty() && is_key(key))
}

/// A day's hours as people type them: an `x` is closed.
pub fn day(cell: &str) -> &str {
    if cell.eq_ignore_ascii_case("x") { "closed" } else { cell }
}

/// Special hours, `2026-12-25: x, 2026-12-24: 9:00AM-12:00PM`; `None` when they are not written in this way.
///
/// # Errors
/// What cannot be understood in them.
pub fn special(cell: &str) -> Option<Result<Vec<SpecialDay>, String>> {
    let starts = |part: &str| part.split_once(':').and_then(|(date, _)| parse_date(date).ok()).is_some();
    starts(cell).then(|| read_special(cell))
}

fn read_special(cell: &str) -> Result<Vec<SpecialDay>, String> {
    let mut days: BTreeMap<NaiveDate, Cow<'_, str>> = BTreeMap::new();
    let mut last = None;
    for part in cell.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        // A part without a date of its own is another window of the date before.
        let dated = part.split_once(':').and_then(|(date, hours)| Some((parse_date(date).ok()?, hours.trim())));
        let (date, hours) = match (dated, last) {
            (Some(dated), _) => dated,
            (None, Some(date)) => (date, part),
            (None, None) => return Err(format!("`{part}` has no date")),
        };
        last = Some(date);
        let written = days.entry(date).or_default();
        *written = if written.is_empty() { day(hours).into() } else { format!("{written}, {hours}").into() };
    }
    let special = days.into_iter().map(|(on, hours)| {
        let windows = parse_day(&hours).map_err(|error| format!("{on}: {error}"))?;
        Ok(SpecialDay { on, windows, note: None })
    });
    special.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinics::hours::format_special;

    #[test]
    fn i6_googles_special_hours_are_read() {
        let read = |cell| special(cell).map(|days| days.map(|days| format_special(&days)));
        let expected = "2026-12-24 09:00-12:00,13:00-17:00; 2026-12-25 off";
        for cell in [
            "2026-12-25: x, 2026-12-24: 9:00AM-12:00PM, 1:00PM-5:00PM",
            "2026-12-24: 9:00AM-12:00PM, 2026-12-24: 1:00PM-5:00PM, 12/25/2026: x,",
        ] {
            assert_eq!(read(cell), Some(Ok(expected.to_owned())), "{cell}");
        }
        assert_eq!(read("2026-12-24 09:00-12:00"), None, "our own way");
        assert!(read("2026-12-24: 9:00AM").is_some_and(|read| read.is_err()));
    }
}
