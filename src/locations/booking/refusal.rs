use chrono_tz::Tz;

use crate::bookings::BookingError;
use crate::locations::writer::clock_in_zone;
use crate::web::page::Language;

/// A refusal in the visitor's words; `None` for those that are no answer to a visitor. `zone` is the clinic's.
#[must_use]
pub fn words(language: Language, error: &BookingError, zone: Tz) -> Option<String> {
    let id = match error {
        BookingError::SlotTaken { retry_at: Some(at) } => {
            let time = clock_in_zone(language, *at, zone);
            return Some(language.tell("refused-held-until", &[("time", time.into())]));
        }
        BookingError::SlotTaken { retry_at: None } => "refused-slot_taken".to_owned(),
        BookingError::NotOffered(reason) => format!("refused-{}", reason.code()),
        BookingError::NoConsultations => "refused-no_consultations".to_owned(),
        BookingError::UnknownHold
        | BookingError::HoldExpired
        | BookingError::HoldReleased
        | BookingError::TooManyExtensions
        | BookingError::AlreadyConfirmed
        | BookingError::AlreadyCancelled
        | BookingError::TooLate => format!("refused-{}", error.code()),
        BookingError::UnknownWording { .. } => "refused-wording_unknown".to_owned(),
        _ => return None,
    };
    Some(language.say(&id).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::NotOffered;

    #[test]
    fn every_refusal_has_words_in_both_languages() {
        use NotOffered::{
            Booked, ClinicNotOpen, Held, Horizon, Hours, HoursUnknown, Notice, OffGrid, Past, SpecialHours,
        };
        let reasons = [Past, Horizon, ClinicNotOpen, HoursUnknown, SpecialHours, Hours, OffGrid, Notice, Booked, Held];
        let reasons = reasons.map(BookingError::NotOffered);
        let others = [
            BookingError::SlotTaken { retry_at: None },
            BookingError::SlotTaken { retry_at: Some(chrono::DateTime::UNIX_EPOCH) },
            BookingError::NoConsultations,
            BookingError::UnknownHold,
            BookingError::HoldExpired,
            BookingError::HoldReleased,
            BookingError::TooManyExtensions,
            BookingError::AlreadyConfirmed,
            BookingError::AlreadyCancelled,
            BookingError::TooLate,
            BookingError::UnknownWording { index: 0 },
        ];
        for error in reasons.iter().chain(&others) {
            for language in Language::ALL {
                let told = words(language, error, Tz::America__Chicago).unwrap();
                assert!(!told.starts_with("refused-"), "{told}");
            }
        }
        assert_eq!(words(Language::English, &BookingError::KeyReused, Tz::UTC), None);
    }
}
