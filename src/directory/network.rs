use std::sync::Arc;

use crate::clinics::network::store::settings;
use crate::clinics::network::{Catalogue, Colors, Settings, unknown_services};
use crate::clinics::{Clinic, Policy};
use crate::entities::network;
use crate::geo::Metres;
use crate::web::page::{GivenColors, Palette, Stylesheet};

/// The network as visitors see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    pub privacy_url: Option<String>,
    pub terms_url: Option<String>,
    /// Of the pages, by role.
    pub colors: Colors,
    /// Derived from the colours; `None` where all of them are ours.
    pub stylesheet: Option<Arc<Stylesheet>>,
    /// The clinics are invented (rule I13).
    pub is_demo: bool,
    /// How consultations are offered where a clinic does not say otherwise (rule A12).
    pub policy: Policy,
    /// How far a day of waiting outweighs (rule A16).
    pub wait_day: Metres,
    /// What the services are called.
    pub catalogue: Arc<Catalogue>,
}

impl Network {
    /// The network of this row. Pages' colours are derived when they have changed from those that are `held`.
    ///
    /// # Errors
    /// When it holds something that this program does not understand.
    pub fn read(row: &network::Model, held: Option<&Self>) -> anyhow::Result<Self> {
        let Settings { name, phone, catalogue, policy, wait_day_mi, privacy_url, terms_url, colors, .. } =
            settings(row)?;
        let (wait_day, catalogue, is_demo) = (Metres::from_miles(wait_day_mi), Arc::new(catalogue), row.is_demo);
        let stylesheet = match held.filter(|held| held.colors == colors) {
            Some(held) => held.stylesheet.clone(),
            None => Stylesheet::of(&Palette::of(&GivenColors::read(&colors))).map(Arc::new),
        };
        Ok(Self { name, phone, privacy_url, terms_url, colors, stylesheet, is_demo, policy, wait_day, catalogue })
    }

    /// The services of a clinic that the catalogue does not have; none while nothing is in it.
    pub fn unknown_services<'n>(&'n self, clinic: &'n Clinic) -> impl Iterator<Item = &'n str> {
        unknown_services(&self.catalogue, clinic)
    }
}
