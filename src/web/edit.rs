use serde::{Deserialize, Deserializer};

/// A member of a PATCH in its three states; write `#[serde(default)]` on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Edit<T> {
    /// Absent: what there is stays.
    #[default]
    Keep,
    /// Null.
    Clear,
    Set(T),
}

impl<T> Edit<T> {
    /// What is there afterwards.
    #[must_use]
    pub fn applied_to(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Keep => old,
            Self::Clear => None,
            Self::Set(new) => Some(new),
        }
    }

    /// The same with what `read` makes of a value; nothing of it clears.
    #[must_use]
    pub fn read<U>(self, read: impl FnOnce(T) -> Option<U>) -> Edit<U> {
        match self {
            Self::Keep => Edit::Keep,
            Self::Clear => Edit::Clear,
            Self::Set(value) => read(value).map_or(Edit::Clear, Edit::Set),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}
