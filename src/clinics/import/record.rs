//! The record of a clinic with a list of changes made, and whether somebody has edited it since.

use anyhow::{Context, anyhow};
use sha2::{Digest, Sha256};

use crate::accounts::audit::FieldChange;
use crate::clinics::{COLUMNS, Clinic, Pin, PinPrecision};
use crate::geo::Point;
use crate::places::gazetteer;

/// The clinic after the changes, which are named and written as [`crate::clinics::changes()`] writes them.
///
/// # Errors
/// When a value cannot be read back, which would be a bug.
pub fn with_changes(mut clinic: Clinic, changes: &[FieldChange]) -> anyhow::Result<Clinic> {
    let pin = clinic.pin.filter(|pin| pin.precision == PinPrecision::Exact).map(|pin| pin.point);
    let (mut lat, mut lon) = (pin.map(Point::lat), pin.map(Point::lon));
    for FieldChange { field, new, .. } in changes {
        let value = new.as_str();
        let degrees = || value.map(str::parse).transpose().with_context(|| format!("{field} is no number"));
        match field.as_str() {
            "lat" => lat = degrees()?,
            "lon" => lon = degrees()?,
            "slug" => clinic.slug = value.unwrap_or_default().into(),
            name => {
                let column = COLUMNS.iter().find(|column| column.name == name);
                let column = column.with_context(|| format!("there is no column {name}"))?;
                (column.set)(&mut clinic, value).map_err(|reason| anyhow!("{name}: {reason}"))?;
            }
        }
    }
    clinic.pin = Some(match (lat, lon) {
        (Some(lat), Some(lon)) => Pin { point: Point::new(lat, lon)?, precision: PinPrecision::Exact },
        _ => Pin { point: of_zip(&clinic)?, precision: PinPrecision::Zip },
    });
    Ok(clinic)
}

fn of_zip(clinic: &Clinic) -> anyhow::Result<Point> {
    let zip = clinic.zip.as_deref().and_then(|zip| gazetteer().zip(zip));
    Ok(zip.with_context(|| format!("clinic {} has neither a pin nor a ZIP", clinic.code))?.point)
}

/// The way back.
#[must_use]
pub fn reversed(changes: &[FieldChange]) -> Vec<FieldChange> {
    let swap =
        |change: &FieldChange| FieldChange { old: change.new.clone(), new: change.old.clone(), ..change.clone() };
    changes.iter().map(swap).collect()
}

/// Of all that an import or an editor can change about a clinic; two states with one hash are the same.
#[must_use]
pub fn hash(clinic: &Clinic) -> String {
    use std::fmt::Write as _;
    let mut hasher = Sha256::new();
    for text in COLUMNS.iter().map(|column| (column.get)(clinic)).chain(std::iter::once(clinic.slug.to_string())) {
        hasher.update(text.len().to_le_bytes());
        hasher.update(text.as_bytes());
    }
    // Half of it tells two states apart as well.
    let digest = hasher.finalize();
    digest[..16].iter().fold(String::with_capacity(32), |mut hex, byte| {
        let _never_fails = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinics::changes;

    fn austin() -> Clinic {
        let pin = Pin { point: Point::new(30.2672, -97.7431).unwrap(), precision: PinPrecision::Exact };
        let base = Clinic::new("A1");
        Clinic {
            name: "The First".into(),
            city: "Austin".into(),
            state: "TX".into(),
            zip: Some("78701".into()),
            pin: Some(pin),
            zone: Some(chrono_tz::America::Chicago),
            services: vec!["smp".into(), "touch_up".into()],
            ..base
        }
    }

    #[test]
    fn i2_changes_lead_to_the_other_state_and_back() {
        let old = austin();
        let by_zip = Pin { point: gazetteer().zip("75201").unwrap().point, precision: PinPrecision::Zip };
        let moved = Pin { point: Point::new(30.3, -97.7431).unwrap(), precision: PinPrecision::Exact };
        for new in [
            Clinic { pin: Some(moved), ..old.clone() },
            Clinic { pin: Some(by_zip), zip: Some("75201".into()), services: Vec::new(), ..old.clone() },
            Clinic { phone: Some("+15125550134".into()), priority: -3, offers_consultations: false, ..old.clone() },
        ] {
            let way = changes(Some(&old), &new);
            assert_eq!(with_changes(old.clone(), &way).unwrap(), new);
            assert_eq!(with_changes(new.clone(), &reversed(&way)).unwrap(), old);
            assert_ne!(hash(&old), hash(&new));
        }
        assert_eq!(with_changes(Clinic::new("A1"), &changes(None, &old)).unwrap(), old);
    }
}
