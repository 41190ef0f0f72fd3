use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::accounts::audit::FieldChange;
use crate::clinics::model::Clinic;
use crate::clinics::policy::{Policy, PolicyField};

/// How long after a visit personal data is erased, until an admin says otherwise.
pub const DEFAULT_RETENTION_DAYS: u16 = 180;
/// How many miles a day of waiting outweighs, until an admin says otherwise (rule A16).
pub const DEFAULT_WAIT_DAY_MI: f64 = 10.0;

/// What a service is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLabel {
    pub en: String,
    /// English stands in where there is none.
    #[serde(default)]
    pub es: Option<String>,
}

/// Services by code.
pub type Catalogue = BTreeMap<Box<str>, ServiceLabel>;
/// Colours of the pages by role, `#rrggbb`.
pub type Colors = BTreeMap<String, String>;

/// What an admin sets for all clinics.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    pub catalogue: Catalogue,
    /// Where a clinic does not say otherwise (rule A12).
    pub policy: Policy,
    /// How many miles a day of waiting outweighs (rule A16), 0 to 1,000.
    pub wait_day_mi: f64,
    /// Personal data is erased so many days after the visit, 1 to 3,650.
    pub retention_days: u16,
    pub privacy_url: Option<String>,
    pub terms_url: Option<String>,
    pub colors: Colors,
}

impl Settings {
    /// What is different from these to the `new` ones, field by field.
    #[must_use]
    pub fn changes(&self, new: &Self) -> Vec<FieldChange> {
        let policy =
            PolicyField::ALL.map(|field| (field.name(), json!(self.policy.get(field)), json!(new.policy.get(field))));
        let fields = self.fields().into_iter().zip(new.fields()).map(|((name, old), (_, new))| (name, old, new));
        let differing = fields.chain(policy).filter(|(_, old, new)| old != new);
        differing.map(|(name, old, new)| FieldChange::new(name, old, new)).collect()
    }

    /// All but the policy.
    fn fields(&self) -> [(&'static str, Value); 8] {
        let Self { name, phone, catalogue, policy: _, wait_day_mi, retention_days, privacy_url, terms_url, colors } =
            self;
        [
            ("name", json!(name)),
            ("phone", json!(phone)),
            ("services", json!(catalogue)),
            ("wait_day_mi", json!(wait_day_mi)),
            ("retention_days", json!(retention_days)),
            ("privacy_url", json!(privacy_url)),
            ("terms_url", json!(terms_url)),
            ("colors", json!(colors)),
        ]
    }
}

/// The services of a clinic that a catalogue does not have; none while nothing is in it.
pub fn unknown_services<'c>(catalogue: &'c Catalogue, clinic: &'c Clinic) -> impl Iterator<Item = &'c str> {
    let services = clinic.services.iter().filter(|_| !catalogue.is_empty());
    services.filter(|code| !catalogue.contains_key(*code)).map(|code| &**code)
}

/// Words that visitors agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// `privacy`, `text_reminders` or `marketing`.
    pub purpose: String,
    pub version: String,
    /// Such as `en` or `es`.
    pub locale: String,
    pub text: String,
    pub published_at: DateTime<Utc>,
}

impl Wording {
    /// Whether it is the same version of the same words in the same language.
    #[must_use]
    pub fn is_same_version(&self, other: &Self) -> bool {
        (&self.purpose, &self.version, &self.locale) == (&other.purpose, &other.version, &other.locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            name: "Ours".to_owned(),
            phone: None,
            catalogue: Catalogue::new(),
            policy: Policy::default(),
            wait_day_mi: DEFAULT_WAIT_DAY_MI,
            retention_days: DEFAULT_RETENTION_DAYS,
            privacy_url: None,
            terms_url: None,
            colors: Colors::new(),
        }
    }

    #[test]
    fn i8_a_change_of_settings_names_the_field_and_both_values() {
        let policy = Policy { step_min: 15, ..Policy::default() };
        let new = Settings { retention_days: 90, policy, ..settings() };
        let expected = [FieldChange::new("retention_days", 180, 90), FieldChange::new("step_min", 30, 15)];
        assert_eq!(settings().changes(&new), expected);
        assert!(settings().changes(&settings()).is_empty());
    }

    #[test]
    fn a_service_is_unknown_only_beside_a_catalogue() {
        let clinic = Clinic { services: vec!["smp".into(), "xyz".into()], ..Clinic::new("A1") };
        let smp = ("smp".into(), ServiceLabel { en: "SMP".to_owned(), es: None });
        let catalogue = Catalogue::from([smp]);
        assert_eq!(unknown_services(&catalogue, &clinic).collect::<Vec<_>>(), ["xyz"]);
        assert_eq!(unknown_services(&Catalogue::new(), &clinic).count(), 0);
    }
}
