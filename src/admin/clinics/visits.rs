use futures_util::future::BoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::app::AppState;
use crate::bookings::{BookingError, displaced_by};
use crate::clinics::ClinicId;
use crate::clinics::status::StatusDates;

/// Which visits a clinic's dates would take (rule B16). They wait for another time once the edit is public.
///
/// Asked on the edit's own connection: the pool may be full of edits that wait for this one.
pub fn visits(
    state: &AppState,
) -> impl for<'t> FnOnce(&'t DatabaseTransaction, ClinicId, StatusDates) -> BoxFuture<'t, Result<Vec<i64>, DbErr>> + Send
{
    let bookings = state.bookings.clone();
    move |edit, clinic, dates| {
        Box::pin(async move {
            displaced_by(&bookings, edit, clinic, &dates).await.map_err(|error| match error {
                BookingError::Database(error) => error,
                other => DbErr::Custom(other.to_string()),
            })
        })
    }
}
