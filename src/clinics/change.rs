use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sea_orm::sea_query::LockType;
use sea_orm::{DatabaseTransaction, DbErr};

use super::addresses;
use super::among::Draft;
use super::changes::changes;
use super::edit::{Drafted, Edit};
use super::id::ClinicId;
use super::import::CellError;
use super::import::pin_guard::Doubt;
use super::model::Clinic;
use super::records::Records;
use super::status::StatusDates;
use super::store::{self, Stored};
use crate::accounts::Actor;
use crate::accounts::audit::{self, Subject};
use crate::db;
use crate::error::FieldErrors;
use crate::web::IfMatch;

/// Why a record was not changed; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// No clinic has this code, or it lies outside the scope.
    #[error("there is no clinic with this code in the scope of this account")]
    UnknownClinic,
    /// Somebody else changed the record since it was seen (rule I8).
    #[error("somebody has changed this clinic since you have seen it: look at `current`, then decide again")]
    Stale(Box<Stored>),
    /// Some members are wrong.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// Another clinic has the code of a new one.
    #[error("there is a clinic with this code already: change that one, or choose another code")]
    CodeTaken,
    /// The pin does not fit the rest of the address (rule I4).
    #[error("{}: take the fix, or say in override_pin_reason why the pin is right", .0.reason)]
    PinSuspect(Doubt),
    /// Visits on dates on which the clinic would no longer be open, by key (rule B16).
    #[error("there are visits on dates on which the clinic would be closed: look at them, then confirm")]
    NeedsConfirm(Vec<i64>),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<FieldErrors> for EditError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

/// Who changes which version of what.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
    pub code: &'a str,
    pub seen: &'a IfMatch,
    /// The visits that lose their clinic have been looked at.
    pub confirm: bool,
}

/// A record after an edit.
#[derive(Clone, Debug)]
pub struct Edited {
    pub stored: Stored,
    /// Repairs and oddities: the column, and words for a person.
    pub notes: Vec<CellError>,
}

/// Changes one record in one transaction, if it is still as its editor saw it: what it was and is enters the audit log, and
/// the data version rises. An edit that changes nothing leaves no trace. `edit` makes the edit from what is stored; `visits`
/// tells which visits such dates would take.
///
/// # Errors
/// See [`EditError`].
pub async fn change<V>(
    records: &Records,
    change: &Change<'_>,
    verb: &'static str,
    edit: impl FnOnce(&Stored) -> Edit,
    visits: V,
) -> Result<Edited, EditError>
where
    V: for<'t> FnOnce(&'t DatabaseTransaction, ClinicId, StatusDates) -> BoxFuture<'t, Result<Vec<i64>, DbErr>>,
{
    let transaction = db::begin_write(&records.db).await?;
    let network = store::lock_network(&transaction, change.now).await?;
    let stored = store::find(&transaction, &change.actor.scope, change.code).await?.ok_or(EditError::UnknownClinic)?;
    if !change.seen.admits(stored.data_version) {
        return Err(EditError::Stale(Box::new(stored)));
    }
    // Who is booking there by the record as it was has committed from here on; who comes now waits, and sees the new one.
    store::lock(&transaction, stored.id, LockType::Update).await?;
    let edit = edit(&stored);
    let Drafted { clinic, notes, doubt } = edit.apply(Some(&stored.clinic))?;
    if clinic == stored.clinic {
        return Ok(Edited { stored, notes });
    }
    doubt.map_or(Ok(()), |doubt| Err(EditError::PinSuspect(doubt)))?;
    let draft = Draft { stored: Some((stored.id, &stored.clinic)), clinic: &clinic };
    draft.check(&transaction, &change.actor.scope).await??;
    if clinic.status != stored.clinic.status && !change.confirm {
        agreed(visits(&transaction, stored.id, clinic.status).await?)?;
    }
    if clinic.slug != stored.clinic.slug {
        addresses::redirect_slug(&transaction, stored.id, &stored.clinic.slug, &clinic.slug, change.now).await?;
    }
    let version = store::raise_version(&transaction, network.is_demo, None, change.now).await?;
    store::update(&transaction, stored.id, &clinic, version, change.now).await?;
    let told =
        Told { verb, id: stored.id, old: Some(&stored.clinic), new: &clinic, reason: edit.pin_reason.as_deref() };
    told.record(&transaction, change.actor, change.now).await?;
    let stored = read(&transaction, change.actor, change.code).await?;
    records.commit(transaction).await?;
    Ok(Edited { stored, notes })
}

fn agreed(visits: Vec<i64>) -> Result<(), EditError> {
    if visits.is_empty() { Ok(()) } else { Err(EditError::NeedsConfirm(visits)) }
}

/// The record as it was just written.
pub async fn read(db: &DatabaseTransaction, actor: &Actor, code: &str) -> Result<Stored, EditError> {
    let stored = store::find(db, &actor.scope, code).await?;
    stored.ok_or_else(|| EditError::Failed(anyhow::anyhow!("clinic {code} was written and is not there")))
}

/// What the audit log is told of a change.
#[derive(Clone, Copy, Debug)]
pub struct Told<'c> {
    pub verb: &'static str,
    pub id: ClinicId,
    pub old: Option<&'c Clinic>,
    pub new: &'c Clinic,
    pub reason: Option<&'c str>,
}

impl Told<'_> {
    /// Writes the entry, field by field.
    pub async fn record(&self, db: &DatabaseTransaction, actor: &Actor, now: DateTime<Utc>) -> Result<(), DbErr> {
        let entry = audit::Entry::new(Subject::Clinic, self.verb, self.id.0)
            .at_clinic(self.id.0)
            .changing(changes(self.old, self.new))
            .because(self.reason);
        audit::record(db, actor, now, [entry]).await
    }
}
