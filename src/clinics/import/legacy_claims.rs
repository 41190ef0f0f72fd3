//! Addresses of an older site that two clinics would claim once a file is imported (rule I9): only all rows together tell.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use super::model::{PlanRow, Problem};
use crate::clinics::{addresses, claimed_twice};

/// The column that is judged.
pub const COLUMN: &str = "legacy_urls";

/// What the rows of a file say about addresses, gathered while they are judged.
#[derive(Debug, Default)]
pub struct LegacyClaims(Vec<Said>);

#[derive(Debug)]
struct Said {
    row: usize,
    code: String,
    urls: Vec<Box<str>>,
}

impl LegacyClaims {
    pub fn gather(&mut self, rows: &[PlanRow]) {
        self.0.extend(rows.iter().filter_map(|row| {
            let change = row.given.as_ref()?.changes.iter().find(|change| change.field == COLUMN)?;
            let urls = change.new.as_str().unwrap_or_default().split(';').filter(|url| !url.is_empty());
            Some(Said { row: row.row, code: row.code.clone(), urls: urls.map(Into::into).collect() })
        }));
    }

    /// The rows that claim what another clinic has then. In one file addresses may change hands.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn problems(
        &self,
        db: &impl ConnectionTrait,
        replaces_all: bool,
    ) -> anyhow::Result<HashMap<usize, Vec<Problem>>> {
        let mut problems: HashMap<usize, Vec<Problem>> = HashMap::new();
        if self.0.is_empty() {
            return Ok(problems);
        }
        let rows: HashMap<&str, usize> = self.0.iter().map(|said| (&*said.code, said.row)).collect();
        let stored = if replaces_all { Vec::new() } else { addresses::legacy_urls(db, None).await? };
        let kept = stored.iter().filter(|(code, _)| !rows.contains_key(&**code));
        let kept = kept.map(|(code, urls)| (&**code, &**urls));
        for twice in claimed_twice(kept.chain(self.0.iter().map(|said| (&*said.code, &*said.urls)))) {
            let reason = format!("\"{}\" leads to {} already", twice.url, twice.first);
            let row = rows[twice.second];
            problems.entry(row).or_default().push(Problem::new(row, Some(COLUMN), reason));
        }
        Ok(problems)
    }
}

/// The first address that two stored clinics claim, in words; `None` as it should be.
///
/// # Errors
/// When the database cannot be read.
pub async fn collision(db: &impl ConnectionTrait) -> anyhow::Result<Option<String>> {
    let stored = addresses::legacy_urls(db, None).await?;
    let twice = claimed_twice(stored.iter().map(|(code, urls)| (&**code, &**urls))).into_iter().next();
    Ok(twice.map(|twice| format!("\"{}\" would lead to {} and to {}", twice.url, twice.first, twice.second)))
}
