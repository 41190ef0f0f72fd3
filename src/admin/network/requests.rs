use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::web::Patch;

/// Changes to the settings: null goes back to the default, what is absent stays. `services` and `colors` are replaced as a
/// whole, `policy` member by member, `wordings` are added.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = NetworkEdit)]
#[serde(deny_unknown_fields)]
pub struct NetworkIn {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub name: Patch<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub phone: Patch<String>,
    /// Codes to labels.
    #[schema(value_type = Option<BTreeMap<String, LabelIn>>)]
    #[serde(default)]
    pub services: Patch<BTreeMap<String, LabelIn>>,
    #[schema(value_type = Option<PolicyIn>)]
    #[serde(default)]
    pub policy: Patch<PolicyIn>,
    /// How many miles a day of waiting outweighs, 0 to 1000.
    #[schema(value_type = Option<f64>)]
    #[serde(default)]
    pub wait_day_mi: Patch<f64>,
    /// 1 to 3650.
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub retention_days: Patch<i64>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub privacy_url: Patch<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub terms_url: Patch<String>,
    /// `primary`, `accent`, `background`, `text`: each as `#1a2b3c`, and readable beside the others.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    #[serde(default)]
    pub colors: Patch<BTreeMap<String, String>>,
    pub wordings: Option<Vec<WordingIn>>,
}

/// What a service is called; English stands in where there is no Spanish.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ServiceLabelEdit)]
#[serde(deny_unknown_fields)]
pub struct LabelIn {
    pub en: String,
    pub es: Option<String>,
}

/// How consultations are offered where a clinic does not say otherwise.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = PolicyEdit)]
#[serde(deny_unknown_fields)]
pub struct PolicyIn {
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub duration_min: Patch<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub step_min: Patch<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub turnover_min: Patch<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub capacity: Patch<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub min_notice_min: Patch<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub horizon_days: Patch<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub hold_min: Patch<i64>,
}

/// Words to be agreed to, published for good.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = WordingEdit)]
#[serde(deny_unknown_fields)]
pub struct WordingIn {
    /// `privacy`, `text_reminders` or `marketing`.
    pub purpose: String,
    pub version: String,
    /// `en` or `es`.
    pub locale: String,
    pub text: String,
}
