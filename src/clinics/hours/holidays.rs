use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The US federal holiday this date is, or is the observed day of (5 U.S.C. 6103): the Friday before a Saturday, the
/// Monday after a Sunday. The rule of today is applied to every year.
#[must_use]
pub fn holiday_on(date: NaiveDate) -> Option<&'static str> {
    floating(date).or_else(|| fixed(date).map(|holiday| holiday.name)).or_else(|| observed(date))
}

struct Fixed {
    month: u32,
    day: u32,
    name: &'static str,
    observed: &'static str,
}

const FIXED: [Fixed; 5] = [
    Fixed { month: 1, day: 1, name: "New Year's Day", observed: "New Year's Day (observed)" },
    Fixed {
        month: 6,
        day: 19,
        name: "Juneteenth National Independence Day",
        observed: "Juneteenth National Independence Day (observed)",
    },
    Fixed { month: 7, day: 4, name: "Independence Day", observed: "Independence Day (observed)" },
    Fixed { month: 11, day: 11, name: "Veterans Day", observed: "Veterans Day (observed)" },
    Fixed { month: 12, day: 25, name: "Christmas Day", observed: "Christmas Day (observed)" },
];

fn fixed(date: NaiveDate) -> Option<&'static Fixed> {
    FIXED.iter().find(|holiday| holiday.month == date.month() && holiday.day == date.day())
}

fn observed(date: NaiveDate) -> Option<&'static str> {
    let holiday_itself = match date.weekday() {
        Weekday::Fri => date.checked_add_days(Days::new(1)),
        Weekday::Mon => date.checked_sub_days(Days::new(1)),
        _ => None,
    };
    holiday_itself.and_then(fixed).map(|holiday| holiday.observed)
}

fn floating(date: NaiveDate) -> Option<&'static str> {
    const LAST_WEEK_OF_MAY: u32 = 25;
    let nth_of_month = (date.day() - 1) / 7 + 1;
    match (date.month(), date.weekday(), nth_of_month) {
        (1, Weekday::Mon, 3) => Some("Martin Luther King Jr. Day"),
        (2, Weekday::Mon, 3) => Some("Washington's Birthday"),
        (5, Weekday::Mon, _) if date.day() >= LAST_WEEK_OF_MAY => Some("Memorial Day"),
        (9, Weekday::Mon, 1) => Some("Labor Day"),
        (10, Weekday::Mon, 2) => Some("Columbus Day"),
        (11, Weekday::Thu, 4) => Some("Thanksgiving Day"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by an independent implementation; observed days are rows of their own, named `.. (observed)`.
    const ORACLE: &str = include_str!("../../../data/places/us_federal_holidays_2024_2040.csv");

    #[test]
    fn i6_holidays_and_observed_days_equal_the_oracle_from_2024_to_2040() {
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        let last = NaiveDate::from_ymd_opt(2040, 12, 31).unwrap();
        let ours = first
            .iter_days()
            .take_while(|date| *date <= last)
            .filter_map(|date| Some(format!("{date},{}", holiday_on(date)?)));
        assert_eq!(ours.collect::<Vec<_>>(), ORACLE.trim_end().lines().skip(1).collect::<Vec<_>>());
    }

    #[test]
    fn i6_new_years_day_on_a_saturday_is_observed_in_the_year_before() {
        assert_eq!(holiday_on(NaiveDate::from_ymd_opt(2027, 12, 31).unwrap()), Some("New Year's Day (observed)"));
    }
}
