//! Rings as SVG path data: whole units, relative steps, no separator that a minus can replace.

use std::fmt::Write;

use super::albers::Corner;

/// The `d` of a path. Steps are taken between rounded corners, so that rounding does not add up.
pub fn path_data(rings: &[Vec<Corner>]) -> String {
    let mut data = String::new();
    for ring in rings {
        let mut corners = ring.iter().map(|corner| corner.map(whole)).collect::<Vec<_>>();
        corners.dedup();
        let Some([x, y]) = corners.first() else { continue };
        let _infallible = write!(data, "M{x}{}{y}", separator(*y));
        let mut command = "l";
        for step in corners.windows(2) {
            let [dx, dy] = [step[1][0] - step[0][0], step[1][1] - step[0][1]];
            let before = if command.is_empty() { separator(dx) } else { command };
            let _infallible = write!(data, "{before}{dx}{}{dy}", separator(dy));
            command = "";
        }
        data.push('z');
    }
    data
}

fn separator(number: i32) -> &'static str {
    if number < 0 { "" } else { " " }
}

/// The nearest whole unit.
#[expect(clippy::cast_possible_truncation, reason = "the paper has a few thousand units")]
pub fn whole(length: f64) -> i32 {
    length.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_relative_and_short() {
        let ring = vec![[1.2, 2.0], [11.4, 2.1], [11.0, 2.4], [6.0, -3.0]];
        assert_eq!(path_data(std::slice::from_ref(&ring)), "M1 2l10 0-5-5z");
        assert_eq!(path_data(&[ring, vec![[-1.0, -1.0], [0.0, 0.0]]]), "M1 2l10 0-5-5zM-1-1l1 1z");
        assert_eq!(path_data(&[]), "");
    }
}
