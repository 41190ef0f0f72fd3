//! What is different between two states of a clinic's record, field by field.

use serde_json::Value;

use super::columns::COLUMNS;
use super::model::Clinic;
use crate::accounts::audit::FieldChange;

/// The fields in which `new` differs, named as the columns of the CSV and with the texts of its cells; null is an empty cell.
/// Of a new clinic, everything that it has.
#[must_use]
pub fn changes(old: Option<&Clinic>, new: &Clinic) -> Vec<FieldChange> {
    let columns = COLUMNS.iter().map(|column| (column.name, old.map(column.get), (column.get)(new)));
    let slug = std::iter::once(("slug", old.map(|old| old.slug.to_string()), new.slug.to_string()));
    columns
        .chain(slug)
        .map(|(name, old, new)| (name, old.unwrap_or_default(), new))
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| FieldChange::new(name, cell(old), cell(new)))
        .collect()
}

fn cell(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::String(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i8_a_change_names_the_field_and_both_values() {
        let old = Clinic { phone: Some("+15125550134".into()), ..Clinic::new("A1") };
        let new = Clinic { phone: None, priority: 2, ..old.clone() };
        let expected = [FieldChange::new("phone", "+15125550134", Value::Null), FieldChange::new("priority", "0", "2")];
        assert_eq!(changes(Some(&old), &new), expected);
        assert!(changes(Some(&old), &old).is_empty());
        let first: Vec<_> = changes(None, &old).into_iter().map(|change| change.field).collect();
        assert!(first.contains(&"code".to_owned()) && !first.contains(&"street".to_owned()));
    }
}
