use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use clinic_directory::clock::Clock;

/// A clock that stands still until the test moves it.
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<Mutex<DateTime<Utc>>>);

/// A Tuesday, ten in the morning in Boston.
const START: &str = "2026-12-01T15:00:00Z";

impl Default for FakeClock {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(instant(START))))
    }
}

impl FakeClock {
    /// The product's clock that reads this one.
    pub fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Clock::from_fn(move || *now.lock().expect("no test panics while it moves the clock"))
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock().now()
    }

    /// Moves to an instant in RFC 3339.
    pub fn set(&self, text: &str) {
        *self.0.lock().expect("see above") = instant(text);
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().expect("see above") += by;
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant in RFC 3339")
}
