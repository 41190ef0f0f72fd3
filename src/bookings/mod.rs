//! Holds and bookings that cannot collide (rules B1 to B20, A17).
//!
//! For visitors through `api`, and for staff through the console, by the same verbs: [`hold()`], [`hold_best()`], [`extend()`],
//! [`confirm()`], [`book()`], [`release()`], [`cancel()`], [`reschedule()`], [`mark()`], [`block()`], [`close()`],
//! [`amend_closure()`], [`displace()`], `claim`, `call`, one file and one write transaction each. Visits that lost
//! their time are a work list (`rebooking`). Tables: `bookings`, `slot_claims`, `blocks`, `rebookings`, `calls`,
//! `booking_consents`, `idempotency_keys`; `close` also writes `closures`. What is held about one person, and how it is erased
//! for good, is in [`subjects`].
//!
//! Invariants: one seat of one clinic is claimed once per five minutes, by the primary key of `slot_claims`; a booking owns
//! exactly the claims of its status, changed in the same transaction; nothing waits for the `reaper`. Tokens are derived
//! from a secret outside the database and stored hashed. What a visitor said about themselves is in columns that can be
//! erased, and never in a log, an address or an error; staff see it within their scope, and `see` records that they did
//! (`views` writes it, a second later).
//!
//! Start at `hold`; `seats` says who gets a seat and why.

mod alternatives;
mod amend;
mod api;
mod block;
mod book;
mod by;
mod calendar;
mod call;
mod cancel;
mod claims;
mod close;
mod confirm;
pub mod desk;
mod displace;
mod error;
mod extend;
mod find;
mod follow;
mod hold;
mod hold_best;
mod idempotency;
mod idempotency_header;
mod limits;
mod mark;
mod model;
mod out;
mod own_api;
mod problems;
mod reaper;
mod rebooking;
mod rebooking_out;
mod reference;
mod refusal;
mod release;
mod requests;
mod reschedule;
mod reticent;
mod seats;
mod see;
mod staff_out;
mod state;
mod store;
pub mod subjects;
mod views;
mod visit;
pub mod visitor;
mod work;

pub use alternatives::{Alternative, AlternativeOut, Alternatives, Replacements, ReplacementsOut, alternatives};
pub use amend::{ClosureChange, Seen, amend_closure, lift_closure};
pub use api::router;
pub use block::{Block, BlockRequest, BlockSeats, Blocked, block, lift_block};
pub use book::{BookRequest, book};
pub use by::By;
pub use cancel::cancel;
pub use close::{CloseRequest, Closed, close};
pub use confirm::confirm;
pub use displace::{Displaced, displace, displaced_by, publish};
pub use error::BookingError;
pub use extend::{MAX_EXTENSIONS, extend};
pub use follow::{Followed, follow, look, show_all};
pub use hold::{HoldRequest, hold};
pub use hold_best::{BestRequest, hold_best};
pub use idempotency::RequestKey;
pub use idempotency_header::IdempotencyKey;
pub use limits::{Limits, RateLimits, TooMany};
pub use mark::mark;
pub use model::{Channel, Consent, ContactBy, Guest, Purpose, Status, is_outside_hours};
pub use out::{BookingOut, HoldOut};
pub use problems::BookingProblems;
pub use reaper::{Reaped, erase, keep_house, reap};
pub use rebooking_out::RebookingPage;
pub use refusal::Refusal;
pub use release::release;
pub use requests::{
    BlockIn, BookingIn, BookingPatch, CallIn, CallerIn, ConsentIn, FieldReason, RebookingQuery, RescheduleAsked,
    RescheduleIn, SearchIn, Sought, StaffBookingIn, StaffHoldIn, StaffRescheduleIn,
};
pub use reschedule::{MoveRequest, reschedule};
pub use staff_out::{BookingBriefOut, StaffBookingOut};
pub use state::BookingState;
pub use store::over_capacity;
pub use views::{Views, catch_up_views, flush_views, keep_views};
pub use visit::Visit;
pub use visitor::Visitor;
pub use work::{Cause, Outcome, Over};
