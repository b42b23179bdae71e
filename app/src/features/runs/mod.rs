//! All runs over all servers: filters, order, and files with what is shown.

use duplistatus::{
    dto::runs::{RunsPage as Data, RunsQuery},
    units::thousands,
};
use leptos::prelude::*;

use self::{
    api::list_runs,
    filters::{Filters, active},
    presets::Presets,
    query::{PATH, files, path},
    table::RunsTable,
};
use crate::{
    context::page_query::use_page_query,
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{
        filter_form::{ActiveFilters, ListFiles},
        loaded::Loaded,
        page_title::PageTitle,
        pager::Pager,
    },
};

pub mod api;
mod filters;
mod presets;
mod query;
mod table;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn RunsPage() -> impl IntoView {
    let search = use_page_query();
    let page = use_followed(
        move || RunsQuery::from_words(|name| search.read().get(name)),
        |query| async move { list_runs(query.clone()).await.map(|page| (query, page)) },
    );
    view! {
        <PageTitle text=tr!(use_locale(), runs.title) />
        <Loaded data=page show=move |(query, page)| view! { <RunsView query=query page=page /> } />
    }
}

/// The page's content.
#[component]
pub fn RunsView(
    /// What was asked for.
    query: RunsQuery,
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, rows, paging, servers, zone, today, labels } = page;
    let runs = tr!(locale, runs.count, count = paging.total, number = thousands(paging.total));
    let count = tr!(locale, runs.of_servers, count = servers, runs = runs, number = thousands(servers));
    let to = {
        let query = query.clone();
        move |page| path(&RunsQuery { page, ..query.clone() })
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, runs.title)}</h1>
                <p class="muted lead">{tr!(locale, runs.what)}</p>
            </div>
            <Presets query=query.clone() today=today />
        </header>
        <Filters query=query.clone() zone=zone labels=labels />
        <div class="list-head">
            <ActiveFilters filters=active(locale, &query) all=PATH.to_owned() />
            <ListFiles count=count files=files(&query) />
        </div>
        <RunsTable query=query rows=rows now=now />
        <Pager paging=paging to=to />
    }
}
