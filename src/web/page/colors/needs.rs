//! What a colour must be readable on, for each of its uses. The first need that is not met is the one that is told.

use super::tokens::{HOVER, PRIMARY_TINT, Tokens};
use super::tone::{Rgb, Tone};

/// Of running text (WCAG 2.2, 1.4.6: AAA), because everything else lies between it and the background.
const TEXT: f64 = 7.0;
/// Of whatever else is read (1.4.3).
const READ: f64 = 4.5;
/// Of the edges of controls (1.4.11).
const SEEN: f64 = 3.0;

/// A colour beside another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    pub against: Against,
    pub contrast: f64,
    pub needed: f64,
}

/// What a colour meets on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Any text, the best there is.
    AnyText,
    /// Paper or wash.
    Ground(Rgb),
    /// Its own tint.
    Tint(Rgb),
    /// The text on a button of this colour.
    Label(Rgb),
    /// The same, while the button is pointed at.
    LabelInHover(Rgb),
}

impl Need {
    pub fn is_met(&self) -> bool {
        self.contrast >= self.needed
    }
}

/// Black or white must be readable on it.
pub fn of_background(paper: Rgb) -> [Need; 1] {
    let worst = |ink: Rgb| of_text(paper, ink).map(|need| need.contrast).into_iter().fold(f64::INFINITY, f64::min);
    let contrast = worst(Rgb::BLACK).max(worst(Rgb::WHITE));
    [Need { against: Against::AnyText, contrast, needed: TEXT }]
}

/// The wash has some of the text in it.
pub fn of_text(paper: Rgb, ink: Rgb) -> [Need; 2] {
    on_grounds(&Tokens::between(paper, ink), ink, TEXT)
}

pub fn of_accent(tokens: &Tokens, accent: Rgb) -> [Need; 2] {
    on_grounds(tokens, accent, READ)
}

/// Of the good, the warning and the bad one, which have tints.
pub fn of_status(tokens: &Tokens, status: Rgb, percent: u16) -> [Need; 3] {
    let [paper, wash] = on_grounds(tokens, status, READ);
    let tint = status.mix(percent, tokens.surface());
    [paper, wash, need(Against::Tint(tint), status.contrast(tint), READ)]
}

/// It is text on both grounds and its tint, and under text as a button.
pub fn of_primary(tokens: &Tokens, primary: Rgb) -> [Need; 5] {
    let [paper, wash, tint] = of_status(tokens, primary, PRIMARY_TINT);
    let label = label_on(primary);
    let pointed_at = primary.mix(HOVER, tokens.ink);
    let still = need(Against::Label(label), label.contrast(primary), READ);
    [paper, wash, tint, still, need(Against::LabelInHover(label), label.contrast(pointed_at), READ)]
}

/// Second lines stand on every tint.
pub fn of_muted(tokens: &Tokens, muted: Rgb) -> [Need; 6] {
    let [paper, wash] = tokens.grounds();
    let [primary, warn, bad, good] = tokens.tints();
    let on = |ground: Rgb| need(Against::Ground(ground), muted.contrast(ground), READ);
    [paper, wash, primary, warn, bad, good].map(on)
}

pub fn of_edge(tokens: &Tokens, edge: Rgb) -> [Need; 2] {
    on_grounds(tokens, edge, SEEN)
}

/// White or the darkest tone of the same hue, whichever contrasts more.
pub fn label_on(primary: Rgb) -> Rgb {
    /// As dark as can be and still have a hue.
    const DARKEST: f64 = 0.21;
    const CHROMA: f64 = 0.02;
    let tone = primary.tone();
    let dark = Tone { lightness: DARKEST, chroma: tone.chroma.min(CHROMA), ..tone }.rgb();
    if dark.contrast(primary) > Rgb::WHITE.contrast(primary) { dark } else { Rgb::WHITE }
}

fn on_grounds(tokens: &Tokens, color: Rgb, needed: f64) -> [Need; 2] {
    tokens.grounds().map(|ground| need(Against::Ground(ground), color.contrast(ground), needed))
}

fn need(against: Against, contrast: f64, needed: f64) -> Need {
    Need { against, contrast, needed }
}
