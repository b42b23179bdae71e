//! The group and the tags of a server and of its jobs.

use duplistatus::{
    dto::servers::LabelsPage as Data,
    ids::{JobId, ServerId},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_params_map;

use self::api::{LabelJob, LabelServer, show_labels};
use crate::{
    locale::use_locale,
    tr,
    ui::{
        card::Card,
        form::{
            field::TextField,
            plain_form::{Failed, PlainForm, form_error},
        },
        link::Link,
        loaded::Loaded,
        page_title::PageTitle,
    },
};

pub mod api;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page. It does not follow what is stored: what is being typed stays.
#[component]
pub fn LabelsPage() -> impl IntoView {
    let params = use_params_map();
    let server = move || ServerId(params.read().get("server").and_then(|id| id.parse().ok()).unwrap_or(0));
    let labels =
        Resource::new(
            server,
            |server| async move { show_labels(server).await.map(|labels| (server, labels)) },
        );
    view! {
        <Loaded
            data=labels
            show=move |(server, data): (ServerId, Data)| view! { <LabelsView server=server data=data /> }
        />
    }
}

/// The page's content.
#[component]
pub fn LabelsView(
    /// The server.
    server: ServerId,
    /// What is known of it.
    data: Data,
) -> impl IntoView {
    let locale = use_locale();
    let name = data.server.clone();
    view! {
        <PageTitle text=tr!(locale, labels.title) />
        <header class="page-head">
            <div class="page-head-main">
                <nav class="crumbs" aria-label=tr!(locale, server.crumbs)>
                    <Link to="/">{tr!(locale, server.servers)}</Link>
                    <span aria-hidden="true">"/"</span>
                    <Link to=format!("/servers/{server}")>{name}</Link>
                    <span aria-hidden="true">"/"</span>
                    <span aria-current="page">{tr!(locale, labels.title)}</span>
                </nav>
                <h1>{tr!(locale, labels.title)}</h1>
                <p class="muted lead">{tr!(locale, labels.what)}</p>
            </div>
        </header>
        <GroupAndTags server=server data=data />
    }
}

/// The forms: one for the server, and one for each job.
#[component]
pub fn GroupAndTags(
    /// The server.
    server: ServerId,
    /// What is known of it.
    data: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { labels, jobs, choices, .. } = data;
    let group = labels.group.unwrap_or_default();
    let in_use = match choices.tags.is_empty() {
        true => tr!(locale, labels.tags_hint),
        false => tr!(locale, labels.tags_in_use, tags = choices.tags.join(", ")),
    };
    let rows = jobs.into_iter().map(|(id, name, tags)| {
        view! { <JobTags server=server job=id name=name tags=tags.join(", ") /> }.into_any()
    });
    let rows = rows.collect_view();
    view! {
        <Card label=tr!(locale, labels.server) pad=true>
            <h2>{tr!(locale, labels.server)}</h2>
            <PlainForm path=LabelServer::PATH class="form labels-form">
                <input type="hidden" name="server" value=server.to_string() />
                <TextField
                    name="group"
                    label=tr!(locale, labels.group)
                    value=group
                    hint=tr!(locale, labels.group_hint)
                    offers=choices.groups
                    optional=true
                />
                <TextField
                    name="tags"
                    label=tr!(locale, labels.tags)
                    value=labels.tags.join(", ")
                    hint=in_use
                    optional=true
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, labels.save)}
                </button>
            </PlainForm>
        </Card>
        <Card label=tr!(locale, labels.jobs) pad=true>
            <h2>{tr!(locale, labels.jobs)}</h2>
            <p class="muted small">{tr!(locale, labels.jobs_what)}</p>
            {form_error(LabelJob::PATH).map(|error| view! { <Failed error=error /> })}
            <ul class="job-tags" role="list">
                {rows}
            </ul>
        </Card>
    }
}

#[component]
fn JobTags(server: ServerId, job: JobId, name: String, tags: String) -> impl IntoView {
    let locale = use_locale();
    let id = format!("tags-{job}");
    view! {
        <li>
            <PlainForm path=LabelJob::PATH id=job.to_string() class="job-tags-form" quiet=true>
                <input type="hidden" name="server" value=server.to_string() />
                <input type="hidden" name="job" value=job.to_string() />
                <TextField name="tags" id=id label=name.clone() value=tags optional=true />
                <button type="submit" class="btn">
                    {tr!(locale, labels.save)}
                    <span class="visually-hidden">" "{name}</span>
                </button>
            </PlainForm>
        </li>
    }
}
