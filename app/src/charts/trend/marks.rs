//! Marks of failed and missed runs at the foot of a chart.

use duplistatus::{dto::server::CalendarDay, time::Day};
use leptos::prelude::*;

use crate::{
    locale::{Locale, use_locale},
    tr,
};

/// Failed and missed runs in a bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    /// Runs that failed.
    pub failed: i64,
    /// Expected runs that did not come.
    pub missed: i64,
}

impl Mark {
    /// Returns the marks of buckets of so many days, of which the first days are given in ascending order.
    pub fn of_buckets(calendar: &[CalendarDay], buckets: &[Day], days: i64) -> Vec<Self> {
        let mut marks = vec![Self::default(); buckets.len()];
        for day in calendar {
            let Some(index) = buckets.partition_point(|first| *first <= day.day).checked_sub(1) else {
                continue;
            };
            let is_within = buckets.get(index).is_some_and(|first| day.day < first.plus(days.max(1)));
            if let (true, Some(mark)) = (is_within, marks.get_mut(index)) {
                mark.failed += day.failed;
                mark.missed += day.missed;
            }
        }
        marks
    }

    const fn kind(self) -> Option<&'static str> {
        match self {
            Self { failed: 1.., .. } => Some("failed"),
            Self { missed: 1.., .. } => Some("missed"),
            _ => None,
        }
    }

    /// Returns what is marked in words: `"2 failed · 1 missed"`.
    pub(super) fn words(self, locale: Locale) -> Option<String> {
        let failed = (self.failed > 0).then(|| tr!(locale, charts.calendar.failed, number = self.failed));
        let missed = (self.missed > 0).then(|| tr!(locale, charts.calendar.day_missed, number = self.missed));
        failed.into_iter().chain(missed).reduce(|all, one| format!("{all} · {one}"))
    }
}

/// The marks; beside the stretched drawing, which would distort them.
#[component]
pub(super) fn Marks(
    /// One for each bucket.
    marks: Vec<Mark>,
) -> impl IntoView {
    let buckets = marks.len().max(1) as f64;
    let marks = marks.into_iter().enumerate().filter_map(|(index, mark)| Some((index, mark.kind()?)));
    let circles: Vec<_> = marks
        .map(|(index, kind)| {
            let x = format!("{:.2}%", (index as f64 + 0.5) / buckets * 100.0);
            view! { <circle cx=x cy="100%" r="3" data-mark=kind /> }
        })
        .collect();
    (!circles.is_empty()).then(|| view! { <svg class="chart-marks" aria-hidden="true">{circles}</svg> })
}

/// What the marks mean; nothing if there are none.
#[component]
pub fn MarkLegend(
    /// The marks.
    marks: Vec<Mark>,
) -> impl IntoView {
    let locale = use_locale();
    let failed = marks.iter().any(|mark| mark.failed > 0);
    let missed = marks.iter().any(|mark| mark.missed > 0);
    (failed || missed).then(|| {
        view! {
            <ul class="chart-legend chart-mark-legend" role="list">
                {failed.then(|| view! { <li data-mark="failed">{tr!(locale, charts.mark_failed)}</li> })}
                {missed.then(|| view! { <li data-mark="missed">{tr!(locale, charts.mark_missed)}</li> })}
            </ul>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bucket_has_the_marks_of_its_days() {
        let first = Day::default();
        let day = |offset: i64, failed: i64, missed: i64| CalendarDay {
            day: first.plus(offset),
            failed,
            missed,
            ..CalendarDay::default()
        };
        let calendar = [day(-1, 9, 9), day(0, 1, 0), day(6, 0, 2), day(7, 2, 0), day(14, 9, 9)];
        let marks = Mark::of_buckets(&calendar, &[first, first.plus(7)], 7);
        assert_eq!(marks, [Mark { failed: 1, missed: 2 }, Mark { failed: 2, missed: 0 }]);
        assert_eq!(marks[0].words(Locale::en).as_deref(), Some("1 failed · 2 missed"));
        assert_eq!(Mark::default().words(Locale::en), None);
        assert!(Mark::of_buckets(&calendar, &[], 1).is_empty());
    }
}
