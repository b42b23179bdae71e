//! Digests: summaries that are sent regularly.

use duplistatus::{
    access::Permission,
    dto::digest::{DigestForm, DigestPreview, DigestsPage as Data, Every},
    ids::DigestId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{DeleteDigest, SaveDigest, SendDigest, list_digests, preview_digest},
    form::{Choices, DigestFields},
    item::DigestItem,
};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::{Failed, form_error},
        keyed::keyed,
        link::Link,
        loaded::Loaded,
        notice::EmptyState,
        page_title::PageTitle,
    },
};

pub mod api;
mod form;
mod item;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

/// The page.
#[component]
pub fn DigestsPage() -> impl IntoView {
    let search = use_page_query();
    let id = move |name: &'static str| {
        Memo::new(move |_| search.read().get(name).and_then(|id| id.parse::<i64>().ok()))
    };
    let (preview, sent) = (id("preview"), id("sent"));
    let data = use_followed(|| (), |()| list_digests());
    // It may read much, and is not followed.
    let preview = Resource::new(move || preview.get().map(DigestId), preview_digest);
    let failed = [SaveDigest::PATH, SendDigest::PATH, DeleteDigest::PATH].into_iter().find_map(form_error);
    view! {
        <PageTitle text=tr!(use_locale(), digests.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), digests.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), digests.what)}</p>
            </div>
            <Link to="/report" class="btn">
                {tr!(use_locale(), digests.report)}
            </Link>
        </header>
        {failed.map(|error| view! { <Failed error=error /> })}
        <Loaded
            data=preview
            show=move |preview| {
                view! {
                    <Loaded
                        data=data
                        show=move |page| {
                            view! { <DigestsView page=page preview=preview.clone() sent=sent.get() /> }
                        }
                    />
                }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn DigestsView(
    /// The answer.
    page: Data,
    /// What one of the digests would say now, if that was asked for.
    preview: Option<DigestPreview>,
    /// The digest that was sent a moment ago.
    sent: Option<i64>,
) -> impl IntoView {
    let locale = use_locale();
    let may_change = use_viewer().may(Permission::ManageSettings);
    let Data { now, digests, channels, groups, zone } = page;
    let choices = Choices { channels, groups };
    let list = if digests.is_empty() {
        view! {
            <div class="card">
                <EmptyState title=tr!(locale, digests.empty)>
                    <p>{tr!(locale, digests.empty_what)}</p>
                </EmptyState>
            </div>
        }
        .into_any()
    } else {
        let all = choices.clone();
        let items = keyed(
            digests,
            |row| row.id,
            move |row| {
                let was_sent = sent == Some(row.id.0);
                let preview = preview.clone().filter(|preview| preview.id == row.id);
                let choices = all.clone();
                view! {
                    <DigestItem
                        row=row
                        now=now
                        choices=choices
                        preview=preview
                        was_sent=was_sent
                        may_change=may_change
                    />
                }
            },
        );
        view! {
            <ul class="digests" role="list">
                {items}
            </ul>
        }
        .into_any()
    };
    let add = may_change.then(|| {
        let content = match choices.channels.first() {
            Some((channel, _)) => {
                let form = DigestForm {
                    channel: channel.0,
                    every: Every::Weekly,
                    at: "07:00".to_owned(),
                    month_day: 1,
                    zone,
                    is_enabled: true,
                    ..DigestForm::default()
                };
                view! { <DigestFields form=form choices=choices.clone() id=None /> }.into_any()
            }
            None => view! {
                <p>
                    {tr!(locale, digests.no_channel)} " "
                    <Link to="/settings/notifications">{tr!(locale, digests.add_channel)}</Link>
                </p>
            }
            .into_any(),
        };
        view! {
            <section class="card digest-add" aria-labelledby="add-digest-title">
                <h2 id="add-digest-title">{tr!(locale, digests.add.title)}</h2>
                {content}
            </section>
        }
    });
    view! {
        {list}
        {add}
    }
}
