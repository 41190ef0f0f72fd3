//! What somebody decided about the rows of a plan, and what is left open. Pure.

use std::collections::BTreeMap;

use super::model::{PlanRow, RowResult, Target};

/// What to do with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Take the proposed fixes.
    UseFix,
    /// Take the row as it is.
    Override,
    /// Leave it out.
    Skip,
}

/// A choice with its reason, which an override needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub choice: Choice,
    pub reason: Option<String>,
}

/// What to do with decisions that nobody named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Open {
    /// They stay open, and nothing can be applied.
    #[default]
    Ask,
    /// Take every fix; what has none stays open.
    AcceptFixes,
    /// Take pins as they are given; doubts about anything else stay open.
    KeepPins,
}

/// All that was decided about a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    pub by_row: BTreeMap<usize, Decision>,
    pub others: Open,
}

/// What a row comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen<'r> {
    Take(&'r Target),
    Skip,
    /// Somebody still has to decide, or to skip it.
    Open,
}

impl Decisions {
    /// With nothing named, and this for the rest.
    #[must_use]
    pub fn all(others: Open) -> Self {
        Self { by_row: BTreeMap::new(), others }
    }

    /// What the row comes to.
    ///
    /// # Errors
    /// Why the choice is none for this row.
    pub fn choose<'r>(&self, row: &'r PlanRow) -> Result<Chosen<'r>, &'static str> {
        match self.by_row.get(&row.row).map(|decision| decision.choice) {
            Some(choice) => chosen(row, choice),
            None => Ok(self.unnamed(row)),
        }
    }

    /// Why the file's word was taken.
    #[must_use]
    pub fn reason(&self, row: usize) -> Option<&str> {
        self.by_row.get(&row)?.reason.as_deref()
    }

    fn unnamed<'r>(&self, row: &'r PlanRow) -> Chosen<'r> {
        let target = match (row.result, self.others) {
            (RowResult::Create | RowResult::Change | RowResult::Same, _) => row.given.as_ref(),
            (RowResult::Decision, Open::AcceptFixes) => row.fixed.as_ref(),
            (RowResult::Decision, Open::KeepPins) if is_about_the_pin(row) => row.given.as_ref(),
            _ => None,
        };
        target.map_or(Chosen::Open, Chosen::Take)
    }
}

fn chosen(row: &PlanRow, choice: Choice) -> Result<Chosen<'_>, &'static str> {
    match (row.result, choice) {
        (_, Choice::Skip) if row.is_skippable => Ok(Chosen::Skip),
        (_, Choice::Skip) => Err("this cannot be skipped: correct the file and import it again"),
        (RowResult::Error, _) => Err("a row in error can only be skipped"),
        (RowResult::Decision, Choice::UseFix) => {
            row.fixed.as_ref().map(Chosen::Take).ok_or("no fix is proposed for this row: override or skip it")
        }
        (RowResult::Decision, Choice::Override) => {
            row.given.as_ref().map(Chosen::Take).ok_or("this row cannot be stored as it is: use the fix or skip it")
        }
        _ => Err("nothing is open in this row: it can only be skipped"),
    }
}

fn is_about_the_pin(row: &PlanRow) -> bool {
    row.problems.iter().all(|problem| problem.fix.as_ref().is_none_or(|fix| !fix.cells.contains_key("code")))
}
