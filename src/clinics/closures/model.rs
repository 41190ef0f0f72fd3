use std::fmt;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::clinics::Clinic;
use crate::clinics::hours::{MinuteOfDay, Window};
use crate::geo::{Metres, Point, geodesic};

/// Which clinics a closure is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// By code.
    Clinics(Vec<String>),
    /// The network's own name for it, as in the clinics' records.
    Region(String),
    /// Two letters.
    State(String),
    All,
    Circle {
        centre: Point,
        radius: Metres,
    },
}

/// A time in which some clinics are closed although their hours say otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    pub scope: Scope,
    /// The first date, on each clinic's own calendar.
    pub from: NaiveDate,
    /// The last date, included.
    pub to: NaiveDate,
    /// The closed part of each of the dates; empty for whole days.
    pub windows: Vec<Window>,
    /// Shown to the public.
    pub note: Option<String>,
    pub note_es: Option<String>,
}

/// A closure as it is stored, lifted or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub id: i64,
    pub closure: Closure,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub lifted_at: Option<DateTime<Utc>>,
}

/// Where a closure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In force or to come.
    Current,
    /// Over everywhere on earth.
    Past,
    Lifted,
}

impl Stage {
    pub const ALL: [Self; 3] = [Self::Current, Self::Past, Self::Lifted];

    /// The name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Past => "past",
            Self::Lifted => "lifted",
        }
    }
}

impl Record {
    #[must_use]
    pub fn stage(&self, now: DateTime<Utc>) -> Stage {
        match self.lifted_at {
            Some(_) => Stage::Lifted,
            None if self.closure.is_over(now) => Stage::Past,
            None => Stage::Current,
        }
    }

    /// What changes with every edit.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// Which clinics in a few words: `clinics BOS-01, BOS-02`, `circle of 40234 m around 29.76,-95.37`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clinics(codes) => write!(f, "clinics {}", codes.join(", ")),
            Self::Region(region) => write!(f, "region {region}"),
            Self::State(state) => write!(f, "state {state}"),
            Self::All => f.write_str("all"),
            Self::Circle { centre, radius } => {
                write!(f, "circle of {:.0} m around {},{}", radius.0, centre.lat(), centre.lon())
            }
        }
    }
}

/// A closure lasts no longer than this; what does is a clinic's status.
const LONGEST_DAYS: i64 = 366;

/// Why a closure cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClosureError {
    #[error("the last date lies before the first")]
    EndsBeforeItStarts,
    #[error("a closure lasts at most {LONGEST_DAYS} days: close the clinic for longer by its status")]
    TooLong,
    #[error("a closed part of a day ends at 24:00 at the latest: a night is two closures")]
    PastMidnight,
}

impl Closure {
    /// # Errors
    /// Dates the wrong way round or too far apart, or a window that crosses midnight.
    pub fn check(&self) -> Result<(), ClosureError> {
        let last_minute = |window: &Window| window.close_after_midnight();
        match (self.to - self.from).num_days() {
            ..0 => Err(ClosureError::EndsBeforeItStarts),
            LONGEST_DAYS.. => Err(ClosureError::TooLong),
            _ if self.windows.iter().any(|w| last_minute(w) > MinuteOfDay::DAY_END.minutes()) => {
                Err(ClosureError::PastMidnight)
            }
            _ => Ok(()),
        }
    }

    /// Whether a clinic is among those meant.
    #[must_use]
    pub fn is_for(&self, clinic: &Clinic) -> bool {
        match &self.scope {
            Scope::Clinics(codes) => codes.iter().any(|code| **code == *clinic.code),
            Scope::Region(region) => clinic.region.as_deref() == Some(region),
            Scope::State(state) => *clinic.state == **state,
            Scope::All => true,
            Scope::Circle { centre, radius } => clinic.pin.is_some_and(|pin| geodesic(*centre, pin.point) <= *radius),
        }
    }

    /// Whether its last date is over everywhere on earth.
    #[must_use]
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.to < now.date_naive() - Days::new(1)
    }

    #[must_use]
    pub fn is_on(&self, date: NaiveDate) -> bool {
        (self.from..=self.to).contains(&date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinics::{Pin, PinPrecision};

    fn clinic() -> Clinic {
        let point = Point::new(30.2672, -97.7431).unwrap();
        let pin = Some(Pin { point, precision: PinPrecision::Exact });
        Clinic { state: "TX".into(), region: Some("South".into()), pin, ..Clinic::new("AUS-01") }
    }

    #[test]
    fn i12_what_cannot_be_is_refused() {
        let check = |days: i64, window: &str| {
            let from = NaiveDate::from_ymd_opt(2026, 9, 9).unwrap();
            let windows = vec![Window::parse(window).unwrap()];
            let to = from + chrono::TimeDelta::days(days);
            Closure { scope: Scope::All, from, to, windows, note: None, note_es: None }.check()
        };
        assert_eq!(check(0, "12:00-24:00"), Ok(()));
        assert_eq!(check(365, "12:00-14:00"), Ok(()));
        assert_eq!(check(366, "12:00-14:00"), Err(ClosureError::TooLong));
        assert_eq!(check(-1, "12:00-14:00"), Err(ClosureError::EndsBeforeItStarts));
        assert_eq!(check(0, "22:00-02:00"), Err(ClosureError::PastMidnight));
    }

    #[test]
    fn i12_a_closure_is_for_clinics_a_region_a_state_all_or_a_circle() {
        let circle = |lat: f64, metres: f64| Scope::Circle {
            centre: Point::new(lat, -97.7431).unwrap(),
            radius: Metres(metres),
        };
        for (scope, expected) in [
            (Scope::Clinics(vec!["BOS-01".to_owned(), "AUS-01".to_owned()]), true),
            (Scope::Clinics(vec!["BOS-01".to_owned()]), false),
            (Scope::Region("South".to_owned()), true),
            (Scope::Region("North".to_owned()), false),
            (Scope::State("TX".to_owned()), true),
            (Scope::State("FL".to_owned()), false),
            (Scope::All, true),
            (circle(30.2672, 0.0), true),
            (circle(30.3672, 11_000.0), false),
            (circle(30.3672, 11_200.0), true),
        ] {
            let date = NaiveDate::from_ymd_opt(2026, 9, 9).unwrap();
            let closure = Closure { scope, from: date, to: date, windows: Vec::new(), note: None, note_es: None };
            assert_eq!(closure.is_for(&clinic()), expected, "{closure:?}");
        }
    }
}
