//! What a straight chord tells about the geodesic between its ends, proved (rule N1).
//!
//! Let `c` be the chord and `s` the geodesic between two points of the WGS84 ellipsoid with axes `a` and `b`.
//!
//! **Whole earth.** Stretching `z` by `a/b` maps the ellipsoid to the sphere of radius `a` and lengthens every tangent
//! vector by a factor from 1 to `a/b`. So `b θ <= s <= a θ`, where `θ` is the angle between the images.
//!
//! **Near** (`c <= NEAR`): `2 R_MAX asin(c / 2 R_MAX) <= s <= 2 R_MIN asin(c / 2 R_MIN)`, where `R_MIN = b²/a` and
//! `R_MAX = a²/b` are the extreme radii of curvature of the ellipsoid. Proof: let `g(t)` run along the shortest geodesic
//! from `p` by arc length, and `r = |g - p|² / 2`. As `g''` is normal to the surface, `r'' = 1 + (g - p)·g'' = 1 - κ h`
//! with the normal curvature `κ`, from `1/R_MAX` to `1/R_MIN`, and the depth `h` of `p` under the tangent plane at `g`.
//! By Blaschke's rolling theorem the ball of radius `R_MIN` that touches at `g` lies inside the ellipsoid and the one of
//! radius `R_MAX` around it; `p` lies between them, which reads `r/R_MAX <= h <= r/R_MIN`. So
//! `1 - r/R_MIN² <= r'' <= 1 - r/R_MAX²` with `r(0) = r'(0) = 0`. Comparing with `r'' = 1 - r/R²`, solved by the circle's
//! `R² (1 - cos(t/R))`, confines the chord: `2 R_MIN sin(s / 2 R_MIN) <= c <= 2 R_MAX sin(s / 2 R_MAX)`. The comparison
//! holds while `s <= π R_MIN`; the whole-earth bound gives `s < 10,100 km` there.
//!
//! **Close** (`c <= CLOSE`): two thousand times narrower at 1,000 km, see [`super::arc`].

use super::{Metres, Point, arc};

/// Equatorial radius of WGS84 in metres.
pub(super) const A: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// Polar radius of WGS84 in metres.
pub(super) const B: f64 = A * (1.0 - FLATTENING);
const R_MIN: f64 = B * B / A;
const R_MAX: f64 = A * A / B;

/// Chords up to this many metres obey the near bound; past it the whole-earth bound is the narrower one.
const NEAR: f64 = 9.0e6;
/// Chords up to this many metres obey the bound of [`arc`].
pub(super) const CLOSE: f64 = 2.0e6;
/// Metres added on both sides of every interval. It covers the rounding of a chord (under 20 nanometres), of these
/// formulas and of the computed geodesic (15 nanometres), fifteen times over.
pub(super) const ROUNDING: f64 = 1e-6;

/// A point of the ellipsoid's surface in earth-centred, earth-fixed metres, each coordinate right to 3 nanometres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ecef(pub(super) [f64; 3]);

impl From<Point> for Ecef {
    fn from(point: Point) -> Self {
        const E2: f64 = FLATTENING * (2.0 - FLATTENING);
        let ((sin_lat, cos_lat), (sin_lon, cos_lon)) = (sin_cos_degrees(point.lat()), sin_cos_degrees(point.lon()));
        let normal = A / (1.0 - E2 * sin_lat * sin_lat).sqrt();
        Self([normal * cos_lat * cos_lon, normal * cos_lat * sin_lon, normal * (1.0 - E2) * sin_lat])
    }
}

/// Sine and cosine, exact at multiples of 90 degrees: -180 and 180 are one meridian, and a pole has no longitude.
pub(super) fn sin_cos_degrees(degrees: f64) -> (f64, f64) {
    let quarters = (degrees / 90.0).round();
    let (sin, cos) = (degrees - 90.0 * quarters).to_radians().sin_cos();
    match quarters {
        1.0 => (cos, -sin),
        -1.0 => (-cos, sin),
        0.0 => (sin, cos),
        _ => (-sin, -cos),
    }
}

impl Ecef {
    /// The vector from `other` to `self` in metres.
    pub(super) fn minus(self, other: Self) -> [f64; 3] {
        std::array::from_fn(|axis| self.0[axis] - other.0[axis])
    }

    /// Square of the straight line through the earth, in square metres.
    pub(super) fn chord2(self, other: Self) -> f64 {
        length2(self.minus(other))
    }
}

/// Sums in the order of the axes: rounding is monotone, so growing a coordinate never shrinks the sum.
pub(super) fn length2([x, y, z]: [f64; 3]) -> f64 {
    x * x + y * y + z * z
}

/// An interval of metres that certainly holds a geodesic, the computed one included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub low: f64,
    pub high: f64,
}

impl Span {
    /// The narrowest proved interval around the geodesic between two points.
    pub fn between(from: Ecef, to: Ecef) -> Self {
        let chord2 = from.chord2(to);
        let Self { low, high } = match chord2 {
            c2 if c2 <= CLOSE * CLOSE => arc::span(from, to, c2),
            c2 if c2 <= NEAR * NEAR => Self { low: arc_over(c2.sqrt(), R_MAX), high: arc_over(c2.sqrt(), R_MIN) },
            _ => {
                let angle = stretched_angle(from, to);
                Self { low: B * angle, high: A * angle }
            }
        };
        Self { low: low - ROUNDING, high: high + ROUNDING }
    }

    /// The middle, when every length inside prints as the same whole metre and the same tenth of a mile (rule N1).
    pub fn printed(self) -> Option<Metres> {
        const TENTHS_OF_MILE: f64 = 10.0 / Metres::PER_MILE;
        let same = |per_metre: f64| rounded(self.low * per_metre) == rounded(self.high * per_metre);
        (same(1.0) && same(TENTHS_OF_MILE)).then_some(Metres(f64::midpoint(self.low, self.high)))
    }
}

/// Half away from zero for what is not negative, without the library call that `f64::round` is on x86-64.
#[expect(clippy::cast_possible_truncation, reason = "no way on earth is longer than 2^63 metres")]
fn rounded(length: f64) -> i64 {
    (length + 0.5) as i64
}

/// Arc over a chord of a circle.
fn arc_over(chord: f64, radius: f64) -> f64 {
    2.0 * radius * (chord / (2.0 * radius)).asin()
}

/// The whole-earth bound's `θ`; by the arc tangent, which stays exact where the sine of nearly antipodal points is flat.
fn stretched_angle(from: Ecef, to: Ecef) -> f64 {
    let stretch = |Ecef([x, y, z]): Ecef| Ecef([x, y, z * (A / B)]);
    let (p, Ecef([x, y, z])) = (stretch(from), stretch(to));
    2.0 * p.chord2(Ecef([x, y, z])).sqrt().atan2(p.chord2(Ecef([-x, -y, -z])).sqrt())
}

/// The squared chord beyond which every point is certainly farther than a point at the given squared chord.
///
/// By the near bounds that is `c' = 2 R_MAX sin((R_MIN/R_MAX) θ)` with `θ = asin(y)`, `y = c / 2 R_MIN`. With
/// `δ = 1 - R_MIN/R_MAX`, `c'/c <= 1 + δ/(1-δ) (1 - θ cot θ + δ² θ²/6)`, and `1 - θ cot θ <= 0.44 y²` for `c <= NEAR`
/// (it is `y²/3` for small `c`), so `(c'/c)² <= 1 + δ y²`. `SLACK` covers twice `ROUNDING`: `4e-6 c <= 2e-6 (1 + c²)`.
pub(super) fn reach(chord2: f64) -> f64 {
    const WIDENING: f64 = (1.0 - R_MIN / R_MAX) / (4.0 * R_MIN * R_MIN);
    const SLACK: f64 = 3e-6;
    if chord2 > NEAR * NEAR { f64::INFINITY } else { chord2 * (1.0 + SLACK + WIDENING * chord2) + SLACK }
}

/// The squared chord beyond which every geodesic is longer than `within`; infinite for radii past `NEAR`.
pub(super) fn reach_of(within: Metres) -> f64 {
    if within.0 > NEAR {
        return f64::INFINITY;
    }
    let chord = 2.0 * R_MAX * ((within.0 + ROUNDING) / (2.0 * R_MAX)).sin() + ROUNDING;
    chord * chord.max(0.0)
}

/// How far `centre` lies from the plane of all places equally far from `a` and `b`: the tie test of rule N5.
/// 0 when `a` and `b` are one place. It is at least half the difference of the two chords, so results whose distances
/// differ by much more than twice the uncertainty cannot tie.
#[must_use]
pub fn bisector_distance(Ecef(centre): Ecef, a: Ecef, b: Ecef) -> Metres {
    let across = b.minus(a);
    let length = length2(across).sqrt();
    if length == 0.0 {
        return Metres(0.0);
    }
    let along = |axis: usize| across[axis] * (f64::midpoint(a.0[axis], b.0[axis]) - centre[axis]);
    Metres((along(0) + along(1) + along(2)).abs() / length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::geodesic;
    use super::super::samples::{anywhere, at, pair};
    use super::*;

    fn ecef_pair((from, to): (Point, Point)) -> (Ecef, Ecef, f64) {
        (from.into(), to.into(), geodesic(from, to).0)
    }

    proptest! {
        #[test]
        fn n1_the_span_of_two_points_holds_their_geodesic(pair in pair()) {
            let (from, to, truth) = ecef_pair(pair);
            let Span { low, high } = Span::between(from, to);
            prop_assert!(low <= truth && truth <= high, "{low} <= {truth} <= {high}");
        }

        #[test]
        fn n1_both_general_bounds_hold_by_themselves(pair in pair()) {
            let (from, to, truth) = ecef_pair(pair);
            let (chord, angle) = (from.chord2(to).sqrt(), stretched_angle(from, to));
            prop_assert!(B * angle - ROUNDING <= truth && truth <= A * angle + ROUNDING);
            if chord <= NEAR {
                prop_assert!(arc_over(chord, R_MAX) - ROUNDING <= truth && truth <= arc_over(chord, R_MIN) + ROUNDING);
            }
        }

        #[test]
        fn n1_past_the_reach_of_a_chord_every_point_is_farther(exponent in -3.0..6.954) {
            let chord = 10_f64.powf(exponent);
            let next = reach(chord * chord).sqrt();
            prop_assert!(arc_over(chord, R_MIN) + ROUNDING <= arc_over(next, R_MAX) - ROUNDING);
            prop_assert!(next <= chord * 1.006 + 0.01, "the reach is also narrow");
        }

        #[test]
        fn n2_a_radius_reaches_the_point_that_is_exactly_so_far(pair in pair()) {
            let (from, to, truth) = ecef_pair(pair);
            prop_assert!(from.chord2(to) <= reach_of(Metres(truth)));
        }

        #[test]
        fn n1_lengths_that_print_alike_stand_for_each_other(low in 0.0..3e5, width in 0.0..2.0, inside in 0.0..=1.0) {
            let span = Span { low, high: low + width };
            let print = |Metres(metres)| (f64::round(metres), format!("{:.1}", Metres(metres).miles()));
            if let Some(middle) = span.printed() {
                prop_assert_eq!(print(middle), print(Metres(low + width * inside)));
            } else {
                prop_assert!(width >= 1.0 || print(Metres(low)) != print(Metres(low + width)) || near_half(span));
            }
        }

        #[test]
        fn n5_the_bisector_runs_through_the_places_equally_far(a in anywhere(), b in anywhere(), lon in -180.0..=180.0) {
            let (mirrored, centre) = (at(-a.lat(), a.lon()), at(0.0, lon));
            prop_assert!(bisector_distance(centre.into(), a.into(), mirrored.into()).0 < 1e-6);
            let (to_a, to_b) = (Ecef::from(centre).chord2(a.into()).sqrt(), Ecef::from(centre).chord2(b.into()).sqrt());
            prop_assert!(bisector_distance(centre.into(), a.into(), b.into()).0 >= (to_a - to_b).abs() / 2.0 - 1e-6);
        }
    }

    /// Whether an end lies so close to where printing changes that formatting may round it either way.
    fn near_half(span: Span) -> bool {
        let close = |length: f64| (length - length.floor() - 0.5).abs() < 1e-9;
        [span.low, span.high].into_iter().any(|end| close(end) || close(end * 10.0 / Metres::PER_MILE))
    }

    #[test]
    fn n1_a_length_is_left_open_where_the_metre_or_the_tenth_of_a_mile_changes() {
        let open = |low, high| Span { low, high }.printed().is_none();
        assert!(!open(80.46, 80.465));
        assert!(open(80.46, 80.47), "0.05 miles are 80.4672 m");
        assert!(open(80.49, 80.51));
    }

    #[test]
    fn n7_a_place_with_two_names_is_one_point() {
        assert_eq!(Ecef::from(at(12.5, 180.0)), Ecef::from(at(12.5, -180.0)));
        assert_eq!(Ecef::from(at(90.0, 17.0)), Ecef::from(at(90.0, -121.3)));
        assert_eq!(Ecef::from(at(-90.0, 0.0)), Ecef([0.0, 0.0, -B]));
    }

    #[test]
    fn n5_the_bisector_of_one_place_is_everywhere() {
        let (centre, twins) = (at(38.0, -77.0).into(), at(39.0, -76.5).into());
        assert_eq!(bisector_distance(centre, twins, twins), Metres(0.0));
    }

    #[test]
    fn n5_a_step_towards_one_clinic_is_a_step_off_the_bisector() {
        let (west, east) = (at(0.0, -0.1).into(), at(0.0, 0.1).into());
        let step = geodesic(at(0.0, 0.0), at(0.0, 0.01)).0;
        assert!((bisector_distance(at(0.0, 0.01).into(), west, east).0 - step).abs() < 0.01);
    }
}
