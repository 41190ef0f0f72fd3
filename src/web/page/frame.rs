use std::borrow::Cow;

use super::{Brand, Language, Pages};

/// What a visitors' page says about itself, and what its links are made of.
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
    pub brand: Brand,
    pub pages: &'a Pages,
    /// Blocks of linked data, escaped for a script element.
    pub linked_data: Vec<String>,
}

impl<'a> Frame<'a> {
    /// A page that search engines do not list, described by its heading.
    #[must_use]
    pub fn new(pages: &'a Pages, brand: Brand, language: Language, heading: String, path: String) -> Self {
        let (description, linked_data) = (heading.clone(), Vec::new());
        Self { language, heading, description, path, is_indexed: false, brand, pages, linked_data }
    }

    #[must_use]
    pub fn lang(&self) -> &'static str {
        self.language.code()
    }

    /// The words of a message without values.
    #[must_use]
    pub fn say(&self, id: &str) -> Cow<'static, str> {
        self.language.say(id)
    }

    #[must_use]
    pub fn title(&self) -> String {
        format!("{}, {}", self.heading, self.brand.name)
    }

    #[must_use]
    pub fn stylesheet(&self) -> &'static str {
        "visitor.css"
    }

    /// Where machines find the network's logo.
    #[must_use]
    pub fn logo_link(&self) -> Option<String> {
        self.pages.appearance.logo.as_ref().map(|logo| self.pages.links.link(logo.path()))
    }

    /// A page of this language.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        self.pages.href(&format!("{}{path}", self.language.prefix()))
    }

    /// The address that search engines are to know the page by.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.absolute(self.language)
    }

    /// The same page in a language, as an absolute address.
    #[must_use]
    pub fn absolute(&self, language: Language) -> String {
        self.pages.links.link(&format!("{}{}", language.prefix(), self.path))
    }

    /// The same page in the other language.
    #[must_use]
    pub fn other_language(&self) -> String {
        self.pages.href(&format!("{}{}", self.language.other().prefix(), self.path))
    }
}

/// JSON for a script element: nothing in it can end the element.
#[must_use]
pub fn escaped_json(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
