use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::confirm::settle;
use super::error::BookingError;
use super::hold::{HoldRequest, place};
use super::idempotency::{self, Led, RequestKey};
use super::model::Guest;
use super::see::personal;
use super::state::BookingState;
use super::store;
use crate::accounts::Actor;
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::clinics::ClinicId;
use crate::directory::Snapshot;
use crate::entities::booking;
use crate::token::TokenHash;

/// A visit that staff book for somebody.
#[derive(Clone, Copy, Debug)]
pub struct BookRequest<'a> {
    pub actor: &'a Actor,
    pub clinic: ClinicId,
    pub starts_at: DateTime<Utc>,
    /// The hold that becomes the booking; without one a seat is taken at once.
    pub hold: Option<&'a TokenHash>,
    pub guest: &'a Guest,
    /// Why a seat above the capacity is taken when all are (rule B9).
    pub override_reason: Option<&'a str>,
}

const CREATED: u16 = 201;

/// Books a visit for somebody in one transaction, with or without a hold before.
///
/// # Errors
/// As [`super::hold()`] and [`super::confirm()`]; the hold is for another time.
pub async fn book(
    state: &BookingState,
    request: &BookRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .decide(now, |tx, snapshot| async move {
            let outcome = book_once(&tx, state, &snapshot, request, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn book_once(
    tx: &DatabaseTransaction,
    state: &BookingState,
    snapshot: &Snapshot,
    request: &BookRequest<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin_booking(tx, key, now).await? {
        return Ok(earlier);
    }
    let held = match request.hold {
        Some(token) => held(tx, request, token).await?,
        None => place(tx, state, snapshot, &wanted(request), now).await?,
    };
    let booking = settle(tx, state, &held, request.guest, now).await?;
    audit::record(tx, request.actor, now, [entry(request, snapshot, &booking)]).await?;
    idempotency::finish(tx, key, CREATED, Led::Booking(&booking)).await?;
    Ok(booking)
}

async fn held(
    tx: &DatabaseTransaction,
    request: &BookRequest<'_>,
    token: &TokenHash,
) -> Result<booking::Model, BookingError> {
    let held = store::by_hold_token(tx, token).await?.ok_or(BookingError::UnknownHold)?;
    let is_meant = held.clinic_id == request.clinic.0 && held.starts_at == request.starts_at;
    if is_meant { Ok(held) } else { Err(BookingError::OtherHold) }
}

fn wanted<'a>(request: &BookRequest<'a>) -> HoldRequest<'a> {
    HoldRequest {
        clinic: request.clinic,
        starts_at: request.starts_at,
        visitor: None,
        override_reason: request.override_reason,
        staff: Some(request.actor),
    }
}

fn entry(request: &BookRequest, snapshot: &Snapshot, booking: &booking::Model) -> audit::Entry {
    let code = snapshot.by_id(request.clinic).map(|entry| entry.clinic.code.to_string());
    let mut changes = vec![
        FieldChange::new("status", serde_json::Value::Null, booking.status.clone()),
        FieldChange::new("clinic", serde_json::Value::Null, code),
        FieldChange::new("starts_at", serde_json::Value::Null, booking.starts_at.to_rfc3339()),
    ];
    changes.extend(personal(booking));
    audit::Entry::new(Subject::Booking, "create", booking.id)
        .at_clinic(booking.clinic_id)
        .changing(changes)
        .because(booking.override_reason.as_deref())
}
