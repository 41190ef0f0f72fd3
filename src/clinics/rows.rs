//! Between the record of a clinic and its row.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};

use super::hours::{SpecialDay, WeeklyHours, format_weekly, parse_weekly};
use super::id::ClinicId;
use super::model::{Clinic, Pin, PinPrecision, Text};
use super::policy::PolicyOverrides;
use super::status::{ClinicStatus, StatusDates};
use super::store::Stored;
use crate::entities::clinic;
use crate::geo::Point;

/// Hours as stored and as parsed: a chain's clinics share few timetables, which saves parsing and memory.
#[derive(Debug, Default)]
pub struct Weeks(HashMap<String, Arc<WeeklyHours>>);

impl Weeks {
    fn parse(&mut self, text: Option<String>) -> anyhow::Result<Option<Arc<WeeklyHours>>> {
        let Some(text) = text else { return Ok(None) };
        if let Some(week) = self.0.get(&text) {
            return Ok(Some(Arc::clone(week)));
        }
        let week = Arc::new(parse_weekly(&text).with_context(|| format!("hours \"{text}\""))?);
        self.0.insert(text, Arc::clone(&week));
        Ok(Some(week))
    }
}

/// The clinic of a row, with its special hours.
///
/// # Errors
/// Names what in it this program does not understand.
pub fn from_row(row: clinic::Model, special_hours: Vec<SpecialDay>, weeks: &mut Weeks) -> anyhow::Result<Stored> {
    let stored_status = ClinicStatus::parse(&row.status).ok_or_else(|| anyhow!("status \"{}\"", row.status))?;
    let precision =
        [PinPrecision::Exact, PinPrecision::Zip].into_iter().find(|word| word.as_str() == row.pin_precision);
    let precision = precision.ok_or_else(|| anyhow!("pin precision \"{}\"", row.pin_precision))?;
    let clinic = Clinic {
        code: row.code.into(),
        slug: row.slug.into(),
        name: row.name.into(),
        status: StatusDates {
            stored: stored_status,
            opens_on: row.opens_on,
            temporarily_closed_on: row.temporarily_closed_on,
            reopens_on: row.reopens_on,
            closed_on: row.closed_on,
        },
        status_note: text(row.status_note),
        status_note_es: text(row.status_note_es),
        moved_to: text(row.moved_to),
        region: text(row.region),
        street: text(row.street),
        unit: text(row.unit),
        city: row.city.into(),
        state: row.state.into(),
        zip: text(row.zip),
        country: row.country.into(),
        pin: Some(Pin { point: Point::new(row.lat, row.lon)?, precision }),
        zone: Some(row.time_zone.parse().map_err(|_| anyhow!("time zone \"{}\"", row.time_zone))?),
        phone: text(row.phone),
        booking_phone: text(row.booking_phone),
        email: text(row.email),
        website: text(row.website),
        services: list(&row.services),
        languages: list(&row.languages),
        priority: row.priority,
        description: text(row.description),
        description_es: text(row.description_es),
        directions_note: text(row.directions_note),
        directions_note_es: text(row.directions_note_es),
        accessibility: text(row.accessibility),
        photo_url: text(row.photo_url),
        legacy_urls: list(&row.legacy_urls),
        hours: weeks.parse(row.hours)?,
        consultation_hours: weeks.parse(row.consultation_hours)?,
        special_hours,
        offers_consultations: row.offers_consultations,
        policy: PolicyOverrides {
            duration_min: row.duration_min.and_then(small),
            step_min: row.step_min.and_then(small),
            turnover_min: row.turnover_min.and_then(small),
            capacity: row.capacity.and_then(small),
            min_notice_min: row.min_notice_min.and_then(small),
            horizon_days: row.horizon_days.and_then(small),
        },
        internal_notes: text(row.internal_notes),
        updated_at: row.updated_at,
    };
    Ok(Stored { id: ClinicId(row.id), data_version: row.data_version, clinic })
}

fn text(stored: Option<String>) -> Text {
    stored.map(Into::into)
}

/// A column that holds several texts.
pub fn list(stored: &str) -> Vec<Box<str>> {
    stored.split(';').filter(|item| !item.is_empty()).map(Into::into).collect()
}

/// The row of a clinic; without a key it is a new one.
///
/// # Errors
/// When it has no pin or no zone, which every clinic that is stored has.
pub fn to_row(
    c: &Clinic,
    id: Option<ClinicId>,
    version: i64,
    now: DateTime<Utc>,
) -> anyhow::Result<clinic::ActiveModel> {
    let pin = c.pin.with_context(|| format!("clinic {} has no pin", c.code))?;
    let zone = c.zone.with_context(|| format!("clinic {} has no time zone", c.code))?;
    let own = |text: &Text| Set(text.as_deref().map(str::to_owned));
    let date = |date: Option<NaiveDate>| Set(date);
    Ok(clinic::ActiveModel {
        id: id.map_or(NotSet, |id| Unchanged(id.0)),
        code: Set(c.code.to_string()),
        slug: Set(c.slug.to_string()),
        name: Set(c.name.to_string()),
        status: Set(c.status.stored.as_str().to_owned()),
        status_note: own(&c.status_note),
        status_note_es: own(&c.status_note_es),
        opens_on: date(c.status.opens_on),
        temporarily_closed_on: date(c.status.temporarily_closed_on),
        reopens_on: date(c.status.reopens_on),
        closed_on: date(c.status.closed_on),
        moved_to: own(&c.moved_to),
        region: own(&c.region),
        street: own(&c.street),
        unit: own(&c.unit),
        city: Set(c.city.to_string()),
        state: Set(c.state.to_string()),
        zip: own(&c.zip),
        country: Set(c.country.to_string()),
        lat: Set(pin.point.lat()),
        lon: Set(pin.point.lon()),
        pin_precision: Set(pin.precision.as_str().to_owned()),
        time_zone: Set(zone.name().to_owned()),
        phone: own(&c.phone),
        booking_phone: own(&c.booking_phone),
        email: own(&c.email),
        website: own(&c.website),
        services: Set(c.services.join(";")),
        languages: Set(c.languages.join(";")),
        priority: Set(c.priority),
        description: own(&c.description),
        description_es: own(&c.description_es),
        directions_note: own(&c.directions_note),
        directions_note_es: own(&c.directions_note_es),
        accessibility: own(&c.accessibility),
        photo_url: own(&c.photo_url),
        legacy_urls: Set(c.legacy_urls.join(";")),
        internal_notes: own(&c.internal_notes),
        hours: Set(c.hours.as_deref().map(format_weekly)),
        consultation_hours: Set(c.consultation_hours.as_deref().map(format_weekly)),
        offers_consultations: Set(c.offers_consultations),
        duration_min: Set(c.policy.duration_min.map(i32::from)),
        step_min: Set(c.policy.step_min.map(i32::from)),
        turnover_min: Set(c.policy.turnover_min.map(i32::from)),
        capacity: Set(c.policy.capacity.map(i32::from)),
        min_notice_min: Set(c.policy.min_notice_min.map(i32::from)),
        horizon_days: Set(c.policy.horizon_days.map(i32::from)),
        data_version: Set(version),
        created_at: if id.is_some() { NotSet } else { Set(now) },
        updated_at: Set(now),
    })
}

fn small(number: i32) -> Option<u16> {
    u16::try_from(number).ok()
}
