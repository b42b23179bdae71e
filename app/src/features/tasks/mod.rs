//! What the program does from time to time: when, what came of it, and how to change that.

use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{ChangeTask, RunTask, TasksPage as Data, show_tasks},
    confirm_run::ConfirmRun,
    row::TaskRow,
};
use crate::{
    context::page_query::use_page_query,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::{Failed, form_error, has_form_error},
        keyed::keyed,
        loaded::Loaded,
        notice::{Notice, Tone},
        page_title::PageTitle,
        password_notice::PasswordNotice,
        poll::use_poll,
        table::{Column, Table},
    },
};

pub mod api;
mod confirm_run;
mod row;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    let locale = use_locale();
    let is_changed =
        use_page_query().get_untracked().get("done").as_deref() == Some("changed") && !has_form_error();
    let (is_running, set_running) = signal(false);
    let poll = use_poll(is_running);
    let query = use_page_query();
    let page = Resource::new(
        move || (poll.get(), query.get().get("run").filter(|name| !name.is_empty())),
        |(_, wanted)| show_tasks(wanted),
    );
    view! {
        <PageTitle text=tr!(locale, tasks.title) />
        <PasswordNotice />
        {is_changed
            .then(|| {
                view! {
                    <Notice tone=Tone::Ok>
                        <p role="status">{tr!(locale, tasks.changed)}</p>
                    </Notice>
                }
            })}
        <Loaded
            data=page
            show=move |page| {
                set_running.set(page.tasks.iter().any(|task| task.running_since.is_some()));
                view! { <TasksView page=page /> }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn TasksView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, tasks, question } = page;
    let question = question
        .filter(|(name, _)| tasks.iter().any(|task| task.name == *name && task.running_since.is_none()));
    let error = form_error(RunTask::PATH).or_else(|| form_error(ChangeTask::PATH));
    let is_running = tasks.iter().any(|task| task.running_since.is_some());
    let rows = keyed(tasks, |task| task.name.clone(), move |task| view! { <TaskRow task=task now=now /> });
    let columns = vec![
        Column::new(tr!(locale, tasks.columns.task)),
        Column::new(tr!(locale, tasks.columns.last)),
        Column::new(tr!(locale, tasks.columns.next)),
        Column::hidden(tr!(locale, tasks.columns.actions)),
    ];
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, tasks.title)}</h1>
                <p class="muted lead">{tr!(locale, tasks.what)}</p>
            </div>
        </header>
        {error.map(|error| view! { <Failed error=error /> })}
        {question.map(|(name, count)| view! { <ConfirmRun name=name count=count /> })}
        {is_running
            .then(|| {
                view! {
                    <noscript>
                        <p class="small">
                            <a class="text-link" href="">{tr!(locale, work.reload)}</a>
                        </p>
                    </noscript>
                }
            })}
        <div class="card">
            <Table caption=tr!(locale, tasks.title) class="tasks" columns=columns>
                {rows}
            </Table>
        </div>
    }
}
