//! What the modules promise together: whatever an operator chooses, everybody can read it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tokens::{BAD_TINT, GOOD_TINT, HOVER, PRIMARY_TINT, WARN_TINT};
use super::*;

fn given(colors: &[(&str, &str)]) -> GivenColors {
    let colors = colors.iter().map(|(role, color)| ((*role).to_owned(), (*color).to_owned()));
    GivenColors::read(&colors.collect::<BTreeMap<_, _>>())
}

fn refused(given: &GivenColors) -> Vec<Unreadable> {
    Palette::check(given).err().unwrap_or_default()
}

/// With what was offered instead.
fn corrected(given: GivenColors) -> GivenColors {
    refused(&given).iter().fold(given, |given, refused| given.with(refused.role, refused.nearest))
}

/// Every pair of colours that meet on a page and cannot be read, written down here once more so that the rules that derive the
/// colours are not also the ones that judge them.
fn unreadable_pairs(tokens: &Tokens, surface: Rgb) -> Vec<String> {
    let Tokens { paper, wash, ink, muted, edge, primary, primary_ink, accent, good, warn, bad, line: _ } = *tokens;
    let mut pairs = vec![
        ("edge on paper", edge, paper, 3.0),
        ("edge on wash", edge, wash, 3.0),
        ("primary-ink on primary", primary_ink, primary, 4.5),
        ("primary-ink in hover", primary_ink, primary.mix(HOVER, ink), 4.5),
        ("ink on paper", ink, paper, 7.0),
        ("ink on wash", ink, wash, 7.0),
    ];
    for (name, color) in
        [("muted", muted), ("primary", primary), ("accent", accent), ("good", good), ("warn", warn), ("bad", bad)]
    {
        pairs.extend([(name, color, paper, 4.5), (name, color, wash, 4.5)]);
    }
    for (name, color, percent) in [
        ("primary's tint", primary, PRIMARY_TINT),
        ("warn's tint", warn, WARN_TINT),
        ("bad's tint", bad, BAD_TINT),
        ("good's tint", good, GOOD_TINT),
    ] {
        let tint = color.mix(percent, surface);
        pairs.extend([ink, muted, color].map(|text| (name, text, tint, 4.5)));
    }
    let unreadable = pairs.into_iter().filter(|(_, color, ground, needed)| color.contrast(*ground) < *needed);
    unreadable.map(|(name, color, ground, _)| format!("{name}: {color} on {ground} in {tokens:?}")).collect()
}

/// In both schemes; cards are lighter than the page, which is paper at night.
fn faults(Palette { light, dark }: &Palette) -> Vec<String> {
    let is_one_scheme = light == dark;
    let by_day = unreadable_pairs(light, if is_one_scheme { light.wash } else { light.paper });
    by_day.into_iter().chain(unreadable_pairs(dark, dark.wash)).collect()
}

#[test]
fn ours_are_readable_and_say_nothing() {
    let ours = Palette::of(&GivenColors::default());
    assert_eq!(ours, Palette { light: Tokens::LIGHT, dark: Tokens::DARK });
    assert!(faults(&ours).is_empty(), "{:?}", faults(&ours));
    assert_eq!(Stylesheet::of(&ours), None);
    let the_same =
        given(&[("primary", "#0B5F58"), ("accent", "#ad4f28"), ("background", "#ffffff"), ("text", "#1b1d21")]);
    assert_eq!((Palette::check(&the_same), Palette::of(&the_same)), (Ok(()), ours));
}

#[test]
fn colours_that_nobody_can_read_are_refused_with_the_nearest_that_work() {
    let odd = given(&[("primary", "#39ff14"), ("accent", "#e8b89f"), ("background", "#ffffff"), ("text", "#ffffcc")]);
    let told: Vec<String> = refused(&odd).iter().map(ToString::to_string).collect();
    let expected = [
        "Primary is too pale on white: 1.4 to 1. Text needs 4.5 to 1. The nearest that works is #148000.",
        "Accent is too pale on white: 1.8 to 1. Text needs 4.5 to 1. The nearest that works is #946851.",
        "Text is too pale on white: 1.0 to 1. Text needs 7 to 1. The nearest that works is #58572a.",
    ];
    assert_eq!(told, expected);
    let taken = corrected(odd);
    assert_eq!(Palette::check(&taken), Ok(()));
    assert!(faults(&Palette::of(&taken)).is_empty(), "{:?}", faults(&Palette::of(&taken)));
    assert_eq!(Palette::of(&odd).light, Palette::of(&taken).light, "stored ones are painted as the nearest that work");
}

/// Neither black nor white has 7 to 1 on it.
#[test]
fn a_background_in_the_middle_is_itself_what_is_refused() {
    let grey = given(&[("background", "#808080"), ("text", "#000000")]);
    let told: Vec<String> = refused(&grey).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["Background is too dark for any text: 5.0 to 1. Text needs 7 to 1. The nearest that works is #9b9b9b."]
    );
    assert_eq!(Palette::check(&corrected(grey)), Ok(()));
}

/// A colour that stays ours is ours to change.
#[test]
fn what_was_not_given_follows_the_background() {
    let navy = given(&[("background", "#0a1a2f")]);
    assert_eq!(Palette::check(&navy), Ok(()));
    let Palette { light, dark } = Palette::of(&navy);
    assert_eq!(
        (light, light.ink, light.primary),
        (dark, Tokens::DARK.ink, Tokens::DARK.primary),
        "it serves day and night"
    );
    let brown = Palette::of(&given(&[("background", "#d8c3a5")])).light;
    assert_eq!((brown.ink, brown.muted == Tokens::LIGHT.muted), (Tokens::LIGHT.ink, false));
    assert!(brown.good != Tokens::LIGHT.good && unreadable_pairs(&brown, brown.paper).is_empty(), "{brown:?}");
}

#[test]
fn at_night_a_hue_is_bright_and_not_loud() {
    let Palette { dark, .. } = Palette::of(&given(&[("primary", "#c2004f"), ("accent", "#4a4a4a")]));
    let tone = dark.primary.tone();
    assert!((tone.lightness - 0.78).abs() < 0.01 && tone.chroma < 0.125, "{tone:?}");
    assert!((tone.hue - Rgb::new(0xc2_004f).tone().hue).abs() < 2.0, "{tone:?}");
    assert!(dark.accent.tone().chroma < 0.01, "grey stays grey");
    assert_eq!(
        Tokens { primary: dark.primary, primary_ink: dark.primary_ink, accent: dark.accent, ..Tokens::DARK },
        dark
    );
}

#[test]
fn a_stylesheet_says_what_differs_and_takes_back_at_night_what_holds_by_day() {
    let css =
        |colors: &[(&str, &str)]| Stylesheet::of(&Palette::of(&given(colors))).map(|sheet| sheet.css().to_owned());
    let accent = css(&[("accent", "#1d4ed8")]).expect("a stylesheet");
    let expected = ":root{--accent:#1d4ed8;}@media (prefers-color-scheme:dark){:root{--accent:#94b6ff;}}";
    assert_eq!(accent, expected);
    let night = css(&[("background", "#000000")]).expect("a stylesheet");
    assert!(
        night.starts_with(":root{color-scheme:dark;--page:var(--paper);--surface:var(--wash);--paper:#000000;"),
        "{night}"
    );
    assert!(!night.contains("@media") && night.contains("--good:#7fcf9a;"), "{night}");
}

#[test]
fn another_content_has_another_address() {
    let path =
        |color: &str| Stylesheet::of(&Palette::of(&given(&[("accent", color)]))).map(|sheet| sheet.path().to_owned());
    let first = path("#1d4ed8").expect("a stylesheet");
    assert!(first.starts_with("/assets/colors-") && first.len() == "/assets/colors-0123456789.css".len(), "{first}");
    assert_ne!(path("#1d4ed9"), Some(first));
}

fn any_given() -> impl Strategy<Value = GivenColors> {
    let color = || proptest::option::weighted(0.75, (0..=0xff_ffff_u32).prop_map(Rgb::new));
    [color(), color(), color(), color()].prop_map(|colors| {
        let given = ColorRole::ALL.into_iter().zip(colors).filter_map(|(role, color)| Some((role, color?)));
        given.fold(GivenColors::default(), |given, (role, color)| given.with(role, color))
    })
}

proptest! {
    // A case looks through thousands of tones.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_was_given_is_readable_by_day_and_at_night(given in any_given()) {
        let unreadable = faults(&Palette::of(&given));
        prop_assert!(unreadable.is_empty(), "{unreadable:#?}");
    }

    #[test]
    fn what_is_offered_instead_is_accepted_at_once(given in any_given()) {
        let taken = corrected(given);
        prop_assert_eq!(Palette::check(&taken), Ok(()));
        prop_assert_eq!(Palette::of(&taken).light, Palette::of(&given).light);
        for refused in refused(&given) {
            let (entered, offered) = (refused.color.tone(), refused.nearest.tone());
            let turn = (entered.hue - offered.hue + 540.0).rem_euclid(360.0) - 180.0;
            // Eight bits leave little of a hue that has hardly any chroma.
            prop_assert!(turn.abs() < 12.0 || offered.chroma < 0.04, "{refused}");
        }
    }
}
