use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use arc_swap::ArcSwap;
use axum::http::HeaderValue;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use tokio::sync::Mutex;

use super::demand::Demand;
use super::diary::Diary;
use super::entry::Making;
use super::{Entry, Network, Snapshot};
use crate::availability::Claims;
use crate::clinics::store::{self, Changed, Stored};
use crate::clinics::{ClinicId, closures};
use crate::clock::Clock;
use crate::db;
use crate::web::{Metrics, PublicUrl, cache};

/// How often the database is asked for its version: another process's edit is public after this at the latest.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The current snapshot, and what it takes to make the next one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Directory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    snapshot: ArcSwap<Snapshot>,
    db: DatabaseConnection,
    clock: Clock,
    links: PublicUrl,
    metrics: Metrics,
    demand: Demand,
    /// Counts the changes of claims; where it starts differs between processes, as the counts do.
    claims_version: AtomicU64,
    /// One refresh at a time; readers never wait for it.
    refreshing: Mutex<()>,
}

impl Directory {
    /// Reads the whole directory from the database.
    ///
    /// # Errors
    /// When the database cannot be read or holds a record that this program does not understand.
    pub async fn open(
        db: DatabaseConnection,
        clock: Clock,
        links: PublicUrl,
        metrics: Metrics,
    ) -> anyhow::Result<Self> {
        let now = clock.now();
        let row = store::network(&db, now).await?;
        let empty = Snapshot::build(-1, Network::read(&row, None)?, Vec::new(), &[], None);
        let demand = Demand::default();
        let claims_version = AtomicU64::new(now.timestamp_micros().unsigned_abs());
        let inner = Inner {
            snapshot: ArcSwap::from_pointee(empty),
            db,
            clock,
            links,
            metrics,
            demand,
            claims_version,
            refreshing: Mutex::default(),
        };
        let directory = Self(Arc::new(inner));
        directory.refresh().await?;
        Ok(directory)
    }

    /// The directory as it is now; hold it for one answer.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.load_full()
    }

    /// "Now" as answers state it, cut to the minute (rule N10).
    #[must_use]
    pub fn as_of(&self) -> DateTime<Utc> {
        let now = self.0.clock.now();
        now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now)
    }

    /// The present instant, for answers that nobody keeps.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    #[must_use]
    pub fn links(&self) -> &PublicUrl {
        &self.0.links
    }

    #[must_use]
    pub fn demand(&self) -> &Demand {
        &self.0.demand
    }

    /// The entity tag of this snapshot's answer to `asked` in this minute (rule N10). Dated statuses flip without a new
    /// data version, a moment after their minute has begun: when the next one is due tells which have.
    #[must_use]
    pub fn etag(&self, snapshot: &Snapshot, as_of: DateTime<Utc>, asked: &[&str]) -> HeaderValue {
        let claims = self.0.claims_version.load(Ordering::Acquire).cast_signed();
        let next_flip = snapshot.next_flip.map_or(0, |flip| flip.timestamp());
        cache::etag(&[snapshot.data_version, claims, next_flip, as_of.timestamp() / 60], asked)
    }

    /// Shows these claims at a clinic from here on; a clinic that is not in the directory yet is passed over.
    pub fn show_claims(&self, clinic: ClinicId, claims: Claims) {
        if let Some(entry) = self.snapshot().by_id(clinic) {
            entry.diary.set(claims);
            self.0.claims_version.fetch_add(1, Ordering::Release);
        }
    }

    /// Refreshes only when the database is ahead, for a decision that must not be made on yesterday's hours.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn catch_up(&self) -> Result<(), DbErr> {
        if store::data_version(&self.0.db).await? != self.snapshot().data_version
            && let Err(error) = self.refresh().await
        {
            tracing::warn!(error = format!("{error:#}"), "a decision is made on an outdated directory");
        }
        Ok(())
    }

    /// Brings the snapshot up to the database's version and today's statuses, if it is behind.
    ///
    /// # Errors
    /// When the database cannot be read; the old snapshot stays.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        let _one_at_a_time = self.0.refreshing.lock().await;
        let now = self.0.clock.now();
        let held = self.snapshot();
        let version = store::data_version(&self.0.db).await?;
        let is_flip_due = held.next_flip.is_some_and(|flip| flip <= now);
        if version == held.data_version && !is_flip_due {
            return Ok(());
        }
        let next = self.next_snapshot(held, now).await?;
        self.0.metrics.clinics.set(i64::try_from(next.entries().len()).unwrap_or(i64::MAX));
        self.0.metrics.data_version.set(next.data_version);
        self.0.metrics.snapshot_builds.inc();
        self.0.snapshot.store(Arc::new(next));
        Ok(())
    }

    /// Reads what changed, and everything when clinics have disappeared (the demonstration was retired). All of it as it was
    /// at one moment: no newer record is served under an older version.
    async fn next_snapshot(&self, held: Arc<Snapshot>, now: DateTime<Utc>) -> anyhow::Result<Snapshot> {
        let db = &db::begin_read(&self.0.db).await?;
        let row = store::network(db, now).await?;
        let redirects = store::redirects(db).await?;
        let closures = closures::current(db, now).await?.into_iter().map(Arc::new).collect();
        let network = Network::read(&row, Some(&held.network))?;
        let making = Arc::new(Making { now, network, links: self.0.links.clone(), closures });
        // A backup that was restored is older than what is held.
        let is_older = row.data_version < held.data_version;
        let changed = if is_older { Changed::all() } else { Changed::since(held.data_version) };
        let mut newer = entries(db, changed, &making, &held).await?;
        let count = usize::try_from(store::count(db).await?).unwrap_or(usize::MAX);
        let ids: HashSet<ClinicId> = newer.iter().map(|entry| entry.id).collect();
        let mut kept: Vec<Arc<Entry>> =
            held.entries().iter().filter(|entry| !ids.contains(&entry.id)).cloned().collect();
        if kept.len() + newer.len() != count {
            newer = entries(db, Changed::all(), &making, &held).await?;
            kept.clear();
        }
        let build = move || -> anyhow::Result<Snapshot> {
            let is_stale = |entry: &Entry| {
                making.network != held.network
                    || entry.flips_at.is_some_and(|flip| flip <= making.now)
                    || making.closures_for(&entry.clinic) != entry.closures
            };
            let renew =
                |entry: Arc<Entry>| if is_stale(&entry) { making.renew(&entry).map(Arc::new) } else { Ok(entry) };
            let mut entries = kept.into_iter().map(renew).collect::<anyhow::Result<Vec<_>>>()?;
            entries.extend(newer);
            Ok(Snapshot::build(row.data_version, making.network.clone(), entries, &redirects, Some(&held)))
        };
        // Tens of milliseconds at 10,000 clinics: not on a thread that answers requests.
        tokio::task::spawn_blocking(build).await.context("the snapshot could not be built")?
    }

    /// Follows the database for as long as the process lives. While it is away the last snapshot keeps answering.
    pub async fn follow(self) {
        let mut was_away = false;
        loop {
            tokio::time::sleep(POLL_INTERVAL).await;
            match self.refresh().await {
                Ok(()) if was_away => {
                    tracing::info!("the directory follows the database again");
                    was_away = false;
                }
                Err(error) if !was_away => {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "the directory cannot follow the database and answers from its last snapshot"
                    );
                    was_away = true;
                }
                Ok(()) | Err(_) => {}
            }
        }
    }
}

/// Entries of the changed clinics, with the diaries they have; a page is prepared while the next one is read.
async fn entries(
    db: &DatabaseTransaction,
    mut changed: Changed,
    making: &Arc<Making>,
    held: &Arc<Snapshot>,
) -> anyhow::Result<Vec<Arc<Entry>>> {
    let mut pages = Vec::new();
    loop {
        let page = changed.page(db).await?;
        if page.is_empty() {
            break;
        }
        let (making, held) = (Arc::clone(making), Arc::clone(held));
        pages.push(tokio::task::spawn_blocking(move || {
            let diary = |id| held.by_id(id).map_or_else(Arc::<Diary>::default, |entry| Arc::clone(&entry.diary));
            let entry = |stored: Stored| making.entry(diary(stored.id), stored).map(Arc::new);
            page.into_iter().map(entry).collect::<anyhow::Result<Vec<_>>>()
        }));
    }
    let mut entries = Vec::new();
    for page in pages {
        entries.extend(page.await.context("the entries could not be made")??);
    }
    Ok(entries)
}
