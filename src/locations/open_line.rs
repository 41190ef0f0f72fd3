//! Open or closed, in words (rule A10).

use chrono::{DateTime, Utc};

use super::times;
use crate::availability::Openness;
use crate::clinics::status::ClinicStatus;
use crate::directory::Entry;
use crate::web::page::Language;

/// One line about the doors of a clinic.
#[derive(Debug)]
pub struct OpenLine {
    /// `open`, `closed` or `unknown`, for the stylesheet.
    pub state: &'static str,
    pub words: String,
}

impl OpenLine {
    /// As of this minute, in the clinic's own zone.
    #[must_use]
    pub fn new(entry: &Entry, language: Language, as_of: DateTime<Utc>) -> Self {
        if let Some(words) = out_of_business(entry, language) {
            return Self { state: "closed", words };
        }
        let open = entry.open_state(as_of);
        let at = |instant: DateTime<Utc>| {
            let is_today =
                instant.with_timezone(&entry.zone).date_naive() == as_of.with_timezone(&entry.zone).date_naive();
            let time = times::time_of_day(language, instant, entry.zone);
            let zone = times::abbreviation(instant, entry.zone);
            if is_today { format!("{time} {zone}") } else { times::short_time(language, instant, entry.zone) }
        };
        let words = match (open.state, open.until, open.next) {
            (Openness::Open, Some(until), _) => language.tell("open-until", &[("time", at(until).into())]),
            (Openness::Open, None, _) => language.say("open-always").into_owned(),
            (Openness::Closed, _, Some(next)) => language.tell("closed-until", &[("time", at(next).into())]),
            (Openness::Closed, _, None) => language.say("closed-for-now").into_owned(),
            (Openness::Unknown, ..) => language.say("hours-unknown").into_owned(),
        };
        Self { state: open.state.as_str(), words }
    }
}

/// What the dated status says, for a clinic that is not open to visitors in general (rule I11).
#[must_use]
pub fn out_of_business(entry: &Entry, language: Language) -> Option<String> {
    let dates = &entry.clinic.status;
    let (known, unknown, on) = match entry.status {
        ClinicStatus::Open => return None,
        ClinicStatus::TemporarilyClosed => ("closed-until-date", "temporarily-closed", dates.reopens_on),
        ClinicStatus::ComingSoon => ("opens-on-date", "coming-soon", dates.opens_on),
        ClinicStatus::Closed => ("closed-since-date", "closed-for-good", dates.closed_on),
    };
    Some(match on {
        Some(date) => language.tell(known, &[("date", times::date_with_year(language, date).into())]),
        None => language.say(unknown).into_owned(),
    })
}
