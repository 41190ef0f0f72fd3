use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use serde_json::{Value, json};

use super::model::{Settings, Wording};
use super::store;
use crate::accounts::Actor;
use crate::accounts::audit::{self, FieldChange, Subject};
use crate::clinics::{Records, store as clinics};
use crate::db;
use crate::entities::network;
use crate::error::FieldErrors;
use crate::web::IfMatch;

/// Why the settings were not changed; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Somebody else changed them since they were seen (rule I8).
    #[error("somebody has changed the settings since you have seen them: look at `current`, then decide again")]
    Stale(Box<network::Model>),
    /// Some members are wrong.
    #[error("{0}")]
    Invalid(FieldErrors),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Who changes which version of the settings, and to what.
#[derive(Clone, Copy, Debug)]
pub struct SettingsChange<'a> {
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
    pub seen: &'a IfMatch,
    /// To be published beside those there are; one that is there in the same words is passed over.
    pub wordings: &'a [Wording],
}

/// The settings' row as it is from here on.
pub type SettingsEdited = network::Model;

/// Changes the settings in one transaction, if they are still as their editor saw them. What changed enters the audit log
/// and, by the data version, every process's snapshot.
///
/// # Errors
/// See [`SettingsError`].
pub async fn update(
    records: &Records,
    change: &SettingsChange<'_>,
    edit: impl FnOnce(&mut Settings),
) -> Result<SettingsEdited, SettingsError> {
    let SettingsChange { actor, now, seen, wordings } = *change;
    let transaction = db::begin_write(&records.db).await?;
    let row = clinics::lock_network(&transaction, now).await?;
    if !seen.admits(row.settings_version) {
        return Err(SettingsError::Stale(Box::new(row)));
    }
    let old = store::settings(&row)?;
    let mut new = old.clone();
    edit(&mut new);
    new.policy.validate().map_err(|error| FieldErrors::one("policy", "invalid_value", error.to_string()))?;
    let added = added(&store::wordings(&transaction).await?, wordings)?;
    let mut changes = old.changes(&new);
    changes.extend(added.iter().map(|wording| FieldChange::new("wordings", Value::Null, told(wording))));
    if changes.is_empty() {
        return Ok(row);
    }
    store::update(&transaction, &new, now).await?;
    store::insert_wordings(&transaction, &added).await?;
    clinics::raise_version(&transaction, row.is_demo, None, now).await?;
    let entry = audit::Entry::new(Subject::Network, "update", row.id).changing(changes);
    audit::record(&transaction, actor, now, [entry]).await?;
    let row = clinics::network(&transaction, now).await?;
    records.commit(transaction).await?;
    Ok(row)
}

impl From<FieldErrors> for SettingsError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

fn told(wording: &Wording) -> Value {
    let Wording { purpose, version, locale, text, published_at: _ } = wording;
    json!({ "purpose": purpose, "version": version, "locale": locale, "text": text })
}

/// The wordings that are not there yet. What somebody agreed to in these words must stay what they read.
fn added(published: &[Wording], asked: &[Wording]) -> Result<Vec<Wording>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut added: Vec<Wording> = Vec::new();
    for (i, wording) in asked.iter().enumerate() {
        match published.iter().chain(&added).find(|known| known.is_same_version(wording)) {
            None => added.push(wording.clone()),
            Some(known) if known.text == wording.text => {}
            Some(_) => {
                let detail = "is published in other words, which never change: publish them as the next version";
                errors.push(&format!("wordings[{i}].version"), "wording_published", detail);
            }
        }
    }
    errors.or(added)
}
