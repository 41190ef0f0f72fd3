use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::schedule::{Purpose, Schedule};
use crate::clinics::closures::Closure;
use crate::clinics::hours::{MinuteOfDay, SpecialDay, Window};

impl Schedule<'_> {
    /// The special days once these closures are laid over the hours (rules A3, I12): a whole day without windows, a part
    /// of one cut out of what the day would have had. Sorted, one per date.
    #[must_use]
    pub fn with_closures<'c>(&self, closures: impl IntoIterator<Item = &'c Closure>) -> Vec<SpecialDay> {
        let closures: Vec<&Closure> = closures.into_iter().collect();
        let dates = |closure: &&Closure| {
            let to = closure.to;
            closure.from.iter_days().take_while(move |date| *date <= to)
        };
        let dates: BTreeSet<NaiveDate> = closures.iter().flat_map(dates).collect();
        let closed = dates.iter().filter_map(|date| self.closed_day(*date, &closures));
        let closed: Vec<SpecialDay> = closed.collect();
        let is_kept = |day: &&SpecialDay| closed.binary_search_by_key(&day.on, |closed| closed.on).is_err();
        let mut days: Vec<SpecialDay> = self.special.iter().filter(is_kept).cloned().collect();
        days.extend(closed);
        days.sort_by_key(|day| day.on);
        days
    }

    /// `None` when hours that nobody knows would only be closed for a part of the day.
    fn closed_day(&self, date: NaiveDate, closures: &[&Closure]) -> Option<SpecialDay> {
        let on_date = || closures.iter().filter(|closure| closure.is_on(date));
        let note = on_date().find_map(|closure| closure.note.clone());
        if on_date().any(|closure| closure.windows.is_empty()) {
            return Some(SpecialDay { on: date, windows: Vec::new(), note });
        }
        let mut windows = self.night_before(date);
        windows.extend_from_slice(&self.day(Purpose::Opening, date)?.windows);
        for closed in on_date().flat_map(|closure| &closure.windows) {
            windows = windows.iter().flat_map(|window| window.minus(*closed)).collect();
        }
        Some(SpecialDay { on: date, windows, note })
    }

    /// What is left of the windows that began the day before. A special day ends that night at 00:00 (rule A3); a part of
    /// a day that is closed must not.
    fn night_before(&self, date: NaiveDate) -> Vec<Window> {
        let is_special = self.day(Purpose::Opening, date).is_some_and(|day| day.special);
        let Some(before) = self.day(Purpose::Opening, date - Days::new(1)).filter(|_| !is_special) else {
            return Vec::new();
        };
        let day_end = MinuteOfDay::DAY_END.minutes();
        let rest = |window: &Window| Window::of_minutes(0, window.close_after_midnight().checked_sub(day_end)?);
        before.windows.iter().filter_map(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::availability::open_state;
    use crate::clinics::closures::Scope;
    use crate::clinics::hours::{format_special, parse_special, parse_weekly};
    use crate::clinics::status::StatusDates;

    /// Two closures of the week of Monday, 7 June 2027: `from`, `to` in June and the closed windows.
    fn closed(hours: &str, special: &str, closures: &[(u32, u32, &str)]) -> String {
        let june = |day| NaiveDate::from_ymd_opt(2027, 6, day).unwrap();
        let closures: Vec<Closure> = closures
            .iter()
            .map(|(from, to, windows)| Closure {
                scope: Scope::All,
                from: june(*from),
                to: june(*to),
                windows: windows
                    .split(',')
                    .filter(|text| !text.is_empty())
                    .map(|w| Window::parse(w).unwrap())
                    .collect(),
                note: Some("storm".to_owned()),
                note_es: None,
            })
            .collect();
        let hours = (!hours.is_empty()).then(|| parse_weekly(hours).unwrap());
        let special = parse_special(special).unwrap();
        let schedule = Schedule {
            zone: Tz::America__Chicago,
            hours: hours.as_ref(),
            consultation_hours: None,
            special: &special,
            status: StatusDates::default(),
        };
        format_special(&schedule.with_closures(&closures))
    }

    #[test]
    fn i12_whole_days_have_no_windows_and_other_special_days_stay() {
        assert_eq!(
            closed("Mo-Fr 09:00-17:00", "2027-06-08 10:00-12:00; 2027-06-11 off", &[(8, 9, "")]),
            "2027-06-08 off \"storm\"; 2027-06-09 off \"storm\"; 2027-06-11 off"
        );
    }

    #[test]
    fn i12_a_part_of_a_day_is_cut_out_of_what_the_day_would_have_had() {
        assert_eq!(
            closed("Mo-Fr 09:00-17:00", "2027-06-08 13:00-16:00", &[(7, 8, "12:00-14:00")]),
            "2027-06-07 09:00-12:00,14:00-17:00 \"storm\"; 2027-06-08 14:00-16:00 \"storm\""
        );
        let twice = closed("Mo-Fr 09:00-17:00", "", &[(7, 7, "12:00-14:00"), (7, 7, "13:00-15:00,16:00-18:00")]);
        assert_eq!(twice, "2027-06-07 09:00-12:00,15:00-16:00 \"storm\"");
        assert_eq!(closed("Mo-Fr 09:00-17:00", "", &[(7, 7, "12:00-14:00"), (7, 7, "")]), "2027-06-07 off \"storm\"");
    }

    #[test]
    fn i12_the_night_before_a_partly_closed_day_goes_on() {
        let night = closed("Mo-Su 20:00-02:00", "", &[(8, 8, "21:00-22:00")]);
        assert_eq!(night, "2027-06-08 00:00-02:00,20:00-21:00,22:00-02:00 \"storm\"");
    }

    #[test]
    fn i12_unknown_hours_are_closed_for_whole_days_only() {
        assert_eq!(closed("", "", &[(7, 7, "12:00-14:00")]), "");
        assert_eq!(closed("", "", &[(7, 7, "")]), "2027-06-07 off \"storm\"");
    }

    #[test]
    fn i12_open_now_follows_the_closure() {
        let hours = parse_weekly("Mo-Fr 09:00-17:00").unwrap();
        let schedule = Schedule {
            zone: Tz::America__Chicago,
            hours: Some(&hours),
            consultation_hours: None,
            special: &parse_special("2027-06-07 09:00-12:00,14:00-17:00").unwrap(),
            status: StatusDates::default(),
        };
        let state = open_state(&schedule, "2027-06-07T18:00:00Z".parse().unwrap());
        assert_eq!(state.next, Some("2027-06-07T19:00:00Z".parse().unwrap()));
    }
}
