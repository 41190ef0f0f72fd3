use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::among::Draft;
use super::change::{EditError, Edited, Told, read};
use super::edit::{Drafted, Edit};
use super::model::Clinic;
use super::records::Records;
use super::{addresses, slug, store};
use crate::accounts::Actor;
use crate::db;

/// Adds a clinic; it is given a slug when the edit names none.
///
/// # Errors
/// See [`EditError`].
pub async fn create(records: &Records, actor: &Actor, now: DateTime<Utc>, edit: &Edit) -> Result<Edited, EditError> {
    let Drafted { mut clinic, notes, doubt } = edit.apply(None)?;
    doubt.map_or(Ok(()), |doubt| Err(EditError::PinSuspect(doubt)))?;
    let transaction = db::begin_write(&records.db).await?;
    let network = store::lock_network(&transaction, now).await?;
    if store::moved_to(&transaction, &clinic.code).await?.is_some() {
        return Err(EditError::CodeTaken);
    }
    Draft { stored: None, clinic: &clinic }.check(&transaction, &actor.scope).await??;
    if clinic.slug.is_empty() {
        clinic.slug = free_slug(&transaction, &clinic).await?;
    }
    let version = store::raise_version(&transaction, network.is_demo, None, now).await?;
    store::insert(&transaction, std::slice::from_ref(&clinic), version, now, |_| {}).await?;
    let stored = read(&transaction, actor, &clinic.code).await?;
    let told =
        Told { verb: "create", id: stored.id, old: None, new: &stored.clinic, reason: edit.pin_reason.as_deref() };
    told.record(&transaction, actor, now).await?;
    records.commit(transaction).await?;
    Ok(Edited { stored, notes })
}

/// The first slug of its name that no clinic has or ever had (rule I9).
async fn free_slug(db: &DatabaseTransaction, clinic: &Clinic) -> Result<Box<str>, EditError> {
    for candidate in slug::candidates(&clinic.name, &clinic.city, &clinic.code) {
        if addresses::slug_owner(db, &candidate).await?.is_none() {
            return Ok(candidate.into());
        }
    }
    Err(EditError::Failed(anyhow::anyhow!("every slug is taken")))
}
