use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::requests::{LabelIn, NetworkIn, PolicyIn, WordingIn};
use crate::bookings::Purpose;
use crate::clinics::network::{
    Catalogue, Colors, DEFAULT_RETENTION_DAYS, DEFAULT_WAIT_DAY_MI, ServiceLabel, Settings, Wording,
};
use crate::clinics::{Policy, PolicyField, bounded, checked_url, contact};
use crate::error::{FieldError, FieldErrors};
use crate::web::Patch;
use crate::web::page::{ColorRole, GivenColors, Palette, Rgb, Unreadable};

/// Longest texts in characters.
const LINE: usize = 200;
const LABEL: usize = 60;
const WORDING: usize = 10_000;
/// Most entries of a list, each a bound for what every page carries.
const MOST_SERVICES: usize = 200;
const MOST_WORDINGS: usize = 50;

/// A validated [`NetworkIn`]: what is to be set.
#[derive(Clone, Debug, Default)]
pub struct SettingsEdit {
    name: Option<String>,
    phone: Patch<String>,
    catalogue: Option<Catalogue>,
    /// By field; `None` is the default.
    policy: Vec<(PolicyField, u16)>,
    wait_day_mi: Option<f64>,
    retention_days: Option<u16>,
    privacy_url: Patch<String>,
    terms_url: Patch<String>,
    colors: Option<Colors>,
}

impl SettingsEdit {
    /// Sets what was named.
    pub fn apply(self, settings: &mut Settings) {
        let Self { name, phone, catalogue, policy, wait_day_mi, retention_days, privacy_url, terms_url, colors } = self;
        set(&mut settings.name, name);
        clear_or_set(&mut settings.phone, phone);
        set(&mut settings.catalogue, catalogue);
        set(&mut settings.wait_day_mi, wait_day_mi);
        set(&mut settings.retention_days, retention_days);
        clear_or_set(&mut settings.privacy_url, privacy_url);
        clear_or_set(&mut settings.terms_url, terms_url);
        set(&mut settings.colors, colors);
        for (field, value) in policy {
            settings.policy.set(field, value);
        }
    }
}

fn set<T>(field: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *field = value;
    }
}

fn clear_or_set(field: &mut Option<String>, given: Patch<String>) {
    if let Some(value) = given.given() {
        *field = value;
    }
}

impl NetworkIn {
    /// # Errors
    /// Every wrong member.
    pub fn parse(self, now: DateTime<Utc>) -> Result<(SettingsEdit, Vec<Wording>), FieldErrors> {
        let Self { name, phone, services, policy, wait_day_mi, retention_days, .. } = self;
        let Self { privacy_url, terms_url, colors, wordings, .. } = self;
        let mut errors = FieldErrors::default();
        let e = &mut errors;
        let edit = SettingsEdit {
            name: name.given().and_then(|name| required("name", name.as_deref(), LINE, e)),
            phone: optional("phone", phone, e, self::phone),
            catalogue: services.given().map(|services| catalogue(services.unwrap_or_default(), e)),
            policy: self::policy(policy, e),
            wait_day_mi: wait_day_mi.given().map(|miles| self::wait_day_mi(miles, e)),
            retention_days: retention_days.given().map(|days| self::retention_days(days, e)),
            privacy_url: optional("privacy_url", privacy_url, e, |url| checked_url(url).map(Into::into)),
            terms_url: optional("terms_url", terms_url, e, |url| checked_url(url).map(Into::into)),
            colors: colors.given().map(|colors| self::colors(colors.unwrap_or_default(), e)),
        };
        let wordings = self::wordings(wordings.unwrap_or_default(), now, e);
        errors.or((edit, wordings))
    }
}

/// A text that cannot be cleared.
fn required(field: &str, given: Option<&str>, longest: usize, errors: &mut FieldErrors) -> Option<String> {
    let given = given.map(str::trim).filter(|text| !text.is_empty());
    match given.map(|text| bounded(text, longest)) {
        Some(Ok(text)) => return Some(text.into_owned()),
        Some(Err(reason)) => errors.push(field, "invalid_value", reason),
        None => errors.push(field, "required", "cannot be cleared"),
    }
    None
}

fn optional(
    field: &str,
    given: Patch<String>,
    errors: &mut FieldErrors,
    read: impl FnOnce(&str) -> Result<String, String>,
) -> Patch<String> {
    let given = match given {
        Patch::Absent => return Patch::Absent,
        Patch::Null => None,
        Patch::Value(text) => Some(text),
    };
    match given.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(read).transpose() {
        Ok(Some(value)) => Patch::Value(value),
        Ok(None) => Patch::Null,
        Err(reason) => {
            errors.push(field, "invalid_value", reason);
            Patch::Absent
        }
    }
}

fn phone(text: &str) -> Result<String, String> {
    let refusal = || "is not a phone number: write it as (512) 555-0134, or with + and the country".to_owned();
    contact::phone(text).map(Into::into).ok_or_else(refusal)
}

fn catalogue(services: BTreeMap<String, LabelIn>, errors: &mut FieldErrors) -> Catalogue {
    if services.len() > MOST_SERVICES {
        errors.push("services", "invalid_value", format!("must have at most {MOST_SERVICES} entries"));
        return Catalogue::new();
    }
    let mut read = Catalogue::new();
    for (code, LabelIn { en, es }) in services {
        let field = format!("services.{}", code.chars().take(LABEL).collect::<String>());
        let is_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
        if code.is_empty() || code.len() > LABEL || !code.bytes().all(is_code) {
            errors.push(&field, "invalid_value", "is not a code: use a-z, digits, _ and -, such as smp");
            continue;
        }
        let en = required(&format!("{field}.en"), Some(&en), LINE, errors).unwrap_or_default();
        let es = es.filter(|es| !es.trim().is_empty());
        let es = es.and_then(|es| required(&format!("{field}.es"), Some(&es), LINE, errors));
        read.insert(code.into(), ServiceLabel { en, es });
    }
    read
}

fn policy(given: Patch<PolicyIn>, errors: &mut FieldErrors) -> Vec<(PolicyField, u16)> {
    let Some(given) = given.given() else { return Vec::new() };
    let default = Policy::default();
    let Some(PolicyIn { duration_min, step_min, turnover_min, capacity, min_notice_min, horizon_days, hold_min }) =
        given
    else {
        return PolicyField::ALL.map(|field| (field, default.get(field))).to_vec();
    };
    let fields = [duration_min, step_min, turnover_min, capacity, min_notice_min, horizon_days, hold_min];
    let given = PolicyField::ALL.into_iter().zip(fields).filter_map(|(field, value)| Some((field, value.given()?)));
    let read = |(field, value): (PolicyField, Option<i64>)| match value.map(|value| field.check(value)) {
        None => Some((field, default.get(field))),
        Some(Ok(value)) => Some((field, value)),
        Some(Err(error)) => {
            errors.push(&format!("policy.{}", field.name()), "invalid_value", error.to_string());
            None
        }
    };
    given.filter_map(read).collect()
}

fn wait_day_mi(given: Option<f64>, errors: &mut FieldErrors) -> f64 {
    let miles = given.unwrap_or(DEFAULT_WAIT_DAY_MI);
    if !(0.0..=1_000.0).contains(&miles) {
        errors.push("wait_day_mi", "invalid_value", "must be a number of miles from 0 to 1000");
    }
    miles
}

fn retention_days(given: Option<i64>, errors: &mut FieldErrors) -> u16 {
    let days = given.map_or(Ok(DEFAULT_RETENTION_DAYS), u16::try_from).ok().filter(|days| (1..=3_650).contains(days));
    days.unwrap_or_else(|| {
        errors.push("retention_days", "invalid_value", "must be a whole number of days from 1 to 3650");
        DEFAULT_RETENTION_DAYS
    })
}

/// They replace those there are, so they are judged beside each other and no others.
fn colors(given: BTreeMap<String, String>, errors: &mut FieldErrors) -> Colors {
    let known = ColorRole::ALL.map(ColorRole::name);
    let (mut read, asked) = (Colors::new(), given.len());
    for (name, color) in given {
        if !known.contains(&name.as_str()) {
            let field = format!("colors.{}", name.chars().take(LABEL).collect::<String>());
            errors.push(&field, "unknown_member", format!("there is no such colour; known are {}", known.join(", ")));
        } else if let Some(color) = Rgb::parse(&color) {
            read.insert(name, color.to_string());
        } else {
            errors.push(&format!("colors.{name}"), "invalid_value", "must be a colour such as #1a2b3c");
        }
    }
    if read.len() == asked
        && let Err(unreadable) = Palette::check(&GivenColors::read(&read))
    {
        for unreadable in &unreadable {
            errors.add(low_contrast(unreadable));
        }
    }
    read
}

fn low_contrast(unreadable: &Unreadable) -> FieldError {
    let role = unreadable.role.name();
    let error = FieldError::new(&format!("colors.{role}"), "invalid_value", unreadable.to_string());
    error.because("low_contrast").with("role", role)
}

fn wordings(given: Vec<WordingIn>, now: DateTime<Utc>, errors: &mut FieldErrors) -> Vec<Wording> {
    if given.len() > MOST_WORDINGS {
        errors.push("wordings", "invalid_value", format!("must have at most {MOST_WORDINGS} entries at a time"));
        return Vec::new();
    }
    let mut read = Vec::with_capacity(given.len());
    for (i, WordingIn { purpose, version, locale, text }) in given.into_iter().enumerate() {
        let field = |name: &str| format!("wordings[{i}].{name}");
        if !Purpose::ALL.iter().any(|known| known.as_str() == purpose) {
            errors.push(&field("purpose"), "invalid_value", "must be privacy, text_reminders or marketing");
        }
        if !["en", "es"].contains(&locale.as_str()) {
            errors.push(&field("locale"), "invalid_value", "must be en or es");
        }
        let version = required(&field("version"), Some(&version), LABEL, errors).unwrap_or_default();
        let text = required(&field("text"), Some(&text), WORDING, errors).unwrap_or_default();
        read.push(Wording { purpose, version, locale, text, published_at: now });
    }
    read
}
