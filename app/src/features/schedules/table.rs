//! The jobs, with a box for each, and what can be done with those that are chosen.

use duplistatus::{
    dto::{
        Moment,
        schedules::{ScheduleRow, SchedulesQuery, SchedulesSort},
    },
    units::thousands,
};
use leptos::prelude::*;

use super::query::{EDIT, PATH, path};
use crate::{
    features::monitoring::{
        place::filter_words,
        words::{schedule_words, source_words, tolerance_source, tolerance_words},
    },
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::{VerdictBadge, verdict_word},
        filter_form::EmptyList,
        form::get_form::GetForm,
        keyed::keyed,
        link::Link,
        relative_time::RelativeTime,
        table::{Column, Direction, Table},
        ticker::use_now,
    },
};

fn columns(locale: Locale, query: &SchedulesQuery, may_manage: bool) -> Vec<Column> {
    let sorted = |label: String, sort: SchedulesSort| {
        let is_current = query.sort == sort;
        let descending = is_current && !query.descending;
        let to = path(&SchedulesQuery { sort, descending, page: 1, ..query.clone() });
        Column::new(label).sorted(to, is_current.then(|| Direction::new(!query.descending)))
    };
    let boxes = may_manage.then(|| Column::hidden(tr!(locale, schedules.columns.select)));
    let others = [
        sorted(tr!(locale, runs.columns.whose), SchedulesSort::Name),
        sorted(tr!(locale, common.columns.state), SchedulesSort::State),
        Column::new(tr!(locale, job.facts.schedule)),
        sorted(tr!(locale, schedules.columns.next), SchedulesSort::Next),
        Column::new(tr!(locale, job.facts.tolerance)),
        Column::new(tr!(locale, schedules.columns.paused)),
        Column::new(tr!(locale, job.facts.last_good)),
    ];
    boxes.into_iter().chain(others).collect()
}

/// The table, or why there is none.
#[component]
pub(super) fn SchedulesTable(
    /// What was asked for.
    query: SchedulesQuery,
    /// The jobs.
    rows: Vec<ScheduleRow>,
    /// How many the filter lets pass.
    total: i64,
    /// How many can be changed at once.
    at_once: i64,
    /// Whether the viewer may set anything.
    may_manage: bool,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    if rows.is_empty() {
        let all = query.is_filtered().then_some(PATH);
        let unmatched = tr!(locale, schedules.nothing_what);
        let (title, what) = (tr!(locale, schedules.empty), tr!(locale, schedules.empty_what));
        return view! { <EmptyList all=all unmatched=unmatched title=title what=what /> }.into_any();
    }
    let columns = columns(locale, &query, may_manage);
    // Ticks all boxes of the page. Only a script can.
    let ticked = RwSignal::new(false);
    let of_page = rows.len();
    let rows = keyed(
        rows,
        |row| row.job,
        move |row| view! { <Row row=row now=now ticked=may_manage.then_some(ticked) /> },
    );
    let table = view! {
        <div class="card">
            <Table caption=tr!(locale, schedules.title) class="schedules" columns=columns>
                {rows}
            </Table>
        </div>
    };
    if !may_manage {
        return table.into_any();
    }
    let filter = filter_words(&query).map(|(name, value)| {
        view! { <input type="hidden" name=name value=value /> }
    });
    let all = (total <= at_once).then(|| {
        view! {
            <button type="submit" class="btn" name="all" value="true">
                {tr!(locale, schedules.change_all, count = total, number = thousands(total))}
            </button>
        }
    });
    let has_script = RwSignal::new(false);
    Effect::new(move |_| has_script.set(true));
    view! {
        <GetForm to=EDIT class="schedules-form">
            {filter.collect_view()}
            {table}
            <div class="card schedules-handle">
                <label class="schedule-choice" hidden=move || !has_script.get()>
                    <input
                        type="checkbox"
                        prop:checked=move || ticked.get()
                        on:change=move |event| ticked.set(event_target_checked(&event))
                    />
                    <span>{tr!(locale, schedules.select_page, count = of_page)}</span>
                </label>
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, schedules.change)}
                </button>
                {all}
                <p class="muted small">{tr!(locale, schedules.change_what)}</p>
            </div>
        </GetForm>
    }
    .into_any()
}

/// A job.
#[component]
fn Row(
    /// The job; its names were written by a sender.
    row: ScheduleRow,
    /// The time of the data.
    now: Moment,
    /// What ticks all boxes; nothing where there are none.
    ticked: Option<RwSignal<bool>>,
) -> impl IntoView {
    let locale = use_locale();
    let clock = use_now(now);
    let none = tr!(locale, common.none);
    let name = format!("{} / {}", row.server_name, row.job_name);
    let select = ticked.map(|ticked| {
        view! {
            <td role="cell" class="schedules-box">
                <input
                    type="checkbox"
                    name="jobs[]"
                    value=row.job.to_string()
                    prop:checked=move || ticked.get()
                    aria-label=tr!(locale, schedules.select, job = name)
                />
            </td>
        }
    });
    let (next, due) = (row.schedule.next.first().copied(), row.due);
    let next_words = {
        let none = none.clone();
        move || next.map_or_else(|| none.clone(), |at| calendar_time(locale, at, clock.get()))
    };
    let due_words = move || {
        let due = due.filter(|_| next.is_some())?;
        Some(tr!(locale, schedules.due, time = calendar_time(locale, due, clock.get())))
    };
    let paused = match (row.is_paused, row.paused_until) {
        (false, _) => none,
        (true, Some(until)) => tr!(locale, schedules.until, time = calendar_time(locale, until, now)),
        (true, None) => tr!(locale, job.pause.for_good),
    };
    let last = match row.last_good {
        Some(at) => view! { <RelativeTime at=at now=now /> }.into_any(),
        None => tr!(locale, common.never).into_any(),
    };
    view! {
        <tr role="row">
            {select}
            <th scope="row" role="rowheader" class="run-whose">
                <Link to=format!("/servers/{}", row.server) class="over-row">
                    {row.server_name}
                </Link>
                <span class="muted">" / "</span>
                <Link to=format!("/jobs/{}", row.job) class="over-row">
                    {row.job_name}
                </Link>
            </th>
            <td role="cell">
                <VerdictBadge verdict=row.verdict text=verdict_word(locale, row.verdict) />
            </td>
            <td role="cell" data-label=tr!(locale, job.facts.schedule)>
                <span>
                    {schedule_words(locale, &row.schedule)}
                    <span class="sub">{source_words(locale, &row.schedule, row.runs)}</span>
                </span>
            </td>
            <td role="cell" data-label=tr!(locale, schedules.columns.next)>
                <span>{next_words} <span class="sub">{due_words}</span></span>
            </td>
            <td role="cell" data-label=tr!(locale, job.facts.tolerance)>
                <span>
                    {tolerance_words(locale, &row.tolerance)}
                    <span class="sub">{tolerance_source(locale, &row.tolerance)}</span>
                </span>
            </td>
            <td role="cell" data-label=tr!(locale, schedules.columns.paused)>
                {paused}
            </td>
            <td role="cell" data-label=tr!(locale, job.facts.last_good)>
                {last}
            </td>
        </tr>
    }
}
