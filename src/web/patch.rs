use serde::{Deserialize, Deserializer};

/// A member of a PATCH: absent leaves, null clears, a value sets. Its field needs `#[serde(default)]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<T> Patch<T> {
    /// What is to be stored from here on, when the member was there; null is `None`.
    pub fn given(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// What is there afterwards.
    #[must_use]
    pub fn applied_to(self, old: Option<T>) -> Option<T> {
        self.given().unwrap_or(old)
    }

    /// The same with what `read` makes of a value; nothing of it clears.
    #[must_use]
    pub fn read<U>(self, read: impl FnOnce(T) -> Option<U>) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => read(value).map_or(Patch::Null, Patch::Value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Value))
    }
}
