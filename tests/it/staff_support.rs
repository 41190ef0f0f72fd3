//! What the tests of staff share: addresses, a visit booked on the phone, and the log of looks.

use std::collections::BTreeMap;

use axum::http::Method;
use clinic_directory::bookings::flush_views;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::bookings_support::{CLINIC, created, slug};
use crate::support::{Client, TestApp};

pub const STAFF: &str = "/api/v1/staff";

/// What an agent fills in for a caller.
pub fn phoned(app: &TestApp, starts_at: &str) -> Value {
    json!({ "clinic": slug(app, CLINIC), "starts_at": starts_at, "name": "Ana María Example", "phone": "(512) 555-0134" })
}

/// Books for a caller; the visit.
pub async fn booked_by(agent: &Client, body: &Value) -> Value {
    created(&agent.post(&format!("{STAFF}/bookings"), body).await)["booking"].clone()
}

/// The same body with other members.
pub fn with(mut body: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

pub fn id(booking: &Value) -> i64 {
    booking["id"].as_i64().expect("an id")
}

/// The address of one booking, with what follows it.
pub fn one(booking: &Value, then: &str) -> String {
    format!("{STAFF}/bookings/{}{then}", id(booking))
}

pub async fn mark(staff: &Client, booking: &Value, status: &str) -> crate::support::Response {
    staff.send(Method::PATCH, &one(booking, ""), &json!({ "status": status })).await
}

/// How often each booking was shown, by its id, from the log, once it has all that was seen.
pub async fn seen(app: &TestApp) -> BTreeMap<i64, usize> {
    flush_views(&app.state.bookings).await.expect("the log can be written");
    let (db, sql) = (&app.state.db, "SELECT subject_id FROM audit_entries WHERE action = 'booking.seen'");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect(sql);
    let mut seen = BTreeMap::new();
    for row in rows {
        *seen.entry(row.try_get_by_index(0).expect("a key")).or_default() += 1;
    }
    seen
}
