use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::Admin;
use crate::app::AppState;
use crate::bookings::subjects::{self, Erasure, Held, Person};
use crate::clinics::ClinicId;
use crate::directory::Snapshot;
use crate::entities::{booking, booking_consent, erasure};
use crate::error::{AppError, FieldErrors, StaffWriteProblems};
use crate::web::{Json, Query};

/// Whose data: a phone number or an e-mail address, not both.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = SubjectRequest)]
#[serde(deny_unknown_fields)]
pub struct SubjectIn {
    /// However it is written; a number without a country is American.
    phone: Option<String>,
    /// In whatever case.
    email: Option<String>,
}

/// Whose data is to be erased, by a phone number or an e-mail address.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = EraseRequest)]
#[serde(deny_unknown_fields)]
pub struct EraseIn {
    /// However it is written; a number without a country is American.
    phone: Option<String>,
    /// In whatever case.
    email: Option<String>,
    /// Visits to come were looked at, and shall be cancelled.
    confirm: Option<bool>,
}

/// Refusals repeat no value: it would be in an error.
fn person(phone: Option<&str>, email: Option<&str>) -> Result<Person, FieldErrors> {
    let refused = |field: &str, detail: &str| FieldErrors::one(field, "invalid_value", detail);
    match (phone, email) {
        (Some(_), Some(_)) => Err(refused("email", "give a phone number or an e-mail address, one call each")),
        (Some(phone), None) => {
            Person::of_phone(phone).ok_or_else(|| refused("phone", "must be a phone number such as (512) 555-0134"))
        }
        (None, Some(email)) => Person::of_email(email).ok_or_else(|| refused("email", "must be an e-mail address")),
        (None, None) => Err(FieldErrors::one("phone", "required", "give a phone number or an e-mail address")),
    }
}

/// Everything that is held about a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubjectExport)]
pub struct SubjectOut {
    /// The earliest visit first.
    bookings: Vec<SubjectBookingOut>,
    /// The receipts of what was erased before.
    erasures: Vec<ReceiptOut>,
}

/// A booking with everything in it that is about the visitor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubjectBooking)]
pub struct SubjectBookingOut {
    id: i64,
    reference: Option<String>,
    status: String,
    /// The clinic's code; null when it is no longer in the directory.
    clinic: Option<String>,
    clinic_name: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// The clinic's wall clock.
    local_starts: String,
    time_zone: String,
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    note: Option<String>,
    contact_by: Option<String>,
    locale: Option<String>,
    visitor_time_zone: Option<String>,
    source: Option<String>,
    campaign: Option<String>,
    override_reason: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    cancelled_at: Option<DateTime<Utc>>,
    consents: Vec<SubjectConsentOut>,
}

/// What the visitor agreed to or not, and when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubjectConsent)]
pub struct SubjectConsentOut {
    purpose: String,
    granted: bool,
    wording_version: String,
    channel: String,
    locale: Option<String>,
    recorded_at: DateTime<Utc>,
}

impl SubjectOut {
    fn new(held: Held, snapshot: &Snapshot) -> Self {
        let Held { bookings, consents, erasures } = held;
        let booking = |row: booking::Model| {
            let own = consents.iter().filter(|consent| consent.booking_id == row.id).map(SubjectConsentOut::new);
            SubjectBookingOut::new(own.collect(), row, snapshot)
        };
        Self {
            bookings: bookings.into_iter().map(booking).collect(),
            erasures: erasures.into_iter().map(ReceiptOut::from).collect(),
        }
    }
}

impl SubjectBookingOut {
    fn new(consents: Vec<SubjectConsentOut>, row: booking::Model, snapshot: &Snapshot) -> Self {
        let clinic = snapshot.by_id(ClinicId(row.clinic_id)).map(|entry| &entry.clinic);
        Self {
            id: row.id,
            clinic: clinic.map(|clinic| clinic.code.to_string()),
            clinic_name: clinic.map(|clinic| clinic.name.to_string()),
            reference: row.reference,
            status: row.status,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            local_starts: row.local_starts,
            time_zone: row.time_zone,
            name: row.name,
            phone: row.phone,
            email: row.email,
            note: row.note,
            contact_by: row.contact_by,
            locale: row.locale,
            visitor_time_zone: row.visitor_time_zone,
            source: row.source,
            campaign: row.campaign,
            override_reason: row.override_reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
            confirmed_at: row.confirmed_at,
            cancelled_at: row.cancelled_at,
            consents,
        }
    }
}

impl SubjectConsentOut {
    fn new(row: &booking_consent::Model) -> Self {
        Self {
            purpose: row.purpose.clone(),
            granted: row.granted,
            wording_version: row.wording_version.clone(),
            channel: row.channel.clone(),
            locale: row.locale.clone(),
            recorded_at: row.recorded_at,
        }
    }
}

/// That a person's data was erased. Whoever has it and the number or address can have it confirmed: an export of that person
/// lists it again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErasureReceipt)]
pub struct ReceiptOut {
    id: String,
    at: DateTime<Utc>,
    /// `phone` or `email`.
    by: String,
    /// Of the number or address, made with the service's secret key.
    fingerprint: String,
    /// How many bookings were emptied.
    bookings: usize,
    /// How many of them were visits to come, which were cancelled.
    cancelled: usize,
}

impl From<Erasure> for ReceiptOut {
    fn from(erasure: Erasure) -> Self {
        let Erasure { id, at, kind, fingerprint, cancelled, marks, .. } = erasure;
        Self { id, at, by: kind.as_str().to_owned(), fingerprint, bookings: marks.len(), cancelled }
    }
}

impl From<erasure::Model> for ReceiptOut {
    fn from(row: erasure::Model) -> Self {
        let count = |number: i32| usize::try_from(number).unwrap_or_default();
        Self {
            id: row.id,
            at: row.erased_at,
            by: row.kind,
            fingerprint: row.fingerprint,
            bookings: count(row.bookings),
            cancelled: count(row.cancelled),
        }
    }
}

/// Half an answer would be none.
const WHY_ALL: &str = "a person's visits may be at any clinic";

/// Everything that is held about a person.
#[utoipa::path(
    post,
    path = "/admin/subjects/export",
    tag = "admin",
    request_body = SubjectIn,
    responses((status = 200, description = "What is held; empty when nothing is", body = SubjectOut), StaffWriteProblems)
)]
pub async fn export_subject(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Query(()): Query<()>,
    Json(body): Json<SubjectIn>,
) -> Result<Json<SubjectOut>, AppError> {
    actor.whole_scope(WHY_ALL)?;
    let person = person(body.phone.as_deref(), body.email.as_deref())?;
    let held = subjects::export(&state.bookings, &actor, &person).await?;
    Ok(Json(SubjectOut::new(held, &state.directory.snapshot())))
}

/// Erases a person's data, here and in every backup that is restored later; visits to come are cancelled.
#[utoipa::path(
    post,
    path = "/admin/subjects/erase",
    tag = "admin",
    request_body = EraseIn,
    responses(
        (status = 200, description = "The receipt, also when nothing was held; 409 `needs_confirm` names visits to come", body = ReceiptOut),
        StaffWriteProblems
    )
)]
pub async fn erase_subject(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Query(()): Query<()>,
    Json(body): Json<EraseIn>,
) -> Result<Json<ReceiptOut>, AppError> {
    actor.whole_scope(WHY_ALL)?;
    let person = person(body.phone.as_deref(), body.email.as_deref())?;
    let confirm = body.confirm.unwrap_or_default();
    let receipt = subjects::erase(&state.bookings, &state.erasures, &actor, &person, confirm).await?;
    Ok(Json(receipt.into()))
}
