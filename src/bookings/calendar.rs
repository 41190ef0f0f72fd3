//! A booking as a calendar file (RFC 5545): one event, with a title that tells a shared calendar nothing.

use chrono::{DateTime, Utc};

use super::model::Status;
use super::visit::Visit;
use crate::token::SecretKey;

/// What a calendar is told about a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Stable for the life of the booking.
    pub uid: String,
    /// Raised whenever the visit moves or is cancelled.
    pub sequence: i32,
    pub changed_at: DateTime<Utc>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// A postal address, without the clinic's name.
    pub address: String,
    pub is_cancelled: bool,
}

/// Never the treatment: a calendar is seen by colleagues and family.
const TITLE: &str = "Appointment";
/// Longest line in octets, without its end.
const LINE_OCTETS: usize = 75;

impl Event {
    #[must_use]
    pub fn of(visit: &Visit, secret: &SecretKey) -> Self {
        Self {
            uid: secret.calendar_uid(&visit.row.token_nonce),
            sequence: visit.row.sequence,
            changed_at: visit.row.updated_at,
            starts_at: visit.row.starts_at,
            ends_at: visit.row.ends_at,
            address: visit.clinic.clinic.address(),
            is_cancelled: visit.status() == Status::Cancelled,
        }
    }

    /// The whole file, lines ended by CRLF and folded.
    #[must_use]
    pub fn to_ics(&self) -> String {
        let (method, status) = if self.is_cancelled { ("CANCEL", "CANCELLED") } else { ("PUBLISH", "CONFIRMED") };
        let at = |instant: DateTime<Utc>| instant.format("%Y%m%dT%H%M%SZ").to_string();
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Clinic Directory//Bookings//EN".to_owned(),
            "CALSCALE:GREGORIAN".to_owned(),
            format!("METHOD:{method}"),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@clinic-directory", self.uid),
            format!("SEQUENCE:{}", self.sequence),
            format!("DTSTAMP:{}", at(self.changed_at)),
            format!("LAST-MODIFIED:{}", at(self.changed_at)),
            format!("DTSTART:{}", at(self.starts_at)),
            format!("DTEND:{}", at(self.ends_at)),
            format!("SUMMARY:{TITLE}"),
            format!("LOCATION:{}", escaped(&self.address)),
            format!("STATUS:{status}"),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        lines.iter().fold(String::new(), |file, line| file + &folded(line))
    }
}

/// TEXT of RFC 5545, 3.3.11; other control characters cannot be in one and are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A content line of RFC 5545, 3.1: what is longer goes on behind a line end and a space, never inside a character.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 2);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(c);
        octets += c.len_utf8();
    }
    folded + "\r\n"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(address: &str) -> Event {
        let at = |text: &str| text.parse().unwrap();
        Event {
            uid: "0123".to_owned(),
            sequence: 2,
            changed_at: at("2026-12-01T15:00:00Z"),
            starts_at: at("2026-12-04T15:00:00Z"),
            ends_at: at("2026-12-04T15:30:00Z"),
            address: address.to_owned(),
            is_cancelled: false,
        }
    }

    #[test]
    fn a_visit_is_one_event_in_utc_with_a_neutral_title() {
        let ics = event("1 Main St; Boston, MA").to_ics();
        for line in ["DTSTART:20261204T150000Z", "SEQUENCE:2", "SUMMARY:Appointment", "METHOD:PUBLISH"] {
            assert!(ics.contains(&format!("\r\n{line}\r\n")), "{ics}");
        }
        assert!(ics.contains("LOCATION:1 Main St\\; Boston\\, MA\r\n"));
        assert_eq!(ics.matches("BEGIN:VEVENT").count(), 1);
    }

    #[test]
    fn a_cancelled_visit_cancels_the_event() {
        let ics = Event { is_cancelled: true, ..event("") }.to_ics();
        assert!(ics.contains("METHOD:CANCEL\r\n") && ics.contains("STATUS:CANCELLED\r\n"));
    }

    proptest! {
        #[test]
        fn whatever_the_address_lines_are_short_and_unfold_to_it(address in "\\PC{0,200}") {
            let ics = event(&address).to_ics();
            prop_assert!(ics.split("\r\n").all(|line| line.len() <= LINE_OCTETS));
            let unfolded = ics.replace("\r\n ", "");
            let location = unfolded.lines().find_map(|line| line.strip_prefix("LOCATION:")).unwrap();
            let plain = location.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
            prop_assert_eq!(plain, address);
        }
    }
}
