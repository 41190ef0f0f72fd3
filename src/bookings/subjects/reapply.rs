use std::collections::{HashMap, HashSet};

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::log::{Erasure, ErasureLog};
use super::model::{Kind, fingerprint, mark};
use super::store::{self, Candidate};
use crate::accounts::Actor;
use crate::accounts::audit::{self, Entry, FieldChange, Subject};
use crate::bookings::model::Status;
use crate::db::begin_write;
use crate::token::SecretKey;

/// What was erased again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reapplied {
    /// Erasures of the log that the database had not seen.
    pub erasures: usize,
    pub bookings: usize,
    /// Of those, the ones whose fingerprint cannot be compared, because it was made with another key: the bookings they emptied
    /// are found by their marks, others of the same person are not.
    pub other_key: usize,
    /// Lines of the log that cannot be read.
    pub unreadable: Vec<usize>,
}

/// Erases again what the log says was erased and this database has not seen: it was restored from a backup of before.
///
/// What a person left with us after their erasure stays.
///
/// # Errors
/// When the log or the database cannot be read or written; then nothing was changed.
pub async fn reapply(
    db: &DatabaseConnection,
    secret: Option<&SecretKey>,
    log: &ErasureLog,
    now: DateTime<Utc>,
) -> anyhow::Result<Reapplied> {
    let lines = log.read()?;
    let seen: HashSet<String> = store::erasures_seen(db).await?.into_iter().collect();
    let unseen: Vec<Erasure> = lines.erasures.into_iter().filter(|erasure| !seen.contains(&erasure.id)).collect();
    let mut reapplied = Reapplied { erasures: unseen.len(), unreadable: lines.unreadable, ..Reapplied::default() };
    if unseen.is_empty() {
        return Ok(reapplied);
    }
    let key = secret.map(SecretKey::mark);
    reapplied.other_key = unseen.iter().filter(|erasure| Some(&erasure.key) != key.as_ref()).count();
    let tx = begin_write(db).await.context("cannot write to the database")?;
    reapplied.bookings = erase_again(&tx, secret, &unseen, now).await.context("cannot erase again what was erased")?;
    tx.commit().await.context("cannot keep what was erased again")?;
    Ok(reapplied)
}

async fn erase_again(
    tx: &DatabaseTransaction,
    secret: Option<&SecretKey>,
    unseen: &[Erasure],
    now: DateTime<Utc>,
) -> anyhow::Result<usize> {
    let finder = Finder::new(unseen);
    let found: Vec<(Candidate, &Erasure)> = store::candidates(tx)
        .await?
        .into_iter()
        .filter_map(|row| finder.erasure_of(&row, secret).map(|erasure| (row, erasure)))
        .collect();
    let is_to_come = |(row, erasure): &&(Candidate, &Erasure)| {
        Status::parse(&row.status).is_some_and(Status::is_upcoming) && erasure.at < row.starts_at
    };
    let to_come: Vec<i64> = found.iter().filter(is_to_come).map(|(row, _)| row.id).collect();
    let ids: Vec<i64> = found.iter().map(|(row, _)| row.id).collect();
    store::cancel(tx, &to_come, now).await?;
    store::empty(tx, &ids, now).await?;
    for erasure in unseen {
        store::insert_erasure(tx, erasure, erasure.marks.len(), now).await?;
    }
    audit::record(tx, &Actor::system(), now, unseen.iter().map(entry)).await?;
    Ok(ids.len())
}

fn entry(erasure: &Erasure) -> Entry {
    let receipt = FieldChange::new("receipt", serde_json::Value::Null, erasure.id.as_str());
    Entry {
        verb: "erase_again",
        subject: Subject::Person,
        subject_id: None,
        clinic_id: None,
        changes: vec![FieldChange::personal(erasure.kind.as_str()), receipt],
        reason: None,
    }
}

/// Which erasure a booking falls under.
struct Finder<'e> {
    by_mark: HashMap<&'e str, &'e Erasure>,
    /// The latest of each person.
    by_person: HashMap<(&'static str, &'e str), &'e Erasure>,
}

impl<'e> Finder<'e> {
    fn new(erasures: &'e [Erasure]) -> Self {
        let by_mark = erasures.iter().flat_map(|one| one.marks.iter().map(move |mark| (mark.as_str(), one))).collect();
        let mut by_person: HashMap<_, &Erasure> = HashMap::new();
        for erasure in erasures {
            let latest = by_person.entry((erasure.kind.as_str(), erasure.fingerprint.as_str())).or_insert(erasure);
            if latest.at < erasure.at {
                *latest = erasure;
            }
        }
        Self { by_mark, by_person }
    }

    fn erasure_of(&self, row: &Candidate, secret: Option<&SecretKey>) -> Option<&'e Erasure> {
        let marked = self.by_mark.get(mark(&row.token_nonce).as_str());
        marked.copied().or_else(|| secret.and_then(|secret| self.of_person(row, secret)))
    }

    fn of_person(&self, row: &Candidate, secret: &SecretKey) -> Option<&'e Erasure> {
        let ways = [(Kind::Phone, &row.phone), (Kind::Email, &row.email)];
        ways.into_iter().find_map(|(kind, value)| {
            let print = fingerprint(secret, kind, value.as_deref()?);
            let erasure = *self.by_person.get(&(kind.as_str(), print.as_str()))?;
            (row.confirmed_at.unwrap_or(row.created_at) <= erasure.at).then_some(erasure)
        })
    }
}
