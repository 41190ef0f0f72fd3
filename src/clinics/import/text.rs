//! The rows of a plan as a person reads them in a terminal. Pure.

use super::model::{PlanRow, RowResult};
use crate::accounts::audit::FieldChange;

/// A row as a person reads it in a terminal, on lines of its own.
#[must_use]
pub fn row_text(row: &PlanRow) -> String {
    let mut lines = vec![format!("  row {}  {}{}", row.row, row.code, new_clinic(row))];
    if row.result == RowResult::Change {
        lines.extend(row.changes().iter().map(|change| format!("      {}", change_text(change))));
    }
    for problem in &row.problems {
        let column = problem.column.as_ref().map_or_else(String::new, |column| format!("{column}: "));
        lines.push(format!("      {column}{}", problem.reason));
        lines.extend(problem.fix.as_ref().map(|fix| format!("      -> {}", fix.detail)));
    }
    for note in &row.notes {
        let column = note.column.as_deref().unwrap_or_default();
        lines.push(format!("      note: {column}: {}", note.reason));
    }
    lines.iter().map(|line| printable(line) + "\n").collect()
}

/// The name and the town of a clinic that would be created.
fn new_clinic(row: &PlanRow) -> String {
    let field = |name: &str| {
        let change = row.changes().iter().find(|change| change.field == name)?;
        change.new.as_str().map(str::to_owned)
    };
    match row.result {
        RowResult::Create => {
            let parts = ["name", "city", "state", "zip"].map(field);
            format!("  {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}

fn change_text(change: &FieldChange) -> String {
    const BLANK: &str = "(blank)";
    let [old, new] = [&change.old, &change.new].map(|value| value.as_str().unwrap_or(BLANK));
    format!("{}: {old} -> {new}", change.field)
}

/// What a file says must not steer the terminal: control characters and those that turn the direction of writing are shown
/// by their number.
#[must_use]
pub fn printable(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |c: char| if c.is_control() || turns(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[31m\u{202e}b\nñ"), "a\\u{1b}[31m\\u{202e}b\\u{a}ñ");
    }
}
