use chrono::NaiveDate;

use super::HoursError;

/// Reads a date in ISO form (`2026-12-24`) or as typed in the US (`12/24/2026`, `1/5/2027`), rule I6.
///
/// # Errors
/// When it is neither, or no such day exists.
pub fn parse_date(text: &str) -> Result<NaiveDate, HoursError> {
    let text = text.trim();
    iso(text).or_else(|| us(text)).ok_or_else(|| HoursError::NotADate(text.to_owned()))
}

fn iso(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && month.len() == 2 && day.len() == 2;
    whole.then(|| date(year, month, day))?
}

fn us(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then(|| date(year, month, day))?
}

/// Four-digit years only: `1/5/27` has been read as 1927 too often.
fn date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |text: &str, max_digits: usize| {
        let plain = !text.is_empty() && text.len() <= max_digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok())?
    };
    let year = (year.len() == 4).then(|| number(year, 4))??;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(month, 2)?, number(day, 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i6_dates_are_iso_or_us() {
        let christmas_eve = NaiveDate::from_ymd_opt(2026, 12, 24).unwrap();
        for good in ["2026-12-24", "12/24/2026", " 12/24/2026 "] {
            assert_eq!(parse_date(good), Ok(christmas_eve), "{good}");
        }
        assert_eq!(parse_date("1/5/2027"), Ok(NaiveDate::from_ymd_opt(2027, 1, 5).unwrap()));
    }

    #[test]
    fn i6_what_is_not_a_date_is_refused() {
        let bad =
            ["", "2026-2-3", "24/12/2026", "2026-02-30", "12/24/26", "2026-12-24T00:00", "+2026-1-1", "1/2/3/2026"];
        for text in bad {
            assert_eq!(parse_date(text), Err(HoursError::NotADate(text.to_owned())), "{text}");
        }
    }
}
