use sea_orm::{ConnectionTrait, DbErr};

use super::typed::Typed;
use crate::bookings::{ConsentIn, Purpose};
use crate::clinics::network::Wording;
use crate::clinics::network::store::wordings;
use crate::web::page::Language;

/// The version of our own words, which a network without published ones shows.
const OWN_VERSION: &str = "pages-1";

/// What a visitor is asked to agree to (rules B, "Consents").
#[derive(Debug)]
pub struct Consents {
    /// Stands above the button: booking is agreeing.
    pub privacy: Words,
    /// Not ticked unless the visitor did, and never required; only where the network has published the words.
    pub choices: Vec<Choice>,
}

/// Words that were published, or our own.
#[derive(Debug)]
pub struct Words {
    version: String,
    pub text: String,
    /// Set where the words are in another language than the page.
    pub language: Option<String>,
}

/// A box to tick.
#[derive(Debug)]
pub struct Choice {
    purpose: Purpose,
    pub words: Words,
    pub is_ticked: bool,
}

impl Choice {
    /// The name of the form's field.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.purpose.as_str()
    }
}

impl Consents {
    /// As published last, with the boxes that were ticked.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load(db: &impl ConnectionTrait, language: Language, typed: &Typed) -> Result<Self, DbErr> {
        let published = wordings(db).await?;
        let own = || Words {
            version: OWN_VERSION.to_owned(),
            text: language.say("book-privacy").into_owned(),
            language: None,
        };
        let choice = |purpose: Purpose| {
            let words = latest(&published, purpose, language)?;
            Some(Choice { purpose, words, is_ticked: typed.agrees_to(purpose) })
        };
        Ok(Self {
            privacy: latest(&published, Purpose::Privacy, language).unwrap_or_else(own),
            choices: [Purpose::TextReminders, Purpose::Marketing].into_iter().filter_map(choice).collect(),
        })
    }

    /// As they are recorded with the booking.
    #[must_use]
    pub fn given(&self) -> Vec<ConsentIn> {
        let consent = |purpose: Purpose, granted: bool, words: &Words| ConsentIn {
            purpose: purpose.as_str().to_owned(),
            granted,
            wording_version: words.version.clone(),
        };
        let choices = self.choices.iter().map(|choice| consent(choice.purpose, choice.is_ticked, &choice.words));
        std::iter::once(consent(Purpose::Privacy, true, &self.privacy)).chain(choices).collect()
    }
}

/// The newest words for a purpose: in the page's language, else in English.
fn latest(published: &[Wording], purpose: Purpose, language: Language) -> Option<Words> {
    let newest = |language: Language| {
        let fits = |wording: &&Wording| wording.purpose == purpose.as_str() && wording.locale == language.code();
        published.iter().rev().find(fits)
    };
    let found = newest(language).or_else(|| newest(Language::English))?;
    let is_foreign = found.locale != language.code();
    Some(Words {
        version: found.version.clone(),
        text: found.text.clone(),
        language: is_foreign.then(|| found.locale.clone()),
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_newest_words_of_the_language_are_shown_else_the_english_ones() {
        let wording = |version: &str, locale: &str| Wording {
            purpose: "privacy".to_owned(),
            version: version.to_owned(),
            locale: locale.to_owned(),
            text: version.to_owned(),
            published_at: DateTime::UNIX_EPOCH,
        };
        let mut published = vec![wording("1", "en"), wording("2", "en")];
        let shown = |published: &[Wording]| {
            let words = latest(published, Purpose::Privacy, Language::Spanish).unwrap();
            (words.version, words.language)
        };
        assert_eq!(shown(&published), ("2".to_owned(), Some("en".to_owned())));
        published.push(wording("2-es", "es"));
        published.push(wording("3", "en"));
        assert_eq!(shown(&published), ("2-es".to_owned(), None));
        assert!(latest(&published, Purpose::Marketing, Language::English).is_none());
    }
}
