//! Editing a server and its jobs: one page, a section for each thing that can be changed.
//!
//! It does not follow the live revision: a page that is made anew would lose what was typed into its forms.

use duplistatus::{access::Permission, dto::edit::ServerEditPage as Data, ids::ServerId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::{
    api::show_edit, archive::Archive, delete::Delete, details::Details, jobs::JobsSection, merge::Merge,
    monitoring::Monitoring, retention::RetentionSection,
};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::plain_form::has_form_error, link::Link, loaded::Loaded, page_title::PageTitle,
        password_notice::PasswordNotice,
    },
};

pub mod api;
mod archive;
mod delete;
mod details;
mod jobs;
mod merge;
mod monitoring;
mod retention;
mod section;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn ServerEditPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_page_query());
    let failed = has_form_error();
    // What was done before is no answer to a form that did not work.
    let done = move || query.read().get("done").filter(|_| !failed).unwrap_or_default();
    let page = Resource::new(
        move || {
            // No server has the id 0: the service answers an unreadable one with "not found", status included.
            let server = params.read().get("server").and_then(|id| id.parse().ok()).unwrap_or(ServerId(0));
            (server, query.read().get("merge"))
        },
        |(server, merge)| show_edit(server, merge),
    );
    view! {
        <Loaded
            data=page
            show=move |page| {
                let title = page.alias.clone().unwrap_or_else(|| page.name.clone());
                view! {
                    <PageTitle text=tr!(use_locale(), edit.title, server = title) />
                    <EditView page=page done=done() />
                }
            }
        />
    }
}

/// What was done, by the word in the address, if it was in this section.
fn done_words(locale: Locale, word: &str, section: &str) -> Option<String> {
    Some(match (section, word) {
        ("details", "saved") => tr!(locale, edit.done.saved),
        ("archive", "archived") => tr!(locale, edit.done.archived),
        ("archive", "restored") => tr!(locale, edit.done.restored),
        ("jobs", "job-saved") => tr!(locale, edit.done.job_saved),
        ("jobs", "job-archived") => tr!(locale, edit.done.job_archived),
        ("jobs", "job-restored") => tr!(locale, edit.done.job_restored),
        ("jobs", "job-deleted") => tr!(locale, edit.done.job_deleted),
        _ => return None,
    })
}

/// The page's content.
#[component]
pub fn EditView(
    /// The answer.
    page: Data,
    /// What was done, by the address.
    done: String,
) -> impl IntoView {
    let locale = use_locale();
    let may_delete = use_viewer().may(Permission::ManageDatabase);
    let shown = page.alias.clone().unwrap_or_else(|| page.name.clone());
    let (title, crumb) = (tr!(locale, edit.title, server = shown.clone()), shown);
    let said = |section: &str| done_words(locale, &done, section);
    view! {
        {may_delete.then(|| view! { <PasswordNotice /> })}
        <header class="page-head">
            <div class="page-head-main">
                <nav class="crumbs" aria-label=tr!(locale, server.crumbs)>
                    <Link to="/">{tr!(locale, server.servers)}</Link>
                    <span aria-hidden="true">"/"</span>
                    <Link to=format!("/servers/{}", page.id)>{crumb}</Link>
                </nav>
                <h1>{title}</h1>
            </div>
        </header>
        <div class="edit-sections">
            <Details page=&page done=said("details") />
            <Monitoring server=page.id />
            <JobsSection page=&page done=said("jobs") />
            <Archive page=&page done=said("archive") />
            {may_delete
                .then(|| {
                    view! {
                        <RetentionSection page=&page />
                        <Merge page=&page />
                        <Delete page=&page />
                    }
                })}
        </div>
    }
}
