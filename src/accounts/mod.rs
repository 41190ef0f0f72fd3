//! Who may do what, and who did it.
//!
//! For everything behind a login. [`Actor`] is who asks: a user through a session or an API token, a command at the
//! terminal, or the service itself. Authorization is the extractor: [`ClinicStaff`], [`Agent`], [`Editor`] and [`Admin`] are the
//! least roles of a handler, [`Viewer`] takes anybody. Which clinics somebody may see is a [`Scope`], an argument of the
//! finders: what lies outside is not found (404). [`audit`] records every change in its own transaction. Tables: `users`,
//! `api_tokens`, `audit_entries`.
//!
//! Invariants: no usable token or password is stored; audit rows are only ever appended, and of personal fields they say
//! that they changed or were seen, never their value.

pub mod audit;
mod authenticate;
mod extract;
mod model;
pub mod store;

pub use authenticate::{Accounts, TOKEN_PREFIX};
pub use extract::{Admin, Agent, ClinicStaff, Editor, Viewer};
pub use model::{Actor, Role, Scope, ScopeError, Via};
