use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// What schema.org calls a clinic, such as `MedicalClinic`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClinicType(Box<str>);

impl ClinicType {
    /// Longer names are none.
    const MAX: usize = 64;
}

impl Default for ClinicType {
    fn default() -> Self {
        Self("HealthAndBeautyBusiness".into())
    }
}

impl FromStr for ClinicType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_name = text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.contains(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_alphanumeric());
        if is_name && text.len() <= Self::MAX {
            return Ok(Self(text.into()));
        }
        Err("expected the name of a type of schema.org, such as MedicalClinic".to_owned())
    }
}

impl Display for ClinicType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_a_name_of_capitalised_words() {
        for name in ["MedicalClinic", "LocalBusiness", "Thing"] {
            assert_eq!(name.parse::<ClinicType>().map(|kind| kind.to_string()).as_deref(), Ok(name));
        }
        let long = "Aa".repeat(33);
        for other in [
            "",
            "medicalClinic",
            "MEDICAL",
            "Medical Clinic",
            "schema:Thing",
            "https://schema.org/Thing",
            "</Script>",
            &long,
        ] {
            assert!(other.parse::<ClinicType>().is_err(), "{other}");
        }
        let default = ClinicType::default().to_string();
        assert_eq!(default.parse(), Ok(ClinicType::default()));
    }
}
