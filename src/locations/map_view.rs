//! A map as pages show it: drawn by the server, with what the browser needs to make it one to move about in.

use super::map::{Dot, StateShape, draw_country, draw_locator, draw_state};
use super::search_page::{StateLink, clinic_count};
use crate::directory::{Entry, Snapshot};
use crate::places::State;
use crate::web::page::{Frame, format};

/// The drawing and its equal in words.
#[derive(Debug)]
pub struct MapView {
    /// Escaped.
    pub drawing: String,
    /// Where clinics' pages are, for the browser's map.
    pub root: String,
    pub clusters: String,
    pub outline: String,
    /// Empty when maps have outlines only.
    pub tiles: String,
    pub attribution: String,
    /// What the browser says of so many clinics; `{n}` stands for the number.
    pub counted: String,
}

impl MapView {
    fn of(frame: &Frame<'_>, drawing: String) -> Self {
        let tiles = frame.pages.appearance.tiles.as_ref();
        Self {
            drawing,
            root: frame.href("/locations/"),
            clusters: frame.pages.href("/locations/clinics.json"),
            outline: frame.pages.href("/locations/outline.json"),
            tiles: tiles.map(|tiles| tiles.url.template().to_owned()).unwrap_or_default(),
            attribution: tiles.map(|tiles| tiles.attribution.to_string()).unwrap_or_default(),
            counted: frame.say("map-count").into_owned(),
        }
    }

    /// All states, those with clinics as links.
    #[must_use]
    pub fn country(frame: &Frame<'_>, snapshot: &Snapshot, states: &[StateLink]) -> Self {
        let texts: Vec<_> = states
            .iter()
            .map(|link| (link.state, frame.href(&link.path), format!("{}: {}", link.name, link.count)))
            .collect();
        let shapes: Vec<_> = texts.iter().map(|(state, href, label)| StateShape { state, href, label }).collect();
        let listed: Vec<&Entry> = snapshot.entries().iter().map(|e| &**e).filter(|entry| entry.is_listed()).collect();
        Self::of(frame, with_dots(frame, &listed, |dots| draw_country(&frame.say("map"), &shapes, dots)))
    }

    /// One state with its clinics as links.
    #[must_use]
    pub fn state(frame: &Frame<'_>, state: &State, clinics: &[&Entry]) -> Self {
        let listed = clinics.iter().filter(|entry| entry.is_listed()).count();
        let name =
            format!("{}: {}", super::search_page::name(state, frame.language), clinic_count(frame.language, listed));
        Self::of(frame, with_dots(frame, clinics, |dots| draw_state(state, &name, dots)))
    }

    /// Where in its state a clinic is.
    #[must_use]
    pub fn clinic(frame: &Frame<'_>, entry: &Entry) -> Self {
        let name = frame.language.tell(
            "map-of-clinic",
            &[
                ("clinic", super::writer::name(entry).into()),
                ("state", super::search_page::name(entry.state, frame.language).into()),
            ],
        );
        Self::of(frame, draw_locator(entry.state, &name, entry.point))
    }
}

fn with_dots(frame: &Frame<'_>, clinics: &[&Entry], draw: impl FnOnce(&[Dot<'_>]) -> String) -> String {
    let name = |entry: &Entry| format::listed_name(&entry.clinic.name, &frame.brand.name);
    let texts: Vec<(String, String)> =
        clinics.iter().map(|entry| (frame.href(&entry.page_path()), name(entry))).collect();
    let dots: Vec<Dot<'_>> =
        clinics.iter().zip(&texts).map(|(entry, (href, label))| Dot { point: entry.point, href, label }).collect();
    draw(&dots)
}
