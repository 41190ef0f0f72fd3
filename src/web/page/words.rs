//! The words of the pages: one catalogue per audience and language, in `../locales/`.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// Visitors' pages in English.
pub static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new("en-US", EN));
/// Visitors' pages in Spanish.
pub static SPANISH: LazyLock<Words> = LazyLock::new(|| Words::new("es-US", ES));
/// The staff's pages.
pub static STAFF: LazyLock<Words> = LazyLock::new(|| Words::new("en-US", STAFF_EN));

const EN: &str = include_str!("../locales/en/visitor.ftl");
const ES: &str = include_str!("../locales/es/visitor.ftl");
const STAFF_EN: &str = include_str!("../locales/en/staff.ftl");

/// The messages of one audience in one language.
pub struct Words(FluentBundle<FluentResource>);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").finish_non_exhaustive()
    }
}

impl Words {
    /// What is wrong with a catalogue is left out of it; the tests hold all of them whole.
    fn new(language: &str, messages: &str) -> Self {
        let language: LanguageIdentifier = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Marks around inserted text would be read out, and break what is copied.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(messages.to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// Whether there is such a message.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.has_message(id)
    }

    /// The words of a message that takes no values.
    #[must_use]
    pub fn say(&self, id: &str) -> Cow<'static, str> {
        self.format(id, None)
    }

    /// The words of a message with these values in it.
    #[must_use]
    pub fn tell(&self, id: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let args: FluentArgs = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.format(id, Some(&args)).into_owned()
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let Some(pattern) = self.0.get_message(id).and_then(|message| message.value()) else {
            return Cow::Owned(id.to_owned());
        };
        Cow::Owned(self.0.format_pattern(pattern, args, &mut Vec::new()).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

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
