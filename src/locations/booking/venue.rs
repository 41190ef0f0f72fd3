use crate::directory::Entry;
use crate::locations::cards::{address_lines, directions, phone};
use crate::locations::writer::name;
use crate::web::page::Phone;

/// Where a visit takes place.
#[derive(Debug)]
pub struct Venue {
    pub name: String,
    /// Of the clinic's page, below the prefix of the language.
    pub path: String,
    pub book_path: String,
    pub address: [String; 2],
    pub phone: Option<Phone>,
    pub directions: String,
}

impl Venue {
    #[must_use]
    pub fn new(entry: &Entry) -> Self {
        Self {
            name: name(entry),
            path: entry.page_path(),
            book_path: entry.book_path(),
            address: address_lines(&entry.clinic),
            phone: phone(&entry.clinic),
            directions: directions(entry),
        }
    }
}
