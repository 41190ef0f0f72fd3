//! What has to be settled before a plan is written: every open row, and what it took for granted.

use std::collections::HashSet;

use sea_orm::DatabaseTransaction;

use super::apply::ApplyError;
use super::decide::{Chosen, Decisions};
use super::model::{Import, PlanRow, RowResult};
use super::store::{self, RowFilter};
use crate::clinics::store as clinics;
use crate::entities::network;

/// Rows read at a time.
const ROWS_PER_BATCH: usize = 1_000;
/// Rows that a refusal names; how many there are is always told.
pub const MOST_NAMED: usize = 100;

/// Looks at every row that something was decided about, or has to be; how many rows there are to write.
pub async fn count_writes(
    transaction: &DatabaseTransaction,
    import: &Import,
    decisions: &Decisions,
) -> Result<usize, ApplyError> {
    let named: Vec<usize> = decisions.by_row.keys().copied().collect();
    let rows = store::rows_named(transaction, import.id, &named).await?;
    let known: HashSet<usize> = rows.iter().map(|row| row.row).collect();
    let unknown = named.iter().filter(|row| !known.contains(row));
    let mut misfits: Vec<_> = unknown.map(|row| (*row, "there is nothing to decide about this row")).collect();
    misfits.extend(rows.iter().filter_map(|row| Some((row.row, decisions.choose(row).err()?))));
    if !misfits.is_empty() {
        return Err(ApplyError::Misfits(misfits));
    }
    let plain = |row: &&PlanRow| !matches!(row.result, RowResult::Decision | RowResult::Error);
    let left_out = rows.iter().filter(plain).count();
    let decided = count_decided(transaction, import, decisions).await?;
    Ok((import.summary.create + import.summary.change + decided).saturating_sub(left_out))
}

/// How many of the open rows are to be written.
///
/// # Errors
/// When one is still open.
async fn count_decided(
    transaction: &DatabaseTransaction,
    import: &Import,
    decisions: &Decisions,
) -> Result<usize, ApplyError> {
    let (mut taken, mut open, mut count) = (0, Vec::new(), 0);
    for result in [RowResult::Error, RowResult::Decision] {
        let mut filter = RowFilter { result: Some(result), ..RowFilter::default() };
        loop {
            let rows = store::rows(transaction, import.id, &filter, ROWS_PER_BATCH).await?;
            let Some(last) = rows.last() else { break };
            filter.after = last.row;
            for row in rows {
                match decisions.choose(&row) {
                    Ok(Chosen::Take(_)) => taken += 1,
                    Ok(Chosen::Skip) => {}
                    Ok(Chosen::Open) | Err(_) => {
                        count += 1;
                        open.extend(Some(row).filter(|_| count <= MOST_NAMED));
                    }
                }
            }
        }
    }
    open.sort_by_key(|row| row.row);
    if count == 0 { Ok(taken) } else { Err(ApplyError::Open { rows: open, count }) }
}

/// Invented clinics never join real ones (I13): what a plan took for granted about them must still be so.
pub async fn refuse_mixing(
    transaction: &DatabaseTransaction,
    import: &Import,
    network: &network::Model,
    writes: usize,
) -> Result<(), ApplyError> {
    let is_real = !network.is_demo && clinics::count(transaction).await? > 0;
    let moved = match () {
        () if import.is_demonstration => is_real,
        () if import.retires_demonstration => !network.is_demo,
        () => network.is_demo && writes > 0,
    };
    if moved { Err(ApplyError::Stale(Vec::new())) } else { Ok(()) }
}
