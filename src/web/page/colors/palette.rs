use super::given::{ColorRole, GivenColors};
use super::needs::{self, Need, label_on};
use super::tokens::{BAD_TINT, GOOD_TINT, Tokens, WARN_TINT};
use super::tone::{Rgb, Tone};
use super::unreadable::Unreadable;

/// All colours of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// By day.
    pub light: Tokens,
    /// At night; the same where the operator's background is dark.
    pub dark: Tokens,
}

impl Palette {
    /// Derived from what was given. A colour that cannot be read gives way to its nearest that can: one that was stored before
    /// anybody checked, and any of ours that the given ones do not suit.
    pub fn of(given: &GivenColors) -> Self {
        let light = settled(given);
        let dark = if light.is_dark() { light } else { at_night(given, &light) };
        Self { light, dark }
    }

    /// Judges the given colours together, not those that stay ours.
    ///
    /// # Errors
    /// Every colour that cannot be read with its nearest that can; all of those together pass.
    pub fn check(given: &GivenColors) -> Result<(), Vec<Unreadable>> {
        let settled = settled(given);
        let unreadable = |role: ColorRole| {
            let (color, nearest) = (given.get(role)?, chosen(&settled, role));
            let unmet = (color != nearest).then(|| first_unmet(role, &settled, color))??;
            Some(Unreadable {
                role,
                color,
                against: unmet.against,
                contrast: unmet.contrast,
                needed: unmet.needed,
                nearest,
            })
        };
        let unreadable: Vec<Unreadable> = ColorRole::ALL.into_iter().filter_map(unreadable).collect();
        if unreadable.is_empty() { Ok(()) } else { Err(unreadable) }
    }
}

/// What serves for a role.
fn chosen(tokens: &Tokens, role: ColorRole) -> Rgb {
    match role {
        ColorRole::Primary => tokens.primary,
        ColorRole::Accent => tokens.accent,
        ColorRole::Background => tokens.paper,
        ColorRole::Text => tokens.ink,
    }
}

/// What a colour fails at beside the others as they are to be.
fn first_unmet(role: ColorRole, tokens: &Tokens, color: Rgb) -> Option<Need> {
    let first = |needs: &[Need]| needs.iter().find(|need| !need.is_met()).copied();
    match role {
        ColorRole::Primary => first(&needs::of_primary(tokens, color)),
        ColorRole::Accent => first(&needs::of_accent(tokens, color)),
        ColorRole::Background => first(&needs::of_background(color)),
        ColorRole::Text => first(&needs::of_text(tokens.paper, color)),
    }
}

/// What everything stands on, and what has to be read there first.
fn text_on_background(given: &GivenColors) -> Tokens {
    let paper = given.get(ColorRole::Background).unwrap_or(Tokens::LIGHT.paper);
    let paper = paper.nearest(|paper| are_met(&needs::of_background(paper)));
    let ink = given.get(ColorRole::Text).unwrap_or(Tokens::ours(paper).ink);
    Tokens::between(paper, ink.nearest(|ink| are_met(&needs::of_text(paper, ink))))
}

/// The set by day: what has to suit text and background, and last the greys that suit everything.
fn settled(given: &GivenColors) -> Tokens {
    let mut tokens = text_on_background(given);
    let ours = Tokens::ours(tokens.paper);
    let or_ours = |role: ColorRole| given.get(role).unwrap_or(chosen(&ours, role));
    tokens.primary = or_ours(ColorRole::Primary).nearest(|color| are_met(&needs::of_primary(&tokens, color)));
    if tokens.primary != ours.primary {
        tokens.primary_ink = label_on(tokens.primary);
    }
    tokens.accent = or_ours(ColorRole::Accent).nearest(|color| are_met(&needs::of_accent(&tokens, color)));
    let status = |color: Rgb, percent| color.nearest(|color| are_met(&needs::of_status(&tokens, color, percent)));
    let (good, warn, bad) = (status(ours.good, GOOD_TINT), status(ours.warn, WARN_TINT), status(ours.bad, BAD_TINT));
    let mut tokens = Tokens { good, warn, bad, ..tokens };
    tokens.muted = tokens.muted.nearest(|color| are_met(&needs::of_muted(&tokens, color)));
    tokens.edge = tokens.edge.nearest(|color| are_met(&needs::of_edge(&tokens, color)));
    tokens
}

/// Our own greys with the given hues.
fn at_night(given: &GivenColors, light: &Tokens) -> Tokens {
    let ours = Tokens::DARK;
    let is_theirs = |role: ColorRole| given.get(role).is_some_and(|color| color != chosen(&Tokens::LIGHT, role));
    let mut tokens = ours;
    if is_theirs(ColorRole::Primary) {
        tokens.primary = lifted(light.primary, |color| are_met(&needs::of_primary(&ours, color)));
        tokens.primary_ink = label_on(tokens.primary);
    }
    if is_theirs(ColorRole::Accent) {
        tokens.accent = lifted(light.accent, |color| are_met(&needs::of_accent(&ours, color)));
    }
    tokens
}

/// The same hue as bright as the night needs it, and no louder than our own.
fn lifted(color: Rgb, passes: impl Fn(Rgb) -> bool) -> Rgb {
    /// In hundredths of OKLCH's lightness.
    const FROM: u8 = 78;
    const CHROMA: f64 = 0.12;
    let tone = color.tone();
    let at = |hundredths: u8| {
        Tone { lightness: f64::from(hundredths) / 100.0, chroma: tone.chroma.min(CHROMA), ..tone }.rgb()
    };
    (FROM..=100).map(at).find(|color| passes(*color)).unwrap_or(Rgb::WHITE)
}

fn are_met(needs: &[Need]) -> bool {
    needs.iter().all(Need::is_met)
}
