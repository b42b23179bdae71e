//! The audit trail: who did what, when, from where, to what.

use duplistatus::dto::audit::{AuditPage as Data, AuditQuery};
use leptos::prelude::*;

use self::{
    active::ActiveFilters,
    api::list_audit,
    export::Export,
    filters::Filters,
    query::{is_filtered, path},
    table::AuditTable,
};
use crate::{
    context::page_query::use_page_query,
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{link::Link, loaded::Loaded, page_title::PageTitle, pager::Pager},
};

mod active;
pub mod api;
mod changes;
mod export;
mod filters;
mod query;
mod row;
mod table;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let search = use_page_query();
    let page = use_followed(
        move || AuditQuery::from_words(|name| search.read().get(name)),
        |query| async move { list_audit(query.clone()).await.map(|page| (query, page)) },
    );
    view! {
        <PageTitle text=tr!(use_locale(), audit.title) />
        <Loaded data=page show=move |(query, page)| view! { <AuditView query=query page=page /> } />
    }
}

/// The page's content.
#[component]
pub fn AuditView(
    /// What was asked for.
    query: AuditQuery,
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { rows, paging, actors, actions, retention_days, .. } = page;
    let to = {
        let query = query.clone();
        move |page| path(&AuditQuery { page, ..query.clone() })
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, audit.title)}</h1>
                <p class="muted lead">
                    {tr!(locale, audit.what, days = retention_days)} " "
                    <Link to="/settings/security" class="text-link">
                        {tr!(locale, audit.retention)}
                    </Link>
                </p>
            </div>
        </header>
        <Filters query=query.clone() actors=actors actions=actions />
        <div class="audit-head">
            <ActiveFilters query=query.clone() />
            <Export query=query.clone() total=paging.total />
        </div>
        <AuditTable rows=rows filtered=is_filtered(&query) />
        <Pager paging=paging to=to />
    }
}
