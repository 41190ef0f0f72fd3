//! What is taken at one clinic, in memory. It outlives the entries: an edit makes a new entry, the claims stay.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;

use crate::availability::Claims;

/// The claims of one clinic as this process last read them; the claims table is the judge, this only shows.
#[derive(Debug, Default)]
pub struct Diary {
    version: AtomicU64,
    /// `None` for a clinic at which nothing is claimed, as most are at most times.
    claims: ArcSwapOption<Claims>,
}

impl Diary {
    /// Replaces the claims; whoever computed something from the earlier ones finds its version outdated.
    pub fn set(&self, claims: Claims) {
        self.claims.store((!claims.is_empty()).then(|| Arc::new(claims)));
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Counts the changes. Read it before [`Diary::claims`]: claims may be newer than the version they are kept under,
    /// never older.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    #[must_use]
    pub fn claims(&self) -> Arc<Claims> {
        self.claims.load_full().unwrap_or_default()
    }
}
