//! The drawings, as SVG to be put into a page as it is.
//!
//! Every drawing is a second way to what the page's lists say. Links have names; what only repeats the lists (dots on the
//! country's map) is hidden from screen readers and from the tab key, but can be clicked. Colours are the stylesheet's.

use std::fmt::{self, Write};
use std::sync::{LazyLock, OnceLock};

use super::dots::{Cluster, cluster};
use super::frame::{COUNTRY, Frame, Sheet, country_frame, project, rings_shown};
use super::outline::simplified;
use super::path::{path_data, whole};
use crate::geo::Point;
use crate::places::{Landmass, State};

/// How far the country's outlines may be off, in its units: a pixel on a wide screen.
const COUNTRY_TOLERANCE: f64 = 1.8;
/// Of one clinic on the country's map.
const COUNTRY_DOT: f64 = 9.0;
/// Dots on the country's map are at least so far apart: a finger is wider, but Providence is not to vanish in Boston.
const COUNTRY_APART: f64 = 20.0;
/// The same for a network of more clinics than this, so that ten thousand stay a few hundred dots.
const DENSE_APART: f64 = 38.0;
const DENSE: usize = 300;
/// The longer side of a state's map.
const STATE_SIDE: f64 = 1000.0;
const STATE_TOLERANCE: f64 = 1.2;
const STATE_DOT: f64 = 14.0;
/// A finger's width where the map is shown in 600 pixels.
const STATE_APART: f64 = 44.0;
const LOCATOR_SIDE: f64 = 240.0;
const LOCATOR_TOLERANCE: f64 = 0.8;
const LOCATOR_DOT: f64 = 9.0;
/// A merged dot says so many names, then an ellipsis.
const NAMES: usize = 5;

/// A state that has clinics.
#[derive(Clone, Copy, Debug)]
pub struct StateShape<'a> {
    pub state: &'static State,
    /// The address of its page.
    pub href: &'a str,
    /// Its name in the page's language with the number of its clinics.
    pub label: &'a str,
}

/// A clinic, or a city with its clinics.
#[derive(Clone, Copy, Debug)]
pub struct Dot<'a> {
    pub point: Point,
    /// The address of its page.
    pub href: &'a str,
    /// Its name.
    pub label: &'a str,
}

/// The country's map: states with clinics are links, the others outlines. Territories too small to be told apart without
/// clinics are drawn only with them. `name` is what the drawing is called.
#[must_use]
pub fn draw_country(name: &str, shapes: &[StateShape<'_>], dots: &[Dot<'_>]) -> String {
    let mut svg = open("map map-country", COUNTRY, "group", name);
    for (state, data) in State::all().iter().zip(COUNTRY_PATHS.iter()) {
        if !shapes.iter().any(|shape| shape.state == state) && !is_speck(state) {
            push(&mut svg, format_args!("<path class=\"map-empty\" d=\"{data}\"/>"));
        }
    }
    // Above the others, so that a focused border is whole.
    for StateShape { state, href, label } in shapes {
        let (href, label, data) = (Escaped(href), Escaped(label), &COUNTRY_PATHS[position(state)]);
        let link =
            format_args!("<a class=\"map-state\" href=\"{href}\"><title>{label}</title><path d=\"{data}\"/></a>");
        push(&mut svg, link);
    }
    let placed: Vec<_> = dots.iter().filter_map(|dot| Some((dot, project(dot.point)?))).collect();
    svg.push_str("<g class=\"map-dots\" aria-hidden=\"true\">");
    let apart = if placed.len() > DENSE { DENSE_APART } else { COUNTRY_APART };
    push_dots(&mut svg, &placed, &Look { apart, radius: COUNTRY_DOT, has_stops: false });
    svg.push_str("</g></svg>");
    svg
}

/// A state's own map with its clinics as links; dots that would cover each other are one, which is a link when all of it
/// leads to one page.
#[must_use]
pub fn draw_state(state: &State, name: &str, dots: &[Dot<'_>]) -> String {
    let (sheet, data) = STATE_MAPS[position(state)].get_or_init(|| own_map(state, STATE_SIDE, STATE_TOLERANCE));
    let mut svg = open("map map-of-state", sheet.size, "group", name);
    push(&mut svg, format_args!("<path class=\"map-empty\" d=\"{data}\"/><g class=\"map-dots\">"));
    let placed: Vec<_> = dots.iter().filter_map(|dot| Some((dot, sheet.place(dot.point)?))).collect();
    push_dots(&mut svg, &placed, &Look { apart: STATE_APART, radius: STATE_DOT, has_stops: true });
    svg.push_str("</g></svg>");
    svg
}

/// A small picture of where in its state a clinic is. `name` says it in words.
#[must_use]
pub fn draw_locator(state: &State, name: &str, at: Point) -> String {
    let (sheet, data) = LOCATORS[position(state)].get_or_init(|| own_map(state, LOCATOR_SIDE, LOCATOR_TOLERANCE));
    let mut svg = open("map map-locator", sheet.size, "img", name);
    push(&mut svg, format_args!("<path class=\"map-empty\" d=\"{data}\"/>"));
    if let Some(spot) = sheet.place(at) {
        push(&mut svg, format_args!("{}", Circle { spot, radius: LOCATOR_DOT, class: "map-here" }));
    }
    svg.push_str("</svg>");
    svg
}

/// By position in [`State::all`].
static COUNTRY_PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    State::all().iter().map(|state| outline(state, &country_frame(state), COUNTRY_TOLERANCE)).collect()
});

type OwnMap = (Sheet, String);

static STATE_MAPS: [OnceLock<OwnMap>; 56] = [const { OnceLock::new() }; 56];
static LOCATORS: [OnceLock<OwnMap>; 56] = [const { OnceLock::new() }; 56];

fn own_map(state: &State, side: f64, tolerance: f64) -> OwnMap {
    let sheet = Sheet::of(state, side);
    (sheet, outline(state, &sheet.frame, tolerance))
}

fn outline(state: &State, frame: &Frame, tolerance: f64) -> String {
    let rings: Vec<_> = rings_shown(state).collect();
    path_data(&simplified(&rings, |corner| frame.place(corner), tolerance))
}

fn position(state: &State) -> usize {
    State::all().iter().position(|other| other == state).unwrap_or_default()
}

/// A few pixels of land that say nothing by themselves.
fn is_speck(state: &State) -> bool {
    matches!(state.landmass, Landmass::Guam | Landmass::NorthernMarianas | Landmass::AmericanSamoa)
}

fn open(class: &str, size: [f64; 2], role: &str, name: &str) -> String {
    let ([width, height], name) = (size.map(whole), Escaped(name));
    format!("<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"{role}\" aria-label=\"{name}\">")
}

/// How dots are drawn on a map.
struct Look {
    apart: f64,
    radius: f64,
    /// The links are the tab key's, too.
    has_stops: bool,
}

fn push_dots(svg: &mut String, placed: &[(&Dot<'_>, [f64; 2])], look: &Look) {
    let spots: Vec<[f64; 2]> = placed.iter().map(|(_, spot)| *spot).collect();
    let mut clusters = cluster(&spots, look.apart);
    let is_one_page = |cluster: &Cluster| {
        let href = placed[cluster.members[0]].0.href;
        cluster.members.iter().all(|member| placed[*member].0.href == href)
    };
    // The small ones above the large, and links above the rest, so that nothing hides them.
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.members.len()));
    let (links, plain): (Vec<&Cluster>, Vec<&Cluster>) = clusters.iter().partition(|cluster| is_one_page(cluster));
    for cluster in plain {
        let circle = Circle { spot: cluster.spot, radius: cluster.radius(look.radius), class: "map-many" };
        let title = Title(cluster.members.iter().map(|member| placed[*member].0.label).collect());
        if look.has_stops {
            push(svg, format_args!("<g aria-hidden=\"true\">{title}{circle}</g>"));
        } else {
            // A click goes to the state below.
            push(svg, format_args!("{circle}"));
        }
    }
    for cluster in links {
        let circle = Circle { spot: cluster.spot, radius: cluster.radius(look.radius), class: "" };
        let title = Title(cluster.members.iter().map(|member| placed[*member].0.label).collect());
        let (href, tab) =
            (Escaped(placed[cluster.members[0]].0.href), if look.has_stops { "" } else { " tabindex=\"-1\"" });
        push(svg, format_args!("<a href=\"{href}\"{tab}>{title}{circle}</a>"));
    }
}

struct Circle<'a> {
    spot: [f64; 2],
    radius: f64,
    class: &'a str,
}

impl fmt::Display for Circle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([x, y], radius) = (self.spot.map(whole), whole(self.radius));
        match self.class {
            "" => write!(f, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"),
            class => write!(f, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"),
        }
    }
}

/// The different names of what a dot stands for, as its accessible name and tooltip.
struct Title<'a>(Vec<&'a str>);

impl fmt::Display for Title<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&str> = Vec::new();
        for name in &self.0 {
            if !names.contains(name) && names.len() <= NAMES {
                names.push(name);
            }
        }
        f.write_str("<title>")?;
        for (at, name) in names.iter().take(NAMES).enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { ", " }, Escaped(name))?;
        }
        f.write_str(if names.len() > NAMES { ", …</title>" } else { "</title>" })
    }
}

/// Text that stands between tags or in double quotes.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;"),
                '<' => f.write_str("&lt;"),
                '>' => f.write_str("&gt;"),
                '"' => f.write_str("&quot;"),
                '\'' => f.write_str("&#39;"),
                c => f.write_char(c),
            }?;
        }
        Ok(())
    }
}

fn push(svg: &mut String, part: fmt::Arguments<'_>) {
    let _infallible = svg.write_fmt(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::gazetteer;

    fn state(code: &str) -> &'static State {
        State::by_code(code).unwrap()
    }

    fn dot<'a>(lat: f64, lon: f64, href: &'a str, label: &'a str) -> Dot<'a> {
        Dot { point: Point::new(lat, lon).unwrap(), href, label }
    }

    fn shapes(codes: &[&str]) -> Vec<StateShape<'static>> {
        codes.iter().map(|code| StateShape { state: state(code), href: "/x", label: "y" }).collect()
    }

    #[test]
    fn texts_of_records_are_escaped_wherever_they_stand() {
        let evil = "<&\"'><script>";
        let at = dot(30.27, -97.74, evil, evil);
        let far = dot(31.76, -106.49, "/b", evil);
        let near = dot(30.28, -97.75, "/c", evil);
        let drawings = [
            draw_country(evil, &[StateShape { state: state("TX"), href: evil, label: evil }], &[at, far]),
            draw_state(state("TX"), evil, &[at, far]),
            draw_state(state("TX"), evil, &[at, near]),
            draw_locator(state("TX"), evil, at.point),
        ];
        for svg in drawings {
            assert!(!svg.contains("<script") && !svg.contains('\'') && !svg.contains("\"\""), "{svg}");
            assert!(svg.contains("aria-label=\"&lt;&amp;&quot;&#39;&gt;&lt;script&gt;\""), "{svg}");
            assert!(!svg.contains(" style=") && !svg.contains(" id="));
            assert_eq!(svg.matches('"').count() % 2, 0);
        }
    }

    #[test]
    fn states_with_clinics_are_links_and_the_others_are_not() {
        let svg = draw_country("Clinics", &shapes(&["TX", "GU"]), &[]);
        assert_eq!(svg.matches("<a class=\"map-state\" href=\"/x\"><title>y</title><path d=\"M").count(), 2);
        // 56 without the two and without the two other specks.
        assert_eq!(svg.matches("class=\"map-empty\" d=\"M").count(), 52);
        assert!(!draw_country("Clinics", &[], &[]).contains("<a "));
    }

    #[test]
    fn dots_on_the_country_are_no_second_list() {
        let one = [
            dot(30.27, -97.74, "/a", "Austin"),
            dot(61.2, -149.9, "/b", "Anchorage"),
            dot(30.28, -97.73, "/c", "North"),
        ];
        let svg = draw_country("Clinics", &[], &one);
        let dots = svg.split("<g class=\"map-dots\" aria-hidden=\"true\">").nth(1).unwrap();
        assert!(dots.contains("<a href=\"/b\" tabindex=\"-1\"><title>Anchorage</title><circle "), "{dots}");
        assert!(dots.starts_with("<circle class=\"map-many\" "), "two clinics with two pages are no link: {dots}");
        assert_eq!(dots.matches("<circle").count(), 2);
    }

    #[test]
    fn dots_on_a_state_are_links_with_names() {
        let dots = [
            dot(41.88, -87.63, "/chicago", "Chicago"),
            dot(41.881, -87.631, "/chicago", "Chicago"),
            dot(39.8, -89.65, "/springfield", "Springfield"),
            dot(39.81, -89.64, "/north", "North Springfield"),
        ];
        let svg = draw_state(state("IL"), "Illinois", &dots);
        assert!(svg.contains("<a href=\"/chicago\"><title>Chicago</title><circle "), "{svg}");
        let merged = "<g aria-hidden=\"true\"><title>Springfield, North Springfield</title><circle class=\"map-many\" ";
        assert!(svg.contains(merged), "{svg}");
        assert_eq!(svg.matches("<a ").count(), 1);
    }

    #[test]
    fn a_merged_dot_names_a_few() {
        let title = |names: &[&'static str]| Title(names.to_vec()).to_string();
        assert_eq!(title(&["a", "b", "a"]), "<title>a, b</title>");
        assert_eq!(title(&["a", "b", "c", "d", "e", "f", "g"]), "<title>a, b, c, d, e, …</title>");
    }

    #[test]
    fn a_place_off_the_paper_is_left_out() {
        let svg = draw_state(state("TX"), "Texas", &[dot(47.6, -122.3, "/seattle", "Seattle")]);
        assert!(!svg.contains("<circle"));
        assert!(!draw_locator(state("TX"), "Texas", Point::new(47.6, -122.3).unwrap()).contains("<circle"));
    }

    #[test]
    fn a_dense_network_stays_a_few_hundred_dots() {
        let drawn = |clinics: usize| {
            let zips = gazetteer().zips();
            let zips = zips.iter().step_by(zips.len() / clinics).take(clinics);
            let dots: Vec<_> = zips.map(|zip| Dot { point: zip.point, href: zip.city, label: "" }).collect();
            draw_country("", &[], &dots)
        };
        assert!(drawn(300).matches("<circle").count() > 250);
        let dense = drawn(10_000);
        assert!((300..600).contains(&dense.matches("<circle").count()), "{}", dense.matches("<circle").count());
        assert!(dense.len() < 60_000, "{}", dense.len());
    }

    #[test]
    fn drawings_are_small() {
        let country = draw_country("Clinics", &shapes(&[]), &[]);
        assert!(country.len() < 30_000, "{}", country.len());
        for each in State::all() {
            let (own, locator) = (draw_state(each, "", &[]), draw_locator(each, "", gazetteer().zips()[0].point));
            assert!(own.len() < 9_000, "{}: {}", each.code, own.len());
            assert!(locator.len() < 3_000, "{}: {}", each.code, locator.len());
        }
    }
}
