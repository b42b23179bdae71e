//! The audit trail: who did what, when, from where, to what.

use duplistatus::dto::audit::{AuditPage as Data, AuditQuery};
use leptos::prelude::*;

use crate::{
    api::audit::list_audit,
    live::use_followed,
    locale::use_locale,
    page_query::use_page_query,
    tr,
    ui::{
        error_notice::ErrorNotice,
        link::{Link, with_query},
        page_title::PageTitle,
        pager::Pager,
        settings_nav::SettingsNav,
    },
};

mod active;
mod changes;
mod export;
mod filters;
mod row;
mod table;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

use self::{active::ActiveFilters, export::Export, filters::Filters, table::AuditTable};

/// Path of the page.
const PATH: &str = "/settings/audit";

/// The path that shows this.
fn path(query: &AuditQuery) -> String {
    with_query(PATH, query.words())
}

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
        <SettingsNav />
        <Transition fallback=|| view! { <p class="muted loading">{tr!(use_locale(), common.loading)}</p> }>
            {move || {
                page.get()
                    .map(|answer| match answer {
                        Ok((query, page)) => {
                            view! { <AuditView query=query page=page /> }.into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    })
            }}
        </Transition>
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

/// Whether anything is left out.
fn is_filtered(query: &AuditQuery) -> bool {
    AuditQuery { page: 0, ..query.clone() } != AuditQuery::default()
}
