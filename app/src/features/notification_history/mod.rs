//! The history of messages: what was sent, what waits, and what was not sent and why.

use duplistatus::{
    access::Permission,
    dto::notification_history::{HistoryPage as Data, HistoryQuery, STATUSES},
    ids::ChannelId,
    time::Day,
    topic::Topic,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{ResendNotification, list_history},
    query::{PATH, path, read},
    table::HistoryTable,
};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    live::use_followed,
    locale::{Locale, use_locale},
    tr,
    ui::{
        filter_form::{FilterInput, FilterSelect, choice},
        form::{
            get_form::GetForm,
            plain_form::{Failed, form_error},
        },
        loaded::Loaded,
        notice::{EmptyState, Notice, Tone},
        notification::{status_word, topic_word},
        page_title::PageTitle,
        pager::Pager,
    },
};

pub mod api;
mod query;
mod table;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let search = use_page_query();
    let data = use_followed(
        move || read(&search.read()),
        |query| async move { list_history(query.clone()).await.map(|page| (query, page)) },
    );
    let failed = form_error(ResendNotification::PATH).map(|error| view! { <Failed error=error /> });
    let resent = move || {
        search.read().get("resent").map(|_| {
            view! {
                <Notice tone=Tone::Ok>
                    <p role="status">{tr!(use_locale(), notification_history.resent)}</p>
                </Notice>
            }
        })
    };
    view! {
        <PageTitle text=tr!(use_locale(), notification_history.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), notification_history.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), notification_history.what)}</p>
            </div>
        </header>
        {failed}
        {resent}
        <Loaded data=data show=move |(query, page)| view! { <HistoryView query=query page=page /> } />
    }
}

/// The page's content.
#[component]
pub fn HistoryView(
    /// What was asked for.
    query: HistoryQuery,
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let may_change = use_viewer().may(Permission::ManageSettings);
    let Data { now, rows, paging, channels } = page;
    let content = if rows.is_empty() {
        view! {
            <EmptyState title=tr!(locale, notification_history.empty)>
                <p>{tr!(locale, notification_history.empty_what)}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <HistoryTable rows=rows now=now may_change=may_change /> }.into_any()
    };
    let filters = filters(locale, query.clone(), channels);
    let to = move |page: i64| path(&HistoryQuery { page, ..query.clone() });
    view! {
        {filters}
        <div class="card">{content}</div>
        <Pager paging=paging to=to />
    }
}

fn filters(locale: Locale, query: HistoryQuery, channels: Vec<(ChannelId, String)>) -> impl IntoView {
    let any = || tr!(locale, notification_history.any);
    let chosen = query.channel.map(|id| id.to_string()).unwrap_or_default();
    let mut of_channel = vec![choice(&chosen, "", any())];
    of_channel.extend(channels.into_iter().map(|(id, name)| choice(&chosen, &id.to_string(), name)));
    let mut of_status = vec![choice(&query.status, "", any())];
    of_status.extend(STATUSES.map(|status| choice(&query.status, status, status_word(locale, status).0)));
    let topic = query.topic.map(Topic::as_str).unwrap_or_default();
    let mut of_topic = vec![choice(topic, "", any())];
    of_topic.extend(Topic::listed().map(|one| choice(topic, one.as_str(), topic_word(locale, one))));
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let (from, to) = (day(query.from), day(query.to));
    view! {
        <GetForm to=PATH class="card filter-form" role="search">
            <FilterSelect name="channel" label=tr!(locale, notification_history.filter.channel)>
                {of_channel}
            </FilterSelect>
            <FilterSelect name="status" label=tr!(locale, notification_history.filter.status)>
                {of_status}
            </FilterSelect>
            <FilterSelect name="topic" label=tr!(locale, notification_history.filter.topic)>
                {of_topic}
            </FilterSelect>
            <FilterInput name="server" label=tr!(locale, notification_history.filter.server) value=query.server />
            <FilterInput
                name="from"
                label=tr!(locale, notification_history.filter.from)
                kind="date"
                value=from
            />
            <FilterInput name="to" label=tr!(locale, notification_history.filter.to) kind="date" value=to />
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, notification_history.filter.submit)}
            </button>
        </GetForm>
    }
}
