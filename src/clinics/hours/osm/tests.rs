use proptest::prelude::*;

use super::*;
use crate::clinics::hours::MinuteOfDay;

/// The canonical spelling of what was read, so that a test shows both at once.
fn read(text: &str) -> String {
    format_weekly(&parse_weekly(text).unwrap_or_else(|error| panic!("{text}: {error}")))
}

fn refusal(text: &str) -> String {
    parse_weekly(text).expect_err(text).to_string()
}

/// Day by day, so that the writer's grouping hides nothing: `Mo 09:00-12:00 | We 09:00-12:00`.
fn by_day(text: &str) -> String {
    let week = parse_weekly(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let times = |day: &[Window]| day.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let open = DAY_CODES.iter().zip(&week.days).filter(|(_, day)| !day.is_empty());
    open.map(|(code, day)| format!("{code} {}", times(day))).collect::<Vec<_>>().join(" | ")
}

#[test]
fn i6_weekdays_ranges_lists_and_several_windows() {
    let same = "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00; PH off";
    assert_eq!(read(same), same);
    let cases = [
        ("Mo 09:00-12:00", "Mo 09:00-12:00"),
        ("Mo-We 09:00-12:00", "Mo 09:00-12:00 | Tu 09:00-12:00 | We 09:00-12:00"),
        ("Mo-Mo 09:00-12:00", "Mo 09:00-12:00"),
        ("Sa-Mo 09:00-12:00", "Mo 09:00-12:00 | Sa 09:00-12:00 | Su 09:00-12:00"),
        ("Mo,We 09:00-12:00", "Mo 09:00-12:00 | We 09:00-12:00"),
        ("Mo, We 09:00-12:00", "Mo 09:00-12:00 | We 09:00-12:00"),
        ("Mo , We 09:00-12:00", "Mo 09:00-12:00 | We 09:00-12:00"),
        ("Mo-Tu, Sa 09:00-12:00", "Mo 09:00-12:00 | Tu 09:00-12:00 | Sa 09:00-12:00"),
        ("Mo 09:00-12:00,13:00-18:00", "Mo 09:00-12:00,13:00-18:00"),
        ("Mo 09:00-12:00, 13:00-18:00", "Mo 09:00-12:00,13:00-18:00"),
        ("Mo, We 09:00-12:00, 13:00-18:00", "Mo 09:00-12:00,13:00-18:00 | We 09:00-12:00,13:00-18:00"),
        ("Mo 10:00-12:00,09:00-11:00", "Mo 10:00-12:00,09:00-11:00"),
        ("Fr 22:00-02:00", "Fr 22:00-02:00"),
        ("Fr 22:00-00:00; Sa 22:00-24:00", "Fr 22:00-00:00 | Sa 22:00-24:00"),
        ("Mo-Tu 09:00-12:00; Sa, Su, PH off", "Mo 09:00-12:00 | Tu 09:00-12:00"),
    ];
    for (text, days) in cases {
        assert_eq!(by_day(text), days, "{text}");
    }
    assert_eq!(read("09:00-18:00"), "Mo-Su 09:00-18:00");
    assert_eq!(read("Mo-Su 00:00-24:00"), "24/7");
    assert_eq!(read("Mo-Fr 09:00-18:00; Sa,Su,PH off"), "Mo-Fr 09:00-18:00; PH off");
}

#[test]
fn i6_typography_of_spreadsheets_is_read() {
    assert_eq!(
        read(" Mo\u{2013}Fr\u{a0}09:00\u{2014}18:00 ;  sa 10:00 - 14:00; "),
        "Mo-Fr 09:00-18:00; Sa 10:00-14:00"
    );
    assert_eq!(read("MO - fr 09:00 -18:00 , 19:00- 20:00;SU OFF;PH Off"), "Mo-Fr 09:00-18:00,19:00-20:00; PH off");
}

#[test]
fn i6_later_rules_replace_and_rules_after_a_comma_add() {
    let cases = [
        ("Mo-Tu 09:00-18:00; Tu off", "Mo 09:00-18:00"),
        ("Mo-Tu 09:00-18:00; Tu 10:00-12:00", "Mo 09:00-18:00 | Tu 10:00-12:00"),
        ("Mo-Tu 09:00-12:00, Tu 14:00-16:00", "Mo 09:00-12:00 | Tu 09:00-12:00,14:00-16:00"),
        ("Mo, Tu 09:00-12:00, Tu, We 14:00-16:00", "Mo 09:00-12:00 | Tu 09:00-12:00,14:00-16:00 | We 14:00-16:00"),
        ("Mo-Tu 09:00-12:00, Tu off", "Mo 09:00-12:00"),
        ("Tu off, Mo 09:00-12:00", "Mo 09:00-12:00"),
    ];
    for (text, days) in cases {
        assert_eq!(by_day(text), days, "{text}");
    }
    assert_eq!(read("Mo-Fr 09:00-18:00, PH off"), "Mo-Fr 09:00-18:00; PH off");
    assert_eq!(read("24/7; Su off"), "Mo-Sa 00:00-24:00");
    assert_eq!(read("24/7, Su off"), "Mo-Sa 00:00-24:00");
}

#[test]
fn i6_off_alone_is_closed_all_week_and_ph_off_is_a_flag() {
    assert_eq!(parse_weekly("off"), Ok(WeeklyHours::default()));
    assert_eq!(read("off; PH off"), "off; PH off");
    assert_eq!(read("24/7; PH off"), "24/7; PH off");
    assert_eq!(read("PH off; Mo-Fr 09:00-18:00"), "Mo-Fr 09:00-18:00; PH off");
    for nothing_opens in ["PH off", "Su off", "Mo-Fr 09:00-18:00; Mo-Fr off"] {
        assert_eq!(parse_weekly(nothing_opens), Err(HoursError::NeverOpens), "{nothing_opens}");
    }
    for empty in ["", "  ", ";"] {
        assert_eq!(parse_weekly(empty), Err(HoursError::Empty), "{empty:?}");
    }
}

#[test]
fn i6_everything_else_is_refused_and_named() {
    let cases = [
        ("Mo-Fr sunrise-sunset", "`sunrise`", "times of the sun"),
        ("Mo-Fr 09:00-sunset", "`sunset`", "times of the sun"),
        ("week 1-10 Mo 09:00-12:00", "`week`", "week numbers"),
        ("Dec 25 off", "`Dec`", "months"),
        ("Apr-Oct: Mo-Fr 09:00-12:00", "`Apr`", "months"),
        ("Mo-Fr 09:00-12:00 \"by appointment\"", "`\"`", "comments"),
        ("Mo-Fr 09:00+", "`+`", "open end"),
        ("Mo-Fr 09:00-18:00+", "`+`", "open end"),
        ("Mo[1] 09:00-12:00", "`[`", "n-th weekday"),
        ("SH off", "`SH`", "school holidays"),
        ("Mo-Fr 09:00-12:00 || 13:00-14:00", "`|`", "alternatives"),
        ("Mo-Fr 09:00-12:00/00:30", "`/`", "24/7"),
        ("Su closed", "`closed`", "off"),
        ("open", "`open`", "hours themselves"),
        ("Mon-Fri 09:00-18:00", "`Mon`", "not a weekday"),
        ("Mo-Fr 9am-5pm", "`am`", "24-hour clock"),
        ("PH 10:00-14:00", "`PH 10:00-14:00`", "special hours"),
        ("Mo-Fr 09:00", "`Mo-Fr 09:00`", "not understood"),
        ("Mo-Fr 09:00-18:00,", "not understood", "Mo-Fr"),
        ("2026 Mo-Fr 09:00-18:00", "`2026`", "not a time"),
        ("Mo-Fr 09:00-12:00 off", "not understood", "Mo-Fr"),
        ("Mo-Fr 09:00-12:00,Sa 10:00-14:00", "not understood", "; Sa 10:00-14:00"),
        ("Mo-Fr 09:00-18:00 PH off", "not understood", "; PH off"),
        ("09:00-18:00 Mo-Fr", "`09:00-18:00 Mo-Fr`", "not understood"),
        ("Mo Fr 09:00-18:00", "`Mo Fr 09:00-18:00`", "not understood"),
        ("Mo-We-Fr 09:00-18:00", "`Mo-We-Fr 09:00-18:00`", "not understood"),
        ("Mo- 09:00-18:00", "`Mo- 09:00-18:00`", "not understood"),
        ("Mo-Fr, 09:00-18:00", "`Mo-Fr, 09:00-18:00`", "not understood"),
        ("Mo,,We 09:00-18:00", "`Mo,,We 09:00-18:00`", "not understood"),
        ("PH Mo off", "`PH Mo off`", "not understood"),
        ("Mo off off", "`Mo off off`", "not understood"),
        ("Mo-Su,PH 09:00-18:00", "`Mo-Su,PH 09:00-18:00`", "special hours"),
        ("Mo-Fr: 09:00-18:00", "`:`", "not a time"),
        ("Mo 24/7", "`/`", "24/7"),
        ("ph off", "`ph`", "capitals"),
        ("off Mo", "`off Mo`", "write the days, then"),
    ];
    for (text, found, reason) in cases {
        let message = refusal(text);
        assert!(message.contains(found) && message.contains(reason), "{text}: {message}");
    }
}

#[test]
fn i6_a_time_that_is_not_hh_mm_is_refused() {
    for (text, time) in
        [("Mo 09:00-25:00", "25:00"), ("Mo 9:00-18:00", "9:00"), ("Mo 09:00-24:30", "24:30"), ("Mo 0900-1800", "0900")]
    {
        assert_eq!(parse_weekly(text), Err(HoursError::NotATime(time.to_owned())), "{text}");
    }
    assert!(matches!(parse_weekly("Mo 09:00-09:00"), Err(HoursError::OpensAndClosesAtOnce(_))));
    assert_eq!(parse_weekly("Mo 24:00-02:00"), Err(HoursError::OpensAtDayEnd));
}

#[test]
fn i6_days_without_times_are_not_read_as_open_all_day() {
    assert_eq!(parse_weekly("Mo-Fr"), Err(HoursError::NoTimes("Mo-Fr".to_owned())));
    assert_eq!(parse_weekly("Mo, We"), Err(HoursError::NoTimes("Mo, We".to_owned())));
    assert_eq!(parse_weekly("Mo 09:00-12:00; We"), Err(HoursError::NoTimes("We".to_owned())));
}

#[test]
fn i6_long_text_is_refused_before_it_is_parsed() {
    assert_eq!(parse_weekly(&"Mo off;".repeat(2_000)), Err(HoursError::TooLong { max: MAX_CHARS }));
}

fn any_window() -> impl Strategy<Value = Window> {
    let minute = |range: std::ops::RangeInclusive<u16>| {
        range.prop_map(|minute| MinuteOfDay::from_hm(minute / 60, minute % 60).unwrap())
    };
    (minute(0..=1439), minute(0..=1440))
        .prop_filter_map("opens and closes at once", |(open, close)| Window::new(open, close).ok())
}

fn any_day() -> impl Strategy<Value = Vec<Window>> {
    prop_oneof![
        2 => prop::collection::vec(any_window(), 0..4),
        1 => Just(vec![Window::ALL_DAY]),
        2 => Just(vec![Window::parse("09:00-18:00").unwrap()]),
    ]
}

proptest! {
    #[test]
    fn i6_parse_is_the_inverse_of_format(days in prop::array::uniform7(any_day()), closed_on_holidays: bool) {
        let week = WeeklyHours { days, closed_on_holidays };
        prop_assert_eq!(parse_weekly(&format_weekly(&week)), Ok(week));
    }

    #[test]
    fn i6_spaces_after_commas_change_nothing(days in prop::array::uniform7(any_day()), closed_on_holidays: bool) {
        let week = WeeklyHours { days, closed_on_holidays };
        prop_assert_eq!(parse_weekly(&format_weekly(&week).replace(',', ", ")), Ok(week));
    }

    #[test]
    fn i6_no_text_panics_and_what_is_read_comes_back_as_itself(text in "[MoTuWeFrSaPHof0-9:,; /+\\-]{0,40}|.{0,40}") {
        if let Ok(week) = parse_weekly(&text) {
            prop_assert_eq!(parse_weekly(&format_weekly(&week)), Ok(week));
        }
    }
}
