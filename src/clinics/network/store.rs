//! Rows: the queries of this feature, as functions over a connection or a transaction.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
};

use super::model::{Settings, Wording};
use crate::clinics::store;
use crate::entities::{consent_wording, network};

/// The settings of the network's row.
///
/// # Errors
/// When it holds something that this program does not understand.
pub fn settings(row: &network::Model) -> anyhow::Result<Settings> {
    Ok(Settings {
        name: row.name.clone(),
        phone: row.phone.clone(),
        catalogue: serde_json::from_str(&row.services).context("the catalogue of services is not readable")?,
        policy: store::policy(row),
        wait_day_mi: row.wait_day_mi,
        retention_days: u16::try_from(row.retention_days).context("the days of retention are not readable")?,
        privacy_url: row.privacy_url.clone(),
        terms_url: row.terms_url.clone(),
        colors: serde_json::from_str(&row.colors).context("the colours are not readable")?,
    })
}

/// Overwrites the settings and raises their version.
///
/// # Errors
/// When the database refuses.
pub async fn update(db: &impl ConnectionTrait, settings: &Settings, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Settings { name, phone, catalogue, policy, wait_day_mi, retention_days, privacy_url, terms_url, colors } =
        settings;
    let row = network::ActiveModel {
        name: Set(name.clone()),
        phone: Set(phone.clone()),
        services: Set(serde_json::to_string(catalogue)?),
        duration_min: Set(policy.duration_min.into()),
        step_min: Set(policy.step_min.into()),
        turnover_min: Set(policy.turnover_min.into()),
        capacity: Set(policy.capacity.into()),
        min_notice_min: Set(policy.min_notice_min.into()),
        horizon_days: Set(policy.horizon_days.into()),
        hold_min: Set(policy.hold_min.into()),
        wait_day_mi: Set(*wait_day_mi),
        retention_days: Set((*retention_days).into()),
        privacy_url: Set(privacy_url.clone()),
        terms_url: Set(terms_url.clone()),
        colors: Set(serde_json::to_string(colors)?),
        updated_at: Set(now),
        ..Default::default()
    };
    let raised = Expr::col(network::Column::SettingsVersion).add(1);
    network::Entity::update_many().set(row).col_expr(network::Column::SettingsVersion, raised).exec(db).await?;
    Ok(())
}

/// Every wording that was published, the oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn wordings(db: &impl ConnectionTrait) -> Result<Vec<Wording>, DbErr> {
    let rows = consent_wording::Entity::find().order_by_asc(consent_wording::Column::Id).all(db).await?;
    let wording = |row: consent_wording::Model| Wording {
        purpose: row.purpose,
        version: row.version,
        locale: row.locale,
        text: row.text,
        published_at: row.published_at,
    };
    Ok(rows.into_iter().map(wording).collect())
}

/// The versions of a purpose's wordings, in whichever language.
///
/// # Errors
/// When the database cannot be read.
pub async fn wording_versions(db: &impl ConnectionTrait, purpose: &str) -> Result<Vec<String>, DbErr> {
    let rows = consent_wording::Entity::find().filter(consent_wording::Column::Purpose.eq(purpose)).all(db).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Publishes wordings.
///
/// # Errors
/// When one of these versions is there already, or the database refuses.
pub async fn insert_wordings(db: &impl ConnectionTrait, wordings: &[Wording]) -> Result<(), DbErr> {
    if wordings.is_empty() {
        return Ok(());
    }
    let row = |wording: &Wording| consent_wording::ActiveModel {
        id: NotSet,
        purpose: Set(wording.purpose.clone()),
        version: Set(wording.version.clone()),
        locale: Set(wording.locale.clone()),
        text: Set(wording.text.clone()),
        published_at: Set(wording.published_at),
    };
    consent_wording::Entity::insert_many(wordings.iter().map(row)).exec_without_returning(db).await?;
    Ok(())
}
