//! What the tests of bookings share: a clinic to book at, a visitor who holds and books, and the invariants.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::Method;
use chrono::{DateTime, Utc};
use clinic_directory::bookings::{BookingError, HoldRequest, hold};
use clinic_directory::entities::booking;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::support::{Response, TestApp, TestDatabase};

/// Three days ahead, a Friday, ten in the morning in Austin.
pub const SLOT: &str = "2026-12-04T16:00:00Z";
pub const LATER_SLOT: &str = "2026-12-04T17:00:00Z";
/// The code of the clinic that is booked at.
pub const CLINIC: &str = "A1";

/// An application with one clinic in Austin, open every day from nine to five, with this many seats.
pub async fn clinic_with(database: &TestDatabase, capacity: u16) -> TestApp {
    let app = TestApp::empty(database).await;
    create(&app, capacity, "Mo-Su 09:00-17:00").await;
    app
}

pub async fn create(app: &TestApp, capacity: u16, hours: &str) {
    let clinic = app.clinic(CLINIC).at(30.2672, -97.7431).zip("78701").open(hours);
    clinic.with("capacity", capacity.to_string()).create().await;
}

pub fn slug(app: &TestApp, code: &str) -> String {
    app.state.directory.snapshot().by_code(code).expect("the clinic is there").clinic.slug.to_string()
}

pub async fn post(app: &TestApp, path: &str, body: &Value) -> Response {
    let ask = app.anon().request(Method::POST, path).header("content-type", "application/json");
    ask.body(body.to_string()).await
}

pub async fn post_with_key(app: &TestApp, path: &str, key: &str, body: &Value) -> Response {
    let ask = app.anon().request(Method::POST, path).header("content-type", "application/json");
    ask.header("idempotency-key", key).body(body.to_string()).await
}

/// A visitor without a token tries to hold a time.
pub async fn try_hold(app: &TestApp, starts_at: &str) -> Response {
    try_hold_at(app, CLINIC, starts_at).await
}

async fn try_hold_at(app: &TestApp, code: &str, starts_at: &str) -> Response {
    post(app, "/api/v1/holds", &json!({ "clinic": slug(app, code), "starts_at": starts_at })).await
}

/// A hold at some clinic that must succeed; its answer.
pub async fn held_at(app: &TestApp, code: &str, starts_at: &str) -> Value {
    created(&try_hold_at(app, code, starts_at).await)
}

/// Holds and books a time at some clinic.
pub async fn booked_at(app: &TestApp, code: &str, starts_at: &str) -> Value {
    created(&try_book(app, &held_at(app, code, starts_at).await).await)
}

/// A hold that must succeed; its answer.
pub async fn held(app: &TestApp, starts_at: &str) -> Value {
    held_at(app, CLINIC, starts_at).await
}

/// The body of a 201.
pub fn created(response: &Response) -> Value {
    assert_eq!(response.status(), 201, "{}", response.text());
    response.json()
}

pub fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// What a visitor fills in.
pub fn form(hold: &Value) -> Value {
    json!({ "hold_token": hold["hold_token"], "name": "Ana Example", "phone": "(512) 555-0134" })
}

/// A key that no other request has.
pub fn new_key() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    format!("key-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

pub async fn try_book(app: &TestApp, hold: &Value) -> Response {
    post_with_key(app, "/api/v1/bookings", &new_key(), &form(hold)).await
}

/// Holds and books a time; the answer of the booking.
pub async fn booked(app: &TestApp, starts_at: &str) -> Value {
    booked_at(app, CLINIC, starts_at).await
}

/// The address of a booking, with what follows it.
pub fn own(booking: &Value, then: &str) -> String {
    format!("/api/v1/bookings/{}{then}", text(&booking["manage_token"]))
}

/// Holds through the verb, as staff do.
pub async fn hold_as_staff(
    app: &TestApp,
    starts_at: &str,
    override_reason: Option<&str>,
) -> Result<booking::Model, BookingError> {
    hold_at(app, instant(starts_at), override_reason).await
}

/// Holds through the verb, without a visitor.
pub async fn hold_at(
    app: &TestApp,
    starts_at: DateTime<Utc>,
    override_reason: Option<&str>,
) -> Result<booking::Model, BookingError> {
    let snapshot = app.state.directory.snapshot();
    let entry = snapshot.by_code(CLINIC).expect("the clinic is there");
    hold(
        &app.state.bookings,
        &HoldRequest { clinic: entry.id, starts_at, visitor: None, override_reason, staff: None },
        None,
    )
    .await
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant in RFC 3339")
}

/// A number that the database counts.
pub async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect(sql).expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// No orphan claim, every live booking has exactly its claims, no five minutes above the capacity.
pub async fn assert_invariants(db: &DatabaseConnection, capacity: u16) {
    const LIVE: &str = "('held', 'confirmed', 'arrived', 'completed', 'no_show')";
    let orphans = format!(
        "SELECT count(*) FROM slot_claims c LEFT JOIN bookings b ON b.id = c.booking_id \
         WHERE c.block_id IS NULL AND (b.id IS NULL OR b.status NOT IN {LIVE} OR c.clinic_id <> b.clinic_id \
         OR c.seat <> b.seat OR c.bucket < b.first_bucket OR c.bucket > b.last_bucket)"
    );
    assert_eq!(count(db, &orphans).await, 0, "orphan claims");
    let incomplete = format!(
        "SELECT count(*) FROM bookings b WHERE b.status IN {LIVE} AND b.last_bucket - b.first_bucket + 1 <> \
         (SELECT count(*) FROM slot_claims c WHERE c.booking_id = b.id)"
    );
    assert_eq!(count(db, &incomplete).await, 0, "live bookings without exactly their claims");
    let crowded = format!(
        "SELECT count(*) FROM (SELECT 1 FROM slot_claims GROUP BY clinic_id, bucket HAVING count(*) > {capacity}) over"
    );
    assert_eq!(count(db, &crowded.replace(") over", ") AS crowded")).await, 0, "minutes above the capacity");
}
