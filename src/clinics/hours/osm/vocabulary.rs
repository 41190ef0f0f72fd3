//! What may stand in a rule of opening hours, and the sentence for what may not.

use crate::clinics::hours::{DAY_CODES, HoursError, MinuteOfDay};

/// Accepts the words, signs and times of one rule in the subset of rule I6, whatever their order.
pub(super) fn check(rule: &str) -> Result<(), HoursError> {
    if rule == "24/7" {
        return Ok(());
    }
    check_signs(rule)?;
    let mut words = rule.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    words.try_for_each(check_word)?;
    let mut times = rule.split(|sign: char| !(sign.is_ascii_digit() || sign == ':')).filter(|time| !time.is_empty());
    match times.find(|time| MinuteOfDay::parse(time).is_none()) {
        Some(bad) => Err(HoursError::NotATime(bad.to_owned())),
        None => Ok(()),
    }
}

fn check_signs(rule: &str) -> Result<(), HoursError> {
    let allowed = |sign: char| sign.is_ascii_digit() || sign.is_alphabetic() || ":-, ".contains(sign);
    let Some(sign) = rule.chars().find(|sign| !allowed(*sign)) else { return Ok(()) };
    let reason = match sign {
        '+' => "an open end is not accepted: give the closing time",
        '"' => "comments are not accepted in hours: use a note of the clinic or of its special hours",
        '|' => "alternatives are not accepted: give the hours themselves",
        '[' | ']' => "the n-th weekday of a month is not accepted: give such dates as special hours",
        '(' | ')' => "computed times are not accepted: give times as 09:00-18:00",
        '/' => "only 24/7 may contain a slash, and it stands alone",
        _ => "this sign has no meaning in hours",
    };
    Err(HoursError::NotAccepted { found: sign.to_string(), reason })
}

fn check_word(word: &str) -> Result<(), HoursError> {
    let is_day = DAY_CODES.iter().any(|code| code.eq_ignore_ascii_case(word));
    if is_day || word == "PH" || word.eq_ignore_ascii_case("off") {
        return Ok(());
    }
    let reason = match word.to_ascii_lowercase().as_str() {
        "sunrise" | "sunset" | "dawn" | "dusk" => "times of the sun are not accepted: give times as 09:00-18:00",
        "week" => "week numbers are not accepted: give such dates as special hours",
        "jan" | "feb" | "mar" | "apr" | "may" | "jun" | "jul" | "aug" | "sep" | "oct" | "nov" | "dec" | "easter" => {
            "months and dates are not accepted in weekly hours: give them as special hours"
        }
        "ph" => "public holidays are written in capitals: PH off",
        "sh" => "school holidays are not accepted: give their dates as special hours",
        "closed" => "closed is written off",
        "open" | "unknown" => "give the hours themselves; leave the hours empty when they are unknown",
        "am" | "pm" => "these hours use the 24-hour clock: 09:00-18:00",
        _ => "not a weekday: they are Mo, Tu, We, Th, Fr, Sa and Su",
    };
    Err(HoursError::NotAccepted { found: word.to_owned(), reason })
}
