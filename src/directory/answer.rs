//! The JSON of a nearest answer: only distance, bearing and the like are written per request. A clinic's own members, open
//! state and next time included, are serialised when they are first shown and kept by its entry while they stand.

use std::io::Write;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::{Reason, Skipped};
use super::nearest::{Excluded, Found, Place, tie_groups};
use super::out::{ClinicBrief, SlotOut};
use super::{Entry, Snapshot};
use crate::geo::{Ecef, Horizon, Metres};
use crate::places::{Landmass, PlaceKind, PlaceRef, Resolved};

/// Beyond this a result is marked `far` (rule N6).
const FAR: Metres = Metres(150.0 * Metres::PER_MILE);

/// The place that a text stands for (rule P8).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resolved)]
pub struct ResolvedOut<'r> {
    /// The question as it was asked.
    pub input: &'r str,
    /// `zip`, `city`, `state` or `point`.
    pub kind: &'static str,
    pub label: &'r str,
    /// Two letters; null for a point.
    pub state: Option<&'static str>,
    pub lat: f64,
    pub lon: f64,
    /// `exact`, `zip`, `city`, `zip3` or `state`.
    pub precision: &'static str,
    /// How far off the point may be for someone in the place; null for a state.
    pub uncertainty_m: Option<u32>,
    /// Other places of that name.
    pub alternatives: Vec<PlaceOut<'r>>,
    /// What a misspelt text was corrected to.
    pub did_you_mean: &'r [String],
}

/// A place offered beside an answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Place)]
pub struct PlaceOut<'r> {
    pub label: &'r str,
    pub kind: &'static str,
    pub state: &'static str,
    pub lat: f64,
    pub lon: f64,
}

impl<'r> From<&'r Resolved> for ResolvedOut<'r> {
    fn from(resolved: &'r Resolved) -> Self {
        Self {
            input: &resolved.input,
            kind: resolved.kind.as_str(),
            label: &resolved.label,
            state: resolved.state.map(|state| state.code),
            lat: resolved.point.lat(),
            lon: resolved.point.lon(),
            precision: resolved.precision.as_str(),
            uncertainty_m: resolved.uncertainty_m,
            alternatives: resolved.alternatives.iter().map(Into::into).collect(),
            did_you_mean: &resolved.did_you_mean,
        }
    }
}

impl<'r> From<&'r PlaceRef> for PlaceOut<'r> {
    fn from(place: &'r PlaceRef) -> Self {
        let (lat, lon) = (place.point.lat(), place.point.lon());
        Self { label: &place.label, kind: place.kind.as_str(), state: place.state.code, lat, lon }
    }
}

/// How the search went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Search)]
pub struct SearchOut {
    pub requested_radius_m: u64,
    /// Null when the search went beyond every radius, or listed a state.
    pub used_radius_m: Option<u64>,
    /// Nothing lay within the requested radius, so a larger one was used.
    pub expanded: bool,
    pub limit: usize,
    /// Distances are geodesics, not roads.
    pub straight_line: bool,
    /// The filters that were applied, never loosened.
    pub filters: Vec<&'static str>,
    /// `distance` or `soonest`.
    pub sort: &'static str,
    /// Nearer clinics without a free time in the days asked for; null unless days or the soonest were asked for.
    pub skipped: Option<Skipped>,
}

/// One clinic of a nearest answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearestClinic<'e> {
    pub clinic: ClinicBrief<'e>,
    /// Whole metres of the WGS84 geodesic; null where a state was listed.
    pub distance_m: Option<u64>,
    pub distance_mi: Option<f64>,
    /// From the searcher to the clinic: N, NE, E, SE, S, SW, W or NW.
    pub bearing: Option<String>,
    /// Results that cannot be told apart from a place this uncertain share a number.
    pub tie_group: Option<u32>,
    /// More than 150 miles.
    pub far: bool,
    /// The clinic lies on another landmass than the searcher.
    pub across_water: bool,
}

/// A nearer clinic that was left out, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExcludedClinic<'e> {
    pub slug: &'e str,
    pub name: &'e str,
    pub distance_m: u64,
    pub distance_mi: f64,
    /// `temporarily_closed`, `coming_soon`, `closed`, `no_consultations`, `full` or `filtered_by`.
    pub reason: &'static str,
    /// When a temporarily closed clinic reopens.
    pub until: Option<chrono::NaiveDate>,
    /// When a coming clinic opens.
    pub from: Option<chrono::NaiveDate>,
    /// The code of the clinic that took a closed one's place.
    pub moved_to: Option<&'e str>,
    /// The filter that left it out.
    pub filter: Option<&'static str>,
    /// The earliest consultation there, also after it opens or reopens (rule A14).
    pub next: Option<SlotOut>,
}

/// The answer of `/nearest`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Nearest)]
pub struct NearestOut<'a> {
    pub resolved: ResolvedOut<'a>,
    pub search: SearchOut,
    pub data: Vec<NearestClinic<'a>>,
    pub excluded: Vec<ExcludedClinic<'a>>,
    /// Things a caller should know about the question itself.
    pub warnings: Vec<&'static str>,
    /// The clinics are invented: a demonstration.
    pub demo: bool,
    pub as_of: DateTime<Utc>,
    pub data_version: i64,
}

/// Everything an answer is written from.
#[derive(Debug)]
pub struct Answer<'a> {
    pub snapshot: &'a Snapshot,
    pub resolved: &'a Resolved,
    /// `None` for a point far from any of ours.
    pub landmass: Option<Landmass>,
    pub search: SearchOut,
    pub found: &'a Found,
    pub as_of: DateTime<Utc>,
}

impl Answer<'_> {
    /// As [`NearestOut`] describes it.
    ///
    /// # Errors
    /// When serialising fails, which in memory it does not.
    pub fn json(&self) -> anyhow::Result<Vec<u8>> {
        let mut json = Vec::with_capacity(self.likely_bytes());
        self.write_head(&mut json)?;
        json.extend_from_slice(b",\"data\":[");
        self.write_items(
            &mut json,
            |entry, json| {
                json.extend_from_slice(b"{\"clinic\":");
                entry.write_brief(self.as_of, json);
            },
            b"}",
        );
        json.extend_from_slice(b"]");
        self.write_tail(&mut json)?;
        Ok(json)
    }

    /// The same list as a GeoJSON `FeatureCollection` (RFC 7946: longitude first), the rest as foreign members.
    ///
    /// # Errors
    /// As [`Answer::json`].
    pub fn geojson(&self) -> anyhow::Result<Vec<u8>> {
        let mut json = Vec::with_capacity(self.likely_bytes());
        self.write_head(&mut json)?;
        json.extend_from_slice(b",\"type\":\"FeatureCollection\",\"features\":[");
        self.write_items(&mut json, |entry, json| {
            let geometry = [entry.point.lon(), entry.point.lat()];
            let _infallible = write!(
                json,
                "{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{},{}]}},\"properties\":{{\"clinic\":",
                geometry[0], geometry[1]
            );
            entry.write_brief(self.as_of, json);
        }, b"}}");
        json.extend_from_slice(b"]");
        self.write_tail(&mut json)?;
        Ok(json)
    }

    /// Copying an answer to a larger place would cost more than anything else about it. Asking every clinic first has a
    /// second use: what they keep lies all over the memory, and is fetched for all of them at once.
    fn likely_bytes(&self) -> usize {
        const HEAD_AND_TAIL: usize = 1_024;
        const AROUND_A_CLINIC: usize = 250;
        let brief = |place: &Place| self.snapshot.entry(place.position).brief_bytes(self.as_of) + AROUND_A_CLINIC;
        HEAD_AND_TAIL + self.found.places.iter().map(brief).sum::<usize>()
    }

    fn write_head(&self, json: &mut Vec<u8>) -> anyhow::Result<()> {
        json.extend_from_slice(b"{\"resolved\":");
        serde_json::to_writer(&mut *json, &ResolvedOut::from(self.resolved))?;
        json.extend_from_slice(b",\"search\":");
        serde_json::to_writer(json, &self.search)?;
        Ok(())
    }

    /// `end` closes what `open_item` opened.
    fn write_items(&self, json: &mut Vec<u8>, open_item: impl Fn(&Entry, &mut Vec<u8>), end: &[u8]) {
        let horizon = Horizon::of(self.resolved.point);
        for (i, (place, tie)) in self.found.places.iter().zip(self.ties()).enumerate() {
            if i > 0 {
                json.push(b',');
            }
            let entry = self.snapshot.entry(place.position);
            open_item(entry, json);
            self.write_relation(json, &horizon, place, entry, tie);
            json.extend_from_slice(end);
        }
    }

    /// What lies between searcher and clinic.
    fn write_relation(&self, json: &mut Vec<u8>, horizon: &Horizon, place: &Place, entry: &Entry, tie: Option<u32>) {
        match place.distance {
            Some(distance) => {
                let (metres, tenths) = (whole_metres(distance), tenths_of_mile(distance));
                let (mut number, mut miles, mut tenth) =
                    (itoa::Buffer::new(), itoa::Buffer::new(), itoa::Buffer::new());
                let miles = [miles.format(tenths / 10), ".", tenth.format(tenths % 10)];
                write_all(json, &[",\"distance_m\":", number.format(metres), ",\"distance_mi\":"]);
                write_all(json, &miles);
            }
            None => json.extend_from_slice(b",\"distance_m\":null,\"distance_mi\":null"),
        }
        match place.distance.and_then(|_| horizon.towards(entry.at)) {
            Some(bearing) => write_all(json, &[",\"bearing\":\"", bearing.as_str(), "\""]),
            None => write_all(json, &[",\"bearing\":null"]),
        }
        match tie {
            Some(group) => write_all(json, &[",\"tie_group\":", itoa::Buffer::new().format(group)]),
            None => write_all(json, &[",\"tie_group\":null"]),
        }
        let far = place.distance.is_some_and(|distance| distance > FAR);
        let across_water = self.landmass.is_some_and(|landmass| landmass != entry.state.landmass);
        write_all(json, &[",\"far\":", word(far), ",\"across_water\":", word(across_water)]);
    }

    fn ties(&self) -> Vec<Option<u32>> {
        let points: Vec<Ecef> = self.found.places.iter().map(|place| self.snapshot.entry(place.position).at).collect();
        let is_ranked = self.found.places.iter().all(|place| place.distance.is_some());
        match self.resolved.uncertainty_m {
            Some(uncertainty) if uncertainty > 0 && is_ranked => {
                tie_groups(self.resolved.point.into(), Metres(uncertainty.into()), &points)
            }
            _ => vec![None; points.len()],
        }
    }

    fn write_tail(&self, json: &mut Vec<u8>) -> anyhow::Result<()> {
        json.extend_from_slice(b",\"excluded\":");
        let excluded: Vec<_> =
            self.found.excluded.iter().map(|excluded| excluded_out(self.snapshot, excluded, self.as_of)).collect();
        serde_json::to_writer(&mut *json, &excluded)?;
        json.extend_from_slice(b",\"warnings\":");
        serde_json::to_writer(&mut *json, &warnings(self.resolved, self.found))?;
        write_all(json, &[",\"demo\":", word(self.snapshot.network.is_demo), ",\"as_of\":\""]);
        write_minute(json, self.as_of);
        let mut version = itoa::Buffer::new();
        write_all(json, &["\",\"data_version\":", version.format(self.snapshot.data_version), "}"]);
        Ok(())
    }
}

pub fn excluded_out<'s>(snapshot: &'s Snapshot, excluded: &Excluded, as_of: DateTime<Utc>) -> ExcludedClinic<'s> {
    let entry = snapshot.entry(excluded.position);
    let clinic = &entry.clinic;
    let filter = if let Reason::FilteredBy(filter) = excluded.reason { Some(filter) } else { None };
    ExcludedClinic {
        slug: &clinic.slug,
        name: &clinic.name,
        distance_m: whole_metres(excluded.distance),
        distance_mi: tenths_of_miles(excluded.distance),
        reason: excluded.reason.as_str(),
        until: clinic.status.reopens_on.filter(|_| excluded.reason == Reason::TemporarilyClosed),
        from: clinic.status.opens_on.filter(|_| excluded.reason == Reason::ComingSoon),
        moved_to: clinic.moved_to.as_deref().filter(|_| excluded.reason == Reason::Closed),
        filter,
        next: entry.next_slot(as_of).map(|slot| SlotOut::offered(&slot, entry.zone)),
    }
}

impl Reason {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TemporarilyClosed => "temporarily_closed",
            Self::ComingSoon => "coming_soon",
            Self::Closed => "closed",
            Self::NoConsultations => "no_consultations",
            Self::Full => "full",
            Self::FilteredBy(_) => "filtered_by",
        }
    }
}

fn warnings(resolved: &Resolved, found: &Found) -> Vec<&'static str> {
    let is_null_island = resolved.point.lat() == 0.0 && resolved.point.lon() == 0.0;
    let is_around_state = resolved.kind == PlaceKind::State && !found.is_list();
    [
        is_null_island.then_some("0, 0 lies in the Gulf of Guinea: was the position missing?"),
        is_around_state.then_some("no such clinic lies in this state: the search went around its most populous city"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A whole minute in RFC 3339, as serde writes it.
fn write_minute(json: &mut Vec<u8>, at: DateTime<Utc>) {
    let (date, time) = (at.date_naive(), at.time());
    let mut year = itoa::Buffer::new();
    write_all(json, &[year.format(date.year())]);
    for (mark, number) in [("-", date.month()), ("-", date.day()), ("T", time.hour()), (":", time.minute())] {
        let (mut tens, mut ones) = (itoa::Buffer::new(), itoa::Buffer::new());
        write_all(json, &[mark, tens.format(number / 10), ones.format(number % 10)]);
    }
    json.extend_from_slice(b":00Z");
}

/// Text that needs no formatting: `write!` costs several times the copy.
fn write_all(json: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        json.extend_from_slice(part.as_bytes());
    }
}

fn word(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

/// As printed: rounded half up.
#[must_use]
pub fn whole_metres(distance: Metres) -> u64 {
    rounded(distance.0)
}

/// As printed.
#[must_use]
pub fn tenths_of_miles(distance: Metres) -> f64 {
    f64::from(u32::try_from(tenths_of_mile(distance)).unwrap_or(u32::MAX)) / 10.0
}

fn tenths_of_mile(distance: Metres) -> u64 {
    rounded(distance.miles() * 10.0)
}

/// Without the library call that `f64::round` is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "distances are at most 20,004 km")]
fn rounded(length: f64) -> u64 {
    (length + 0.5) as u64
}
