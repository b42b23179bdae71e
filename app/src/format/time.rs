//! Formats times, in words or as ISO dates, as the viewer prefers. "Now" is always the time of the data, so that
//! server and browser produce the same text.

use duplistatus::{
    dto::{Moment, account::DateFormat},
    time::Day,
    units::{SpanUnit, span, span_parts},
};

use crate::{context::viewer::use_dates, locale::Locale, tr};

/// Returns the seconds from `at` to `now`; negative if `at` is in the future.
pub fn age(at: Moment, now: Moment) -> i64 {
    now.at.since(at.at)
}

/// Formats an age in seconds: `"38 min ago"`, `"in 40 min"`, `"just now"`.
pub fn relative(locale: Locale, age: i64) -> String {
    match age {
        // Two clocks may differ slightly, so this is not the future.
        -45..45 => tr!(locale, common.time.just_now),
        45.. => tr!(locale, common.time.ago, span = span(age)),
        _ => tr!(locale, common.time.ahead, span = span(age.saturating_neg())),
    }
}

/// Same in full words for sentences: `"38 minutes ago"`, `"in 2 hours"`.
pub fn relative_words(locale: Locale, age: i64) -> String {
    match age {
        -45..45 => tr!(locale, common.time.just_now),
        45.. => tr!(locale, common.time.ago, span = span_words(locale, age)),
        _ => tr!(locale, common.time.ahead, span = span_words(locale, age.saturating_neg())),
    }
}

/// Formats a span in full words, in the same units as [`span`]: `"38 minutes"`, `"3 days 4 hours"`.
pub fn span_words(locale: Locale, seconds: i64) -> String {
    let words = |(count, unit): (i64, SpanUnit)| match unit {
        SpanUnit::Second => tr!(locale, common.span.seconds, count = count),
        SpanUnit::Minute => tr!(locale, common.span.minutes, count = count),
        SpanUnit::Hour => tr!(locale, common.span.hours, count = count),
        SpanUnit::Day => tr!(locale, common.span.days, count = count),
        SpanUnit::Month => tr!(locale, common.span.months, count = count),
        SpanUnit::Year => tr!(locale, common.span.years, count = count),
    };
    match span_parts(seconds) {
        (one, None) => words(one),
        (one, Some(rest)) => tr!(locale, common.span.two, one = words(one), rest = words(rest)),
    }
}

/// Formats a time in the viewer's format: `"today 02:00"`, `"Tue 02:14"`, `"3 Nov 02:14"`, or `"2026-11-03 02:14"`.
pub fn calendar_time(locale: Locale, at: Moment, now: Moment) -> String {
    if use_dates() == DateFormat::Iso {
        return at.local();
    }
    let clock = at.clock();
    match at.day().number() - now.day().number() {
        0 => tr!(locale, common.time.today, clock = clock),
        1 => tr!(locale, common.time.tomorrow, clock = clock),
        -1 => tr!(locale, common.time.yesterday, clock = clock),
        -6..=6 => tr!(locale, common.time.weekday, weekday = weekday(locale, at.day()), clock = clock),
        _ => {
            let (year, month, day) = at.day().civil();
            let month = month_name(locale, month);
            if year == now.day().civil().0 {
                tr!(locale, common.time.date, day = day, month = month, clock = clock)
            } else {
                let year = year.to_string();
                tr!(locale, common.time.date_year, day = day, month = month, year = year, clock = clock)
            }
        }
    }
}

/// Formats a time with day and year: `"23 Nov 2026 02:04"`, or `"2026-11-23 02:04"`.
pub fn full_time(locale: Locale, at: Moment) -> String {
    if use_dates() == DateFormat::Iso {
        return at.local();
    }
    format!("{} {}", day_long(locale, at.day()), at.clock())
}

/// Same with seconds: `"23 Nov 2026 02:04:09"`.
pub fn exact_time(locale: Locale, at: Moment) -> String {
    // Offsets are whole minutes, so the seconds are those of UTC.
    format!("{}:{:02}", full_time(locale, at), at.at.unix().rem_euclid(60))
}

/// Formats a day without its year: `"3 Nov"`, or `"11-03"`.
pub fn day_short(locale: Locale, day: Day) -> String {
    let (_, month, date) = day.civil();
    if use_dates() == DateFormat::Iso {
        return format!("{month:02}-{date:02}");
    }
    tr!(locale, common.time.day, day = date, month = month_name(locale, month))
}

/// Formats a day with its year: `"3 Nov 2026"`, or `"2026-11-03"`.
pub fn day_long(locale: Locale, day: Day) -> String {
    if use_dates() == DateFormat::Iso {
        return day.to_string();
    }
    let (year, month, date) = day.civil();
    tr!(locale, common.time.day_year, day = date, month = month_name(locale, month), year = year.to_string())
}

/// Returns the short name of a month, 1 to 12.
pub fn month_name(locale: Locale, month: i64) -> String {
    match month {
        1 => tr!(locale, common.months.jan),
        2 => tr!(locale, common.months.feb),
        3 => tr!(locale, common.months.mar),
        4 => tr!(locale, common.months.apr),
        5 => tr!(locale, common.months.may),
        6 => tr!(locale, common.months.jun),
        7 => tr!(locale, common.months.jul),
        8 => tr!(locale, common.months.aug),
        9 => tr!(locale, common.months.sep),
        10 => tr!(locale, common.months.oct),
        11 => tr!(locale, common.months.nov),
        _ => tr!(locale, common.months.dec),
    }
}

/// Returns the short name of a day's weekday.
pub fn weekday(locale: Locale, day: Day) -> String {
    weekday_name(locale, day.weekday())
}

/// Returns the short name of a weekday, from 0 for Monday to 6 for Sunday.
pub fn weekday_name(locale: Locale, weekday: i64) -> String {
    match weekday {
        0 => tr!(locale, common.weekdays.mon),
        1 => tr!(locale, common.weekdays.tue),
        2 => tr!(locale, common.weekdays.wed),
        3 => tr!(locale, common.weekdays.thu),
        4 => tr!(locale, common.weekdays.fri),
        5 => tr!(locale, common.weekdays.sat),
        _ => tr!(locale, common.weekdays.sun),
    }
}

/// Formats an interval: `"every day"`, `"every 6 h"`.
pub fn rhythm(locale: Locale, interval: i64) -> String {
    // Runs drift by some minutes, so 10 % more or less still counts as that interval.
    let near = |seconds: i64| (interval - seconds).abs() <= seconds / 10;
    if near(3600) {
        tr!(locale, common.rhythm.hour)
    } else if near(86_400) {
        tr!(locale, common.rhythm.day)
    } else if near(7 * 86_400) {
        tr!(locale, common.rhythm.week)
    } else {
        tr!(locale, common.rhythm.span, span = span(interval))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment { at: text.parse().unwrap_or_default(), offset: 3600 }
    }

    #[test]
    fn days_are_named_by_the_sites_calendar() {
        let now = moment("2026-11-23T22:06:37Z");
        let names =
            ["2026-11-23T23:30:00Z", "2026-11-22T22:59:00Z", "2026-11-19T01:00:00Z", "2026-11-03T01:14:00Z"]
                .map(|at| calendar_time(Locale::en, moment(at), now));
        assert_eq!(names, ["tomorrow 00:30", "yesterday 23:59", "Thu 02:00", "3 Nov 02:14"]);
        assert_eq!(calendar_time(Locale::en, moment("2025-11-03T01:14:00Z"), now), "3 Nov 2025 02:14");
    }

    #[test]
    fn who_prefers_figures_reads_figures() {
        leptos::prelude::Owner::new().with(|| {
            let viewer = crate::context::viewer::Viewer { dates: DateFormat::Iso, ..Default::default() };
            leptos::prelude::provide_context(viewer);
            let now = moment("2026-11-23T22:06:37Z");
            assert_eq!(calendar_time(Locale::en, now, now), "2026-11-23 23:06");
            assert_eq!(day_short(Locale::en, now.day()), "11-23");
            assert_eq!(day_long(Locale::en, now.day()), "2026-11-23");
            assert_eq!(relative(Locale::en, 2280), "38 min ago");
        });
    }

    #[test]
    fn ages_are_told_in_words() {
        let words = [0, 60, 2280, 5000, 86_400, 273_600, 331_200, -2400, 121 * 86_400, 1461 * 86_400]
            .map(|age| relative_words(Locale::en, age));
        assert_eq!(
            words,
            [
                "just now",
                "1 minute ago",
                "38 minutes ago",
                "1 hour 23 minutes ago",
                "1 day ago",
                "3 days 4 hours ago",
                "3 days 20 hours ago",
                "in 40 minutes",
                "4 months ago",
                "4 years ago"
            ]
        );
        assert_eq!(
            [86_400, 90_000, 21_600].map(|i| rhythm(Locale::en, i)),
            ["every day", "every day", "every 6 h"]
        );
    }
}
