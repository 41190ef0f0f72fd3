//! What every page is set in: its head, its language, its addresses.

use std::borrow::Cow;

use super::cards::Phone;
use super::language::Language;
use crate::directory::Network;
use crate::web::{Appearance, PublicUrl, assets};

/// What a page says about itself, and what its links are made of.
#[derive(Debug)]
pub struct Frame<'a> {
    pub language: Language,
    /// Without the network's name.
    pub heading: String,
    pub description: String,
    /// Below the language's prefix, query included.
    pub path: String,
    /// Whether search engines are to list it; results, bookings and the demonstration are not (rule I13).
    pub is_indexed: bool,
    pub network: &'a Network,
    pub links: &'a PublicUrl,
    pub appearance: &'a Appearance,
    /// Blocks of linked data, escaped for a script element.
    pub linked_data: Vec<String>,
}

impl Frame<'_> {
    /// The words of a message without values.
    #[must_use]
    pub fn say(&self, id: &str) -> Cow<'static, str> {
        self.language.say(id)
    }

    #[must_use]
    pub fn title(&self) -> String {
        format!("{} | {}", self.heading, self.network.name)
    }

    /// A page of this language.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        format!("{}{}{path}", self.links.prefix(), self.language.prefix())
    }

    /// What has no language, such as the API.
    #[must_use]
    pub fn plain_href(&self, path: &str) -> String {
        format!("{}{path}", self.links.prefix())
    }

    /// The address that search engines are to know the page by.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.absolute(self.language)
    }

    /// The same page in a language, as an absolute address.
    #[must_use]
    pub fn absolute(&self, language: Language) -> String {
        self.links.link(&format!("{}{}", language.prefix(), self.path))
    }

    /// The same page in the other language.
    #[must_use]
    pub fn other_language(&self) -> String {
        format!("{}{}{}", self.links.prefix(), self.language.other().prefix(), self.path)
    }

    /// The network's own number.
    #[must_use]
    pub fn phone(&self) -> Option<Phone> {
        self.network.phone.as_deref().map(Phone::new)
    }

    /// The network's colours as a stylesheet; another address for other colours, `None` for ours.
    #[must_use]
    pub fn colors_href(&self) -> Option<String> {
        self.network.stylesheet.as_ref().map(|stylesheet| self.plain_href(stylesheet.path()))
    }

    /// Where machines find the network's logo.
    #[must_use]
    pub fn logo_link(&self) -> Option<String> {
        self.appearance.logo.as_ref().map(|logo| self.links.link(logo.path()))
    }

    /// Where an embedded file is; `None` for one that was not built.
    #[must_use]
    pub fn asset(&self, name: &str) -> Option<String> {
        assets::url(name).map(|path| self.plain_href(path))
    }
}

/// JSON for a script element: nothing in it can end the element.
#[must_use]
pub fn escaped_json(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
