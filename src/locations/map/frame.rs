//! Where places lie on the paper: one frame per landmass on the country's map, one per state on its own.

use super::albers::{Conic, Corner};
use crate::geo::Point;
use crate::places::{Landmass, State};

/// The country's map in units of its view box: half a pixel of a wide screen, so that whole numbers are fine enough.
pub const COUNTRY: [f64; 2] = [2000.0, 1260.0];

/// Units of the country's map per radius of the globe: the mainland fills its width.
const SCALE: f64 = 2667.0;

/// A piece of paper with its projection.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    conic: Conic,
    scale: f64,
    /// Where the cone's origin would lie.
    origin: [f64; 2],
}

impl Frame {
    /// With one place at a known spot.
    fn anchored(conic: Conic, scale: f64, anchor: Corner, spot: [f64; 2]) -> Self {
        let [x, y] = Self { conic, scale, origin: [0.0, 0.0] }.place(anchor);
        Self { conic, scale, origin: [spot[0] - x, spot[1] - y] }
    }

    /// Units from the left and from the top.
    #[must_use]
    pub fn place(&self, corner: Corner) -> [f64; 2] {
        let [x, y] = self.conic.place(corner);
        [self.origin[0] + self.scale * x, self.origin[1] - self.scale * y]
    }
}

/// A landmass on the country's map.
struct Panel {
    landmasses: &'static [Landmass],
    parallels: [f64; 2],
    meridian: f64,
    /// Times the mainland's scale.
    zoom: f64,
    anchor: Corner,
    spot: [f64; 2],
    /// What is on the paper, in degrees: west, south, east, north.
    window: [f64; 4],
}

/// Parallels and places of the first three after the composite projection of D3 and us-atlas, which readers know from
/// newspapers; Alaska stands a little to the right, so that Adak is on the paper.
static PANELS: [Panel; 6] = [
    Panel {
        landmasses: &[Landmass::Mainland],
        parallels: [29.5, 45.5],
        meridian: -96.0,
        zoom: 1.0,
        anchor: [-96.6, 38.7],
        spot: [1000.0, 626.0],
        window: [-125.2, 24.3, -66.7, 49.6],
    },
    Panel {
        landmasses: &[Landmass::Alaska],
        parallels: [55.0, 65.0],
        meridian: -154.0,
        zoom: 0.35,
        anchor: [-156.0, 58.5],
        spot: [235.0, 1162.0],
        window: [-177.8, 51.0, -129.5, 71.6],
    },
    Panel {
        landmasses: &[Landmass::Hawaii],
        parallels: [8.0, 18.0],
        meridian: -157.0,
        zoom: 1.0,
        anchor: [-160.0, 19.9],
        spot: [530.0, 1190.0],
        window: [-160.6, 18.7, -154.6, 22.4],
    },
    Panel {
        landmasses: &[Landmass::PuertoRico, Landmass::VirginIslands],
        parallels: [16.0, 20.0],
        meridian: -66.2,
        zoom: 1.5,
        anchor: [-66.2, 18.1],
        spot: [1880.0, 1200.0],
        window: [-68.0, 17.6, -64.5, 18.6],
    },
    Panel {
        // The islands north of Saipan, where nobody lives, would take half the map's height.
        landmasses: &[Landmass::Guam, Landmass::NorthernMarianas],
        parallels: [12.0, 16.0],
        meridian: 145.3,
        zoom: 1.0,
        anchor: [145.3, 14.3],
        spot: [1300.0, 1185.0],
        window: [144.5, 13.1, 146.0, 15.5],
    },
    Panel {
        landmasses: &[Landmass::AmericanSamoa],
        parallels: [-15.0, -13.0],
        meridian: -170.1,
        zoom: 1.0,
        anchor: [-170.1, -14.3],
        spot: [1430.0, 1220.0],
        window: [-171.0, -14.6, -169.3, -14.0],
    },
];

impl Panel {
    fn frame(&self) -> Frame {
        Frame::anchored(Conic::new(self.parallels, self.meridian), SCALE * self.zoom, self.anchor, self.spot)
    }

    fn shows(&self, [lon, lat]: Corner) -> bool {
        let [west, south, east, north] = self.window;
        (west..=east).contains(&lon) && (south..=north).contains(&lat)
    }
}

/// Where a place lies on the country's map ([`COUNTRY`]); `None` for what is not on the paper, which the lists have.
#[must_use]
pub fn project(point: Point) -> Option<[f64; 2]> {
    let corner = [point.lon(), point.lat()];
    PANELS.iter().find(|panel| panel.shows(corner)).map(|panel| panel.frame().place(corner))
}

/// The frame of a state on the country's map.
#[must_use]
pub fn country_frame(state: &State) -> Frame {
    panel_of(state).frame()
}

/// The rings of a state's outline that are on the paper: islands where nobody lives would make the rest small.
pub fn rings_shown(state: &State) -> impl Iterator<Item = &'static [Corner]> {
    let panel = panel_of(state);
    state.rings().filter(|ring| ring.iter().all(|corner| panel.shows(*corner)))
}

fn panel_of(state: &State) -> &'static Panel {
    PANELS.iter().find(|panel| panel.landmasses.contains(&state.landmass)).unwrap_or(&PANELS[0])
}

/// A state's own map.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    pub frame: Frame,
    /// Width and height, as the state needs them.
    pub size: [f64; 2],
}

impl Sheet {
    /// The state with north above its middle, as large as fits within a square.
    #[must_use]
    pub fn of(state: &State, longest: f64) -> Self {
        let margin = longest / 25.0;
        let [west, south, east, north] = bounds(rings_shown(state).flatten().copied());
        // A sixth inside each edge distorts least (Snyder, page 99).
        let sixth = (north - south) / 6.0;
        let conic = Conic::new([south + sixth, north - sixth], f64::midpoint(west, east));
        let flat = Frame { conic, scale: 1.0, origin: [0.0, 0.0] };
        let [left, top, right, bottom] = bounds(rings_shown(state).flatten().map(|corner| flat.place(*corner)));
        let scale = (longest - 2.0 * margin) / (right - left).max(bottom - top);
        let frame = Frame { conic, scale, origin: [margin - left * scale, margin - top * scale] };
        let size = [right - left, bottom - top].map(|length| (length * scale + 2.0 * margin).ceil());
        Self { frame, size }
    }

    /// Where a place lies; `None` when it is not on the paper.
    #[must_use]
    pub fn place(&self, point: Point) -> Option<[f64; 2]> {
        let [x, y] = self.frame.place([point.lon(), point.lat()]);
        let is_on_paper = (0.0..=self.size[0]).contains(&x) && (0.0..=self.size[1]).contains(&y);
        is_on_paper.then_some([x, y])
    }
}

/// Least and greatest of both axes: least x, least y, greatest x, greatest y.
fn bounds(corners: impl Iterator<Item = [f64; 2]>) -> [f64; 4] {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    corners.fold(none, |[left, low, right, high], [x, y]| [left.min(x), low.min(y), right.max(x), high.max(y)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::gazetteer;

    fn spot(lat: f64, lon: f64) -> Option<[f64; 2]> {
        project(Point::new(lat, lon).unwrap())
    }

    #[test]
    fn known_places_lie_where_a_reader_looks_for_them() {
        let [seattle, miami, boston, san_diego] =
            [(47.61, -122.33), (25.76, -80.19), (42.36, -71.06), (32.72, -117.16)]
                .map(|(lat, lon)| spot(lat, lon).unwrap());
        assert!(seattle[0] < 400.0 && seattle[1] < 300.0, "{seattle:?}");
        assert!(miami[0] > 1500.0 && miami[1] > 1000.0, "{miami:?}");
        assert!(boston[0] > 1700.0 && boston[1] < 500.0, "{boston:?}");
        assert!(san_diego[0] < 300.0 && san_diego[1] > 700.0, "{san_diego:?}");
    }

    #[test]
    fn what_is_not_on_the_paper_is_left_to_the_lists() {
        for (place, lat, lon) in
            [("London", 51.5, -0.1), ("Toronto", 51.0, -79.4), ("Attu", 52.9, 172.9), ("the pole", 90.0, 0.0)]
        {
            assert_eq!(spot(lat, lon), None, "{place}");
        }
    }

    #[test]
    fn every_zip_of_the_country_is_on_the_paper() {
        let beyond: Vec<_> =
            gazetteer().zips().iter().filter(|zip| !zip.point.is_on(COUNTRY)).map(|zip| zip.code.to_string()).collect();
        assert!(beyond.is_empty(), "{beyond:?}");
    }

    trait OnPaper {
        fn is_on(&self, size: [f64; 2]) -> bool;
    }

    impl OnPaper for Point {
        fn is_on(&self, [width, height]: [f64; 2]) -> bool {
            project(*self).is_some_and(|[x, y]| (0.0..=width).contains(&x) && (0.0..=height).contains(&y))
        }
    }

    #[test]
    fn the_panels_do_not_cover_each_other() {
        let boxes = PANELS.iter().map(|panel| {
            let states = State::all().iter().filter(|state| panel.landmasses.contains(&state.landmass));
            let rings = states.flat_map(State::rings).filter(|ring| ring.iter().all(|corner| panel.shows(*corner)));
            rings.map(|ring| bounds(ring.iter().map(|corner| panel.frame().place(*corner)))).collect::<Vec<_>>()
        });
        let boxes: Vec<Vec<[f64; 4]>> = boxes.collect();
        for (at, ours) in boxes.iter().enumerate().skip(1) {
            for [left, top, right, bottom] in ours {
                assert!(*left >= 0.0 && *top >= 0.0 && *right <= COUNTRY[0] && *bottom <= COUNTRY[1], "{at}");
                let theirs =
                    boxes.iter().enumerate().skip(1).filter(|(other, _)| *other != at).flat_map(|(_, rings)| rings);
                for other in theirs {
                    let is_apart = other[2] < *left || other[0] > *right || other[3] < *top || other[1] > *bottom;
                    assert!(is_apart, "{at}: {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_states_sheet_holds_all_of_it_and_no_more() {
        for state in State::all() {
            let sheet = Sheet::of(state, 1000.0);
            let [left, top, right, bottom] =
                bounds(rings_shown(state).flatten().map(|corner| sheet.frame.place(*corner)));
            assert!(left >= 39.0 && top >= 39.0, "{}", state.code);
            assert!(right <= sheet.size[0] - 39.0 && bottom <= sheet.size[1] - 39.0, "{}", state.code);
            assert!(
                sheet.size[0].max(sheet.size[1]) <= 1001.0 && sheet.size[0].min(sheet.size[1]) > 150.0,
                "{}: {:?}",
                state.code,
                sheet.size
            );
        }
    }
}
