//! Shared links: the addresses of badges, feeds, calendars, kiosk pages and status pages.

use duplistatus::dto::sharing::{LinkKind, SharingPage as Data, StatusForm, Subject};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{CreateLink, DeleteLink, show_links},
    link_item::LinkItem,
    status_form::StatusFields,
    words::{about_words, kind_word},
};
use crate::{
    context::{page_query::use_page_query, url::href},
    format::text::escaped,
    locale::use_locale,
    tr,
    ui::{
        card::Card,
        copy::CopyButton,
        form::{
            field::SelectField,
            get_form::GetForm,
            plain_form::{Failed, PlainForm, form_error},
        },
        keyed::keyed,
        loaded::Loaded,
        page_title::PageTitle,
    },
};

pub mod api;
mod link_item;
mod status_form;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

/// The page. It does not follow what is stored: what is being typed stays.
#[component]
pub fn SharingPage() -> impl IntoView {
    let search = use_page_query();
    let about = Memo::new(move |_| search.read().get("about").unwrap_or_default());
    let data = Resource::new(move || about.get(), show_links);
    let failed = form_error(DeleteLink::PATH);
    view! {
        <PageTitle text=tr!(use_locale(), sharing.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), sharing.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), sharing.what)}</p>
            </div>
        </header>
        {failed.map(|error| view! { <Failed error=error /> })}
        <Loaded data=data show=move |page: Data| view! { <SharingView page=page /> } />
    }
}

/// The page's content.
#[component]
pub fn SharingView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { about, name, badge, badge_path, groups, links, .. } = page;
    let words = about_words(locale, about, name);
    let mut choices = vec![(Subject::Site.to_string(), tr!(locale, sharing.about.site))];
    if matches!(about, Subject::Server(_) | Subject::Job(_)) {
        choices.push((about.to_string(), words.clone()));
    }
    choices.extend(
        groups.into_iter().map(|(id, name)| {
            (Subject::Group(id).to_string(), tr!(locale, sharing.about.group, name = name))
        }),
    );
    let kinds = LinkKind::ALL.into_iter().filter(|kind| *kind != LinkKind::Status);
    let kinds = kinds.map(|kind| (kind.as_str().to_owned(), kind_word(locale, kind))).collect::<Vec<_>>();
    let status = if matches!(about, Subject::Group(_)) {
        view! { <StatusFields about=about form=StatusForm::default() id=None /> }.into_any()
    } else {
        view! { <p class="muted">{tr!(locale, sharing.status.choose)}</p> }.into_any()
    };
    let list = if links.is_empty() {
        view! { <p class="muted">{tr!(locale, sharing.empty)}</p> }.into_any()
    } else {
        let items = keyed(links, |row| row.id, |row| view! { <LinkItem row=row /> });
        view! {
            <ul class="links" role="list">
                {items}
            </ul>
        }
        .into_any()
    };
    let preview = tr!(locale, sharing.badge.preview, name = words.clone());
    let add_what = tr!(locale, sharing.add.what, name = words.clone());
    view! {
        <Card label=tr!(locale, sharing.subject) pad=true>
            <GetForm to="/settings/sharing" class="form sharing-subject">
                <SelectField
                    name="about"
                    label=tr!(locale, sharing.subject)
                    options=choices
                    value=about.to_string()
                    hint=tr!(locale, sharing.subject_hint)
                />
                <button type="submit" class="btn">
                    {tr!(locale, sharing.choose)}
                </button>
            </GetForm>
        </Card>
        <Card label=tr!(locale, sharing.badge.title) class="sharing-card" pad=true>
            <h2>{tr!(locale, sharing.badge.title)}</h2>
            <p class="muted small">{tr!(locale, sharing.badge.what)}</p>
            <p>
                <img src=href(&badge_path) alt=preview height="20" />
            </p>
            <Badge url=badge words=words />
        </Card>
        <Card label=tr!(locale, sharing.add.title) class="sharing-card" pad=true>
            <h2>{tr!(locale, sharing.add.title)}</h2>
            <p class="muted small">{add_what}</p>
            <PlainForm path=CreateLink::PATH class="form">
                <input type="hidden" name="about" value=about.to_string() />
                <SelectField name="kind" label=tr!(locale, sharing.add.kind) options=kinds value="feed" />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, sharing.add.submit)}
                </button>
            </PlainForm>
        </Card>
        <Card label=tr!(locale, sharing.status.title) class="sharing-card" pad=true>
            <h2>{tr!(locale, sharing.status.title)}</h2>
            <p class="muted small">{tr!(locale, sharing.status.what)}</p>
            {status}
        </Card>
        <Card label=tr!(locale, sharing.links) class="sharing-card" pad=true>
            <h2>{tr!(locale, sharing.links)}</h2>
            <p class="muted small">{tr!(locale, sharing.links_what)}</p>
            {list}
        </Card>
    }
}

/// The address of a badge, as it is written in several places.
#[component]
fn Badge(
    /// Its address.
    url: String,
    /// What it is about.
    words: String,
) -> impl IntoView {
    let locale = use_locale();
    // What Markdown would read as its own.
    let plain: String =
        words.chars().filter(|letter| !matches!(letter, '[' | ']' | '\\' | '<' | '`')).collect();
    let markdown = format!("![{plain}]({url})");
    let html = format!("<img src=\"{url}\" alt=\"{}\">", escaped(&words).replace('"', "&quot;"));
    view! {
        <h3>{tr!(locale, sharing.badge.url)}</h3>
        <CopyButton text=url label=tr!(locale, sharing.badge.url) />
        <h3>{"Markdown"}</h3>
        <CopyButton text=markdown label="Markdown" />
        <h3>{"HTML"}</h3>
        <CopyButton text=html label="HTML" />
    }
}
