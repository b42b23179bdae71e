//! One task.

use duplistatus::{
    dto::{
        Moment,
        database::{TaskResult, TaskState},
    },
    units::span,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{ChangeTask, RunTask},
    confirm_run,
    words::task_words,
};
use crate::{
    context::url::href,
    format::time::age,
    locale::{Locale, use_locale},
    tr,
    ui::disclosure::Disclosure,
    ui::{
        form::{checkbox::Checkbox, field::TextField, plain_form::PlainForm},
        icon::{Icon, Shape},
        operation_progress::took,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// A row of the table.
#[component]
pub fn TaskRow(
    /// The task.
    task: TaskState,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let (title, what) = task_words(locale, &task.name);
    let is_running = task.running_since.is_some();
    let (name, heard) = (task.name.clone(), title.clone());
    let run = (!is_running).then(|| {
        let words = view! { {tr!(locale, tasks.run)} <span class="visually-hidden">" "{heard}</span> };
        if task.deletes {
            // What it deletes is asked about first.
            let question = href(&format!("/settings/tasks?run={name}#{}", confirm_run::ID));
            return view! {
                <a class="btn" href=question rel="external">
                    {words}
                </a>
            }
            .into_any();
        }
        view! {
            <PlainForm path=RunTask::PATH quiet=true>
                <input type="hidden" name="name" value=name />
                <button type="submit" class="btn">
                    {words}
                </button>
            </PlainForm>
        }
        .into_any()
    });
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                {title.clone()} <span class="sub">{what}</span>
            </th>
            <td role="cell" data-label=tr!(locale, tasks.columns.last)>
                {last(locale, &task, now)}
            </td>
            <td role="cell" data-label=tr!(locale, tasks.columns.next)>
                {next(locale, &task, now)}
            </td>
            <td role="cell" class="row-actions">
                <div class="actions-line">{run} <Change task=task title=title /></div>
            </td>
        </tr>
    }
}

/// When it runs.
#[component]
fn Change(
    /// The task.
    task: TaskState,
    /// What it is called.
    title: String,
) -> impl IntoView {
    let locale = use_locale();
    let TaskState { name, enabled, schedule, usual_schedule, .. } = task;
    // Left empty it follows the usual time, also when a later version has another.
    let chosen = if schedule == usual_schedule { String::new() } else { schedule };
    view! {
        <Disclosure label=tr!(locale, tasks.change) about=title>
            <PlainForm path=ChangeTask::PATH id=name.clone() quiet=true class="form">
                <input type="hidden" name="name" value=name.clone() />
                <Checkbox name="enabled" checked=enabled label=tr!(locale, tasks.enabled) />
                <TextField
                    name="schedule"
                    id=format!("schedule-{name}")
                    label=tr!(locale, tasks.schedule)
                    value=chosen
                    hint=tr!(locale, tasks.schedule_hint, usual = usual_schedule)
                    optional=true
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, tasks.submit)}
                </button>
            </PlainForm>
        </Disclosure>
    }
}

fn last(locale: Locale, task: &TaskState, now: Moment) -> AnyView {
    if let Some(since) = task.running_since {
        return view! {
            <span class="task-result" data-tone="run">
                <Icon shape=Shape::Running />
                {tr!(locale, tasks.running, span = span(age(since, now)))}
            </span>
        }
        .into_any();
    }
    let (Some(at), Some(result)) = (task.last_run, task.last_result) else {
        return tr!(locale, common.never).into_any();
    };
    let (shape, tone, word) = match result {
        TaskResult::Ok => (Shape::Tick, "ok", tr!(locale, tasks.result.ok)),
        TaskResult::Failed => (Shape::Cross, "fail", tr!(locale, tasks.result.failed)),
        TaskResult::Interrupted => (Shape::Warning, "warn", tr!(locale, tasks.result.interrupted)),
    };
    let duration = task.last_duration.and_then(|ms| u64::try_from(ms).ok()).map(took);
    view! {
        <span class="task-result" data-tone=tone>
            <Icon shape=shape />
            {word}
        </span>
        <span class="sub">
            <RelativeTime at=at now=now />
            {duration.map(|took| tr!(locale, tasks.took, span = took))}
        </span>
        <span class="sub task-message">{task.last_message.clone()}</span>
    }
    .into_any()
}

fn next(locale: Locale, task: &TaskState, now: Moment) -> AnyView {
    let schedule = view! { <span class="sub">{task.schedule.clone()}</span> };
    match task.next_run {
        _ if task.overdue => view! {
            <span class="task-result" data-tone="late">
                <Icon shape=Shape::Clock />
                {tr!(locale, tasks.overdue)}
            </span>
            {schedule}
        }
        .into_any(),
        Some(at) => view! {
            <LocalTime at=at now=now />
            {schedule}
        }
        .into_any(),
        None => view! {
            {tr!(locale, tasks.off)}
            {schedule}
        }
        .into_any(),
    }
}
