//! When a job should run, how that is known, and what is set for what, in words.

use duplistatus::{
    dto::{
        Moment,
        job::{Origin, Profile, Rhythm, Schedule, ScheduleSource, ToleranceView, WindowTimes},
    },
    units::span,
};

use crate::{
    features::incidents::words::check_name,
    format::time::{calendar_time, span_words, weekday_name},
    locale::Locale,
    tr,
};

/// Where something is set: `"for this job"`.
pub fn origin_words(locale: Locale, origin: Origin) -> String {
    match origin {
        Origin::Job => tr!(locale, job.origin.job),
        Origin::Server => tr!(locale, job.origin.server),
        Origin::Group => tr!(locale, job.origin.group),
        Origin::Site => tr!(locale, job.origin.site),
    }
}

/// What a check looks for.
pub fn check_title(locale: Locale, kind: &str) -> String {
    let name = check_name(locale, kind);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// When a job should run: `"Daily at 02:00"`.
pub fn schedule_words(locale: Locale, schedule: &Schedule) -> String {
    match (&schedule.source, &schedule.rhythm) {
        (ScheduleSource::Never(_), _) => tr!(locale, job.schedule.never),
        (_, Some(rhythm)) => {
            let is_about = matches!(schedule.source, ScheduleSource::Learnt(..));
            rhythm_words(locale, rhythm, is_about)
        }
        (_, None) => tr!(locale, job.schedule.none),
    }
}

/// How that is known: `"learnt from 28 of the last 30 runs"`.
pub fn source_words(locale: Locale, schedule: &Schedule, runs: i64) -> String {
    match schedule.source {
        ScheduleSource::Set(origin) | ScheduleSource::Never(origin) => {
            tr!(locale, job.source.set, origin = origin_words(locale, origin))
        }
        ScheduleSource::Told => tr!(locale, job.source.told),
        ScheduleSource::Learnt(hits, of) => tr!(locale, job.source.learnt, hits = hits, count = of),
        ScheduleSource::None => tr!(locale, job.source.none, count = runs),
    }
}

fn clock(second: i64) -> String {
    format!("{:02}:{:02}", second / 3600, second % 3600 / 60)
}

/// For what a schedule is set, if a person set it.
pub fn set_for(schedule: &Schedule) -> Option<Origin> {
    match schedule.source {
        ScheduleSource::Set(origin) | ScheduleSource::Never(origin) => Some(origin),
        ScheduleSource::Told | ScheduleSource::Learnt(..) | ScheduleSource::None => None,
    }
}

/// A rhythm in words; one that was learnt is about a time.
pub fn rhythm_words(locale: Locale, rhythm: &Rhythm, is_about: bool) -> String {
    let at = |second: i64| match is_about {
        true => tr!(locale, job.rhythm.about, time = clock(second)),
        false => tr!(locale, job.rhythm.at, time = clock(second)),
    };
    let on = |text: String, days: &[i64]| match days {
        [] => text,
        days => tr!(locale, job.rhythm.on, text = text, days = day_words(locale, days)),
    };
    match rhythm {
        Rhythm::Elapsed(seconds, days) => {
            on(tr!(locale, job.rhythm.every, span = span_words(locale, *seconds)), days)
        }
        Rhythm::Days(1, second, days) if days.len() == 1 => {
            tr!(locale, job.rhythm.weekly, days = day_words(locale, days), at = at(*second))
        }
        Rhythm::Days(1, second, days) => {
            let text = match days.as_slice() {
                [] => tr!(locale, job.rhythm.daily),
                days => day_words(locale, days),
            };
            format!("{text} {}", at(*second))
        }
        Rhythm::Days(7, second, _) => format!("{} {}", tr!(locale, job.rhythm.every_week), at(*second)),
        Rhythm::Days(every, second, days) => {
            let text = tr!(locale, job.rhythm.every, span = tr!(locale, common.span.days, count = *every));
            on(format!("{text} {}", at(*second)), days)
        }
        Rhythm::Weeks(1, second, days) => {
            tr!(locale, job.rhythm.weekly, days = day_words(locale, days), at = at(*second))
        }
        Rhythm::Weeks(every, second, days) => {
            let text = tr!(locale, job.rhythm.weeks, count = *every);
            on(format!("{text} {}", at(*second)), days)
        }
        Rhythm::Months(1, second, day) => {
            tr!(locale, job.rhythm.monthly, day = month_day(locale, *day), at = at(*second))
        }
        Rhythm::Months(every, second, day) => {
            tr!(locale, job.rhythm.months, count = *every, day = month_day(locale, *day), at = at(*second))
        }
        Rhythm::Cron(text) => tr!(locale, job.rhythm.cron, text = text),
    }
}

fn month_day(locale: Locale, day: i64) -> String {
    if day >= 31 { tr!(locale, job.rhythm.last_day) } else { tr!(locale, job.rhythm.day, day = day) }
}

/// `"Mon–Fri"`, `"Mon, Wed"`.
pub fn day_words(locale: Locale, days: &[i64]) -> String {
    let name = |day: i64| weekday_name(locale, day);
    let follow = days.iter().zip(days.iter().skip(1)).all(|(one, next)| next - one == 1);
    match (days.first(), days.last()) {
        (Some(first), Some(last)) if follow && days.len() > 2 => format!("{}–{}", name(*first), name(*last)),
        _ => days.iter().map(|day| name(*day)).collect::<Vec<_>>().join(", "),
    }
}

/// How long after its slot a run may come: `"6 h, a quarter of the interval"`.
pub fn tolerance_words(locale: Locale, tolerance: &ToleranceView) -> String {
    let how = match tolerance.profile {
        Profile::Server => tr!(locale, job.tolerance.quarter),
        Profile::Archive => tr!(locale, job.tolerance.third),
        Profile::Desktop => tr!(locale, job.tolerance.desktop),
        Profile::Laptop => tr!(locale, job.tolerance.laptop),
        Profile::Span => String::new(),
    };
    match (tolerance.seconds, how.is_empty()) {
        (Some(seconds), true) => span(seconds),
        (Some(seconds), false) => format!("{}, {how}", span(seconds)),
        (None, _) => how,
    }
}

/// Where the tolerance is set.
pub fn tolerance_source(locale: Locale, tolerance: &ToleranceView) -> String {
    match tolerance.origin {
        Some(origin) => tr!(locale, job.source.set, origin = origin_words(locale, origin)),
        None => tr!(locale, job.tolerance.usual),
    }
}

/// When a maintenance window is.
pub fn window_words(locale: Locale, times: &WindowTimes, now: Moment) -> String {
    match times {
        WindowTimes::Once(from, until) => {
            let until = until.map(|until| calendar_time(locale, until, now)).unwrap_or_default();
            format!("{} – {until}", calendar_time(locale, *from, now))
        }
        WindowTimes::Repeated(rhythm, length) => {
            let begins = rhythm_words(locale, rhythm, false);
            tr!(locale, job.windows.repeated, begins = begins, span = span(*length))
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn rhythms_are_read_as_people_say_them() {
        let two = 7200;
        let words = [
            Rhythm::Days(1, two, vec![]),
            Rhythm::Days(1, two, vec![0, 1, 2, 3, 4]),
            Rhythm::Days(1, two, vec![0, 2]),
            Rhythm::Days(1, two, vec![6]),
            Rhythm::Days(2, two, vec![]),
            Rhythm::Days(7, two, vec![]),
            Rhythm::Weeks(2, two, vec![0]),
            Rhythm::Months(1, two, 31),
            Rhythm::Months(3, two, 1),
            Rhythm::Elapsed(21_600, vec![]),
            Rhythm::Cron("0 3 * * *".into()),
        ]
        .map(|rhythm| rhythm_words(Locale::en, &rhythm, false));
        assert_eq!(
            words,
            [
                "Daily at 02:00",
                "Mon–Fri at 02:00",
                "Mon, Wed at 02:00",
                "Weekly on Sun at 02:00",
                "Every 2 days at 02:00",
                "Every week at 02:00",
                "Every 2 weeks at 02:00 on Mon",
                "Monthly on the last day at 02:00",
                "Every 3 months on day 1 at 02:00",
                "Every 6 hours",
                "Cron: 0 3 * * *",
            ]
        );
        assert_eq!(rhythm_words(Locale::en, &Rhythm::Days(1, two, vec![]), true), "Daily about 02:00");
    }
}
