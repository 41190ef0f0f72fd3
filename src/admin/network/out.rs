use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Scope;
use crate::app::AppState;
use crate::clinics::network::{Settings, Wording, store};
use crate::directory::PolicyOut;
use crate::entities::network;
use crate::error::AppError;

/// The network's settings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkSettings)]
pub struct NetworkOut {
    name: String,
    /// E.164.
    phone: Option<String>,
    /// Codes to labels.
    services: BTreeMap<String, LabelOut>,
    policy: PolicyOut,
    /// How many miles a day of waiting outweighs.
    wait_day_mi: f64,
    /// Personal data is erased so many days after the visit.
    retention_days: u16,
    privacy_url: Option<String>,
    terms_url: Option<String>,
    /// Names to `#rrggbb`.
    colors: BTreeMap<String, String>,
    /// All that were ever published, the oldest first.
    wordings: Vec<WordingOut>,
    /// The clinics are invented: a demonstration.
    demo: bool,
    /// The number in the ETag.
    version: i64,
    /// What looks odd: services of clinics that the catalogue does not have.
    warnings: Vec<WarningOut>,
}

/// What a service is called.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceLabel)]
pub struct LabelOut {
    en: String,
    es: Option<String>,
}

/// Words that visitors agree to; they never change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Wording)]
pub struct WordingOut {
    purpose: String,
    version: String,
    locale: String,
    text: String,
    published_at: DateTime<Utc>,
}

/// Something that an admin should look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Warning)]
pub struct WarningOut {
    field: &'static str,
    detail: String,
}

impl NetworkOut {
    /// The settings of this row, with what is stored beside them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn new(state: &AppState, row: &network::Model, scope: &Scope) -> Result<Self, AppError> {
        let settings = store::settings(row)?;
        let wordings = store::wordings(&state.db).await?;
        let warnings = warnings(state, &settings, scope);
        let Settings { name, phone, catalogue, policy, wait_day_mi, retention_days, privacy_url, terms_url, colors } =
            settings;
        let label = |(code, label): (Box<str>, crate::clinics::network::ServiceLabel)| {
            (code.into_string(), LabelOut { en: label.en, es: label.es })
        };
        Ok(Self {
            name,
            phone,
            services: catalogue.into_iter().map(label).collect(),
            policy: policy.into(),
            wait_day_mi,
            retention_days,
            privacy_url,
            terms_url,
            colors,
            wordings: wordings.into_iter().map(WordingOut::from).collect(),
            demo: row.is_demo,
            version: row.settings_version,
            warnings,
        })
    }
}

impl From<Wording> for WordingOut {
    fn from(wording: Wording) -> Self {
        let Wording { purpose, version, locale, text, published_at } = wording;
        Self { purpose, version, locale, text, published_at }
    }
}

/// One for each service that clinics of the scope offer and the catalogue does not have.
fn warnings(state: &AppState, settings: &Settings, scope: &Scope) -> Vec<WarningOut> {
    const NAMED: usize = 5;
    let snapshot = state.directory.snapshot();
    let mut clinics: HashMap<&str, Vec<&str>> = HashMap::new();
    for entry in snapshot.entries().iter().filter(|entry| entry.is_in(scope)) {
        for service in crate::clinics::network::unknown_services(&settings.catalogue, &entry.clinic) {
            clinics.entry(service).or_default().push(&entry.clinic.code);
        }
    }
    let mut unknown: Vec<_> = clinics.into_iter().collect();
    unknown.sort_unstable();
    let told = |(service, codes): (&str, Vec<&str>)| {
        let (named, more) = (codes.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "), codes.len() > NAMED);
        let rest = if more { format!(" and {} more", codes.len() - NAMED) } else { String::new() };
        let detail = format!("\"{service}\" is not in the catalogue, and clinics offer it: {named}{rest}");
        WarningOut { field: "services", detail }
    };
    unknown.into_iter().map(told).collect()
}
