use futures_util::future::BoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};

use super::change::{Change, EditError, Edited, change};
use super::edit::Edit;
use super::id::ClinicId;
use super::records::Records;
use super::status::{ClinicStatus, StatusDates};
use super::store::Stored;

/// Closes a clinic for good, from today on its own calendar; the record stays. `moved_to` is the code of the clinic that
/// takes its place. One that is closed already keeps its date.
///
/// # Errors
/// See [`EditError`].
pub async fn retire<V>(
    records: &Records,
    what: &Change<'_>,
    moved_to: Option<String>,
    visits: V,
) -> Result<Edited, EditError>
where
    V: for<'t> FnOnce(&'t DatabaseTransaction, ClinicId, StatusDates) -> BoxFuture<'t, Result<Vec<i64>, DbErr>>,
{
    let edit = |stored: &Stored| {
        let zone = stored.clinic.zone.unwrap_or(chrono_tz::UTC);
        let today = what.now.with_timezone(&zone).date_naive();
        let mut edit = Edit::default().with("status", Some(ClinicStatus::Closed.as_str().to_owned()));
        if stored.clinic.status.status_on(today) != ClinicStatus::Closed {
            edit = edit.with("closed_on", Some(today.to_string()));
        }
        if moved_to.is_some() {
            edit = edit.with("moved_to", moved_to);
        }
        edit
    };
    change(records, what, "retire", edit, visits).await
}
