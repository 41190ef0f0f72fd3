use futures_util::future::BoxFuture;
use sea_orm::DbErr;

use crate::app::AppState;
use crate::bookings::{BookingError, displaced_by};
use crate::clinics::ClinicId;
use crate::clinics::status::StatusDates;

/// Which visits a clinic's dates would take (rule B16). They wait for another time once the edit is public.
pub fn visits<'s>(state: &'s AppState) -> impl FnOnce(ClinicId, StatusDates) -> BoxFuture<'s, Result<Vec<i64>, DbErr>> {
    move |clinic, dates| {
        Box::pin(async move {
            displaced_by(&state.bookings, clinic, &dates).await.map_err(|error| match error {
                BookingError::Database(error) => error,
                other => DbErr::Custom(other.to_string()),
            })
        })
    }
}
