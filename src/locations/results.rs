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
use crate::directory::{
    Choice, Entry, Filter, Found, Label, NearestQuery, Origin, Question, Snapshot, Sort, count_search, find, weigh,
};
use crate::error::{AppError, FieldErrors};
use crate::geo::Metres;
use crate::places::{PlaceError, PlaceKind};
use crate::web::page::{Frame, Language, Offer, PlaceField, html};
use crate::web::{FromParams, Params, cache};

/// The way that a sooner time may be worth, in miles.
const TRADE_OFF_MI: f64 = 50.0;

#[derive(Template)]
#[template(path = "locations/templates/results.html")]
struct ResultsPage<'a> {
    frame: Frame<'a>,
    field: PlaceField,
    /// How many there are, for eyes and ears.
    count: String,
    /// Why it is farther than was asked for.
    expanded: Option<String>,
    /// What a misspelt place was read as.
    corrected: Option<String>,
    trade_off: Option<String>,
    is_straight_line: bool,
    by_distance: Offer,
    by_time: Offer,
    cards: Vec<Card>,
    excluded: Vec<LeftOut>,
    map: Option<MapView>,
}

/// A nearer clinic that is not among the results, and why.
struct LeftOut {
    name: String,
    path: String,
    distance: String,
    why: String,
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
        let card = |place: &crate::directory::Place| {
            Card::new(&self.writer(), self.snapshot.entry(place.position), place.distance)
        };
        let frame = Frame {
            description: language.say("results-description").into_owned(),
            ..self.site.frame(self.snapshot, language.tell("results-heading", &[("place", place.into())]), path)
        };
        let offers = resolved.alternatives.iter().map(|place| field.offer(&place.label)).collect();
        let near = if field.near.is_empty() { resolved.label.clone() } else { field.near.clone() };
        let field = PlaceField { near, offers, ..field };
        let sorted = |is_soonest| {
            let label = language.say(if is_soonest { "sort-soonest" } else { "sort-nearest" });
            let field = PlaceField { is_soonest, ..field.sent_again() };
            Offer { label: label.into_owned(), ..field.offer(&field.near) }
        };
        ResultsPage {
            count: clinic_count(language, self.found.places.len()),
            expanded: self.expanded(),
            corrected: self.corrected(),
            trade_off: self.trade_off(),
            is_straight_line: !self.found.is_list(),
            by_distance: sorted(false),
            by_time: sorted(true),
            cards: self.found.places.iter().map(card).collect(),
            excluded: self.excluded(),
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

    /// "10 mi Thursday, 34 mi tomorrow", when waiting less costs more of the way.
    fn trade_off(&self) -> Option<String> {
        let query = self.query;
        if self.origin.listed_state().is_some() || query.sort == Sort::Soonest {
            return None;
        }
        let filter =
            Filter { times: query.filter.times.or(Some(crate::directory::any_time())), ..query.filter.clone() };
        let radius = Metres(query.radius.0.max(Metres::from_miles(TRADE_OFF_MI).0));
        let question = Question {
            from: self.origin.resolved.point,
            limit: 2,
            radius,
            filter,
            sort: query.sort,
            as_of: self.as_of,
        };
        let joint = weigh(self.snapshot, &question, None);
        let labelled = |label| joint.choices.iter().find(|choice| choice.labels.contains(&label));
        let (nearest, soonest) = (labelled(Label::Nearest)?, labelled(Label::Soonest)?);
        let is_other_day = self.day(nearest) != self.day(soonest);
        let writer = self.writer();
        let values = [
            ("near", writer.distance(nearest.distance).into()),
            ("late", self.day(nearest).into()),
            ("far", writer.distance(soonest.distance).into()),
            ("early", self.day(soonest).into()),
        ];
        (nearest.position != soonest.position && is_other_day).then(|| writer.language.tell("trade-off", &values))
    }

    /// Today, tomorrow, or the date, on the clinic's own calendar.
    fn day(&self, choice: &Choice) -> String {
        self.writer().day(choice.slot.starts_at, self.snapshot.entry(choice.position).zone)
    }

    /// The state of the first result, with the results that lie in it.
    fn map(&self, frame: &Frame<'_>) -> Option<MapView> {
        let clinics = self.found.places.iter().map(|place| &**self.snapshot.entry(place.position));
        let first = clinics.clone().next()?;
        let beside: Vec<&Entry> = clinics.filter(|entry| entry.state == first.state).collect();
        Some(MapView::state(frame, first.state, &beside))
    }

    fn excluded(&self) -> Vec<LeftOut> {
        let (writer, language) = (self.writer(), self.site.language);
        let left_out = |excluded: &crate::directory::Excluded| {
            let entry = self.snapshot.entry(excluded.position);
            let why =
                out_of_business(&writer, entry).unwrap_or_else(|| language.say(excluded.reason.message()).into_owned());
            LeftOut {
                name: writer.clinic(entry),
                path: entry.page_path(),
                distance: writer.distance(excluded.distance),
                why,
            }
        };
        self.found.excluded.iter().map(left_out).collect()
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
