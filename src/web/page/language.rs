use std::borrow::Cow;

use chrono::Locale;
use fluent::FluentValue;

use super::words::{self, Words};

/// A language that every visitors' page is written in; staff pages are in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Spanish,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// ISO 639.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// What stands before the path of each page in this language.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::English => "",
            Self::Spanish => "/es",
        }
    }

    /// Of the pages at and below a path without the prefix of the public URL.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let is_spanish = path.strip_prefix("/es").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_spanish { Self::Spanish } else { Self::English }
    }

    /// As Open Graph names it.
    #[must_use]
    pub fn territory(self) -> &'static str {
        match self {
            Self::English => "en_US",
            Self::Spanish => "es_US",
        }
    }

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Spanish,
            Self::Spanish => Self::English,
        }
    }

    /// How dates are written.
    #[must_use]
    pub fn locale(self) -> Locale {
        match self {
            Self::English => Locale::en_US,
            Self::Spanish => Locale::es_US,
        }
    }

    /// The whole catalogue.
    #[must_use]
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &words::ENGLISH,
            Self::Spanish => &words::SPANISH,
        }
    }

    /// Whether visitors' pages have such a message.
    #[must_use]
    pub fn has(self, id: &str) -> bool {
        self.words().has(id)
    }

    /// The words of a message of the visitors' pages that takes no values.
    #[must_use]
    pub fn say(self, id: &str) -> Cow<'static, str> {
        self.words().say(id)
    }

    /// The words of a message of the visitors' pages with these values in it.
    #[must_use]
    pub fn tell(self, id: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        self.words().tell(id, values)
    }
}
