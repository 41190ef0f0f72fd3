use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::palette::Palette;
use super::tokens::Tokens;
use super::tone::Rgb;

/// The custom properties of a network's colours, to be loaded behind the stylesheet that has ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stylesheet {
    path: String,
    css: String,
}

impl Stylesheet {
    /// `None` where every colour is ours.
    pub fn of(palette: &Palette) -> Option<Self> {
        let css = css(palette);
        let digest = Sha256::digest(&css);
        let fingerprint = digest.iter().take(5).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        (!css.is_empty()).then(|| Self { path: format!("/assets/colors-{fingerprint}.css"), css })
    }

    /// Below the prefix of the public URL; another one for other colours.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    #[must_use]
    pub fn css(&self) -> &str {
        &self.css
    }
}

/// What differs from ours: the day's for good, the night's where the day's do not hold.
fn css(Palette { light, dark }: &Palette) -> String {
    let (mut by_day, mut at_night) = (String::new(), String::new());
    if light.is_dark() {
        by_day.push_str("color-scheme:dark;--page:var(--paper);--surface:var(--wash);");
    }
    let ours = Tokens::LIGHT.named().into_iter().zip(Tokens::DARK.named());
    let theirs = light.named().into_iter().zip(dark.named());
    for (((name, day), (_, night)), ((_, our_day), (_, our_night))) in theirs.zip(ours) {
        // This stylesheet comes last, so what it says for the day would hold at night, too.
        let held = if day == our_day { our_night } else { day };
        declare(&mut by_day, name, day, our_day);
        declare(&mut at_night, name, night, held);
    }
    enclosed(":root{", &by_day, "}") + &enclosed("@media (prefers-color-scheme:dark){:root{", &at_night, "}}")
}

fn declare(css: &mut String, name: &str, color: Rgb, held: Rgb) {
    if color != held {
        let _infallible = write!(css, "--{name}:{color};");
    }
}

fn enclosed(before: &str, css: &str, after: &str) -> String {
    if css.is_empty() { String::new() } else { format!("{before}{css}{after}") }
}
