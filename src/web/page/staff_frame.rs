use std::borrow::Cow;

use super::{Brand, Pages, STAFF};

/// What a staff page says about itself, and who looks at it.
#[derive(Debug)]
pub struct StaffFrame<'a> {
    pub heading: String,
    pub brand: Brand,
    pub pages: &'a Pages,
    /// Nobody before the sign-in.
    pub signed: Option<Signed>,
    /// Something on the page was refused: the window's title says so first.
    pub is_refused: bool,
}

/// Who is signed in.
#[derive(Debug)]
pub struct Signed {
    pub email: String,
    pub role: String,
}

impl<'a> StaffFrame<'a> {
    #[must_use]
    pub fn new(pages: &'a Pages, heading: &str, signed: Option<Signed>) -> Self {
        let heading = STAFF.say(heading).into_owned();
        Self { heading, brand: pages.brand(), pages, signed, is_refused: false }
    }

    #[must_use]
    pub fn lang(&self) -> &'static str {
        "en"
    }

    /// The words of a message without values.
    #[must_use]
    pub fn say(&self, id: &str) -> Cow<'static, str> {
        STAFF.say(id)
    }

    #[must_use]
    pub fn title(&self) -> String {
        let error = if self.is_refused { "Error: " } else { "" };
        format!("{error}{}, {}", self.heading, self.brand.name)
    }

    #[must_use]
    pub fn stylesheet(&self) -> &'static str {
        "staff.css"
    }

    /// An address below the prefix of the public URL.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        self.pages.href(path)
    }
}
