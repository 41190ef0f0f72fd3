//! The one integration binary: what the product shows from outside, through the real router or the real program.
//!
//! Every database test runs on SQLite and, beside `TEST_POSTGRES_URL`, on PostgreSQL. `support` is the harness: start there.

#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::print_stderr,
    reason = "a test stops at what it did not expect; its texts are small and for people"
)]

mod accounts_commands;
mod accounts_links;
mod accounts_login;
mod accounts_secrets;
mod accounts_throttle;
mod accounts_users;
mod appearance;
mod assets;
mod authorization;
mod backup;
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
mod caching;
mod canary;
mod clinics;
mod closures;
mod closures_race;
mod commands;
mod database_faults;
mod dependencies;
mod displace;
mod errors;
mod explain;
mod export;
mod first_start;
mod forms;
mod front;
mod front_doors;
mod hostile;
mod import_apply;
mod import_bad_files;
mod import_command;
mod import_faults;
mod import_files;
mod import_kill;
mod import_plan;
mod import_refresh;
mod import_refused;
mod import_undo;
mod joint;
mod locations;
mod logs;
mod map;
mod migrations;
mod nearest;
mod nearest_engine;
mod nearest_excluded;
mod nearest_far;
mod nearest_globe;
mod nearest_input;
mod nearest_ladder;
mod nearest_postgis;
mod nearest_relation;
mod nearest_same_facts;
mod nearest_state;
mod nearest_ties;
mod network_settings;
mod openapi;
mod operation;
mod places;
mod prefix;
mod readme;
mod real_networks;
mod records;
mod records_dates;
mod records_hours;
mod records_refused;
mod records_slugs;
mod records_versions;
mod safekeeping;
mod sockets;
mod staff_bookings;
mod staff_rebooking;
mod staff_support;
mod staff_views;
mod subjects;
mod support;
mod tags;
mod unmet_demand;
mod words;
