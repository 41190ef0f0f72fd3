//! The geodesic between close points from their chord, without trigonometry, to a proved error (rule N1).
//!
//! In units of the equatorial radius the ellipsoid is `x² + y² + (1+ε) z² = 1`. For points with chord `c`, mean
//! `(z1+z2)/2` and difference `z2-z1` of `z`, put `w = (z2-z1)/c`, `m² = (1+ε) ((z1+z2)/2)² (1 + c²/4)` and
//! `k = (1+εw²)² / (1+εm²) - 0.15 ε c² (w² - m²)`. Then for `c <= 0.3136` (2,000 km) and `ŝ = (2/√k) asin(√k c/2)`
//! **`|s - ŝ| <= 3.4e-6 c⁵ + 1.2e-4 c⁷`**: 0.1 mm at 500 km, 4 mm at 1,000 km, 30 cm at 2,000 km.
//!
//! Proof. Let the geodesic be `g(t)`, `-h <= t <= h = s/2`, with `g'_z(0) = u` and `√(1+ε) z(0) = n`, `u² + n² <= 1`. With
//! `A = diag(1, 1, 1+ε)` it satisfies `g'' = -Ω A g`, `Ω = J/P²`, `P = 1+ε(1+ε)z²`, and `J` is constant (Joachimsthal).
//! 1. Expand `C = |g(h) - g(-h)|²`. As `g'·A g = 0`, the terms are `4h² - (4/3) k₀ h⁴ + c₆ h⁶` with
//!    `k₀ = (1+εu²)²/(1+εn²)` exactly, and `c₆ = (8/45) k₀² + 0.8 ε (u² - n²)` to within `5ε²` (from
//!    `Ω'' = -4ε(u² - n²) + O(ε²)`; the rest are products of two of `Ω'`, `P'` and `ε`).
//! 2. `Ĉ = (4/k) sin²(√k h)` has the same terms for `k = k₀ - 0.6 ε h² (u² - n²)`, but for `0.22 ε h⁸`: that is what the
//!    0.15 is for.
//! 3. Remainders: differentiating `g'' = -Ω A g` by Leibniz' rule bounds `|g⁽ⁱ⁾|` for `i = 2..8` by 1.01, 1.03, 1.11,
//!    1.37, 2.22, 5.1, 14.6, so `|C⁽⁸⁾| <= 1010`; and `|Ĉ⁽⁸⁾| <= 534`. Over 8! that is `0.0383 h⁸`.
//! 4. `|w - u| <= 0.27 ε h² + 0.06 h⁴` and `|m² - n²| <= 2.1 ε h² + 1.1 h⁴` (the factor `1 + c²/4` undoes the sagging of
//!    the mean), which changes `k` by at most `3.2 ε² h² + 1.4 ε h⁴`; `c²` for `4h²` in step 2 changes it by `0.2 ε h⁴`.
//!
//! As `dĈ/ds >= 1.96 s`, the terms with `ε²` move `ŝ` by `0.073 ε² s⁵` and the others by `1.1e-4 s⁷`; `s <= 1.0042 c` makes
//! that `3.4e-6 c⁵` and `1.14e-4 c⁷`. Cutting the arc sine's series after five terms adds less than `1e-6 c⁷`.
//! Measured against the geodesic, the error is never more than a seventh of the bound.

use super::chord::{A, B, CLOSE, Ecef, Span};

/// Second eccentricity squared, `ε` of the proof.
const EPSILON: f64 = (A * A - B * B) / (B * B);
/// Factor of the fifth power of the chord in the proved error, in equatorial radii.
const ERROR_5: f64 = 3.4e-6;
/// Factor of its seventh power.
const ERROR_7: f64 = 1.2e-4;

/// The interval of the geodesic for a squared chord of at most `CLOSE²`, before rounding.
#[inline]
pub(super) fn span(Ecef([.., z1]): Ecef, Ecef([.., z2]): Ecef, chord2: f64) -> Span {
    debug_assert!(chord2 <= CLOSE * CLOSE, "the proof ends there");
    let (c2, chord) = (chord2 * (1.0 / (A * A)), chord2.sqrt());
    let w2 = (z2 - z1) * (z2 - z1) / chord2.max(f64::MIN_POSITIVE);
    let m2 = (z1 + z2) * (z1 + z2) * (0.25 / (B * B)) * (1.0 + c2 / 4.0);
    let steep = 1.0 + EPSILON * w2;
    let k = steep * steep / (1.0 + EPSILON * m2) - 0.15 * EPSILON * c2 * (w2 - m2);
    let middle = chord * asin_over(k * c2 / 4.0);
    let error = (ERROR_5 + ERROR_7 * c2) * c2 * c2 * chord;
    Span { low: middle - error, high: middle + error }
}

/// `asin(√y) / √y`.
fn asin_over(y: f64) -> f64 {
    1.0 + y * (1.0 / 6.0 + y * (3.0 / 40.0 + y * (5.0 / 112.0 + y * (35.0 / 1152.0))))
}
