//! The program's log: the newest lines, and what comes while somebody watches.

use duplistatus::dto::log::{LogPage as Data, LogQuery};
use leptos::prelude::*;

use self::{api::list_log, follow::use_news, lines::Lines, query::LogSelection, tools::Tools};
use crate::{
    context::page_query::use_page_query,
    locale::use_locale,
    tr,
    ui::{loaded::Loaded, page_title::PageTitle, pager::Pager},
};

pub mod api;
mod follow;
mod lines;
mod query;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod tools;

/// The page.
#[component]
pub fn LogsPage() -> impl IntoView {
    let search = use_page_query();
    let choice = Memo::new(move |_| LogSelection::from_words(|name| search.read().get(name)));
    let news = use_news(choice);
    // Lines are no news for other pages: this one has a number of its own, and leaves the live revision alone.
    let page = Resource::new(
        move || (choice.get(), news.get()),
        |(LogSelection { query, follow }, _)| async move {
            list_log(query.clone()).await.map(|page| (query, follow, page))
        },
    );
    view! {
        <PageTitle text=tr!(use_locale(), log.title) />
        <Loaded
            data=page
            show=move |(query, follow, page)| {
                let choice = LogSelection { query, follow };
                view! { <LogView choice=choice page=page /> }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn LogView(
    /// What was asked for.
    choice: LogSelection,
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, rows, paging, kept, capacity, began, filter } = page;
    let to = {
        let query = choice.query.clone();
        move |page| LogSelection { query: LogQuery { page, ..query.clone() }, follow: false }.path()
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, log.title)}</h1>
                <p class="muted lead">
                    {tr!(
                        locale, log.what, capacity = duplistatus::units::thousands(capacity), began =
                        crate::format::time::calendar_time(locale, began, now)
                    )}
                    " "
                    {tr!(locale, log.filter_before)}
                    " "
                    <code class="log-filter">"--log="{filter}</code>
                    {tr!(locale, log.filter_after)}
                </p>
            </div>
        </header>
        <Tools choice=choice total=paging.total kept=kept />
        <Lines rows=rows kept=kept />
        <Pager paging=paging to=to />
    }
}
