//! What is computed about a clinic and kept until time or claims may have changed it.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};

use super::diary::Diary;

/// A value that is computed when it is first asked for, and again when it may have changed. Readers never wait: two that
/// find it outdated both compute it.
#[derive(Debug)]
pub struct Kept<T>(ArcSwapOption<Standing<T>>);

/// A value and how long it stands.
#[derive(Debug)]
pub struct Standing<T> {
    pub value: T,
    /// At the latest.
    pub until: DateTime<Utc>,
    from: DateTime<Utc>,
    claims_version: u64,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(ArcSwapOption::empty())
    }
}

impl<T> Kept<T> {
    /// Reads the value as of this minute. `make` computes it and says until when it stands at the latest, unless the claims
    /// in the diary change before.
    pub fn read<R>(
        &self,
        diary: &Diary,
        as_of: DateTime<Utc>,
        make: impl FnOnce() -> (T, DateTime<Utc>),
        read: impl FnOnce(&Standing<T>) -> R,
    ) -> R {
        // Before the claims are read: they may be newer than their version, never older.
        let claims_version = diary.version();
        let held = self.0.load();
        match held.as_deref() {
            Some(standing) if standing.stands(claims_version, as_of) => read(standing),
            _ => {
                let (value, until) = make();
                let standing = Arc::new(Standing { value, until, from: as_of, claims_version });
                self.0.store(Some(Arc::clone(&standing)));
                read(&standing)
            }
        }
    }
}

impl<T> Standing<T> {
    fn stands(&self, claims_version: u64, as_of: DateTime<Utc>) -> bool {
        self.claims_version == claims_version && self.from <= as_of && as_of < self.until
    }
}
