//! ZIPs: listed, unlisted, malformed, and those that contradict the state beside them (rules P2, P6).

use std::cmp::Reverse;
use std::ops::Range;

use super::merge::mean;
use super::query::{Said, mended_zip, said_state, state_named};
use super::resolve::Question;
use super::uncertainty::MOST_M;
use super::{PlaceError, PlaceKind, PlaceRef, Precision, Resolved, State, UnknownPlace, Zip, ZipCode};

impl Question<'_> {
    /// A ZIP, with the words `before` it.
    pub(super) fn zip(&self, code: ZipCode, before: Range<usize>) -> Result<Resolved, PlaceError> {
        if code.is_military() || matches!(said_state(&self.words, before.clone()), Said::Military) {
            return Err(PlaceError::ZipMilitary);
        }
        match self.gazetteer.zip_position(code) {
            Some(at) => self.listed(at, before),
            None => self.unlisted(code, before),
        }
    }

    fn listed(&self, at: usize, before: Range<usize>) -> Result<Resolved, PlaceError> {
        let zip = &self.gazetteer.zips[at];
        if let Some(other) = self.state_said_instead(zip.state, before.clone()) {
            return Err(self.contradiction(other, before, Some(zip)));
        }
        Ok(Resolved {
            input: self.input.to_owned(),
            kind: PlaceKind::Zip,
            label: zip.label(),
            state: Some(zip.state),
            point: zip.point,
            precision: Precision::Zip,
            uncertainty_m: Some(self.gazetteer.uncertainty_of_zip(at)),
            alternatives: Vec::new(),
            did_you_mean: Vec::new(),
            zip: Some(zip.code),
        })
    }

    /// Amid the ZIPs with the same first three digits: in the state that was said, or the one most of them are in.
    fn unlisted(&self, code: ZipCode, before: Range<usize>) -> Result<Resolved, PlaceError> {
        let area = self.area_of(code);
        let states = states_of(area);
        let Some(&usual) = states.first() else { return Err(self.unknown_zip(code, before)) };
        let agrees = |state: &&State| self.state_said_instead(state, before.clone()).is_none();
        let Some(state) = states.into_iter().find(agrees) else {
            return Err(self.contradiction(usual, before, None));
        };
        let point = mean(area.iter().filter(|zip| zip.state == state)).expect("the state came from a ZIP of the area");
        Ok(Resolved {
            input: self.input.to_owned(),
            kind: PlaceKind::Zip,
            label: format!("{} {code}", state.code),
            state: Some(state),
            point,
            precision: Precision::Zip3,
            uncertainty_m: Some(MOST_M),
            alternatives: Vec::new(),
            did_you_mean: Vec::new(),
            zip: Some(code),
        })
    }

    fn area_of(&self, code: ZipCode) -> &[Zip] {
        &self.gazetteer.zips[self.gazetteer.area(code)]
    }

    /// The state that the words say where the ZIP lies in another. Only what is surely a state counts: "Oak Ct 02110" is a
    /// court, and "Washington 20500" a city.
    fn state_said_instead(&self, of_zip: &State, before: Range<usize>) -> Option<&'static State> {
        if before.is_empty() || self.ends_with_city_in(of_zip, before.clone()) {
            return None;
        }
        if let Some(state) = state_named(&self.words, before.clone()) {
            return (state != of_zip).then_some(state);
        }
        match said_state(&self.words, before) {
            Said::Surely(state, _) => (state != of_zip).then_some(state),
            Said::Perhaps(states) if states.iter().all(|&(state, _)| state != of_zip) => {
                let is_place =
                    |(state, before): &(&'static State, Range<usize>)| self.city_in(state, before.clone()).is_some();
                states.into_iter().find(is_place).map(|(state, _)| state)
            }
            _ => None,
        }
    }

    fn ends_with_city_in(&self, state: &State, before: Range<usize>) -> bool {
        let mut runs = self.town(before);
        let end = runs.end;
        runs.any(|start| self.gazetteer.city_ranked(state, &self.words, start..end).is_some())
    }

    /// Both readings are offered; choosing one silently would send somebody to the wrong state.
    fn contradiction(&self, said: &State, before: Range<usize>, zip: Option<&Zip>) -> PlaceError {
        let place = self.place(before).ok().and_then(|Resolved { label, kind, state, point, .. }| {
            Some(PlaceRef { label, kind, state: state?, point })
        });
        let alternatives: Vec<PlaceRef> = place.into_iter().chain(zip.map(PlaceRef::from)).collect();
        let detail = match zip {
            Some(zip) => {
                format!("ZIP code {} is in {}, not in {}: which is meant?", zip.code, zip.state.name, said.name)
            }
            None => format!("that ZIP code belongs to {}, not to the state beside it: which is meant?", said.name),
        };
        let did_you_mean = alternatives.iter().map(|place| place.label.clone()).collect();
        PlaceError::Unknown(Box::new(UnknownPlace { detail, did_you_mean, alternatives }))
    }

    fn unknown_zip(&self, zip: ZipCode, before: Range<usize>) -> PlaceError {
        let place = (!before.is_empty()).then(|| self.place(before).ok()).flatten();
        PlaceError::ZipUnknown { zip, did_you_mean: place.into_iter().map(|place| place.label).collect() }
    }

    /// The refusal of digits that are no ZIP, with the ZIP they may have been (`2110`: rule P6).
    pub(super) fn malformed_zip(&self, span: Range<usize>) -> PlaceError {
        let before = span.start..span.end - 1;
        let mended = mended_zip(self.words.word(before.end)).and_then(|code| self.gazetteer.zip_of(code));
        let fits = |zip: &&Zip| self.state_said_instead(zip.state, before.clone()).is_none();
        PlaceError::ZipFormat {
            did_you_mean: mended.filter(fits).map(|zip| zip.code.to_string()).into_iter().collect(),
        }
    }
}

/// The states of these ZIPs, that of most of them first: 063 is Connecticut but for one island.
fn states_of(area: &[Zip]) -> Vec<&'static State> {
    let mut states: Vec<_> = area.iter().map(|zip| zip.state).collect();
    states.sort_by_key(|state| state.code);
    states.dedup();
    states.sort_by_key(|&state| Reverse(area.iter().filter(|zip| zip.state == state).count()));
    states
}

#[cfg(test)]
mod tests {
    use super::super::asked::{answer, assert_answers, refused, resolved};
    use super::super::gazetteer;
    use super::*;
    use crate::geo::{Metres, geodesic};

    #[test]
    fn p2_a_zip_that_contradicts_the_state_beside_it_is_not_silently_believed() {
        assert_answers(&[
            ("Austin, TX 02110", "place_unknown"),
            ("Texas 02110", "place_unknown"),
            ("Portland OR 04101", "place_unknown"),
            ("Portland ME 04101", "Portland, ME 04101"),
            ("Washington 20500", "Washington, DC 20500"),
            ("Port Washington 11050", "Port Washington, NY 11050"),
            ("12 Oak Ct 02110", "Boston, MA 02110"),
            ("Cambridge, MA 02110", "Boston, MA 02110"),
        ]);
        assert_eq!(refused("Austin, TX 02110").did_you_mean(), ["Austin, TX", "Boston, MA 02110"]);
    }

    #[test]
    fn p6_unlisted_zips_are_placed_amid_their_neighbours() {
        let place = resolved("10099");
        assert_eq!((place.kind, place.precision), (PlaceKind::Zip, Precision::Zip3));
        assert_eq!((place.label.as_str(), place.state.map(|state| state.code)), ("NY 10099", Some("NY")));
        assert_eq!(place.zip.map(|zip| zip.to_string()).as_deref(), Some("10099"));
        assert!(geodesic(place.point, resolved("10001").point) < Metres(10_000.0));
        assert_eq!(answer(&place.label), place.label);
        assert_eq!(answer("Fishers Island, NY 06399"), "NY 06399", "063 is Connecticut but for one island");
        assert_eq!(answer("06399"), "CT 06399");
        assert_eq!(answer("Austin, TX 06399"), "place_unknown");
        let error = refused("Austin, TX 00000");
        assert_eq!((error.code(), error.did_you_mean()), ("zip_unknown", &["Austin, TX".to_owned()][..]));
    }

    #[test]
    fn p6_malformed_zips_are_refused_with_the_zip_that_was_meant() {
        for (typed, meant) in [
            ("2110", &["02110"][..]),
            ("2110-1234", &["02110"]),
            ("0211O", &["02110"]),
            ("021101", &["02110"]),
            ("Boston, MA 2110", &["02110"]),
            ("Austin, TX 2110", &[]),
            ("99", &[]),
            ("1234é", &[]),
            ("00", &[]),
        ] {
            let error = refused(typed);
            assert_eq!(
                (error.code(), error.status(), error.did_you_mean()),
                ("zip_format", 422, &*meant.iter().map(|zip| (*zip).to_owned()).collect::<Vec<_>>()),
                "{typed}"
            );
        }
    }

    #[test]
    fn p6_military_mail_has_no_map_position() {
        for input in ["09001", "09899-1234", "34012", "96201", "96699", "APO AE 09012", "APO, AE", "AP", "FPO AP"] {
            assert_eq!(answer(input), "zip_military", "{input}");
        }
        assert_eq!(refused("09001").to_string(), "military mail has no map position: give the base or city");
        assert_answers(&[("89001", "Alamo, NV 89001"), ("96701", "Aiea, HI 96701")]);
    }

    #[test]
    fn p6_every_zip_of_the_file_resolves_to_itself() {
        for zip in gazetteer().zips() {
            let place = resolved(&zip.code.to_string());
            assert_eq!((place.zip, place.state, place.point), (Some(zip.code), Some(zip.state), zip.point));
        }
        for Zip { code, city, state, .. } in gazetteer().zips().iter().step_by(7) {
            let written = format!("{city}, {} {code}", state.code);
            assert_eq!(resolved(&written).label, written);
        }
    }
}
