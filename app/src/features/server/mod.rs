//! One server: its jobs, its calendar, its trends, its history.

use self::{
    api::show_server, heading::Heading, history::History, jobs::Jobs, machines::Machines, notices::Notices,
    operations::Operations, summary::Summary, tools::Tools, trends::TrendGrid,
};
use crate::{
    charts::{calendar::Calendar, cursor::Cursor},
    context::page_query::use_page_query,
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{loaded::Loaded, page_title::PageTitle},
};
use duplistatus::dto::server::{ServerPage as Data, ServerQuery};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

pub mod api;
mod heading;
pub(super) mod history;
mod history_row;
mod jobs;
mod machines;
mod notices;
mod operation_words;
mod operations;
pub mod query;
pub(super) mod summary;
#[cfg(all(test, feature = "ssr"))]
pub(crate) mod tests;
pub(super) mod tools;
pub(super) mod trends;

/// The page.
#[component]
pub fn ServerPage() -> impl IntoView {
    let (params, search) = (use_params_map(), use_page_query());
    // The query travels with its answer, so that a view never mixes one with another's data.
    let page = use_followed(
        move || query::read(&params.read(), &search.read()),
        |query| async move { show_server(query.clone()).await.map(|page| (query, page)) },
    );
    let cursor: Cursor = RwSignal::new(None);
    // A link from another page to the history of a day: the router looks for its place before it is there.
    Effect::new(move |shown: Option<Option<ServerQuery>>| {
        let query = page.get().and_then(Result::ok).map(|(query, _)| query);
        if let Some(query) = &query
            && query.day.is_some()
            && shown.is_some_and(|shown| shown.as_ref() != Some(query))
        {
            request_animation_frame(history::scroll_to);
        }
        query
    });
    view! {
        <Loaded
            data=page
            show=move |(query, page)| {
                let title = page.alias.clone().unwrap_or_else(|| page.name.clone());
                view! {
                    <PageTitle text=title />
                    <ServerView query=query page=page cursor=cursor />
                }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn ServerView(
    /// What was asked for.
    query: ServerQuery,
    /// The answer.
    page: Data,
    /// The crosshair of the charts.
    cursor: Cursor,
) -> impl IntoView {
    let locale = use_locale();
    let chosen = query.job.and_then(|id| page.jobs.iter().find(|j| j.id == id)).map(|j| j.name.clone());
    let calendar = match &chosen {
        Some(job) => tr!(locale, server.calendar_job, job = job),
        None => tr!(locale, server.calendar),
    };
    let missed = query.day.and_then(|day| page.trends.calendar.iter().find(|known| known.day == day));
    let missed = missed.map_or(0, |day| day.missed);
    let several = chosen.is_none() && page.jobs.len() > 1;
    view! {
        <Heading page=page.clone() />
        <Notices
            id=page.id
            same_name_as=page.same_name_as.clone()
            key_mismatch=page.key_mismatch.clone()
            has_unnamed_jobs=page.has_unnamed_jobs
            now=page.now
        />
        <Summary
            now=page.now
            statistics=page.statistics.clone()
            trends=page.trends.clone()
            range=query.range
            several=several
        />
        <Jobs server=page.id jobs=page.jobs.clone() now=page.now />
        <Calendar
            days=page.trends.calendar.clone()
            first_run=page.trends.first_run
            title=calendar
            runs_of={
                let query = query.clone();
                move |day| query::day_path(query::path, &query, day)
            }
        />
        <Tools query=query.clone() jobs=page.jobs.clone() />
        <TrendGrid
            query=query.clone()
            trends=page.trends.clone()
            quota=page.statistics.quota.map(|(_, total)| total)
            last_run=page.statistics.last_run
            cursor=cursor
        />
        <History query=query runs=page.runs paging=page.paging missed=missed now=page.now />
        <Operations rows=page.operations now=page.now />
        <Machines machines=page.machine_ids now=page.now />
    }
}
