//! The days of the calendar as links to their runs, over the cells of the drawing.
//!
//! They are one tab stop: arrow keys move between days. The summary of a day is the accessible name of its link, which the
//! style sheet shows on hover, on focus, and after the first touch; the second touch follows the link.

use duplistatus::{
    dto::server::CalendarDay,
    time::Day,
    units::{clock_duration, size, thousands},
};
use leptos::{html::Div, prelude::*};
use web_sys::{Element, HtmlElement, wasm_bindgen::JsCast};

use super::grid::Grid;
use crate::{
    context::url::href,
    format::time::day_long,
    locale::{Locale, use_locale},
    tr,
};

/// Formats the summary of a day: `"29 Nov 2026 · 3 runs, 1 failed · 12:31 · 1.2 GiB uploaded"`.
pub(super) fn day_words(locale: Locale, day: &CalendarDay) -> String {
    let part = |number: i64, words: fn(Locale, String) -> String| {
        (number > 0).then(|| words(locale, thousands(number)))
    };
    let runs = [
        (day.runs > 0).then(|| tr!(locale, charts.calendar.runs, count = day.runs)),
        part(day.failed, |locale, number| tr!(locale, charts.calendar.failed, number = number)),
        part(day.warned, |locale, number| tr!(locale, charts.calendar.warned, number = number)),
        part(day.missed, |locale, number| tr!(locale, charts.calendar.day_missed, number = number)),
        part(day.excused, |locale, number| tr!(locale, charts.calendar.day_excused, number = number)),
        part(day.paused, |locale, number| tr!(locale, charts.calendar.day_paused, number = number)),
    ];
    let runs: Vec<String> = runs.into_iter().flatten().collect();
    let parts = [
        Some(day_long(locale, day.day)),
        Some(runs.join(", ")),
        (day.seconds > 0).then(|| clock_duration(day.seconds)),
        (day.uploaded_size > 0).then(|| tr!(locale, common.strip.uploaded, size = size(day.uploaded_size))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// One link for each day on which a run started or should have started.
#[component]
pub(super) fn DayLinks<F>(
    /// The position of the cells.
    grid: Grid,
    /// The days shown, oldest first.
    days: std::sync::Arc<[CalendarDay]>,
    /// Returns the path of a day's runs.
    runs_of: F,
) -> impl IntoView
where
    F: Fn(Day) -> String,
{
    let locale = use_locale();
    let mut known = days.iter().filter(|day| day.day >= grid.first).peekable();
    let last = days.iter().rev().find(|day| day.runs > 0 || day.missed > 0).map(|day| day.day);
    let length = days.last().map_or(0, |day| day.day.number() - grid.first.number() + 1);
    let cells: Vec<AnyView> = (0..length)
        .map(|number| {
            let date = grid.first.plus(number);
            let day = known.next_if(|day| day.day == date).filter(|day| day.runs > 0 || day.missed > 0);
            match day {
                Some(day) => view! {
                    <a
                        href=href(&runs_of(date))
                        aria-label=day_words(locale, day)
                        tabindex=if Some(date) == last { "0" } else { "-1" }
                    ></a>
                }
                .into_any(),
                None => view! { <i></i> }.into_any(),
            }
        })
        .collect();
    let node = NodeRef::<Div>::new();
    let keys = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            "ArrowLeft" => -7,
            "ArrowRight" => 7,
            _ => return,
        };
        if let Some(node) = node.get_untracked() {
            event.prevent_default();
            go(&node, step);
        }
    };
    let touched = StoredValue::new(String::new());
    let click = move |event: web_sys::MouseEvent| {
        let is_touch =
            event.dyn_ref::<web_sys::PointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        let link = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let (true, Some(link)) = (is_touch, link) else { return };
        let to = link.get_attribute("href").unwrap_or_default();
        if touched.get_value() != to {
            // The first touch shows the summary of the day.
            event.prevent_default();
            let _ = link.focus();
            touched.set_value(to);
        }
    };
    view! {
        <div
            class="calendar-days"
            role="group"
            aria-label=tr!(locale, charts.calendar.hint)
            node_ref=node
            on:keydown=keys
            on:click=click
        >
            {cells}
        </div>
    }
}

/// Moves focus and tab stop by `step` days, and on to the next day with a link.
fn go(grid: &HtmlElement, step: i64) {
    let cells = grid.children();
    let here = document().active_element();
    let all: Vec<Element> = (0..cells.length()).filter_map(|index| cells.item(index)).collect();
    let Some(now) = all.iter().position(|cell| Some(cell) == here.as_ref()) else { return };
    let mut place = i64::try_from(now).unwrap_or(0) + step;
    while let Some(cell) = usize::try_from(place).ok().and_then(|place| all.get(place)) {
        if cell.tag_name() == "A" {
            for old in all.iter().filter(|old| old.get_attribute("tabindex").as_deref() == Some("0")) {
                // A removed element needs no tab stop.
                let _ = old.set_attribute("tabindex", "-1");
            }
            let _ = cell.set_attribute("tabindex", "0");
            let _ = cell.dyn_ref::<HtmlElement>().map(HtmlElement::focus);
            return;
        }
        place += step;
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_day_says_when_how_many_what_how_long_and_how_much() {
        let day = CalendarDay {
            day: Day::from_civil(2026, 11, 29),
            runs: 1110,
            failed: 1,
            missed: 2,
            seconds: 751,
            uploaded_size: 300 << 20,
            ..CalendarDay::default()
        };
        assert_eq!(
            day_words(Locale::en, &day),
            "29 Nov 2026 · 1,110 runs, 1 failed, 2 missed · 12:31 · 300 MiB uploaded"
        );
        let missed = CalendarDay { day: day.day, missed: 1, ..CalendarDay::default() };
        assert_eq!(day_words(Locale::en, &missed), "29 Nov 2026 · 1 missed");
    }

    #[test]
    fn each_day_with_something_is_a_link_and_all_are_one_tab_stop() {
        let last = Day::from_civil(2026, 11, 29);
        let days: Vec<CalendarDay> = (0..371)
            .map(|i| CalendarDay { day: last.plus(i - 370), runs: i % 2, ..CalendarDay::default() })
            .collect();
        let grid = Grid::narrow(&days);
        let html = Owner::new().with(|| {
            view! { <DayLinks grid=grid days=days.into() runs_of=|day| format!("/servers/3?day={day}#history") /> }
                .to_html()
        });
        assert!(html.contains("href=\"/servers/3?day=2026-11-28#history\""), "{html}");
        assert!(!html.contains("day=2026-11-29"), "nothing began on it");
        assert_eq!(html.matches("tabindex=\"0\"").count(), 1);
        // The grid starts on a Monday, and every cell has a place.
        assert_eq!(html.matches("<a ").count() + html.matches("<i>").count(), 13 * 7);
    }
}
