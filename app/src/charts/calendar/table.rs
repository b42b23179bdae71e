//! The calendar as a table: days of each state per month.

use std::sync::Arc;

use duplistatus::dto::server::CalendarDay;
use leptos::prelude::*;

use super::grid::DayState;
use crate::{
    charts::axis::month_text,
    locale::{Locale, use_locale},
    tr,
};

/// Number of days of each state in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Month {
    year: i64,
    month: i64,
    counts: [i64; 7],
}

/// Returns the months, newest first.
fn months(days: &[CalendarDay]) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    for day in days.iter().rev() {
        let (year, month, _) = day.day.civil();
        let state = DayState::of(day);
        let one = DayState::ALL.map(|s| i64::from(s == state));
        match months.last_mut() {
            Some(last) if (last.year, last.month) == (year, month) => {
                last.counts.iter_mut().zip(one).for_each(|(sum, n)| *sum += n);
            }
            _ => months.push(Month { year, month, counts: one }),
        }
    }
    months
}

fn head(locale: Locale, state: DayState) -> String {
    match state {
        DayState::Ok => tr!(locale, charts.calendar.head_ok),
        DayState::Warn => tr!(locale, charts.calendar.head_warn),
        DayState::Fail => tr!(locale, charts.calendar.head_fail),
        DayState::Missed => tr!(locale, charts.calendar.head_missed),
        DayState::Excused => tr!(locale, charts.calendar.head_excused),
        DayState::Paused => tr!(locale, charts.calendar.head_paused),
        DayState::None => tr!(locale, charts.calendar.head_none),
    }
}

/// A row for every month, newest first.
#[component]
pub fn CalendarTable(
    /// Days, oldest first.
    days: Arc<[CalendarDay]>,
) -> impl IntoView {
    let locale = use_locale();
    let months = months(&days);
    // What never was has no column, where it is only of some pages.
    let is_shown = |(place, state): (usize, DayState)| {
        let total: i64 = months.iter().filter_map(|month| month.counts.get(place)).sum();
        !matches!(state, DayState::Excused | DayState::Paused) || total > 0
    };
    let shown: Vec<(usize, DayState)> =
        DayState::ALL.into_iter().enumerate().filter(|column| is_shown(*column)).collect();
    let heads = shown.iter().map(|(_, state)| {
        view! { <th scope="col" class="num">{head(locale, *state)}</th> }
    });
    let heads = heads.collect_view();
    let rows = months.iter().map(|Month { year, month, counts }| {
        let cells = shown.iter().filter_map(|(place, _)| counts.get(*place).copied());
        view! {
            <tr>
                <th scope="row">{month_text(locale, *year, *month)}</th>
                {cells.map(|n| view! { <td class="num">{n}</td> }).collect_view()}
            </tr>
        }
    });
    view! {
        <details class="chart-table">
            <summary>{tr!(locale, charts.show_table)}</summary>
            <table>
                <caption>{tr!(locale, charts.calendar.caption)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{tr!(locale, charts.calendar.month)}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use duplistatus::{status::Status, time::Day};

    use super::*;

    #[test]
    fn months_count_their_days_newest_first() {
        let day = |m, d, worst| CalendarDay {
            day: Day::from_civil(2026, m, d),
            worst,
            runs: 1,
            ..CalendarDay::default()
        };
        let found = months(&[
            day(10, 30, Some(Status::Success)),
            day(10, 31, Some(Status::Fatal)),
            day(11, 1, None),
            day(11, 2, Some(Status::Unknown)),
        ]);
        assert_eq!(
            found,
            [
                Month { year: 2026, month: 11, counts: [0, 1, 0, 0, 0, 0, 1] },
                Month { year: 2026, month: 10, counts: [1, 0, 1, 0, 0, 0, 0] },
            ]
        );
    }
}
