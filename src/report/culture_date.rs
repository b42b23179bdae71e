//! Dates in the sender's culture. Invariant: a date is read only as far as its digits are unambiguous; the order of day
//! and month is decided for a whole list at once, never for one date.

use super::line::gregorian_year;
use super::time;

/// A date and time whose order of day and month may still be undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CultureDate {
    year: i64,
    first: i64,
    second: i64,
    /// Whether the year came first, so that the order is year, month, day.
    year_first: bool,
    twelve_hours: bool,
    clock: (i64, i64, i64),
}

/// The order of day and month in dates that end with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// 31/12/2025
    DayFirst,
    /// 12/31/2025
    MonthFirst,
}

impl CultureDate {
    /// Parses the general date format of any culture: three numbers for the date, two or three for the time, and
    /// optionally AM or PM.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<(i64, usize)> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|run| run.len() <= 4)
            .filter_map(|run| Some((run.parse().ok()?, run.len())))
            .collect();
        let ((a, a_len), (b, _), (c, c_len), clock) = match *numbers.as_slice() {
            [a, b, c, (hour, _), (minute, _)] => (a, b, c, (hour, minute, 0)),
            [a, b, c, (hour, _), (minute, _), (second, _)] => (a, b, c, (hour, minute, second)),
            _ => return None,
        };
        let year_first = a_len == 4;
        let (year, first, second) = if year_first { (a, b, c) } else { (c, a, b) };
        let year = if !year_first && c_len == 2 { year + 2000 } else { year };
        let half = Half::find(text);
        let clock = (half.hour(clock.0)?, clock.1, clock.2);
        Some(Self {
            year: gregorian_year(year)?,
            first,
            second,
            year_first,
            twelve_hours: half != Half::None,
            clock,
        })
    }

    /// Returns the sender's wall clock as seconds since 1970; `None` if the numbers are not a date in this order.
    pub(crate) fn local(self, order: Order) -> Option<i64> {
        let (month, day) = match order {
            _ if self.year_first => (self.first, self.second),
            Order::DayFirst => (self.second, self.first),
            Order::MonthFirst => (self.first, self.second),
        };
        let (hour, minute, second) = self.clock;
        time::civil_seconds(self.year, month, day, hour, minute, second)
    }
}

/// Returns the more plausible order for a list, newest first; `now` is the sender's wall clock, if known.
pub(crate) fn decide_order(dates: &[CultureDate], now: Option<i64>) -> Order {
    // Most cultures with a 12-hour clock write the month first, so this order wins a tie for them.
    let favourite =
        if dates.iter().any(|date| date.twelve_hours) { Order::MonthFirst } else { Order::DayFirst };
    let other = if favourite == Order::MonthFirst { Order::DayFirst } else { Order::MonthFirst };
    if faults(dates, now, other) < faults(dates, now, favourite) { other } else { favourite }
}

/// Returns what contradicts an order, most important first: numbers that are not a date, dates in the future, dates out
/// of order, and the age of the newest in seconds, since most jobs run more than once a month.
fn faults(dates: &[CultureDate], now: Option<i64>, order: Order) -> (usize, usize, usize, i64) {
    const DAY: i64 = 86_400;
    let read: Vec<Option<i64>> = dates.iter().map(|date| date.local(order)).collect();
    let known = || read.iter().flatten();
    let impossible = read.iter().filter(|date| date.is_none()).count();
    let future = known().filter(|date| now.is_some_and(|now| **date > now.saturating_add(DAY))).count();
    let rising = known().zip(known().skip(1)).filter(|(newer, older)| older > newer).count();
    let age = known().max().zip(now).map_or(0, |(newest, now)| now.saturating_sub(*newest));
    (impossible, future, rising, age)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    None,
    Morning,
    Afternoon,
}

impl Half {
    /// Finds the marker of AM or PM as .NET's cultures write it: `PM`, `p. m.`, `μ.μ.`, 午後, 下午, 오후, م, …
    fn find(text: &str) -> Self {
        const AFTERNOON: [&str; 8] = ["p", "μ.μ", "μμ", "午後", "下午", "오후", "م", "nachm"];
        const MORNING: [&str; 8] = ["a", "π.μ", "πμ", "午前", "上午", "오전", "ص", "vorm"];
        let text = text.to_lowercase();
        // A text with an "a" is morning, because the Greek markers share a letter; of the afternoon markers only
        // German's has an "a".
        if text.contains("nachm") || (AFTERNOON.iter().any(|mark| text.contains(mark)) && !text.contains('a'))
        {
            Self::Afternoon
        } else if MORNING.iter().any(|mark| text.contains(mark)) {
            Self::Morning
        } else {
            Self::None
        }
    }

    fn hour(self, hour: i64) -> Option<i64> {
        match self {
            Self::None => Some(hour),
            // `23.02.2020 23:04 PM` exists: a custom pattern with both a marker and 24 hours.
            Self::Morning | Self::Afternoon if hour > 12 => Some(hour),
            Self::Morning => Some(hour % 12),
            Self::Afternoon => Some(hour % 12 + 12),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    // 2024-06-04T00:00:00Z
    const JUNE_4: i64 = 1_717_459_200;

    fn order(list: &str, now: Option<i64>) -> Order {
        let dates: Vec<CultureDate> = list.split(',').filter_map(CultureDate::parse).collect();
        decide_order(&dates, now)
    }

    #[rstest]
    #[case::no_seconds("04/06/2024 01:02", JUNE_4 + 3720)]
    #[case::two_digits("04.06.24 00:00:00", JUNE_4)]
    #[case::a_longer_number_is_none_of_them("04.06.2024 00:00:00 (1717459200)", JUNE_4)]
    #[case::year_first("2024-06-04 00:00:00", JUNE_4)]
    #[case::midnight("04.06.2024 12:30:00 AM", JUNE_4 + 1800)]
    #[case::noon("04.06.2024 12:30:00 PM", JUNE_4 + 12 * 3600 + 1800)]
    #[case::a_word_behind_24_hours("04.06.2024 klokka 23:00:00", JUNE_4 + 23 * 3600)]
    fn dates_with_the_day_first(#[case] text: &str, #[case] seconds: i64) {
        assert_eq!(CultureDate::parse(text).and_then(|date| date.local(Order::DayFirst)), Some(seconds));
    }

    #[test]
    fn a_draw_goes_to_the_day_but_with_twelve_hours_to_the_month() {
        assert_eq!(order("05/06/2024 01:00:00", None), Order::DayFirst);
        assert_eq!(order("05/06/2024 1:00:00 AM", None), Order::MonthFirst);
    }

    #[test]
    fn a_list_that_falls_beats_one_that_rises() {
        assert_eq!(order("02/01/2024 01:00:00, 01/02/2024 01:00:00", None), Order::MonthFirst);
    }

    #[test]
    fn a_day_ahead_is_not_yet_the_future() {
        assert_eq!(order("05/06/2024 00:00:00", Some(JUNE_4)), Order::DayFirst);
        assert_eq!(order("05/06/2024 00:00:01", Some(JUNE_4)), Order::MonthFirst);
    }
}
