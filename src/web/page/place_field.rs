use super::Language;
use crate::web::Params;

/// The field for a ZIP code, a city or a state: what stands in it, and what was wrong with it.
#[derive(Debug, Default)]
pub struct PlaceField {
    pub near: String,
    pub is_soonest: bool,
    pub speaks_spanish: bool,
    pub service: Option<String>,
    pub refusal: Option<String>,
    /// What could have been meant.
    pub offers: Vec<Offer>,
}

/// A search that is one press away.
#[derive(Debug)]
pub struct Offer {
    pub label: String,
    /// Below the language's prefix.
    pub path: String,
}

impl PlaceField {
    /// As it was sent.
    #[must_use]
    pub fn sent(params: &Params<'_>) -> Self {
        Self {
            near: params.get("near").unwrap_or_default().to_owned(),
            is_soonest: params.get("sort") == Some("soonest"),
            speaks_spanish: params.get("language") == Some(Language::Spanish.code()),
            service: params.get("service").map(str::to_owned),
            ..Self::default()
        }
    }

    /// The fields alone, without what was said about them.
    #[must_use]
    pub fn sent_again(&self) -> Self {
        Self {
            near: self.near.clone(),
            is_soonest: self.is_soonest,
            speaks_spanish: self.speaks_spanish,
            service: self.service.clone(),
            ..Self::default()
        }
    }

    /// The same search for another place.
    #[must_use]
    pub fn offer(&self, label: &str) -> Offer {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("near", label);
        if self.is_soonest {
            query.append_pair("sort", "soonest");
        }
        if self.speaks_spanish {
            query.append_pair("language", Language::Spanish.code());
        }
        if let Some(service) = &self.service {
            query.append_pair("service", service);
        }
        Offer { label: label.to_owned(), path: format!("/locations?{}", query.finish()) }
    }
}
