//! The one integration binary: what the product shows from outside, through the real router or the real program.
//!
//! Every database test runs on SQLite and, beside `TEST_POSTGRES_URL`, on PostgreSQL. `support` is the harness: start there.

mod nearest;
mod support;
