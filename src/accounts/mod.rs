//! Who may do what, and who did it.
//!
//! For everything behind a login. [`Actor`] is who asks: a user through a session or an API token, a command at the
//! terminal, or the service itself. Authorization is the extractor: [`ClinicStaff`], [`Agent`], [`Editor`] and [`Admin`] are the
//! least roles of a handler, [`Viewer`] takes anybody. Which clinics somebody may see is a [`Scope`], an argument of the
//! finders: what lies outside is not found (404). [`audit`] records every change in its own transaction. Tables: `users`,
//! `sessions`, `api_tokens`, `one_time_links`, `setup_links`, `login_attempts`, `audit_entries`.
//!
//! Invariants: no usable token or password is stored; a session ends with the rights it was given for; one admin of all
//! clinics remains, and while there is none a link makes one; audit rows are only ever appended, and of personal fields they say that they changed or were seen, never
//! their value. Start at [`Accounts`], then [`log_in()`].

pub mod audit;
mod authenticate;
mod change_user;
mod cookie;
mod cross_site;
mod email;
mod error;
mod extract;
mod hasher;
pub mod links;
mod log_in;
mod model;
pub mod pages;
mod password;
mod reaper;
pub mod session;
mod set_password;
mod setup;
pub mod store;
mod throttle;
mod tokens;

pub use authenticate::{Accounts, LoggedIn, TOKEN_PREFIX};
pub use change_user::{NewUser, UserChange, add_user, change_user, reset_password, scope_of};
pub use cross_site::refuse_cross_site;
pub use error::AccountError;
pub use extract::{Admin, Agent, ClinicStaff, Editor, Viewer};
pub use hasher::Hasher;
pub use log_in::{Credentials, log_in, log_out};
pub use model::{Actor, Role, Scope, ScopeError, Via};
pub use reaper::keep_house;
pub use set_password::{change_password, end_other_sessions, set_password, set_up};
pub use setup::{Setup, SetupNotice, find_setup, setup_link, setup_state};
pub use tokens::{NewToken, create_token, revoke_token};
