//! The program's log: the newest lines, and what comes while somebody watches.

use duplistatus::dto::log::{LogPage as Data, LogQuery};
use leptos::prelude::*;

use crate::{
    api::log::list_log,
    locale::use_locale,
    page_query::use_page_query,
    tr,
    ui::{
        error_notice::ErrorNotice, link::with_query, page_title::PageTitle, pager::Pager,
        settings_nav::SettingsNav,
    },
};

mod follow;
mod lines;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod tools;

use self::{follow::use_news, lines::Lines, tools::Tools};

/// Path of the page.
const PATH: &str = "/settings/logs";

/// What the URL asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Which lines.
    pub query: LogQuery,
    /// Whether the page follows the log, which only the first page does.
    pub follow: bool,
}

impl Choice {
    fn from_words(word: impl Fn(&str) -> Option<String>) -> Self {
        let query = LogQuery::from_words(&word);
        let follow = query.page <= 1 && word("follow").as_deref() == Some("1");
        Self { query, follow }
    }

    /// The path that shows this.
    fn path(&self) -> String {
        let follow = if self.follow { "1".to_owned() } else { String::new() };
        with_query(PATH, self.query.words().into_iter().chain([("follow", follow)]))
    }
}

/// The page.
#[component]
pub fn LogsPage() -> impl IntoView {
    let search = use_page_query();
    let choice = Memo::new(move |_| Choice::from_words(|name| search.read().get(name)));
    let news = use_news(choice);
    // Lines are no news for other pages: this one has a number of its own, and leaves the live revision alone.
    let page = Resource::new(
        move || (choice.get(), news.get()),
        |(Choice { query, follow }, _)| async move {
            list_log(query.clone()).await.map(|page| (query, follow, page))
        },
    );
    view! {
        <PageTitle text=tr!(use_locale(), log.title) />
        <SettingsNav />
        <Transition fallback=|| view! { <p class="muted loading">{tr!(use_locale(), common.loading)}</p> }>
            {move || {
                page.get()
                    .map(|answer| match answer {
                        Ok((query, follow, page)) => {
                            let choice = Choice { query, follow };
                            view! { <LogView choice=choice page=page /> }.into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    })
            }}
        </Transition>
    }
}

/// The page's content.
#[component]
pub fn LogView(
    /// What was asked for.
    choice: Choice,
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, rows, paging, kept, capacity, began, filter } = page;
    let to = {
        let query = choice.query.clone();
        move |page| Choice { query: LogQuery { page, ..query.clone() }, follow: false }.path()
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, log.title)}</h1>
                <p class="muted lead">
                    {tr!(
                        locale, log.what, capacity = duplistatus::units::thousands(capacity), began =
                        crate::ui::time::calendar_time(locale, began, now)
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
