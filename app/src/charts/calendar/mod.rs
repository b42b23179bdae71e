//! The calendar of backups: one cell per day, shape and colour by the worst run that started on it.

use std::sync::Arc;

use duplistatus::{dto::server::CalendarDay, time::Day};
use leptos::prelude::*;

pub mod grid;
mod links;
mod table;

use self::{
    grid::{DayState, Grid},
    links::DayLinks,
    table::CalendarTable,
};
use crate::{
    format::time::month_name,
    locale::{Locale, use_locale},
    tr,
};

/// Returns how many of the days shown have a state.
fn count(days: &[CalendarDay], state: DayState) -> usize {
    days.iter().filter(|day| DayState::of(day) == state).count()
}

/// Returns the name of a state with its number of days.
fn count_text(locale: Locale, state: DayState, days: usize) -> String {
    match state {
        DayState::Ok => tr!(locale, charts.calendar.ok, count = days),
        DayState::Warn => tr!(locale, charts.calendar.warn, count = days),
        DayState::Fail => tr!(locale, charts.calendar.fail, count = days),
        DayState::Missed => tr!(locale, charts.calendar.missed, count = days),
        DayState::Excused => tr!(locale, charts.calendar.excused, count = days),
        DayState::Paused => tr!(locale, charts.calendar.paused, count = days),
        DayState::None => tr!(locale, charts.calendar.none, count = days),
    }
}

/// The last year, on a narrow screen the last quarter, day by day; empty without days.
#[component]
pub fn Calendar<F>(
    /// The days, oldest first; the last one is today.
    days: Vec<CalendarDay>,
    /// The day of the first known run. Earlier days are left blank and not counted.
    first_run: Option<Day>,
    /// The heading.
    #[prop(into)]
    title: String,
    /// Returns the path of a day's runs.
    runs_of: F,
) -> impl IntoView
where
    F: Fn(Day) -> String + Clone + 'static,
{
    let locale = use_locale();
    if days.is_empty() {
        return ().into_any();
    }
    let wide = Grid::wide(&days);
    let narrow = Grid::narrow(&days);
    // Days before the first week are not drawn, and before the first run none was expected; neither are counted.
    let since = first_run.map_or(wide.first, |day| day.max(wide.first));
    let days: Arc<[CalendarDay]> =
        days.into_iter().filter(|d| d.day >= since && first_run.is_some()).collect();
    let legend: Vec<(DayState, String)> = DayState::ALL
        .into_iter()
        .map(|state| (state, count(&days, state)))
        .filter(|(_, number)| *number > 0)
        .map(|(state, number)| (state, count_text(locale, state, number)))
        .collect();
    let words: Arc<str> = legend.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(", ").into();
    view! {
        <figure class="card calendar">
            <figcaption>
                <h2>{title.clone()}</h2>
                <span class="only-phone muted small">{tr!(locale, charts.calendar.narrow)}</span>
                <ul class="calendar-legend">
                    {legend
                        .into_iter()
                        .map(|(state, text)| {
                            view! {
                                <li>
                                    <Swatch state=state />
                                    {text}
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </figcaption>
            <div class="calendar-wide">
                <Picture id="calendar-wide" grid=wide days=Arc::clone(&days) title=title.clone() words=Arc::clone(&words) />
                <DayLinks grid=wide days=Arc::clone(&days) runs_of=runs_of.clone() />
            </div>
            <div class="calendar-narrow">
                <Picture id="calendar-narrow" grid=narrow days=Arc::clone(&days) title=title words=words />
                <DayLinks grid=narrow days=Arc::clone(&days) runs_of=runs_of />
            </div>
            <CalendarTable days=days />
        </figure>
    }
    .into_any()
}

/// One cell of the legend.
#[component]
fn Swatch(
    /// The state it explains.
    state: DayState,
) -> impl IntoView {
    view! {
        <svg class="calendar-swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false">
            <path class=state.class() d=state.cell(0.5, 0.5, 9.0) />
        </svg>
    }
}

/// One drawing; the style sheet shows the one that fits.
#[component]
fn Picture(
    /// An id, unique on the page.
    id: &'static str,
    /// The position of the cells.
    grid: Grid,
    /// The days.
    days: Arc<[CalendarDay]>,
    /// Its title.
    title: String,
    /// Its description in words.
    words: Arc<str>,
) -> impl IntoView {
    let locale = use_locale();
    let weekdays = [
        tr!(locale, common.weekdays.mon),
        tr!(locale, common.weekdays.wed),
        tr!(locale, common.weekdays.fri),
    ];
    let weekdays = weekdays.into_iter().zip([0, 2, 4]).map(|(name, row)| {
        view! { <text x="0" y=format!("{:.1}", grid.baseline(row))>{name}</text> }
    });
    let months = grid.months().into_iter().map(|(x, day): (f64, Day)| {
        let name = month_name(locale, day.civil().1);
        view! { <text x=format!("{x:.1}") y=format!("{:.1}", grid.month_baseline())>{name}</text> }
    });
    let paths = DayState::ALL.map(|state| {
        view! { <path class=state.class() d=grid.path(&days, state) /> }
    });
    view! {
        <svg
            role="img"
            aria-labelledby=format!("{id}-name {id}-desc")
            viewBox=format!("0 0 {:.0} {:.0}", grid.width(), grid.height())
        >
            <title id=format!("{id}-name")>{title}</title>
            <desc id=format!("{id}-desc")>{words.to_string()}</desc>
            {months.collect_view()}
            {weekdays.collect_view()}
            {paths.collect_view()}
        </svg>
    }
}
