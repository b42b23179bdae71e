//! Notifications: where problems are told, and what was told.

use duplistatus::{access::Permission, dto::channel::ChannelsPage as Data};
use leptos::{prelude::*, server_fn::ServerFn as _};

pub use self::words::kind_word;
use self::{
    api::{CreateImportedChannel, DeleteChannel, SaveChannel, TestChannel, UseImportedRules, list_channels},
    form::AddChannel,
    history::History,
    imported::Imported,
    imported_rules::RulesPreview,
    item::ChannelItem,
};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::{Failed, form_error},
        keyed::keyed,
        loaded::Loaded,
        notice::{EmptyState, Notice, Tone},
        page_title::PageTitle,
    },
};

pub mod api;
mod fields;
mod form;
mod history;
mod imported;
mod imported_rules;
mod item;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

/// The page.
#[component]
pub fn ChannelsPage() -> impl IntoView {
    let search = use_page_query();
    let page = Memo::new(move |_| search.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1));
    let failed = [
        SaveChannel::PATH,
        TestChannel::PATH,
        DeleteChannel::PATH,
        CreateImportedChannel::PATH,
        UseImportedRules::PATH,
    ]
    .into_iter()
    .find_map(form_error);
    let data = use_followed(move || page.get(), list_channels);
    view! {
        <PageTitle text=tr!(use_locale(), channels.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), channels.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), channels.what)}</p>
            </div>
        </header>
        {failed.map(|error| view! { <Failed error=error /> })}
        <Loaded
            data=data
            show=move |page| {
                let query = search.read();
                let id = |name: &str| query.get(name).and_then(|id| id.parse().ok());
                view! { <ChannelsView page=page tested=id("tested") kind=query.get("kind") /> }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn ChannelsView(
    /// The answer.
    page: Data,
    /// The channel that was tried a moment ago.
    tested: Option<i64>,
    /// The kind of which a channel is being added.
    kind: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    let may_change = use_viewer().may(Permission::ManageSettings);
    let Data { now, channels, notifications, paging, has_links, imported, imported_rules } = page;
    let is_empty = channels.is_empty();
    let list = if is_empty {
        view! {
            <div class="card">
                <EmptyState title=tr!(locale, channels.empty)>
                    <p>{tr!(locale, channels.empty_what)}</p>
                </EmptyState>
            </div>
        }
        .into_any()
    } else {
        let items = keyed(
            channels,
            |row| row.id,
            move |row| {
                let was_tested = tested == Some(row.id.0);
                view! { <ChannelItem row=row now=now was_tested=was_tested may_change=may_change /> }
            },
        );
        view! {
            <ul class="channels" role="list">
                {items}
            </ul>
        }
        .into_any()
    };
    let no_links = (!has_links && !is_empty).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{tr!(locale, channels.no_links)}</p>
            </Notice>
        }
    });
    view! {
        {no_links}
        {list}
        {(may_change && !imported.is_empty()).then(|| view! { <Imported channels=imported /> })}
        {imported_rules.filter(|_| may_change).map(|rules| view! { <RulesPreview rules=rules /> })}
        {may_change.then(|| view! { <AddChannel kind=kind /> })}
        <History rows=notifications paging=paging now=now />
    }
}
