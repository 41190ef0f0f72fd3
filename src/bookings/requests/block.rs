use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{instant, needed, reason, required};
use super::reason::FieldReason;
use crate::bookings::block::BlockSeats;
use crate::error::FieldErrors;

/// Databases and calendars agree on these years.
const YEARS: std::ops::RangeInclusive<usize> = 2000..=2100;
/// A block names at most so many bookings that it is laid over.
const MAX_OVER: usize = 1_000;

/// A time in which a clinic gives no consultations.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = BlockRequest)]
#[serde(deny_unknown_fields)]
pub struct BlockIn {
    /// The clinic's slug.
    #[schema(required = true, nullable = false)]
    pub clinic: Option<String>,
    /// RFC 3339 with an offset.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub from: Option<String>,
    /// RFC 3339 with an offset, at most seven days later.
    #[schema(format = DateTime, required = true, nullable = false)]
    pub to: Option<String>,
    /// Why, for the staff. At most 200 characters, no phone number or e-mail address.
    #[schema(required = true, nullable = false)]
    pub reason: Option<String>,
    /// `all` (the default) or `1`.
    pub seats: Option<SeatsIn>,
    /// The ids of bookings that it is laid over: they will need another time.
    pub over: Option<Vec<i64>>,
}

/// `all`, or one seat as a number or a text.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SeatsIn {
    Number(u32),
    Text(String),
}

/// A validated [`BlockIn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockAsked {
    pub clinic: String,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub reason: String,
    pub seats: BlockSeats,
    pub over: Vec<i64>,
}

impl BlockIn {
    /// # Errors
    /// Every wrong or missing member.
    pub fn parse(self) -> Result<BlockAsked, FieldErrors> {
        let Self { clinic, from, to, reason: why, seats, over } = self;
        let mut errors = FieldErrors::default();
        let clinic = required("clinic", clinic, &mut errors);
        let from = instant("from", from, &mut errors);
        let to = instant("to", to, &mut errors);
        for (field, at) in [("from", from), ("to", to)] {
            // One that was refused is the epoch, and was told.
            let is_near = usize::try_from(at.year()).is_ok_and(|year| YEARS.contains(&year));
            if !is_near && !errors.is_about(field) {
                let refusal = FieldReason::OutOfRange.on(field, "must be an instant of this century");
                errors.add(refusal.with("min", *YEARS.start()).with("max", *YEARS.end()));
            }
        }
        let why = reason("reason", why.as_deref(), &mut errors);
        let why = needed("reason", why, &mut errors);
        let seats = match seats {
            None => BlockSeats::All,
            Some(SeatsIn::Text(text)) if text == "all" => BlockSeats::All,
            Some(SeatsIn::Number(1)) => BlockSeats::One,
            Some(SeatsIn::Text(text)) if ["1", "one"].contains(&&*text) => BlockSeats::One,
            Some(_) => {
                errors.add(FieldReason::UnknownChoice.on("seats", "must be all or 1"));
                BlockSeats::All
            }
        };
        let over = over.unwrap_or_default();
        if over.len() > MAX_OVER {
            let detail = format!("must have at most {MAX_OVER} entries");
            errors.add(FieldReason::TooMany.on("over", detail).with("max", MAX_OVER));
        }
        errors.or(BlockAsked { clinic, from, to, reason: why, seats, over })
    }
}

#[cfg(test)]
mod tests {
    use super::super::refused_fields as fields;
    use super::*;

    #[test]
    fn a_block_has_two_ends_a_reason_and_all_seats_or_one() {
        let block = |seats: Option<SeatsIn>| BlockIn {
            clinic: Some("austin".to_owned()),
            from: Some("2026-12-04T14:00:00-06:00".to_owned()),
            to: Some("2026-12-04T15:00:00-06:00".to_owned()),
            reason: Some("dentist".to_owned()),
            seats,
            over: None,
        };
        assert_eq!(block(None).parse().unwrap().seats, BlockSeats::All);
        assert_eq!(block(Some(SeatsIn::Number(1))).parse().unwrap().seats, BlockSeats::One);
        assert_eq!(fields(block(Some(SeatsIn::Number(2))).parse()), "seats");
        assert_eq!(fields(BlockIn::default().parse()), "clinic,from,to,reason");
    }
}
