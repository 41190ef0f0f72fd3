//! Holds and bookings that cannot collide (rules B1 to B20, A17).
//!
//! For visitors through `api`, and for staff through the same verbs: [`hold()`], [`hold_best()`], [`extend()`], [`confirm()`],
//! [`release()`], [`cancel()`], [`reschedule()`], [`block()`], [`close()`], one file and one write transaction each. Tables:
//! `bookings`, `slot_claims`, `blocks`, `booking_consents`, `idempotency_keys`; `close` also writes `closures`. What is held about
//! one person, and how it is erased for good, is in [`subjects`]. Overrides, blocks and closures
//! have no HTTP yet: that needs roles.
//!
//! Invariants: one seat of one clinic is claimed once per five minutes, by the primary key of `slot_claims`; a booking owns
//! exactly the claims of its status, changed in the same transaction; nothing waits for the `reaper`. Tokens are derived
//! from a secret outside the database and stored hashed. What a visitor said about themselves is in four columns that can
//! be erased, and never in a log, an address or an error.
//!
//! Start at `hold`; `seats` says who gets a seat and why.

mod alternatives;
mod api;
mod block;
mod calendar;
mod cancel;
mod close;
mod confirm;
mod error;
mod extend;
mod follow;
mod hold;
mod hold_best;
mod idempotency;
mod idempotency_header;
mod limits;
mod model;
mod out;
mod own_api;
mod problems;
mod reaper;
mod reference;
mod release;
mod requests;
mod reschedule;
mod seats;
mod state;
mod store;
pub mod subjects;

pub use api::router;
pub use block::{BlockRequest, BlockSeats, block, lift_block};
pub use cancel::cancel;
pub use close::{Closed, close, end_closure};
pub use confirm::confirm;
pub use error::BookingError;
pub use extend::{MAX_EXTENSIONS, extend};
pub use follow::{Followed, follow, look, show_all};
pub use hold::{HoldRequest, hold};
pub use hold_best::{BestRequest, hold_best};
pub use idempotency::RequestKey;
pub use limits::{Limits, RateLimits};
pub use model::{Channel, Consent, ContactBy, Guest, Purpose, Status, is_outside_hours};
pub use problems::BookingProblems;
pub use reaper::{Reaped, erase, keep_house, reap};
pub use release::release;
pub use reschedule::{MoveRequest, reschedule};
pub use state::BookingState;
pub use store::over_capacity;
