use super::Network;
use crate::clinics::display_phone;
use crate::web::page::{Brand, Phone};

impl From<&Network> for Brand {
    fn from(network: &Network) -> Self {
        Self {
            name: network.name.clone(),
            phone: network.phone.as_deref().map(Phone::from),
            privacy_url: network.privacy_url.clone(),
            terms_url: network.terms_url.clone(),
            is_demo: network.is_demo,
            colors_path: network.stylesheet.as_ref().map(|stylesheet| stylesheet.path().to_owned()),
        }
    }
}

impl From<&str> for Phone {
    /// From E.164.
    fn from(e164: &str) -> Self {
        Self { e164: e164.to_owned(), display: display_phone(e164) }
    }
}
