//! Unmet demand: how often somebody searched from an area, and how far the nearest clinic was. Counted in memory without
//! a lock, written by the minute; an area is a ZIP's first three digits, so nobody can be recognised.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel};

use crate::entities::unmet_demand;
use crate::geo::Metres;

/// Upper ends of the distance bands in miles; the last one holds everything farther, and "no clinic at all".
const BANDS_MI: [i32; 5] = [25, 50, 100, 250, 12_500];
/// ZIP prefixes 000 to 999.
const AREAS: usize = 1_000;
/// What programs that are nobody's search call themselves.
const BOTS: [&str; 12] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "monitor",
    "scan",
    "externalhit",
    "mediapartners",
    "archiver",
    "headless",
    "lighthouse",
];

/// Counters of the searches since the last flush.
#[derive(Clone, Debug)]
pub struct Demand(Arc<[AtomicU32]>);

impl Default for Demand {
    fn default() -> Self {
        Self((0..AREAS * BANDS_MI.len()).map(|_| AtomicU32::new(0)).collect())
    }
}

impl Demand {
    /// Counts one search from the area (a ZIP's first three digits as a number); `nearest` is `None` without any clinic.
    pub fn count(&self, area: u32, nearest: Option<Metres>) {
        let is_within = |band: &i32| nearest.is_some_and(|distance| distance <= Metres::from_miles(f64::from(*band)));
        let band = BANDS_MI.iter().position(is_within).unwrap_or(BANDS_MI.len() - 1);
        if let Some(counter) = self.0.get(area as usize * BANDS_MI.len() + band) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Adds the counts to the day's rows. What could not be written is counted again at the next flush.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn flush(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
        for (index, counter) in self.0.iter().enumerate() {
            let searches = counter.swap(0, Ordering::Relaxed);
            if searches == 0 {
                continue;
            }
            if let Err(error) = add(db, index, searches, now).await {
                counter.fetch_add(searches, Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(())
    }
}

async fn add(db: &impl ConnectionTrait, index: usize, searches: u32, now: DateTime<Utc>) -> Result<(), DbErr> {
    use unmet_demand::Column;
    let row = unmet_demand::Model {
        searched_on: now.date_naive(),
        zip3: format!("{:03}", index / BANDS_MI.len()),
        band_mi: BANDS_MI[index % BANDS_MI.len()],
        searches: searches.into(),
    };
    let sum = Expr::col((unmet_demand::Entity, Column::Searches)).add(searches);
    let or_add =
        OnConflict::columns([Column::SearchedOn, Column::Zip3, Column::BandMi]).value(Column::Searches, sum).to_owned();
    unmet_demand::Entity::insert(row.into_active_model()).on_conflict(or_add).exec_without_returning(db).await?;
    Ok(())
}

/// Whether a `User-Agent` says that no person is asking.
#[must_use]
pub fn is_bot(user_agent: &str) -> bool {
    let lower = user_agent.to_ascii_lowercase();
    BOTS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_are_told_from_people() {
        assert!(is_bot("Mozilla/5.0 (compatible; Googlebot/2.1)"));
        assert!(!is_bot("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"));
    }
}
