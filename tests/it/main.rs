//! The one integration binary: what the product shows from outside, through the real router or the real program.
//!
//! Every database test runs on SQLite and, beside `TEST_POSTGRES_URL`, on PostgreSQL. `support` is the harness: start there.

mod bookings_calendar;
mod bookings_change;
mod bookings_hold;
mod bookings_http;
mod bookings_keys;
mod bookings_kill;
mod bookings_race;
mod bookings_staff;
mod bookings_support;
mod bookings_times;
mod nearest;
mod support;
