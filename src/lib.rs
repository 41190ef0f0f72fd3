//! Clinic Directory: where a chain's clinics are, which one is nearest, and when a free consultation can be had.
//!
//! The database is the truth; public reads are answered from an immutable snapshot in memory. Rules are pure functions.
//!
//! ```text
//! cli, config        commands and settings       app, routes, front   what a running service is made of
//! operation          probes, metrics, API description   openapi       its frame
//! upkeep             backup, restore, check: what operators do
//! importing          the import command
//!
//! admin, console     what editors and admins, and what call centre and clinics do (JSON)
//!
//! locations          what the public sees: pages in two languages
//!
//! bookings           holds and bookings that cannot collide
//! directory          the read side: snapshot, nearest, lists, explanations
//! availability       hours to open-now and slots (pure)
//! clinics            the record of each clinic: validation, import, export
//! places             from a text box, a ZIP or a phone number to a point
//!
//! accounts           who may do what, and who did it: users, roles, scopes, tokens, audit
//! entities, db       one file per table; connecting, migrating, writing
//! web, error         the HTTP toolbox; what can go wrong and how it is told
//! geo, clock, token  points and distances; the only place that reads the time; tokens and their hashes
//! ```
//!
//! Modules are listed below from the bottom up: each group may use the groups above it, never its own members or those below.
//! A test holds that.

pub mod clock;
pub mod error;
pub mod geo;
pub mod token;

pub mod db;
pub mod entities;
pub mod telemetry;
pub mod web;

pub mod accounts;

pub mod places;

pub mod clinics;

pub mod availability;

pub mod directory;

pub mod bookings;

pub mod config;
pub mod openapi;

pub mod app;

pub mod admin;
pub mod console;
pub mod locations;

pub mod feeds;
pub mod operation;

pub mod routes;

pub mod front;
pub mod importing;

pub mod upkeep;

pub mod cli;
