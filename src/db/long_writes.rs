use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Whether this process has SQLite's one write lock for seconds, as an import of a large network has: then whoever else cannot
/// write waits for nothing worse. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct LongWrites(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    running: AtomicUsize,
    ended: AtomicU64,
}

impl LongWrites {
    /// One begins; it runs until what is returned is dropped.
    #[must_use]
    pub fn begin(&self) -> LongWrite {
        self.0.running.fetch_add(1, Ordering::SeqCst);
        LongWrite(self.clone())
    }

    #[must_use]
    pub fn are_running(&self) -> bool {
        self.0.running.load(Ordering::SeqCst) > 0
    }

    /// How many there have been: whoever saw another number before has waited for one. Ask whether any is running first.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.0.ended.load(Ordering::SeqCst)
    }
}

/// A long write that is running.
#[derive(Debug)]
pub struct LongWrite(LongWrites);

impl Drop for LongWrite {
    fn drop(&mut self) {
        let LongWrites(counts) = &self.0;
        // In this order: at no moment does one look as if it had never been.
        counts.ended.fetch_add(1, Ordering::SeqCst);
        counts.running.fetch_sub(1, Ordering::SeqCst);
    }
}
