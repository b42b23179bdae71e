//! One run: what it did, what it said, and the report as it came.

use self::{
    api::show_run, exception::Exception, figures::Figures, heading::Heading, log::Log, notices::Notices,
    summary::Summary, versions::Versions,
};
use crate::{
    context::page_query::use_page_query,
    ui::{loaded::Loaded, page_title::PageTitle},
};
use duplistatus::dto::run::{RunPage as Data, RunQuery};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

pub mod api;
mod exception;
mod figure;
mod figures;
mod heading;
mod log;
mod log_line;
mod notices;
pub mod query;
mod raw;
mod summary;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod versions;

pub use self::raw::{RawReportPage, RawView};

/// The page.
#[component]
pub fn RunPage() -> impl IntoView {
    let (params, search) = (use_params_map(), use_page_query());
    let key = Memo::new(move |_| query::read(&params.read(), &search.read()));
    // A run that was reported does not change: the page is not fetched again.
    let page = Resource::new(
        move || key.get(),
        |query| async move { show_run(query.clone()).await.map(|page| (query, page)) },
    );
    view! {
        <Loaded
            data=page
            show=move |(query, page)| {
                let title = format!("{} · {}", page.job_name, page.server_name);
                view! {
                    <PageTitle text=title />
                    <RunView query=query page=page />
                }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn RunView(
    /// What was asked for.
    query: RunQuery,
    /// The answer.
    page: Data,
) -> impl IntoView {
    view! {
        <Heading page=page.clone() />
        <Notices page=page.clone() />
        <Exception page=page.clone() />
        <Summary page=page.clone() />
        <Log query=query page=page.clone() />
        <Figures status=page.status figures=page.figures.clone() />
        <Versions versions=page.versions count=page.versions_count now=page.now />
    }
}
