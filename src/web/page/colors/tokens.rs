use super::tone::Rgb;

/// Below this luminance a ground is dark, and serves day and night.
const DARK: f64 = 0.18;

/// How much of a colour is in its tint, and of the button's in the button that is pointed at, in percent; stylesheets mix the
/// same.
pub const PRIMARY_TINT: u16 = 9;
pub const WARN_TINT: u16 = 10;
pub const BAD_TINT: u16 = 8;
pub const GOOD_TINT: u16 = 9;
pub const HOVER: u16 = 84;

/// The colours of one scheme by the names of their custom properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    pub paper: Rgb,
    pub wash: Rgb,
    pub ink: Rgb,
    pub muted: Rgb,
    /// Separators, which nothing depends on.
    pub line: Rgb,
    /// Of controls.
    pub edge: Rgb,
    pub primary: Rgb,
    pub primary_ink: Rgb,
    pub accent: Rgb,
    pub good: Rgb,
    pub warn: Rgb,
    pub bad: Rgb,
}

impl Tokens {
    /// Ours by day.
    pub const LIGHT: Self = Self {
        paper: Rgb::WHITE,
        wash: Rgb::new(0xf5_f4f1),
        ink: Rgb::new(0x1b_1d21),
        muted: Rgb::new(0x5d_6067),
        line: Rgb::new(0xdc_d9d2),
        edge: Rgb::new(0x84_817a),
        primary: Rgb::new(0x0b_5f58),
        primary_ink: Rgb::WHITE,
        accent: Rgb::new(0xad_4f28),
        good: Rgb::new(0x1e_6b3a),
        warn: Rgb::new(0x8a_5300),
        bad: Rgb::new(0xa1_261b),
    };
    /// Ours at night.
    pub const DARK: Self = Self {
        paper: Rgb::new(0x16_181b),
        wash: Rgb::new(0x1f_2226),
        ink: Rgb::new(0xec_eae6),
        muted: Rgb::new(0xa9_adb3),
        line: Rgb::new(0x36_3a40),
        edge: Rgb::new(0x7d_838b),
        primary: Rgb::new(0x6f_d0c5),
        primary_ink: Rgb::new(0x0d_1b1a),
        accent: Rgb::new(0xf0_a27d),
        good: Rgb::new(0x7f_cf9a),
        warn: Rgb::new(0xe6_b566),
        bad: Rgb::new(0xf5_9a8e),
    };

    /// Ours that suit a background.
    pub fn ours(paper: Rgb) -> Self {
        if paper.luminance() < DARK { Self::DARK } else { Self::LIGHT }
    }

    /// The greys between a background and a text; all other colours are ours, and nothing is checked.
    pub fn between(paper: Rgb, ink: Rgb) -> Self {
        let ours = Self::ours(paper);
        if (paper, ink) == (ours.paper, ours.ink) {
            return ours;
        }
        let (wash, line) = (paper.mix(96, ink), paper.mix(85, ink));
        Self { paper, ink, wash, line, muted: ink.mix(70, paper), edge: ink.mix(52, paper), ..ours }
    }

    pub fn is_dark(&self) -> bool {
        self.paper.luminance() < DARK
    }

    /// What everything may stand on.
    pub fn grounds(&self) -> [Rgb; 2] {
        [self.paper, self.wash]
    }

    /// Cards and fields stand out by being lighter than the page: paper by day, wash at night.
    pub fn surface(&self) -> Rgb {
        if self.is_dark() { self.wash } else { self.paper }
    }

    /// The coloured grounds that text and second lines may stand on.
    pub fn tints(&self) -> [Rgb; 4] {
        let Self { primary, warn, bad, good, .. } = *self;
        let tints = [(primary, PRIMARY_TINT), (warn, WARN_TINT), (bad, BAD_TINT), (good, GOOD_TINT)];
        tints.map(|(color, percent)| color.mix(percent, self.surface()))
    }

    /// By the names of their custom properties.
    pub fn named(&self) -> [(&'static str, Rgb); 12] {
        [
            ("paper", self.paper),
            ("wash", self.wash),
            ("ink", self.ink),
            ("muted", self.muted),
            ("line", self.line),
            ("edge", self.edge),
            ("primary", self.primary),
            ("primary-ink", self.primary_ink),
            ("accent", self.accent),
            ("good", self.good),
            ("warn", self.warn),
            ("bad", self.bad),
        ]
    }
}
