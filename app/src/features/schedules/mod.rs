//! Schedules: the list of all jobs with when they should run, many of them changed at once, and what is set for a group, a server or everything.

use duplistatus::{
    access::Permission,
    dto::schedules::{Defaults, SchedulesPage as Data, SchedulesQuery},
    ids::GroupId,
    units::thousands,
};
use leptos::prelude::*;

use self::{
    api::list_schedules,
    filters::{Filters, active},
    query::{PATH, files, path},
    table::SchedulesTable,
};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    live::use_followed,
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Disclosure,
        filter_form::{ActiveFilters, ListFiles},
        link::Link,
        loaded::Loaded,
        notice::{Notice, Tone},
        page_title::PageTitle,
        pager::Pager,
    },
};

pub mod api;
pub mod chosen;
pub mod defaults;
mod filters;
mod group;
mod query;
mod table;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page with the list.
#[component]
pub fn SchedulesPage() -> impl IntoView {
    let search = use_page_query();
    let page = use_followed(
        move || SchedulesQuery::from_words(|name| search.read().get(name)),
        |query| async move { list_schedules(query.clone()).await.map(|page| (query, page)) },
    );
    // What was done before is no answer to a form that did not work.
    let done = move || done_words(use_locale(), |name| search.read().get(name));
    view! {
        <PageTitle text=tr!(use_locale(), schedules.title) />
        <Loaded data=page show=move |(query, page)| view! { <SchedulesView query=query page=page done=done() /> } />
    }
}

/// What was done to many jobs or servers, by the address.
fn done_words(locale: Locale, word: impl Fn(&str) -> Option<String>) -> Option<String> {
    let number = |name: &str| word(name).and_then(|word| word.parse::<i64>().ok());
    match (number("done"), number("labelled")) {
        (Some(jobs), _) => Some(tr!(locale, schedules.done, count = jobs, number = thousands(jobs))),
        (None, Some(servers)) => {
            Some(tr!(locale, schedules.labelled, count = servers, number = thousands(servers)))
        }
        (None, None) => None,
    }
}

/// The page's content.
#[component]
pub fn SchedulesView(
    /// What was asked for.
    query: SchedulesQuery,
    /// The answer.
    page: Data,
    /// What was done.
    done: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    let may_manage = use_viewer().may(Permission::ManageMonitoring);
    let Data { now, rows, paging, labels, groups, at_once } = page;
    let count = tr!(locale, jobs, count = paging.total);
    let to = {
        let query = query.clone();
        move |page| path(&SchedulesQuery { page, ..query.clone() })
    };
    let wider = may_manage.then(|| view! { <SetFor groups=groups /> });
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, schedules.title)}</h1>
                <p class="muted lead">{tr!(locale, schedules.what)}</p>
            </div>
            {wider}
        </header>
        {done.map(|done| view! { <Notice tone=Tone::Ok><p role="status">{done}</p></Notice> })}
        <Filters query=query.clone() labels=labels />
        <div class="list-head">
            <ActiveFilters filters=active(locale, &query) all=PATH.to_owned() />
            <ListFiles count=count files=files(&query) />
        </div>
        <SchedulesTable query=query rows=rows total=paging.total at_once=at_once may_manage=may_manage now=now />
        <Pager paging=paging to=to />
    }
}

/// Where something is set for everything, or for a group.
#[component]
fn SetFor(
    /// The groups.
    groups: Vec<(GroupId, String)>,
) -> impl IntoView {
    let locale = use_locale();
    let number = groups.len();
    let links = groups.into_iter().map(|(group, name)| {
        view! {
            <li>
                <Link to=Defaults::Group(group).path() class="text-link">
                    {name}
                </Link>
            </li>
        }
    });
    let links = links.collect_view();
    let of_groups = (number > 0).then(|| {
        view! {
            <Disclosure label=tr!(locale, schedules.groups, count = number)>
                <ul class="schedules-groups" role="list">
                    {links}
                </ul>
            </Disclosure>
        }
    });
    view! {
        <div class="schedules-wider">
            {of_groups}
            <Link to=Defaults::Site.path() class="btn">
                {tr!(locale, schedules.site)}
            </Link>
        </div>
    }
}
