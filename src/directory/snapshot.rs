use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use super::{Entry, Network};
use crate::clinics::ClinicId;
use crate::clinics::status::ClinicStatus;
use crate::error::FieldErrors;
use crate::geo::{Point, PointIndex};
use crate::places::State;

/// The whole directory at one data version; immutable.
#[derive(Debug)]
pub struct Snapshot {
    pub data_version: i64,
    pub network: Network,
    /// By state, city, name, code; closed ones included.
    entries: Vec<Arc<Entry>>,
    by_slug: FxHashMap<Box<str>, u32>,
    by_code: FxHashMap<Box<str>, u32>,
    by_id: FxHashMap<ClinicId, u32>,
    redirects: FxHashMap<Box<str>, u32>,
    legacy_paths: FxHashMap<Box<str>, u32>,
    open: Arc<Layer>,
    withheld: Arc<Layer>,
    /// When the first dated status flips and a new snapshot is due.
    pub next_flip: Option<DateTime<Utc>>,
}

/// Clinics that a nearest query looks through together.
#[derive(Debug)]
pub struct Layer {
    points: Vec<Point>,
    /// Positions in the snapshot's entries, by index id.
    positions: Vec<u32>,
    pub index: PointIndex,
}

impl Layer {
    fn of(entries: &[Arc<Entry>], belongs: impl Fn(&Entry) -> bool, earlier: Option<&Arc<Self>>) -> Arc<Self> {
        let chosen = || (0_u32..).zip(entries).filter(|(_, entry)| belongs(entry));
        let points: Vec<Point> = chosen().map(|(_, entry)| entry.point).collect();
        let positions: Vec<u32> = chosen().map(|(position, _)| position).collect();
        match earlier {
            // Most edits move no pin: building the tree is the dear part.
            Some(earlier) if earlier.points == points && earlier.positions == positions => Arc::clone(earlier),
            _ => Arc::new(Self { index: PointIndex::build(&points), points, positions }),
        }
    }

    /// The entry's position in the snapshot.
    #[must_use]
    pub fn position(&self, id: u32) -> u32 {
        self.positions[id as usize]
    }
}

impl Snapshot {
    /// Orders and indexes the entries. `earlier` lends its search trees where no pin moved.
    #[must_use]
    pub fn build(
        data_version: i64,
        network: Network,
        mut entries: Vec<Arc<Entry>>,
        redirects: &[(String, ClinicId)],
        earlier: Option<&Self>,
    ) -> Self {
        // A stable sort passes once over what is in order already, which is nearly everything.
        entries.sort_by(|a, b| list_order(a, b));
        let positions = || (0_u32..).zip(&entries);
        let by_id: FxHashMap<ClinicId, u32> = positions().map(|(position, entry)| (entry.id, position)).collect();
        let mut legacy_paths = FxHashMap::default();
        for (position, entry) in positions() {
            for path in &entry.legacy_paths {
                // Should two clinics claim one path, the first of the list has it.
                legacy_paths.entry(path.clone()).or_insert(position);
            }
        }
        let is_withheld = |entry: &Entry| match entry.status {
            ClinicStatus::Open => false,
            ClinicStatus::TemporarilyClosed | ClinicStatus::ComingSoon => true,
            ClinicStatus::Closed => entry.clinic.moved_to.is_some(),
        };
        Self {
            data_version,
            network,
            by_slug: positions().map(|(position, entry)| (entry.clinic.slug.clone(), position)).collect(),
            by_code: positions().map(|(position, entry)| (entry.clinic.code.clone(), position)).collect(),
            redirects: redirects
                .iter()
                .filter_map(|(slug, id)| Some((slug.as_str().into(), *by_id.get(id)?)))
                .collect(),
            legacy_paths,
            by_id,
            open: Layer::of(&entries, Entry::is_listed, earlier.map(|earlier| &earlier.open)),
            withheld: Layer::of(&entries, is_withheld, earlier.map(|earlier| &earlier.withheld)),
            next_flip: entries.iter().filter_map(|entry| entry.flips_at).min(),
            entries,
        }
    }

    /// Every clinic, by state, city, name, code.
    #[must_use]
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    #[must_use]
    pub fn entry(&self, position: u32) -> &Arc<Entry> {
        &self.entries[position as usize]
    }

    /// The clinics that may be answered with.
    #[must_use]
    pub fn open(&self) -> &Layer {
        &self.open
    }

    /// The clinics that only explain why they are not (rules N4, N8).
    #[must_use]
    pub fn withheld(&self) -> &Layer {
        &self.withheld
    }

    fn by_slug(&self, slug: &str) -> Option<&Arc<Entry>> {
        self.by_slug.get(slug).map(|position| self.entry(*position))
    }

    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&Arc<Entry>> {
        self.by_code.get(code).map(|position| self.entry(*position))
    }

    #[must_use]
    pub fn by_id(&self, id: ClinicId) -> Option<&Arc<Entry>> {
        self.by_id.get(&id).map(|position| self.entry(*position))
    }

    /// By a slug as people keep it: the present one, an old one, in any case (rule I9).
    #[must_use]
    pub fn lookup(&self, slug: &str) -> Option<&Arc<Entry>> {
        let by_lower = || {
            let lower = slug.to_lowercase();
            self.redirect(&lower).or_else(|| self.by_slug(&lower))
        };
        self.by_slug(slug).or_else(by_lower)
    }

    /// The clinic that now stands for a closed one, after however many moves; `None` when they end in nothing (rule I9).
    #[must_use]
    pub fn successor(&self, closed: &Entry) -> Option<&Arc<Entry>> {
        let mut next = self.by_code(closed.clinic.moved_to.as_deref()?)?;
        // Moves may form a circle, which is at most as long as there are clinics.
        for _ in 0..self.entries.len() {
            if next.status != ClinicStatus::Closed {
                return Some(next);
            }
            next = self.by_code(next.clinic.moved_to.as_deref()?)?;
        }
        None
    }

    /// The clinic that an old slug leads to (rule I9).
    fn redirect(&self, slug: &str) -> Option<&Arc<Entry>> {
        self.redirects.get(slug).map(|position| self.entry(*position))
    }

    /// The clinic that a path of an older site leads to (rule I9); as `clinics::plain_path` has it.
    #[must_use]
    pub fn by_legacy_path(&self, path: &str) -> Option<&Arc<Entry>> {
        self.legacy_paths.get(path).map(|position| self.entry(*position))
    }

    /// How many of these, which are in list order, come up to the clinic with this code, itself included; it may have left
    /// the list since.
    ///
    /// # Errors
    /// When there is no such clinic any more.
    pub fn after(&self, listed: &[&Arc<Entry>], code: &str) -> Result<usize, FieldErrors> {
        let gone = || {
            FieldErrors::one("cursor", "invalid_value", "this page is no longer there: start again without a cursor")
        };
        let last = self.by_code(code).ok_or_else(gone)?;
        Ok(listed.partition_point(|entry| list_order(entry, last).is_le()))
    }

    /// Where the clinics of a state begin.
    #[must_use]
    pub fn position_of_state(&self, state: &State) -> u32 {
        u32::try_from(self.entries.partition_point(|entry| entry.state.code < state.code)).unwrap_or(u32::MAX)
    }

    /// The clinics of one state, in list order.
    #[must_use]
    pub fn in_state(&self, state: &State) -> &[Arc<Entry>] {
        let start = self.entries.partition_point(|entry| entry.state.code < state.code);
        let length = self.entries[start..].partition_point(|entry| entry.state.code == state.code);
        &self.entries[start..start + length]
    }
}

/// Lists are ordered by state, city, name, code.
fn list_order(a: &Entry, b: &Entry) -> Ordering {
    list_key(a).cmp(&list_key(b))
}

fn list_key(entry: &Entry) -> (&str, &str, &str, &str) {
    (entry.state.code, &entry.clinic.city, &entry.clinic.name, &entry.clinic.code)
}
