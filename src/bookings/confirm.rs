use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::error::BookingError;
use super::extend::still_held;
use super::idempotency::{self, Led, RequestKey};
use super::model::{Guest, Status};
use super::reference::new_reference;
use super::state::BookingState;
use super::store;
use crate::entities::booking;
use crate::token::TokenHash;

const CREATED: u16 = 201;

/// Makes a hold a booking: one conditional update, the claims stay as they are (rules B3, B4, B17, B18).
///
/// # Errors
/// The hold is unknown, over, or already a booking.
pub async fn confirm(
    state: &BookingState,
    token: &TokenHash,
    guest: &Guest,
    key: Option<&RequestKey>,
) -> Result<booking::Model, BookingError> {
    let now = state.now();
    state
        .write(now, |tx| async move {
            let outcome = confirm_once(&tx, state, token, guest, key, now).await;
            (tx, outcome)
        })
        .await
}

async fn confirm_once(
    tx: &DatabaseTransaction,
    state: &BookingState,
    token: &TokenHash,
    guest: &Guest,
    key: Option<&RequestKey>,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    if let Some(earlier) = idempotency::begin_booking(tx, key, now).await? {
        return Ok(earlier);
    }
    let hold = store::by_hold_token(tx, token).await?.ok_or(BookingError::UnknownHold)?;
    let booking = settle(tx, state, &hold, guest, now).await?;
    idempotency::finish(tx, key, CREATED, Led::Booking(&booking)).await?;
    Ok(booking)
}

/// Writes who comes onto a hold that is live.
pub(super) async fn settle(
    tx: &DatabaseTransaction,
    state: &BookingState,
    hold: &booking::Model,
    guest: &Guest,
    now: DateTime<Utc>,
) -> Result<booking::Model, BookingError> {
    let manage_token = TokenHash::of(&state.secret.manage_token(&hold.token_nonce));
    let updated = booking::Entity::update_many()
        .set(confirmed(guest, manage_token, now))
        .filter(booking::Column::Id.eq(hold.id))
        .filter(booking::Column::Status.eq(Status::Held.as_str()))
        .filter(booking::Column::ExpiresAt.gt(now))
        .exec(tx)
        .await?;
    let booking = store::get(tx, hold.id).await?;
    if updated.rows_affected == 0 {
        // Freed, or extended by another request, since it was read.
        still_held(&booking, now)?;
        return Err(BookingError::HoldExpired);
    }
    store::insert_consents(tx, booking.id, &guest.consents, guest.locale.as_deref(), now).await?;
    Ok(booking)
}

fn confirmed(guest: &Guest, manage_token: TokenHash, now: DateTime<Utc>) -> booking::ActiveModel {
    booking::ActiveModel {
        status: Set(Status::Confirmed.as_str().to_owned()),
        expires_at: Set(None),
        reference: Set(Some(new_reference())),
        manage_token_hash: Set(Some(manage_token.0)),
        name: Set(Some(guest.name.clone())),
        name_key: Set(Some(guest.name_key())),
        phone: Set(guest.phone.clone()),
        email: Set(guest.email.clone()),
        note: Set(guest.note.clone()),
        contact_by: Set(guest.contact_by.map(|contact_by| contact_by.as_str().to_owned())),
        locale: Set(guest.locale.clone()),
        visitor_time_zone: Set(guest.time_zone.map(|zone| zone.name().to_owned())),
        source: Set(guest.source.clone()),
        campaign: Set(guest.campaign.clone()),
        confirmed_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    }
}
