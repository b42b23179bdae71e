//! The audit trail: who did what, when, from where, to what.

use duplistatus::{
    dto::audit::{AuditPage as Data, AuditQuery, EXPORT_ROWS},
    units::thousands,
};
use leptos::prelude::*;

use self::{
    active::active,
    api::list_audit,
    filters::Filters,
    query::{PATH, is_filtered, path},
    table::AuditTable,
};
use crate::{
    context::page_query::use_page_query,
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{
        filter_form::{ActiveFilters, ListFiles},
        link::Link,
        loaded::Loaded,
        page_title::PageTitle,
        pager::Pager,
    },
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
    let filters: Vec<(String, String)> =
        active(locale, &query).into_iter().map(|(words, without)| (words, path(&without))).collect();
    let count = tr!(locale, audit.count, count = paging.total, number = thousands(paging.total));
    let cut = if paging.total > EXPORT_ROWS {
        tr!(locale, audit.export.cut, count = thousands(EXPORT_ROWS))
    } else {
        String::new()
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
        <div class="list-head">
            <ActiveFilters filters=filters all=PATH.to_owned() />
            <ListFiles count=count note=cut files=export::files(&query) />
        </div>
        <AuditTable rows=rows filtered=is_filtered(&query) />
        <Pager paging=paging to=to />
    }
}
