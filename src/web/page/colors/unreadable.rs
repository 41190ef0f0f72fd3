use std::fmt;

use super::given::ColorRole;
use super::needs::Against;
use super::tone::Rgb;

/// A given colour that could not be read, in words for whoever gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unreadable {
    pub role: ColorRole,
    pub color: Rgb,
    pub against: Against,
    pub contrast: f64,
    pub needed: f64,
    /// The nearest lightness of the same hue that passes.
    pub nearest: Rgb,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, color, against, contrast, needed, nearest } = self;
        let role = match role {
            ColorRole::Primary => "Primary",
            ColorRole::Accent => "Accent",
            ColorRole::Background => "Background",
            ColorRole::Text => "Text",
        };
        let fault = if nearest.luminance() < color.luminance() { "pale" } else { "dark" };
        let contrast = below(*contrast, *needed);
        write!(f, "{role} is too {fault} {against}: {contrast} to 1. ")?;
        write!(f, "Text needs {needed} to 1. The nearest that works is {nearest}.")
    }
}

/// One decimal, or two where one would read as if it were enough.
fn below(contrast: f64, needed: f64) -> String {
    let rounded = (contrast * 10.0).round() / 10.0;
    if rounded < needed { format!("{rounded:.1}") } else { format!("{:.2}", (contrast * 100.0).floor() / 100.0) }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::AnyText => write!(f, "for any text"),
            Self::Ground(ground) => write!(f, "on {}", called(ground)),
            Self::Tint(tint) => write!(f, "on its own tint, {tint}"),
            Self::Label(label) => write!(f, "under its text, {}", called(label)),
            Self::LabelInHover(label) => write!(f, "under its text, {}, while pointed at", called(label)),
        }
    }
}

fn called(color: Rgb) -> String {
    match color {
        Rgb::WHITE => "white".to_owned(),
        Rgb::BLACK => "black".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_is_not_enough_does_not_look_as_if_it_were() {
        assert_eq!([1.781, 4.44, 4.48, 4.4999].map(|contrast| below(contrast, 4.5)), ["1.8", "4.4", "4.48", "4.49"]);
        assert_eq!(below(6.999, 7.0), "6.99");
    }
}
