//! `/locations?near=`: the clinics near a place, nearest or soonest first, and why it is these.

use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::cards::Card;
use super::map_view::MapView;
use super::open_line::out_of_business;
use super::search_page::clinic_count;
use super::writer::Writer;
use super::{Site, search_page};
use crate::directory::{Entry, Found, NearestQuery, Origin, Snapshot, Sort, count_search, find};
use crate::error::{AppError, FieldErrors};
use crate::geo::Metres;
use crate::places::{PlaceError, PlaceKind};
use crate::web::page::{Frame, Language, Offer, PlaceField, format, html};
use crate::web::{FromParams, Params, cache};

#[derive(Template)]
#[template(path = "locations/templates/results.html")]
struct ResultsPage<'a> {
    frame: Frame<'a>,
    field: PlaceField,
    /// How many there are, and how far away.
    count: String,
    /// Why it is farther than was asked for.
    expanded: Option<String>,
    /// What a misspelt place was read as.
    corrected: Option<String>,
    is_straight_line: bool,
    /// None where there is nothing to choose.
    sorts: Option<[SortChoice; 2]>,
    list: Vec<Listed>,
    /// Nearer ones that are not in the list: with the soonest first they have no place in it.
    excluded: Vec<LeftOut>,
    map: Option<MapView>,
}

/// A line of the list.
enum Listed {
    Result {
        number: usize,
        card: Box<Card>,
    },
    /// Where it would be by its distance.
    LeftOut(LeftOut),
}

/// A nearer clinic that is not among the results, and why.
struct LeftOut {
    name: String,
    path: String,
    distance: String,
    why: String,
}

/// An order of the list, and what it gives.
struct SortChoice {
    path: String,
    label: String,
    /// `0.3 mi, Thu 2:30 pm`
    gives: String,
    is_chosen: bool,
}

/// What is near the place of a query, or the search box with what is wrong.
pub fn show(site: &Site, request: &Request, params: &Params<'_>) -> Result<Response, AppError> {
    let (snapshot, as_of) = (site.directory.snapshot(), site.directory.as_of());
    let field = PlaceField::sent(params);
    let query = match NearestQuery::from_params(params) {
        Ok(query) => query,
        Err(errors) => return refused_query(site, &snapshot, field, &errors),
    };
    let origin = match Origin::resolve(&query.near) {
        Ok(origin) => origin,
        Err(error) => return refused_place(site, &snapshot, field, &error),
    };
    let asked = request.uri().query().unwrap_or_default();
    let etag = site.directory.etag(&snapshot, as_of, &[asked, site.language.code(), "results"]);
    if let Some(response) = cache::not_modified(request.headers(), &etag) {
        return Ok(response);
    }
    let found = find(&snapshot, &origin.resolved, &query, as_of);
    count_search(&site.directory, request, &origin, &found);
    let asked = Asked { site, snapshot: &snapshot, as_of, query: &query, origin: &origin, found: &found };
    Ok(cache::with_validators(html(StatusCode::OK, &asked.page(field, asked_path(params)))?, &etag))
}

/// The address without what is not ours, such as campaign tags.
fn asked_path(params: &Params<'_>) -> String {
    let known = NearestQuery::NAMES.iter().filter_map(|name| Some((*name, params.get(name)?)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(known).finish();
    format!("/locations?{query}")
}

fn refused_query(
    site: &Site,
    snapshot: &Snapshot,
    field: PlaceField,
    errors: &FieldErrors,
) -> Result<Response, AppError> {
    let field = PlaceField { refusal: Some(query_words(site.language, errors)), ..field };
    search_page::refused(site, snapshot, StatusCode::UNPROCESSABLE_ENTITY, field)
}

fn refused_place(
    site: &Site,
    snapshot: &Snapshot,
    field: PlaceField,
    error: &PlaceError,
) -> Result<Response, AppError> {
    let labels = error.did_you_mean().iter().map(String::as_str);
    let places = error.alternatives().iter().map(|place| &*place.label);
    let offers = labels.chain(places).map(|label| field.offer(label)).collect();
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    let refusal = Some(place_words(site.language, error));
    search_page::refused(site, snapshot, status, PlaceField { refusal, offers, ..field })
}

/// What is wrong with a search: in the page's own words where they are about its place, which people type.
fn query_words(language: Language, errors: &FieldErrors) -> String {
    let mut own = errors.iter().map(|error| message_of(error.reason)).filter(|id| language.has(id));
    match own.next() {
        Some(id) => language.say(&id).into_owned(),
        None => language.tell("search-refused", &[("reason", errors.to_string().into())]),
    }
}

fn place_words(language: Language, error: &PlaceError) -> String {
    if language == Language::English && matches!(error, PlaceError::Unknown(_)) {
        return error.to_string();
    }
    let meant = error.did_you_mean().first().map_or("", String::as_str);
    language.tell(&message_of(error.reason()), &[("zip", meant.into())])
}

fn message_of(reason: &str) -> String {
    reason.replace('_', "-")
}

/// A search and what it found.
struct Asked<'a> {
    site: &'a Site,
    snapshot: &'a Snapshot,
    as_of: DateTime<Utc>,
    query: &'a NearestQuery,
    origin: &'a Origin,
    found: &'a Found,
}

impl<'a> Asked<'a> {
    fn writer(&self) -> Writer<'a> {
        self.site.writer(self.snapshot, self.as_of)
    }

    fn page(&self, field: PlaceField, path: String) -> ResultsPage<'a> {
        let (language, resolved) = (self.site.language, &self.origin.resolved);
        let place = self.place();
        let frame = Frame {
            description: language.say("results-description").into_owned(),
            ..self.site.frame(self.snapshot, language.tell("results-heading", &[("place", place.into())]), path)
        };
        let offers = resolved.alternatives.iter().map(|place| field.offer(&place.label)).collect();
        let near = if field.near.is_empty() { resolved.label.clone() } else { field.near.clone() };
        let field = PlaceField { near, offers, ..field };
        ResultsPage {
            count: self.count(),
            expanded: self.expanded(),
            corrected: self.corrected(),
            is_straight_line: !self.found.is_list(),
            sorts: self.sorts(&field),
            list: self.list(),
            excluded: self.excluded().filter(|_| self.is_by_time()).map(|(_, left_out)| left_out).collect(),
            map: self.map(&frame),
            frame,
            field,
        }
    }

    /// What the place is called; a visitor's own position is not read out as numbers.
    fn place(&self) -> String {
        match self.origin.resolved.kind {
            PlaceKind::Point => self.site.language.say("your-location").into_owned(),
            _ => self.origin.resolved.label.clone(),
        }
    }

    fn corrected(&self) -> Option<String> {
        let place = self.origin.resolved.did_you_mean.first()?;
        Some(self.site.language.tell("corrected", &[("place", place.clone().into())]))
    }

    fn expanded(&self) -> Option<String> {
        if !self.found.expanded || self.found.places.is_empty() {
            return None;
        }
        let language = self.site.language;
        let whole = |radius: Metres| format!("{:.0}", radius.miles());
        let values = [("asked", whole(self.query.radius).into()), ("place", self.place().into())];
        Some(match self.found.used_radius {
            Some(used) => {
                let [asked, place] = values;
                language.tell("expanded-to", &[asked, place, ("used", whole(used).into())])
            }
            None => language.tell("expanded-anywhere", &values),
        })
    }

    fn is_by_time(&self) -> bool {
        self.query.sort == Sort::Soonest
    }

    fn count(&self) -> String {
        let (language, clinics) = (self.site.language, self.found.places.len());
        match self.found.used_radius.filter(|_| !self.found.is_list()) {
            Some(used) => {
                let values = [("clinics", clinics.into()), ("radius", format!("{:.0}", used.miles()).into())];
                language.tell("results-count", &values)
            }
            None => format!("{}.", clinic_count(language, clinics)),
        }
    }

    /// The results by number; by distance, those that were left out are in their places.
    fn list(&self) -> Vec<Listed> {
        let writer = self.writer();
        let mut left_out = self.excluded().filter(|_| !self.is_by_time()).peekable();
        let mut list = Vec::new();
        for (at, place) in self.found.places.iter().enumerate() {
            let is_nearer = |(distance, _): &(Metres, LeftOut)| place.distance.is_none_or(|here| distance.0 < here.0);
            while let Some((_, nearer)) = left_out.next_if(is_nearer) {
                list.push(Listed::LeftOut(nearer));
            }
            let card = Box::new(Card::new(&writer, self.snapshot.entry(place.position), place.distance));
            list.push(Listed::Result { number: at + 1, card });
        }
        list.extend(left_out.map(|(_, left_out)| Listed::LeftOut(left_out)));
        list
    }

    /// Both orders with what each gives; none for a single result.
    fn sorts(&self, field: &PlaceField) -> Option<[SortChoice; 2]> {
        let first = |sort| {
            let query = NearestQuery { sort, limit: 1, ..self.query.clone() };
            find(self.snapshot, &self.origin.resolved, &query, self.as_of).places.into_iter().next()
        };
        let (nearest, soonest) = (first(Sort::Distance)?, first(Sort::Soonest)?);
        let choice = |is_soonest: bool, gives: String| {
            let label = self.site.language.say(if is_soonest { "sort-soonest" } else { "sort-nearest" });
            let Offer { path, .. } = PlaceField { is_soonest, ..field.sent_again() }.offer(&field.near);
            SortChoice { path, label: label.into_owned(), gives, is_chosen: is_soonest == self.is_by_time() }
        };
        let is_one = nearest.position == soonest.position;
        let sooner = if is_one { self.site.language.say("sort-same").into_owned() } else { self.gives(&soonest) };
        (self.found.places.len() > 1).then(|| [choice(false, self.gives(&nearest)), choice(true, sooner)])
    }

    /// How far away a clinic is, and when it has time.
    fn gives(&self, place: &crate::directory::Place) -> String {
        let (writer, entry) = (self.writer(), self.snapshot.entry(place.position));
        let far = place.distance.map(|distance| format::short_distance(writer.language, distance));
        let time = entry.next_slot(self.as_of).map(|slot| writer.brief_time(slot.starts_at, entry.zone));
        let time = time.unwrap_or_else(|| writer.language.say("sort-no-time").into_owned());
        far.into_iter().chain([time]).collect::<Vec<_>>().join(", ")
    }

    /// The state of the first result, with the results that lie in it.
    fn map(&self, frame: &Frame<'_>) -> Option<MapView> {
        let clinics = self.found.places.iter().map(|place| &**self.snapshot.entry(place.position));
        let first = clinics.clone().next()?;
        let beside: Vec<&Entry> = clinics.filter(|entry| entry.state == first.state).collect();
        Some(MapView::state(frame, first.state, &beside))
    }

    /// With their distances, nearest first.
    fn excluded(&self) -> impl Iterator<Item = (Metres, LeftOut)> {
        let (writer, language) = (self.writer(), self.site.language);
        self.found.excluded.iter().map(move |excluded| {
            let entry = self.snapshot.entry(excluded.position);
            let why =
                out_of_business(&writer, entry).unwrap_or_else(|| language.say(excluded.reason.message()).into_owned());
            let (name, path) = (writer.clinic(entry), entry.page_path());
            (excluded.distance, LeftOut { name, path, distance: writer.distance(excluded.distance), why })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::PointError;
    use crate::places::gazetteer;

    #[test]
    fn what_is_no_place_is_told_in_the_words_of_the_design() {
        for (typed, english, spanish) in [
            ("", "Type a ZIP code, a city or a state.", "Escriba un código postal, una ciudad o un estado."),
            (
                "2110",
                "A ZIP code has five digits. Did you mean 02110?",
                "Un código postal tiene cinco cifras. ¿Quiso decir 02110?",
            ),
            ("91,0", "These are not coordinates on Earth.", "Estas coordenadas no existen."),
        ] {
            let error = gazetteer().resolve(typed).expect_err(typed);
            assert_eq!(place_words(Language::English, &error), english);
            assert_eq!(place_words(Language::Spanish, &error), spanish);
        }
    }

    #[test]
    fn every_reason_of_a_place_has_words_in_both_languages() {
        let zip = || vec!["02110".to_owned()];
        let errors = [
            PlaceError::Required,
            PlaceError::TooLong,
            PlaceError::Characters,
            PlaceError::OffTheGlobe(PointError::Lat),
            PlaceError::Coordinates,
            PlaceError::ZipFormat { did_you_mean: Vec::new() },
            PlaceError::ZipFormat { did_you_mean: zip() },
            PlaceError::ZipMilitary,
            PlaceError::Unknown(Box::default()),
        ];
        let reasons: std::collections::BTreeSet<&str> = errors.iter().map(PlaceError::reason).collect();
        assert_eq!(reasons.len(), errors.len(), "each is told apart");
        for (error, language) in errors.iter().flat_map(|error| Language::ALL.map(|language| (error, language))) {
            assert!(language.has(&message_of(error.reason())), "{error:?}");
            assert_ne!(place_words(language, error), message_of(error.reason()));
        }
        assert!(Language::ALL.iter().all(|language| language.has("zip-unknown")));
    }

    #[test]
    fn a_search_without_a_place_asks_for_one() {
        let required =
            FieldErrors::from(crate::error::FieldError::new("near", "required", "x").because("place_required"));
        assert_eq!(query_words(Language::English, &required), "Type a ZIP code, a city or a state.");
        let other = FieldErrors::one("limit", "invalid_value", "must be a whole number");
        assert!(query_words(Language::English, &other).ends_with("limit: must be a whole number"));
    }
}
