//! The dashboard for data that is there.

use duplistatus::dto::{
    channel::Reach,
    dashboard::{Dashboard, DashboardQuery},
};
use leptos::prelude::*;

use super::{
    hero::Hero,
    labels::LabelTools,
    problems::Problems,
    query::to_path,
    table::ServerTable,
    tools::Tools,
    totals::{NarrowedTiles, TotalTiles},
};
use crate::{
    context::viewer::use_viewer,
    locale::use_locale,
    tr,
    ui::{link::Link, notice::EmptyState, notice::Notice, notice::Tone, pager::Pager},
};

/// Headline, problems, figures, list.
#[component]
pub fn DashboardView(
    /// What the service said.
    data: Dashboard,
    /// What was asked for.
    query: DashboardQuery,
) -> impl IntoView {
    let locale = use_locale();
    let tools = view! { <Tools data=&data query=&query /> }.into_any();
    let hero = view! { <Hero data=&data /> }.into_any();
    // Who looks for something wants to see what was found, not what is wrong with the rest.
    let is_narrowed = query.is_narrowed();
    let tiles = match &data.narrowed {
        Some(narrowed) => Some(view! { <NarrowedTiles narrowed=narrowed /> }.into_any()),
        None => (!is_narrowed).then(|| view! { <TotalTiles data=&data /> }.into_any()),
    };
    let labels = view! { <LabelTools labels=&data.labels query=&query /> }.into_any();
    let shown: i64 = data.problems.iter().map(|problem| 1 + problem.other_count).sum();
    let more = data.attention() - shown;
    let Dashboard { now, problems, servers, paging, rejected_recently, reach, failing_channels, .. } = data;
    let found = (!query.search.is_empty()).then(|| {
        let text = tr!(locale, dashboard.tools.found, count = paging.total);
        view! { <p class="visually-hidden" role="status">{text}</p> }
    });
    let tag_path = {
        let query = query.clone();
        move |tag: &str| to_path(&DashboardQuery { tag: tag.to_owned(), page: 1, ..query.clone() })
    };
    let other_page = move |page| to_path(&DashboardQuery { page, ..query.clone() });
    let list = if servers.is_empty() {
        view! {
            <EmptyState title=tr!(locale, dashboard.nothing.title)>
                <p>{tr!(locale, dashboard.nothing.what)}</p>
                <Link to="/" class="btn">
                    {tr!(locale, dashboard.nothing.reset)}
                </Link>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <ServerTable servers=servers now=now tag_path=tag_path /> }.into_any()
    };
    view! {
        {hero}
        {(!is_narrowed).then(|| view! { <Problems problems=problems more=more now=now /> })}
        {(rejected_recently > 0 && !is_narrowed)
            .then(|| {
                view! {
                    <Notice tone=Tone::Warn>
                        <p>
                            {tr!(locale, dashboard.rejected, count = rejected_recently)}". "
                            <Link to="/rejected" class="text-link">
                                {tr!(locale, dashboard.rejected_link)}
                            </Link>
                        </p>
                    </Notice>
                }.into_any()
            })}
        {(reach != Reach::Told && !is_narrowed)
            .then(|| {
                let (text, link, to) = if reach == Reach::Nobody {
                    let link = tr!(locale, dashboard.untold_link);
                    (tr!(locale, dashboard.untold), link, "/settings/notifications#add-channel")
                } else {
                    let link = tr!(locale, dashboard.untried_link);
                    (tr!(locale, dashboard.untried), link, "/settings/notifications")
                };
                view! {
                    <Notice tone=Tone::Warn>
                        <p>
                            {text}
                            " "
                            <Link to=to class="text-link">
                                {link}
                            </Link>
                        </p>
                    </Notice>
                }
                    .into_any()
            })}
        {(!failing_channels.is_empty() && !is_narrowed && use_viewer().failing.is_none())
            .then(|| {
                view! {
                    <Notice tone=Tone::Fail>
                        <p>
                            {tr!(locale, dashboard.undelivered, names = failing_channels.join(", "))}
                            " "
                            <Link to="/settings/notifications" class="text-link">
                                {tr!(locale, dashboard.undelivered_link)}
                            </Link>
                        </p>
                    </Notice>
                }
                    .into_any()
            })}
        {tiles}
        {labels}
        {tools}
        {found}
        <div class="card servers">{list}</div>
        <Pager paging=paging to=other_page />
    }
}
