//! Open or closed, in words (rule A10).

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::writer::Writer;
use crate::availability::{OpenState, Openness};
use crate::clinics::status::ClinicStatus;
use crate::directory::Entry;
use crate::web::page::format;

/// A closing so near needs no date: the next time of its kind is meant.
const SOON: TimeDelta = TimeDelta::days(1);

/// One line about the doors of a clinic.
#[derive(Debug)]
pub struct OpenLine {
    /// `open`, `closed` or `unknown`, for the stylesheet.
    pub state: &'static str,
    pub words: String,
}

impl OpenLine {
    /// As of this minute, by the clinic's own clock; the zone is not named, since most readers are in it.
    #[must_use]
    pub fn new(writer: &Writer<'_>, entry: &Entry) -> Self {
        if let Some(words) = out_of_business(writer, entry) {
            return Self { state: "closed", words };
        }
        let open = entry.open_state(writer.as_of);
        Self { state: open.state.as_str(), words: words(writer, entry.zone, &open) }
    }
}

fn words(writer: &Writer<'_>, zone: Tz, open: &OpenState) -> String {
    let tell = |id, at: DateTime<Utc>| {
        let (day, time) = (writer.day(at, zone), writer.clock(at, zone));
        writer.language.tell(id, &[("day", day.into()), ("time", time.into())])
    };
    match (open.state, open.until, open.next) {
        (Openness::Open, Some(until), _) if until - writer.as_of <= SOON => tell("open-until", until),
        (Openness::Open, Some(until), _) => tell("open-until-day", until),
        (Openness::Open, None, _) => writer.language.say("open-always").into_owned(),
        (Openness::Closed, _, Some(next)) => tell("closed-until", next),
        (Openness::Closed, _, None) => writer.language.say("closed-for-now").into_owned(),
        (Openness::Unknown, ..) => writer.language.say("hours-unknown").into_owned(),
    }
}

/// What the dated status says, for a clinic that is not open to visitors in general (rule I11).
#[must_use]
pub fn out_of_business(writer: &Writer<'_>, entry: &Entry) -> Option<String> {
    let (language, dates) = (writer.language, &entry.clinic.status);
    let (known, unknown, on) = match entry.status {
        ClinicStatus::Open => return None,
        ClinicStatus::TemporarilyClosed => ("closed-until-date", "temporarily-closed", dates.reopens_on),
        ClinicStatus::ComingSoon => ("opens-on-date", "coming-soon", dates.opens_on),
        ClinicStatus::Closed => ("closed-since-date", "closed-for-good", dates.closed_on),
    };
    let date = |on| format::plain_date(language, on, writer.today(entry.zone));
    Some(match on {
        Some(on) => language.tell(known, &[("date", date(on).into())]),
        None => language.say(unknown).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::page::Language;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// As told in New York on Tuesday, December 1, 2026 at 10 in the morning.
    fn told(state: Openness, until: Option<&str>, next: Option<&str>) -> [String; 2] {
        let now = at("2026-12-01T15:00:00Z");
        let open = OpenState { state, until: until.map(at), next: next.map(at), valid_until: now };
        Language::ALL.map(|language| {
            let writer = Writer { language, as_of: now, network: "" };
            words(&writer, Tz::America__New_York, &open).replace('\u{a0}', " ")
        })
    }

    #[test]
    fn a10_a11_an_open_clinic_tells_when_it_closes() {
        for (until, english, spanish) in [
            ("2026-12-01T17:00:00Z", "Open until noon", "Abierto hasta las 12:00 p. m."),
            ("2026-12-01T18:00:00Z", "Open until 1 pm", "Abierto hasta la 1:00 p. m."),
            ("2026-12-01T23:30:00Z", "Open until 6:30 pm", "Abierto hasta las 6:30 p. m."),
            ("2026-12-02T05:00:00Z", "Open until midnight", "Abierto hasta las 12:00 a. m."),
            ("2026-12-02T07:00:00Z", "Open until 2 am", "Abierto hasta las 2:00 a. m."),
            ("2026-12-02T23:00:00Z", "Open until tomorrow at 6 pm", "Abierto hasta mañana a las 6:00 p. m."),
            ("2026-12-04T18:00:00Z", "Open until Friday at 1 pm", "Abierto hasta el viernes a la 1:00 p. m."),
        ] {
            assert_eq!(told(Openness::Open, Some(until), None), [english, spanish]);
        }
        assert_eq!(told(Openness::Open, None, None), ["Open around the clock", "Abierto las 24 horas"]);
    }

    #[test]
    fn a10_a11_a_closed_clinic_tells_when_it_opens() {
        for (next, english, spanish) in [
            ("2026-12-01T18:00:00Z", "Closed, opens today at 1 pm", "Cerrado, abre hoy a la 1:00 p. m."),
            ("2026-12-02T14:00:00Z", "Closed, opens tomorrow at 9 am", "Cerrado, abre mañana a las 9:00 a. m."),
            ("2026-12-02T05:30:00Z", "Closed, opens tomorrow at 12:30 am", "Cerrado, abre mañana a las 12:30 a. m."),
            ("2026-12-03T18:00:00Z", "Closed, opens Thursday at 1 pm", "Cerrado, abre el jueves a la 1:00 p. m."),
            (
                "2027-01-04T14:00:00Z",
                "Closed, opens Monday, January 4, 2027 at 9 am",
                "Cerrado, abre el lunes 4 de enero de 2027 a las 9:00 a. m.",
            ),
        ] {
            assert_eq!(told(Openness::Closed, None, Some(next)), [english, spanish]);
        }
        assert_eq!(told(Openness::Closed, None, None), ["Closed today", "Hoy cerrado"]);
    }

    #[test]
    fn a10_hours_that_nobody_has_told_are_asked_for_by_phone() {
        let words = ["Hours not listed, please call", "Horario no indicado, llame por favor"];
        assert_eq!(told(Openness::Unknown, None, None), words);
    }
}
