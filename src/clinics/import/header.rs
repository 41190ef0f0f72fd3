//! Which cell of a row is which column of a clinic.

use super::Problem;
use crate::clinics::COLUMNS;
use crate::web::closest;

/// What a column of the file means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An index into [`COLUMNS`].
    Field(usize),
    /// The hours of one weekday, Monday being 0.
    Day(usize),
}

const DAYS: [(&str, &str); 7] = [
    ("mon_hours", "monday_hours"),
    ("tue_hours", "tuesday_hours"),
    ("wed_hours", "wednesday_hours"),
    ("thu_hours", "thursday_hours"),
    ("fri_hours", "friday_hours"),
    ("sat_hours", "saturday_hours"),
    ("sun_hours", "sunday_hours"),
];

/// Reads the header row; the order is free.
///
/// # Errors
/// Unknown columns with the nearest known one, duplicates, and a missing `code`.
pub fn read_header(header: &[String]) -> Result<Vec<Meaning>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut meanings = Vec::with_capacity(header.len());
    for name in header {
        match meaning(&name.to_ascii_lowercase()) {
            None => problems.push(Problem::new(1, Some(name), unknown(name))),
            Some(meaning) if meanings.contains(&meaning) => {
                problems.push(Problem::new(1, Some(name), "this column is there twice"));
            }
            Some(meaning) => meanings.push(meaning),
        }
    }
    let is_there = |name: &str| meaning(name).is_some_and(|meaning| meanings.contains(&meaning));
    if !is_there("code") {
        problems.push(Problem::new(1, Some("code"), "this column is needed: it is the clinic's own key"));
    }
    if is_there("hours") && meanings.iter().any(|meaning| matches!(meaning, Meaning::Day(_))) {
        problems.push(Problem::new(1, Some("hours"), "give either this column or one column per day, not both"));
    }
    if problems.is_empty() { Ok(meanings) } else { Err(problems) }
}

fn meaning(name: &str) -> Option<Meaning> {
    let day = || DAYS.iter().position(|(short, long)| name == *short || name == *long).map(Meaning::Day);
    COLUMNS.iter().position(|column| column.name == name).map(Meaning::Field).or_else(day)
}

fn unknown(name: &str) -> String {
    let known: Vec<&str> =
        COLUMNS.iter().map(|column| column.name).chain(DAYS.iter().map(|(short, _)| *short)).collect();
    match closest(name, &known) {
        Some(near) => format!("there is no such column; did you mean \"{near}\"?"),
        None => "there is no such column".to_owned(),
    }
}

/// The name of a weekday's column as error messages show it.
pub fn day_column(day: usize) -> &'static str {
    DAYS.get(day).map_or("hours", |(short, _)| short)
}
