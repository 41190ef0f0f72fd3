use super::super::Language;
use crate::geo::Metres;

/// From here on a tenth of a mile says nothing to who drives.
const WHOLE_FROM_MI: f64 = 10.0;

/// Along a straight line, so never exact: `about 0.3 mi`, `about 41 mi`, `less than 0.1 mi`.
#[must_use]
pub fn distance(language: Language, length: Metres) -> String {
    written(language, "about-miles", length)
}

/// Beside a time, where there is no room for more: `0.3 mi`.
#[must_use]
pub fn short_distance(language: Language, length: Metres) -> String {
    written(language, "miles", length)
}

fn written(language: Language, message: &str, length: Metres) -> String {
    let tenths = (length.miles() * 10.0).round() / 10.0;
    if tenths <= 0.0 {
        return language.say("under-a-tenth-mile").into_owned();
    }
    let miles = if tenths < WHOLE_FROM_MI { format!("{tenths:.1}") } else { format!("{:.0}", length.miles().round()) };
    language.tell(message, &[("miles", miles.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n6_a_short_distance_is_the_number_alone() {
        for (miles, english) in [(0.0, "less than 0.1 mi"), (0.34, "0.3 mi"), (41.49, "41 mi")] {
            let told = short_distance(Language::English, Metres::from_miles(miles));
            assert_eq!(told.replace('\u{a0}', " "), english);
        }
    }

    #[test]
    fn n6_a_distance_has_a_tenth_below_ten_miles_and_none_from_there_on() {
        for (miles, english, spanish) in [
            (0.0, "less than 0.1 mi", "a menos de 0.1 mi"),
            (0.049, "less than 0.1 mi", "a menos de 0.1 mi"),
            (0.051, "about 0.1 mi", "a unas 0.1 mi"),
            (0.34, "about 0.3 mi", "a unas 0.3 mi"),
            (1.0, "about 1.0 mi", "a unas 1.0 mi"),
            (9.949, "about 9.9 mi", "a unas 9.9 mi"),
            (9.951, "about 10 mi", "a unas 10 mi"),
            (41.49, "about 41 mi", "a unas 41 mi"),
            (41.51, "about 42 mi", "a unas 42 mi"),
            (1234.6, "about 1235 mi", "a unas 1235 mi"),
        ] {
            let told = Language::ALL.map(|language| distance(language, Metres::from_miles(miles)));
            assert!(told.iter().all(|told| told.ends_with("\u{a0}mi")), "{told:?}");
            assert_eq!(told.map(|told| told.replace('\u{a0}', " ")), [english, spanish]);
        }
    }
}
