use futures_util::future::BoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};

use super::change::{Change, EditError, Edited, change};
use super::edit::Edit;
use super::id::ClinicId;
use super::records::Records;
use super::status::StatusDates;

/// Changes what an edit names about a clinic, and nothing else (rule I8).
///
/// # Errors
/// See [`EditError`].
pub async fn update<V>(records: &Records, what: &Change<'_>, edit: Edit, visits: V) -> Result<Edited, EditError>
where
    V: for<'t> FnOnce(&'t DatabaseTransaction, ClinicId, StatusDates) -> BoxFuture<'t, Result<Vec<i64>, DbErr>>,
{
    change(records, what, "update", |_| edit, visits).await
}
