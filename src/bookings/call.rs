use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, DatabaseTransaction, EntityTrait};

use super::error::BookingError;
use super::idempotency::{self, Led, RequestKey};
use super::rebooking;
use super::state::BookingState;
use super::work::Outcome;
use crate::accounts::Actor;
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::clinics::ClinicId;
use crate::entities::call;

/// A call that has ended.
#[derive(Clone, Copy, Debug)]
pub struct CallRequest<'a> {
    pub outcome: Outcome,
    /// The label of a place.
    pub place: Option<&'a str>,
    pub clinic: Option<ClinicId>,
    /// Within the account's scope.
    pub booking: Option<i64>,
}

const CREATED: u16 = 201;

/// Records how a call ended. When a visitor who waits for another time was not reached, that counts on the work list.
///
/// # Errors
/// When the database refuses.
pub async fn call(
    state: &BookingState,
    actor: &Actor,
    request: &CallRequest<'_>,
    key: Option<&RequestKey>,
) -> Result<call::Model, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = call_once(&tx, actor, request, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn call_once(
    tx: &DatabaseTransaction,
    actor: &Actor,
    request: &CallRequest<'_>,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<call::Model, BookingError> {
    if let Some(earlier) = idempotency::begin(tx, key, now).await? {
        return call::Entity::find_by_id(earlier).one(tx).await?.ok_or(BookingError::KeyReused);
    }
    if let Some(booking) = request.booking.filter(|_| request.outcome == Outcome::NotReached) {
        rebooking::not_reached(tx, actor, booking, now).await?;
    }
    let row = call::ActiveModel {
        id: NotSet,
        user_id: Set(actor.user),
        at: Set(now),
        outcome: Set(request.outcome.as_str().to_owned()),
        place: Set(request.place.map(str::to_owned)),
        clinic_id: Set(request.clinic.map(|id| id.0)),
        booking_id: Set(request.booking),
    };
    let made = row.insert(tx).await?;
    let outcome = FieldChange::new("outcome", serde_json::Value::Null, made.outcome.clone());
    let mut entry = audit::Entry::new(Subject::Call, "create", made.id).changing(vec![outcome]);
    entry.clinic_id = made.clinic_id;
    audit::record(tx, actor, now, [entry]).await?;
    idempotency::finish(tx, key, CREATED, Led::Other(made.id)).await?;
    Ok(made)
}
