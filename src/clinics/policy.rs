//! How consultations are offered: the network's defaults, a clinic's own numbers over them, and their ranges (A12,
//! A15).

use std::ops::RangeInclusive;

/// The numbers of a policy, by the names of the CSV columns and API fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyField {
    DurationMin,
    StepMin,
    TurnoverMin,
    Capacity,
    MinNoticeMin,
    HorizonDays,
    HoldMin,
}

impl PolicyField {
    /// All of them, in the order of the CSV columns.
    pub const ALL: [Self; 7] = [
        Self::DurationMin,
        Self::StepMin,
        Self::TurnoverMin,
        Self::Capacity,
        Self::MinNoticeMin,
        Self::HorizonDays,
        Self::HoldMin,
    ];

    /// The column and field name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DurationMin => "duration_min",
            Self::StepMin => "step_min",
            Self::TurnoverMin => "turnover_min",
            Self::Capacity => "capacity",
            Self::MinNoticeMin => "min_notice_min",
            Self::HorizonDays => "horizon_days",
            Self::HoldMin => "hold_min",
        }
    }

    /// The range of rule A15; a hold may last an hour at most, so that nobody parks on a slot.
    fn range(self) -> RangeInclusive<u16> {
        match self {
            Self::DurationMin | Self::StepMin => 5..=480,
            Self::TurnoverMin => 0..=240,
            Self::Capacity => 1..=100,
            Self::MinNoticeMin => 0..=43_200,
            Self::HorizonDays => 0..=1_000,
            Self::HoldMin => 1..=60,
        }
    }

    /// Claims are kept per five minutes, so whatever a booking occupies is a multiple of five.
    fn is_in_fives(self) -> bool {
        matches!(self, Self::DurationMin | Self::StepMin | Self::TurnoverMin)
    }

    /// Accepts a number for this field.
    ///
    /// # Errors
    /// Names the field and the range it left.
    pub fn check(self, value: i64) -> Result<u16, PolicyError> {
        let in_range = u16::try_from(value).ok().filter(|value| self.range().contains(value));
        let accepted = in_range.filter(|value| !self.is_in_fives() || value % 5 == 0);
        accepted.ok_or(PolicyError { field: self })
    }
}

/// A number outside its range (rule A15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} must be a whole number from {} to {}{}",
    field.name(), field.range().start(), field.range().end(),
    if field.is_in_fives() { ", a multiple of 5" } else { "" }
)]
pub struct PolicyError {
    pub field: PolicyField,
}

/// How one clinic offers consultations. Made by [`Policy::default`] and [`PolicyOverrides::resolve`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Length of a consultation.
    pub duration_min: u16,
    /// From one start to the next.
    pub step_min: u16,
    /// Kept free after every booking (rule A9).
    pub turnover_min: u16,
    /// Seats: consultations at the same time.
    pub capacity: u16,
    /// Elapsed time between now and the earliest start that can be booked.
    pub min_notice_min: u16,
    /// Local days ahead that can be booked; 0 is the rest of today.
    pub horizon_days: u16,
    /// How long a hold lives.
    pub hold_min: u16,
}

impl Default for Policy {
    /// The network's defaults until an admin changes them (rule A12).
    fn default() -> Self {
        Self {
            duration_min: 30,
            step_min: 30,
            turnover_min: 0,
            capacity: 1,
            min_notice_min: 24 * 60,
            horizon_days: 60,
            hold_min: 10,
        }
    }
}

impl Policy {
    /// # Errors
    /// The first field outside its range (rule A15).
    pub fn validate(&self) -> Result<(), PolicyError> {
        PolicyField::ALL.into_iter().try_for_each(|field| field.check(self.get(field).into()).map(drop))
    }

    /// The number of a field.
    #[must_use]
    pub fn get(&self, field: PolicyField) -> u16 {
        match field {
            PolicyField::DurationMin => self.duration_min,
            PolicyField::StepMin => self.step_min,
            PolicyField::TurnoverMin => self.turnover_min,
            PolicyField::Capacity => self.capacity,
            PolicyField::MinNoticeMin => self.min_notice_min,
            PolicyField::HorizonDays => self.horizon_days,
            PolicyField::HoldMin => self.hold_min,
        }
    }
}

impl Policy {
    /// Sets the number of a field, unchecked: [`PolicyField::check`] has judged it.
    pub fn set(&mut self, field: PolicyField, value: u16) {
        *match field {
            PolicyField::DurationMin => &mut self.duration_min,
            PolicyField::StepMin => &mut self.step_min,
            PolicyField::TurnoverMin => &mut self.turnover_min,
            PolicyField::Capacity => &mut self.capacity,
            PolicyField::MinNoticeMin => &mut self.min_notice_min,
            PolicyField::HorizonDays => &mut self.horizon_days,
            PolicyField::HoldMin => &mut self.hold_min,
        } = value;
    }
}

/// What one clinic does differently; `None` follows the network, now and after the network changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyOverrides {
    pub duration_min: Option<u16>,
    pub step_min: Option<u16>,
    pub turnover_min: Option<u16>,
    pub capacity: Option<u16>,
    pub min_notice_min: Option<u16>,
    pub horizon_days: Option<u16>,
}

impl PolicyOverrides {
    /// The clinic's policy over the network's.
    #[must_use]
    pub fn resolve(&self, network: &Policy) -> Policy {
        Policy {
            duration_min: self.duration_min.unwrap_or(network.duration_min),
            step_min: self.step_min.unwrap_or(network.step_min),
            turnover_min: self.turnover_min.unwrap_or(network.turnover_min),
            capacity: self.capacity.unwrap_or(network.capacity),
            min_notice_min: self.min_notice_min.unwrap_or(network.min_notice_min),
            horizon_days: self.horizon_days.unwrap_or(network.horizon_days),
            hold_min: network.hold_min,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_the_defaults_are_those_of_the_rules_and_valid() {
        let policy = Policy::default();
        let numbers = PolicyField::ALL.map(|field| policy.get(field));
        assert_eq!(numbers, [30, 30, 0, 1, 1_440, 60, 10]);
        assert_eq!(policy.validate(), Ok(()));
    }

    #[test]
    fn a12_a_clinic_overrides_only_what_it_names() {
        let network = Policy { step_min: 15, ..Policy::default() };
        let own = PolicyOverrides { capacity: Some(3), ..PolicyOverrides::default() };
        assert_eq!(own.resolve(&network), Policy { capacity: 3, ..network });
    }

    #[test]
    fn a15_every_field_accepts_its_range_and_nothing_outside() {
        let ranges = [(5, 480, 5), (5, 480, 5), (0, 240, 5), (1, 100, 1), (0, 43_200, 1), (0, 1_000, 1), (1, 60, 1)];
        for (field, (low, high, step)) in PolicyField::ALL.into_iter().zip(ranges) {
            assert!(field.check(low).is_ok() && field.check(high).is_ok(), "{}", field.name());
            for outside in [low - 1, high + 1, low + step - 1, i64::MIN, i64::MAX] {
                let accepted = outside == low;
                assert_eq!(field.check(outside).is_ok(), accepted, "{} = {outside}", field.name());
            }
        }
    }

    #[test]
    fn a15_the_refusal_names_the_field_and_its_range() {
        let refused = Policy { duration_min: 32, ..Policy::default() }.validate().unwrap_err();
        assert_eq!(refused.to_string(), "duration_min must be a whole number from 5 to 480, a multiple of 5");
        assert_eq!(
            PolicyField::Capacity.check(0).unwrap_err().to_string(),
            "capacity must be a whole number from 1 to 100"
        );
    }
}
