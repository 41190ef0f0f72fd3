//! Colours by number (sRGB) and by eye (OKLCH), and how well one is read on another (WCAG 2.2).
//!
//! The arithmetic is a page of published constants. A colour library would bring macros and a dozen further colour spaces
//! into every build, and neither the contrast nor the way back into sRGB that is needed here.

use std::fmt;

/// A colour of sRGB as it is painted: eight bits a channel, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb([u8; 3]);

/// A colour as people tell them apart (OKLCH): two of one hue and chroma differ only in how light they are.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    /// 0 is black, 1 white.
    pub lightness: f64,
    /// 0 is grey; sRGB ends at about 0.32.
    pub chroma: f64,
    /// In degrees.
    pub hue: f64,
}

/// From linear sRGB to the responses of the eye's cones, and what their cube roots are as lightness and two axes of colour
/// (Björn Ottosson, "A perceptual color space for image processing"; CSS Color 4, 9.2).
const TO_CONES: Matrix = [
    [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
    [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
    [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
];
const TO_LAB: Matrix = [
    [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
    [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
    [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
];
/// The inverses.
const FROM_LAB: Matrix = [
    [1.0, 0.396_337_777_4, 0.215_803_757_3],
    [1.0, -0.105_561_345_8, -0.063_854_172_8],
    [1.0, -0.089_484_177_5, -1.291_485_548_0],
];
const FROM_CONES: Matrix = [
    [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
    [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
    [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701_0],
];

type Matrix = [[f64; 3]; 3];

fn times(matrix: Matrix, v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

impl Rgb {
    pub const WHITE: Self = Self([255; 3]);
    pub const BLACK: Self = Self([0; 3]);

    /// From `0xrrggbb`.
    pub const fn new(hex: u32) -> Self {
        let [_, red, green, blue] = hex.to_be_bytes();
        Self([red, green, blue])
    }

    /// Reads `#rrggbb`, in capitals, too.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#')?;
        let is_hex = hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(hex, 16).ok().filter(|_| is_hex).map(Self::new)
    }

    /// Relative luminance: 0 is black, 1 white.
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// From 1 to 21; whichever is the ground.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// What browsers paint for `color-mix(in srgb, self percent%, other)`.
    #[must_use]
    pub fn mix(self, percent: u16, other: Self) -> Self {
        let mixed = |at: usize| {
            let sum = u16::from(self.0[at]) * percent + u16::from(other.0[at]) * (100 - percent);
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self([0, 1, 2].map(mixed))
    }

    /// As eyes see it; the hue of a grey means nothing.
    pub fn tone(self) -> Tone {
        let [lightness, a, b] = times(TO_LAB, times(TO_CONES, self.linear()).map(f64::cbrt));
        Tone { lightness, chroma: a.hypot(b), hue: b.atan2(a).to_degrees().rem_euclid(360.0) }
    }

    /// Itself, else the nearest lightness of the same hue that passes. Itself, too, when none does.
    #[must_use]
    pub fn nearest(self, passes: impl Fn(Self) -> bool) -> Self {
        /// Steps of lightness; one is about a quarter of what eyes can tell.
        const STEPS: u16 = 1000;
        if passes(self) {
            return self;
        }
        let tone = self.tone();
        let both = |step: u16| {
            let far = f64::from(step) / f64::from(STEPS);
            [tone.lightness - far, tone.lightness + far].map(|lightness| Tone { lightness, ..tone }.rgb())
        };
        (1..=STEPS).flat_map(both).find(|color| passes(*color)).unwrap_or(self)
    }

    /// Without the bend that makes eight bits enough.
    fn linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Tone {
    /// The colour, with as much of its chroma as sRGB has at this lightness.
    pub fn rgb(self) -> Rgb {
        let tone = Self { lightness: self.lightness.clamp(0.0, 1.0), ..self };
        Rgb(tone.inside().map(byte))
    }

    /// Less chroma keeps lightness and hue, where cutting off each channel by itself would change them.
    fn inside(self) -> [f64; 3] {
        /// Halvings; the last one is far below what eight bits tell apart.
        const HALVINGS: usize = 16;
        if let Some(inside) = Some(self.linear()).filter(is_inside) {
            return inside;
        }
        let (mut inside, mut outside) = (0.0, self.chroma);
        for _ in 0..HALVINGS {
            let chroma = f64::midpoint(inside, outside);
            let half = if is_inside(&Self { chroma, ..self }.linear()) { &mut inside } else { &mut outside };
            *half = chroma;
        }
        Self { chroma: inside, ..self }.linear()
    }

    /// Outside 0 to 1 where sRGB does not reach.
    fn linear(self) -> [f64; 3] {
        let (sin, cos) = self.hue.to_radians().sin_cos();
        let lab = [self.lightness, self.chroma * cos, self.chroma * sin];
        times(FROM_CONES, times(FROM_LAB, lab).map(|root| root.powi(3)))
    }
}

/// The constants have ten digits: what is in sRGB may come out a little beside it.
fn is_inside(linear: &[f64; 3]) -> bool {
    linear.iter().all(|value| (-1e-5..=1.0 + 1e-5).contains(value))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn byte(linear: f64) -> u8 {
    let value = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The keywords' values in CSS Color 4 and its tests.
    #[test]
    fn tones_are_those_that_css_publishes() {
        for (color, lightness, chroma, hue) in [
            (0xff_0000, 0.627_96, 0.257_68, 29.234),
            (0x00_ff00, 0.866_44, 0.294_83, 142.495),
            (0x00_00ff, 0.452_01, 0.313_21, 264.052),
            (0x00_8000, 0.519_75, 0.176_86, 142.495),
        ] {
            let tone = Rgb::new(color).tone();
            assert!((tone.lightness - lightness).abs() < 1e-4, "{color:x}: {tone:?}");
            assert!((tone.chroma - chroma).abs() < 1e-4, "{color:x}: {tone:?}");
            assert!((tone.hue - hue).abs() < 0.05, "{color:x}: {tone:?}");
        }
        assert!((Rgb::WHITE.tone().lightness - 1.0).abs() < 1e-6 && Rgb::WHITE.tone().chroma < 1e-6);
    }

    /// WebAIM's checker, and the limits that everybody quotes: #767676 is the palest grey that passes on white.
    #[test]
    fn contrasts_are_those_that_others_publish() {
        for (color, contrast) in
            [(0x00_0000, 21.0), (0x76_7676, 4.54), (0x77_7777, 4.48), (0xff_0000, 4.0), (0x00_00ff, 8.59)]
        {
            let own = Rgb::new(color).contrast(Rgb::WHITE);
            assert!((own - contrast).abs() < 0.005, "{color:06x} on white: {own}");
            assert!((Rgb::WHITE.contrast(Rgb::new(color)) - own).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn colours_are_six_digits_behind_a_hash() {
        assert_eq!(Rgb::parse("#0B5f58").map(|color| color.to_string()).as_deref(), Some("#0b5f58"));
        for wrong in ["0b5f58", "#0b5f5", "#0b5f588", "#+b5f58", "#0b5fé", "red", ""] {
            assert_eq!(Rgb::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_mix_is_what_browsers_paint() {
        assert_eq!(Rgb::BLACK.mix(9, Rgb::WHITE).to_string(), "#e8e8e8");
        assert_eq!(Rgb::new(0x0b_5f58).mix(9, Rgb::WHITE).to_string(), "#e9f1f0");
    }

    #[test]
    fn the_nearest_is_the_same_hue_and_black_and_white_are_in_reach() {
        let yellow = Rgb::new(0xff_ff00);
        let readable = yellow.nearest(|color| color.contrast(Rgb::WHITE) >= 4.5);
        let turn = (readable.tone().hue - yellow.tone().hue).abs();
        assert!(turn < 2.0 && readable.contrast(Rgb::WHITE) < 4.6, "{readable}");
        assert_eq!(yellow.nearest(|color| color == Rgb::BLACK), Rgb::BLACK);
        assert_eq!(yellow.nearest(|color| color == Rgb::WHITE), Rgb::WHITE);
        assert_eq!(yellow.nearest(|_| false), yellow);
    }

    proptest! {
        #[test]
        fn a_colour_is_its_tone_s_colour(hex in 0..=0xff_ffff_u32) {
            prop_assert_eq!(Rgb::new(hex).tone().rgb(), Rgb::new(hex));
        }
    }
}
