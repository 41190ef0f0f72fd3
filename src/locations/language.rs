//! The languages of the pages, and their words: one catalogue per language, in `messages/`.

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono::Locale;
use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::directory::Lang;

/// A language that every page is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Spanish,
}

type Catalogue = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| catalogue("en-US", include_str!("messages/en.ftl")));
static SPANISH: LazyLock<Catalogue> = LazyLock::new(|| catalogue("es-US", include_str!("messages/es.ftl")));

/// What is wrong with a catalogue is left out of it; the tests hold both complete.
fn catalogue(language: &str, messages: &str) -> Catalogue {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Marks around inserted text would be read out, and break what is copied.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(messages.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
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

    /// In which a clinic's own texts are asked for.
    #[must_use]
    pub fn texts(self) -> Lang {
        match self {
            Self::English => Lang::En,
            Self::Spanish => Lang::Es,
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

    fn catalogue(self) -> &'static Catalogue {
        match self {
            Self::English => &ENGLISH,
            Self::Spanish => &SPANISH,
        }
    }

    /// Whether there is such a message.
    #[must_use]
    pub fn has(self, id: &str) -> bool {
        self.catalogue().has_message(id)
    }

    /// The words of a message that takes none of ours.
    #[must_use]
    pub fn say(self, id: &str) -> Cow<'static, str> {
        self.format(id, None)
    }

    /// The words of a message with these values in it.
    #[must_use]
    pub fn tell(self, id: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let args: FluentArgs = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.format(id, Some(&args)).into_owned()
    }

    fn format(self, id: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let catalogue = self.catalogue();
        let Some(pattern) = catalogue.get_message(id).and_then(|message| message.value()) else {
            return Cow::Owned(id.to_owned());
        };
        let words = catalogue.format_pattern(pattern, args, &mut Vec::new());
        Cow::Owned(words.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const EN: &str = include_str!("messages/en.ftl");
    const ES: &str = include_str!("messages/es.ftl");

    fn keys(messages: &str) -> BTreeSet<&str> {
        let starts = |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase());
        messages.lines().filter(starts).filter_map(|line| line.split_once(" =")).map(|(key, _)| key).collect()
    }

    #[test]
    fn both_languages_have_the_same_messages_and_no_faults() {
        assert_eq!(keys(EN), keys(ES));
        for messages in [EN, ES] {
            assert!(FluentResource::try_new(messages.to_owned()).is_ok());
            assert_eq!(keys(messages).len(), messages.matches('\n').count().min(keys(messages).len()));
        }
    }

    #[test]
    fn every_message_takes_the_same_values_in_both_languages() {
        let values = |messages: &str, key: &str| -> BTreeSet<String> {
            let start = messages.find(&format!("\n{key} =")).or_else(|| messages.find(&format!("{key} ="))).unwrap();
            let message = &messages[start + 1..];
            let end = message
                .match_indices('\n')
                .find(|(at, _)| !message[at + 1..].starts_with([' ', '}']))
                .map_or(message.len(), |(at, _)| at);
            message[..end]
                .split('$')
                .skip(1)
                .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned())
                .collect()
        };
        for key in keys(EN) {
            assert_eq!(values(EN, key), values(ES, key), "{key}");
        }
    }
}
